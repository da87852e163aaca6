#include "stacks.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "losses.h"
#include "stack_nodes.h"
#include "trace.h"

/* Where stacks were found in the trace, by their paths as its index has them
 * (fdt_stack_entry; 0: none), so that they are found again without a look there, where each page is
 * a fault in a forked child. Of all threads and of the processes of a program. Near is where most
 * programs have room for all: searched for as long as there is, and given up at the first that
 * finds none. */
enum { NEAR_BITS = 13, FAR_BITS = 14, NEAR_CHOICES = 8 };
struct memory {
  _Atomic uint64_t near[1 << NEAR_BITS];
  _Atomic uint64_t far[1 << FAR_BITS];
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

static inline struct memory *memory_now(void) {
  struct memory *memory = atomic_load_explicit(&shared, memory_order_relaxed);
  return memory != NULL ? memory : &own;
}

/* Where the stack of that path is remembered, or would be. */
static inline _Atomic uint64_t *place_of(struct memory *memory, uint32_t path) {
  uint32_t place = path >> (32 - NEAR_BITS);
  for (int choice = 0; choice < NEAR_CHOICES; choice++) {
    const uint64_t entry = atomic_load_explicit(&memory->near[place], memory_order_relaxed);
    /* Nothing is ever taken away, so nothing stands beyond a place that is free. */
    if (entry == 0 || entry >> 32 == path)
      return &memory->near[place];
    if (atomic_load_explicit(&is_full, memory_order_relaxed))
      break;
    if (choice == NEAR_CHOICES - 1)
      atomic_store_explicit(&is_full, true, memory_order_relaxed);
    place = (place + (path >> 8 | 1)) % (1 << NEAR_BITS);
  }
  return &memory->far[path >> (32 - FAR_BITS)];
}

/* Replaces the frames of a run by their numbers: `number` is that of the innermost. */
static inline void number_run(uint64_t *frames, uint32_t size, uint32_t number) {
  for (uint32_t at = 0; at < size; at++) {
    frames[at] = number;
    number = fdt_stack_node_parent(number);
  }
}

/* Replaces those of `frames`, from the last on, that the store has: returns how many are left.
 * The number of the last one found, or `*parent`, is then in *parent. */
static uint32_t find_all(uint32_t *parent, uint64_t *frames, uint32_t count) {
  struct memory *memory = memory_now();
  uint32_t path = fdt_stack_node_path(*parent);
  bool expected = false;
  while (count > 0) {
    const struct fdt_stack_run run = fdt_stack_run_of(*parent, path, frames, count);
    _Atomic uint64_t *place = place_of(memory, run.path);
    /* Acquire pairs with the release below: what was found there is whole here. */
    const uint64_t entry = atomic_load_explicit(place, memory_order_acquire);
    uint32_t number = fdt_stack_run_at(&run, entry);
    if (number == 0) {
      if (!expected)
        fdt_stack_runs_expect(path, frames, count);
      expected = true;
      number = fdt_stack_run_find(&run);
      if (number == 0)
        break;
      atomic_store_explicit(place, fdt_stack_entry(run.path, number), memory_order_release);
    }
    count -= run.size;
    number_run(&frames[count], run.size, number);
    *parent = number;
    path = run.path;
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
