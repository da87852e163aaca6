/* The string store of the trace: append-only bytes. */
#ifndef FDT_TRACE_STRINGS_H
#define FDT_TRACE_STRINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Stores `size` bytes, or as many of the first as `limit` allows (then marked cut), and
 * returns the reference; 0 for no bytes, and when the store is full, which is counted.
 * Lock-free, async-signal-safe. */
uint32_t fdt_string(const char *bytes, size_t size, size_t limit);

/* Whether `ref`, as read from the mapping, is what fdt_string would store of `bytes`. */
bool fdt_string_is(uint32_t ref, const char *bytes, size_t size, size_t limit);

#endif
