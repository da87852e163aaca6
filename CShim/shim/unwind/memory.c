#include "memory.h"

#define MAX_GAP (256u * FDT_PAGE) /* farther pages are not joined to a run */

bool fdt_memory_cover(struct fdt_memory *memory, uintptr_t address) {
  uintptr_t page = address & ~(uintptr_t)(FDT_PAGE - 1);
  if (page >= memory->lo && page < memory->hi)
    return true;
  if (memory->lo == memory->hi) {
    if (!fdt_readable(page))
      return false;
    memory->lo = page;
    memory->hi = page + FDT_PAGE;
    return true;
  }
  struct fdt_memory grown = *memory;
  if (page >= memory->hi && page - memory->hi < MAX_GAP) {
    for (; grown.hi <= page; grown.hi += FDT_PAGE)
      if (!fdt_readable(grown.hi))
        return false;
  } else if (page < memory->lo && memory->lo - page <= MAX_GAP) {
    for (; grown.lo > page; grown.lo -= FDT_PAGE)
      if (!fdt_readable(grown.lo - FDT_PAGE))
        return false;
  } else {
    return false;
  }
  *memory = grown;
  return true;
}

bool fdt_memory_copy8(uintptr_t address, uint8_t bytes[8]) {
  if (address > UINTPTR_MAX - 8 || !fdt_readable(address))
    return false;
  __builtin_memcpy(bytes, (const void *)address, 8);
  return true;
}

bool fdt_memory_read_outside(struct fdt_memory *memory, uintptr_t address, uintptr_t *value) {
  if (address > UINTPTR_MAX - FDT_PAGE)
    return false;
  if (fdt_memory_cover(memory, address) && fdt_memory_cover(memory, address + 7) &&
      address >= memory->lo && memory->hi - address >= sizeof(*value)) {
    __builtin_memcpy(value, (const void *)address, sizeof(*value));
    return true;
  }
  return fdt_memory_copy8(address, (uint8_t *)value);
}
