#include "losses.h"

#include "trace.h"

void fdt_lose(enum fdt_loss loss) {
  if (fdt_trace.header != NULL)
    __atomic_fetch_add(&fdt_trace.header->losses[loss], 1, __ATOMIC_RELAXED);
}
