#include "stacks.h"

#include "trace.h"

uint32_t fdt_stack_child(uint32_t parent, uint64_t frame) {
  uint32_t slot = (uint32_t)fdt_mix(frame ^ ((uint64_t)parent << 32 | parent));
  for (int probe = 0; probe < FDT_PROBES; probe++, slot++) {
    struct fdt_stack_node *node = &fdt_trace.stacks[slot & fdt_trace.stack_mask];
    /* Acquire pairs with the release store below: a frame seen has its parent. */
    uint64_t seen = __atomic_load_n(&node->frame, __ATOMIC_ACQUIRE);
    if (seen == frame && node->parent == parent)
      return (slot & fdt_trace.stack_mask) + 1;
    if (seen != 0)
      continue; /* another's, or being written: never waited for, at worst stored twice */
    if (__atomic_compare_exchange_n(&node->frame, &seen, FDT_FRAME_BUSY, false, __ATOMIC_RELAXED,
                                    __ATOMIC_RELAXED)) {
      node->parent = parent;
      __atomic_store_n(&node->frame, frame, __ATOMIC_RELEASE);
      return (slot & fdt_trace.stack_mask) + 1;
    }
  }
  return 0;
}
