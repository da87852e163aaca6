/* The event ring: history, as far back as it reaches. */
#ifndef FDT_TRACE_RING_H
#define FDT_TRACE_RING_H

#include "fdtrack_format.h"

#include <stddef.h>

/* What happened; the tag is filled in by the ring. */
struct fdt_happening {
  uint64_t ticks;
  uint32_t stack;
  uint16_t call;
  uint8_t event; /* enum fdt_event */
  int fd;
  int result;
  int other;
};

/* A record is written as four words that stay in registers until then. Put
 * together in memory by smaller stores, they could be read back as words only
 * once those had reached the cache, behind the misses of the record before. */
_Static_assert(offsetof(struct fdt_record, fd) == 12 && offsetof(struct fdt_record, other) == 20 &&
                   offsetof(struct fdt_record, event) == 26 &&
                   offsetof(struct fdt_record, tag) == 28 &&
                   __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "a record is four little-endian words");
void fdt_ring_put(uint32_t process, uint64_t ticks, uint64_t stack_fd, uint64_t result_other,
                  uint32_t call_event);

/* Writes one record for the calling thread of `process`. Lock-free,
 * async-signal-safe, wait-free but for the claim of a chunk. */
static inline __attribute__((always_inline)) void
fdt_ring_write(uint32_t process, const struct fdt_happening *happening) {
  fdt_ring_put(process, happening->ticks,
               (uint64_t)(uint32_t)happening->fd << 32 | happening->stack,
               (uint64_t)(uint32_t)happening->other << 32 | (uint32_t)happening->result,
               (uint32_t)happening->event << 16 | happening->call);
}

#endif
