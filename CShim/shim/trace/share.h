/* How a process gives its table to a child without copying what it gave to others. */
#ifndef FDT_TRACE_SHARE_H
#define FDT_TRACE_SHARE_H

#include "trace.h"

/* Gives `to`, which has no table yet, what `from`, the caller's process, has open now, and
 * returns how many descriptors that are. Where the caller gave away the same before, the
 * two refer to one image of it. Other threads may go on changing the table: each entry is
 * given as it was at some moment of the call. What there is no room for is counted.
 * Async-signal-safe; may interrupt itself. */
uint32_t fdt_live_share(const struct fdt_process *from, struct fdt_process *to);

#endif
