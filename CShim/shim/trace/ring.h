/* The event ring: history, as far back as it reaches. */
#ifndef FDT_TRACE_RING_H
#define FDT_TRACE_RING_H

#include "fdtrack_format.h"

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

/* Writes one record for the calling thread of `process`. Lock-free,
 * async-signal-safe, wait-free but for the claim of a chunk. */
void fdt_ring_write(uint32_t process, const struct fdt_happening *happening);

#endif
