/* seccomp(2): from the moment that a program restricts itself, a system call that
 * it does not make itself may be its end, so no more snapshots are taken and no
 * more stack memory is asked for. A
 * filter that it was started under is made for whole programs, the loader
 * included, and allows them. */
#include "after.h"

#include "process/thread.h"
#include "snapshot/snapshot.h"

#include <linux/seccomp.h>
#include <stdarg.h>
#include <sys/prctl.h>

void fdt_after_filter(int result) {
  /* A vfork child is about to become another program; this memory is its parent's. */
  if (result >= 0 && fdt_thread.vfork_process == 0) {
    fdt_snapshot_forbid();
    fdt_capture_stop_asking();
  }
}

FDT_EXPORT int prctl(int option, ...) {
  va_list more;
  va_start(more, option);
  unsigned long a = va_arg(more, unsigned long), b = va_arg(more, unsigned long);
  unsigned long c = va_arg(more, unsigned long), d = va_arg(more, unsigned long);
  va_end(more);
  fdt_enter();
  int result = fdt_real.prctl(option, a, b, c, d);
  if (fdt_unlikely(option == PR_SET_SECCOMP))
    fdt_after_filter(result);
  return result;
}
