#include "layout.h"

#include "trace.h"

#include <string.h>

#define FDT_PAGE 4096ull

static uint64_t floor_power(uint64_t x) { return 1ull << (63 - __builtin_clzll(x)); }

struct cursor {
  struct fdt_header *header;
  uint64_t offset;
};

static void place(struct cursor *at, enum fdt_section_id id, uint64_t bytes, uint32_t stride) {
  uint64_t count = bytes / stride;
  at->header->sections[id] = (struct fdt_section){
      .offset = at->offset,
      .size = bytes,
      .stride = stride,
      .count = count > UINT32_MAX ? UINT32_MAX : (uint32_t)count,
  };
  at->offset += (bytes + FDT_PAGE - 1) & ~(FDT_PAGE - 1);
}

void fdt_layout(struct fdt_header *header, uint32_t calls) {
  uint64_t size = header->file_size;
  struct cursor at = {header, FDT_PAGE};
  /* Hash tables want powers of two: shares of the size rounded down to one. */
  uint64_t share = floor_power(size);
  place(&at, FDT_SECTION_CALLS, calls * sizeof(struct fdt_call), sizeof(struct fdt_call));
  place(&at, FDT_SECTION_PROCESSES, share / 32, sizeof(struct fdt_process));
  place(&at, FDT_SECTION_STACKS, share / 16, sizeof(struct fdt_stack_node));
  /* An entry for each stack, and a seventh more (stack_nodes.c). */
  place(&at, FDT_SECTION_STACK_INDEX, share / 32 + share / 128, sizeof(uint64_t));
  place(&at, FDT_SECTION_SITES, share / 16, sizeof(struct fdt_site));
  place(&at, FDT_SECTION_CLOSERS, share / 32, sizeof(struct fdt_closer));
  place(&at, FDT_SECTION_MODULES, share / 256, sizeof(struct fdt_module));
  uint64_t strings = share / 16 < (1u << 30) ? share / 16 : 1u << 30;
  place(&at, FDT_SECTION_STRINGS, strings, 1);
  place(&at, FDT_SECTION_MISUSES, share / 512, sizeof(struct fdt_misuse));
  place(&at, FDT_SECTION_MARKS, share / 64, sizeof(struct fdt_mark));
  place(&at, FDT_SECTION_RING, share / 4, sizeof(struct fdt_chunk));
  place(&at, FDT_SECTION_UNITS, (size - at.offset) & ~(FDT_PAGE - 1), FDT_UNIT_SIZE);
}

bool fdt_layout_adopt(void *base, uint64_t size, uint32_t calls) {
  struct fdt_header *header = base, plan = {.file_size = size};
  uint8_t *bytes = base;
  fdt_layout(&plan, calls);
  if (header->file_size != size ||
      memcmp(header->sections, plan.sections, sizeof plan.sections) != 0)
    return false;
#define FDT_SECTION_BASE(id)  ((void *)(bytes + plan.sections[FDT_SECTION_##id].offset))
#define FDT_SECTION_SLOTS(id) (plan.sections[FDT_SECTION_##id].count)
  fdt_trace = (struct fdt_trace){
      .header = header,
      .calls = FDT_SECTION_BASE(CALLS),
      .processes = FDT_SECTION_BASE(PROCESSES),
      .stacks = FDT_SECTION_BASE(STACKS),
      .stack_index = FDT_SECTION_BASE(STACK_INDEX),
      .sites = FDT_SECTION_BASE(SITES),
      .closers = FDT_SECTION_BASE(CLOSERS),
      .modules = FDT_SECTION_BASE(MODULES),
      .strings = FDT_SECTION_BASE(STRINGS),
      .units = FDT_SECTION_BASE(UNITS),
      .ring = FDT_SECTION_BASE(RING),
      .misuses = FDT_SECTION_BASE(MISUSES),
      .marks = FDT_SECTION_BASE(MARKS),
      .process_count = FDT_SECTION_SLOTS(PROCESSES),
      .stack_count = FDT_SECTION_SLOTS(STACKS),
      .site_mask = FDT_SECTION_SLOTS(SITES) - 1,
      .closer_mask = FDT_SECTION_SLOTS(CLOSERS) - 1,
      .misuse_mask = FDT_SECTION_SLOTS(MISUSES) - 1,
      .module_mask = FDT_SECTION_SLOTS(MODULES) - 1,
      .string_bytes = FDT_SECTION_SLOTS(STRINGS),
      .unit_count = FDT_SECTION_SLOTS(UNITS),
      .chunk_count = FDT_SECTION_SLOTS(RING),
      .mark_count = FDT_SECTION_SLOTS(MARKS),
  };
  return true;
}
