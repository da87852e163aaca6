/* The module table of the trace: loaded objects by path and build-id. */
#ifndef FDT_TRACE_MODULES_H
#define FDT_TRACE_MODULES_H

#include <stdint.h>

/* Returns the number (from 1) of the object with this path and build-id, adding it when
 * new; 0 when the table is full, which is counted. `start` and `end` are its
 * lowest and highest link-time addresses. Lock-free, async-signal-safe. */
uint32_t fdt_module_number(const char *path, const uint8_t *build_id, uint32_t build_id_size,
                           uint64_t start, uint64_t end);

#endif
