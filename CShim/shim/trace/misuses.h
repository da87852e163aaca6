/* Wrong uses of descriptor numbers, each kept once with a count. */
#ifndef FDT_TRACE_MISUSES_H
#define FDT_TRACE_MISUSES_H

#include "fdtrack_format.h"

/* Counts a misuse of `fd`. `what` holds all but state, count, the range of
 * numbers and the times; when the table is full it is lost (counted). Lock-free,
 * async-signal-safe. */
void fdt_misuse_add(const struct fdt_misuse *what, int fd, uint64_t ticks);

#endif
