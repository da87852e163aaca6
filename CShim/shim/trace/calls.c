#include "calls.h"

const struct fdt_call fdt_calls[FDT_CALL_COUNT] = {
    {""},
#define FDT_CALL(result, name, parameters) {#name},
#include "calls.def"
#undef FDT_CALL
};
