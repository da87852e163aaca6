/* The interposed calls: the numbers that a trace gives them, and their names there. */
#ifndef FDT_TRACE_CALLS_H
#define FDT_TRACE_CALLS_H

#include "fdtrack_format.h"

/* Numbers from 1: 0 is "no call". */
enum fdt_call_number {
  FDT_CALL_NONE,
#define FDT_CALL(result, name, parameters) FDT_CALL_##name,
#include "calls.def"
#undef FDT_CALL
  FDT_CALL_COUNT
};

/* [0] is "". */
extern const struct fdt_call fdt_calls[FDT_CALL_COUNT];

#endif
