/* Counts what could not be recorded. */
#ifndef FDT_TRACE_LOSSES_H
#define FDT_TRACE_LOSSES_H

#include "fdtrack_format.h"

/* Adds one to a loss counter of the trace; nothing when there is no trace.
 * Lock-free, async-signal-safe. */
void fdt_lose(enum fdt_loss loss);

#endif
