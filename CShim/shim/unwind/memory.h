/* Reads of memory that may not be mapped: every page is asked for first. */
#ifndef FDT_UNWIND_MEMORY_H
#define FDT_UNWIND_MEMORY_H

#include "kernel/readable.h"

#include <stdbool.h>
#include <stdint.h>

/* A run of pages found readable: [lo, hi), empty when equal. */
struct fdt_memory {
  uintptr_t lo;
  uintptr_t hi;
};

/* Makes `memory` cover the page of `address`, joined to what it covers already
 * when that is near; false, with nothing changed, when that cannot be.
 * Async-signal-safe. */
bool fdt_memory_cover(struct fdt_memory *memory, uintptr_t address);

/* The part of fdt_memory_read that is not for every read. */
bool fdt_memory_read_outside(struct fdt_memory *memory, uintptr_t address, uintptr_t *value);

/* Reads one word of the stack; false when it cannot be read. */
static inline bool fdt_memory_read(struct fdt_memory *memory, uintptr_t address, uintptr_t *value) {
  if (__builtin_expect(address >= memory->lo && address < memory->hi &&
                           memory->hi - address >= sizeof(*value),
                       1)) {
    __builtin_memcpy(value, (const void *)address, sizeof(*value));
    return true;
  }
  return fdt_memory_read_outside(memory, address, value);
}

/* Copies 8 bytes from anywhere; false when they cannot be read. */
bool fdt_memory_copy8(uintptr_t address, uint8_t bytes[8]);

#endif
