/* Copies of live entries that other threads may be rewriting meanwhile. */
#ifndef FDT_TRACE_ENTRY_H
#define FDT_TRACE_ENTRY_H

#include "live.h"

/* How often an entry is looked at that changes all the time. */
#define FDT_COPIES_MAX 1000

/* Copies the rest of an open entry: the copy is whole when the state, with its generation,
 * is the same before and after. Returns that state; or 0 once it is not open, or never
 * stays the same. */
static inline uint32_t fdt_live_copy_open(struct fdt_live *to, const struct fdt_live *from) {
  uint32_t word = fdt_live_state(from), after;
  for (int i = 0; i < FDT_COPIES_MAX && FDT_LIVE_STATE(word) == FDT_LIVE_OPEN; i++, word = after) {
    __builtin_memcpy((char *)to + sizeof to->state, (const char *)from + sizeof from->state,
                     sizeof *to - sizeof to->state);
    /* Orders the copy before the second look; pairs with the fence of a writer. */
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    after = fdt_live_state(from);
    if (after == word)
      return word;
  }
  return 0;
}

#endif
