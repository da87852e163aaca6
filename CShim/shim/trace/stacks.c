#include "stacks.h"

#include "trace.h"

/* The slots of the parent's page that are tried before any others. A walk then touches a
 * few pages of the trace and not one for each of its frames; and each page is a fault
 * in every child that is forked. */
#define NEAR_SLOTS  256u
#define NEAR_PROBES 4
#define LINE_SLOTS  4u /* in a cache line */

/* Whether `frame` inside `parent` stands at `slot`, or is put there. */
static inline bool stands_at(uint32_t slot, uint32_t parent, uint64_t frame) {
  struct fdt_stack_node *node = &fdt_trace.stacks[slot];
  /* Acquire pairs with the release store below: a frame seen has its parent. */
  uint64_t seen = __atomic_load_n(&node->frame, __ATOMIC_ACQUIRE);
  if (seen == frame)
    return node->parent == parent;
  /* Another's, or being written: never waited for, at worst stored twice. */
  if (seen != 0 || !__atomic_compare_exchange_n(&node->frame, &seen, FDT_FRAME_BUSY, false,
                                                __ATOMIC_RELAXED, __ATOMIC_RELAXED))
    return false;
  node->parent = parent;
  __atomic_store_n(&node->frame, frame, __ATOMIC_RELEASE);
  return true;
}

uint32_t fdt_stack_child(uint32_t parent, uint64_t frame) {
  const uint64_t hash = fdt_mix(frame ^ ((uint64_t)parent << 32 | parent));
  const uint32_t mask = fdt_trace.stack_mask;
  const uint32_t near = (parent - 1) & ~(NEAR_SLOTS - 1) & mask;
  for (uint32_t probe = 0; parent != 0 && probe < NEAR_PROBES; probe++) {
    const uint32_t slot = near | ((uint32_t)(hash >> 32) + probe) % NEAR_SLOTS;
    if (slot <= mask && stands_at(slot, parent, frame))
      return slot + 1;
  }
  /* Some cache lines anywhere: side by side they might all be in one full page. */
  const uint32_t step = (uint32_t)(hash >> 32) | 1;
  for (uint32_t probe = 0; probe < FDT_PROBES; probe++) {
    const uint32_t line = (uint32_t)hash + probe / LINE_SLOTS * step;
    const uint32_t slot = (line * LINE_SLOTS + probe % LINE_SLOTS) & mask;
    if (stands_at(slot, parent, frame))
      return slot + 1;
  }
  return 0;
}

uint32_t fdt_stack_store(uint32_t parent, uint64_t *frames, uint32_t count) {
  bool room = true;
  while (count-- > 0) {
    if (room)
      parent = fdt_stack_child(parent, frames[count]);
    room = parent != 0;
    frames[count] = parent;
  }
  return parent;
}
