#include "stacks.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "losses.h"
#include "stack_nodes.h"
#include "trace.h"

/* A stack that was found in the trace, so that it is found again without a look there, where
 * each page is a fault in a forked child. Of all threads and of the processes of a program,
 * without order between its words: the first mixes the frame with the second, so that words of
 * different writers do not pass for a stack. */
struct memo {
  _Atomic uint64_t check;
  _Atomic uint64_t link; /* parent << 32 | number; 0: none */
};

/* Where a stack may stand, by a hash of its frames: where its frame alone stands would hang on
 * where its parent does, and so each look wait for the one before. Near is where most programs
 * have room for all: searched for as long as there is, and given up at the first that finds
 * none. */
enum { NEAR_BITS = 12, FAR_BITS = 14, NEAR_CHOICES = 8 };
struct memory {
  struct memo near[1 << NEAR_BITS];
  struct memo far[1 << FAR_BITS];
};
_Static_assert(sizeof((struct memory *)0)->near == FDT_STACKS_NEAR &&
                   sizeof(struct memory) == FDT_STACKS_MEMORY,
               "whoever gives the memory knows how much");

FDT_LARGE static struct memory own;
static struct memory *_Atomic shared;
static _Atomic bool is_full; /* near is, as far as this process has seen */

void fdt_stacks_remember_in(void *memory) {
  atomic_store_explicit(&shared, memory, memory_order_relaxed);
}

static inline uint64_t check_of(uint64_t frame, uint64_t link) {
  return frame ^ link * UINT64_C(0xc2b2ae3d27d4eb4f);
}

/* The number that `memo` has of `frame` inside `parent`; 0 for none. */
static inline uint32_t recall(const struct memo *memo, uint32_t parent, uint64_t frame) {
  const uint64_t link = atomic_load_explicit(&memo->link, memory_order_relaxed);
  const uint64_t check = atomic_load_explicit(&memo->check, memory_order_relaxed);
  return link >> 32 == parent && check == check_of(frame, link) ? (uint32_t)link : 0;
}

static inline bool is_taken(const struct memo *memo) {
  return atomic_load_explicit(&memo->link, memory_order_relaxed) != 0;
}

/* Finds what does not stand at `memo`, the first place for it; 0 when the trace does not have it
 * either. */
static __attribute__((noinline)) uint32_t find(struct memory *memory, struct memo *memo,
                                               uint64_t hash, uint32_t parent, uint64_t frame) {
  uint64_t place = hash >> (64 - NEAR_BITS);
  const bool is_near = memo == &memory->near[place];
  /* Nothing is ever taken away, so nothing stands beyond a place that is free. */
  for (int choice = 1; is_near && is_taken(memo); choice++) {
    if (choice == NEAR_CHOICES) {
      atomic_store_explicit(&is_full, true, memory_order_relaxed);
      memo = &memory->far[hash >> (64 - FAR_BITS)];
      break;
    }
    place = (place + (hash >> 40 | 1)) % (1 << NEAR_BITS);
    memo = &memory->near[place];
    const uint32_t number = recall(memo, parent, frame);
    if (number != 0)
      return number;
  }
  const uint32_t number = fdt_stack_node_find(parent, frame, hash);
  if (number == 0)
    return 0;
  const uint64_t link = (uint64_t)parent << 32 | number;
  atomic_store_explicit(&memo->link, link, memory_order_relaxed);
  atomic_store_explicit(&memo->check, check_of(frame, link), memory_order_relaxed);
  return number;
}

/* Replaces those of `frames`, from the last on, that the store has: returns how many are left.
 * The number of the last one found, or `*parent`, is then in *parent. */
static uint32_t find_all(uint32_t *parent, uint64_t *frames, uint32_t count) {
  struct memory *memory = atomic_load_explicit(&shared, memory_order_relaxed);
  if (memory == NULL)
    memory = &own;
  const bool far = atomic_load_explicit(&is_full, memory_order_relaxed);
  struct memo *const places = far ? memory->far : memory->near;
  const int shift = 64 - (far ? FAR_BITS : NEAR_BITS);
  uint32_t path = fdt_stack_node_path(*parent);
  bool remembered = true;
  for (; count > 0; count--) {
    const uint64_t frame = frames[count - 1], hash = fdt_stack_hash(path, frame);
    path = fdt_stack_path(hash);
    uint32_t number = recall(&places[hash >> shift], *parent, frame);
    if (number == 0 && remembered) {
      remembered = false;
      fdt_stack_node_expect(path, frames, count - 1);
    }
    if (number == 0)
      number = find(memory, &places[hash >> shift], hash, *parent, frame);
    if (number == 0)
      break;
    frames[count - 1] = *parent = number;
  }
  return count;
}

/* Finds or adds the stacks that continue *parent by the `*count` frames, and replaces those by
 * their numbers. Returns the innermost's; 0 for want of room: *count are left then, which
 * continue *parent. */
static uint32_t store(uint32_t *parent, uint64_t *frames, uint32_t *count,
                      enum fdt_stack_claim claim) {
  *count = find_all(parent, frames, *count);
  if (*count == 0)
    return *parent;
  uint32_t number = fdt_stack_node_add(*parent, frames, *count, claim);
  if (number == 0)
    return 0;
  while (*count > 0)
    frames[--*count] = number++;
  return number - 1;
}

/* How many frames are kept of a stack that there is no room for. */
#define KEPT 8

/* Stores what tells most of a stack, the innermost of its frames: the first of the `count` that
 * continue `parent`, and those of `parent`. */
static __attribute__((noinline)) uint32_t store_cut(uint32_t parent, const uint64_t *frames,
                                                    uint32_t count) {
  uint64_t kept[KEPT + 1];
  uint32_t size = 0;
  for (; size < KEPT && size < count; size++)
    kept[size] = frames[size];
  for (; size < KEPT && parent - 1 < fdt_trace.stack_count; size++) {
    const struct fdt_stack_node *node = &fdt_trace.stacks[parent - 1];
    kept[size] = __atomic_load_n(&node->frame, __ATOMIC_ACQUIRE);
    parent = node->parent;
    if (kept[size] == 0)
      break; /* somebody wrote over it */
  }
  const bool is_cut = size < count || parent != 0;
  if (is_cut)
    kept[size++] = FDT_MARK_CUT;
  uint32_t outermost = 0;
  const uint32_t number = store(&outermost, kept, &size, FDT_STACK_LAST_RESORT);
  if (number != 0 && is_cut)
    fdt_lose(FDT_LOSS_STACKS_CUT);
  return number;
}

uint32_t fdt_stack_store(uint32_t parent, uint64_t *frames, uint32_t count) {
  uint32_t number = store(&parent, frames, &count, FDT_STACK_WHOLE);
  if (fdt_unlikely(number == 0 && count > 0)) {
    number = store_cut(parent, frames, count);
    __builtin_memset(frames, 0, count * sizeof *frames);
  }
  return number;
}

uint32_t fdt_stack_child(uint32_t parent, uint64_t frame) {
  return fdt_stack_store(parent, &frame, 1);
}
