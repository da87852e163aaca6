#include "known_stacks.h"

#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>

#define THREADS 32
#define TRIES   4

static struct fdt_known_stacks *all;

void fdt_known_stacks_start(void) {
  void *memory = mmap(NULL, THREADS * sizeof *all, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  all = memory == MAP_FAILED ? NULL : memory;
}

struct fdt_known_stacks *fdt_known_stacks_of(uintptr_t base) {
  if (all == NULL)
    return NULL;
  size_t slot = (base * 0x9e3779b97f4a7c15u) >> 59;
  for (int i = 0; i < TRIES; i++, slot++) {
    struct fdt_known_stacks *known = &all[slot % THREADS];
    uintptr_t owner = 0;
    /* Relaxed: only the thread that has `base` looks at the rest. */
    if (__atomic_load_n(&known->base, __ATOMIC_RELAXED) == base ||
        __atomic_compare_exchange_n(&known->base, &owner, base, false, __ATOMIC_RELAXED,
                                    __ATOMIC_RELAXED))
      return known;
  }
  return NULL;
}

/* The words that lead from the innermost frame outwards; false when they are too many. */
static bool copy_words(struct fdt_known_stack *stack, const struct fdt_last_walk *last) {
  _Static_assert(FDT_KNOWN_WORDS % FDT_KNOWN_STEP == 0, "the last step has room");
  uint32_t count = 0;
  for (uint32_t at = last->first + 1; at < FDT_WALK_FRAMES; at++) {
    if (count + 2 > FDT_KNOWN_WORDS)
      return false;
    stack->words[count++] = (struct fdt_known_word){
        (const uintptr_t *)(last->base - last->pc_slot[at]), last->pc_word[at]};
    if ((last->sp[at] & FDT_NEEDS_FP) != 0 && last->fp_slot[at] != 0)
      stack->words[count++] = (struct fdt_known_word){
          (const uintptr_t *)(last->base - last->fp_slot[at]), last->base - last->fp[at]};
  }
  if (count == 0)
    return false;
  for (; count % FDT_KNOWN_STEP != 0; count++)
    stack->words[count] = stack->words[count - 1];
  stack->count = count;
  return true;
}

/* Whether this start was sought before, so far as the marks tell. Two starts that share a
 * mark's place, in turn, would wait for ever: so one of 16 is taken at its first time. */
static bool comes_again(struct fdt_known_stacks *known, const struct fdt_caller *caller) {
  const uint64_t hash = fdt_known_stack_hash(caller);
  uint8_t *mark = &known->sought[hash >> 50 & (sizeof known->sought - 1)];
  const uint8_t own = (uint8_t)(hash >> 40 | 1);
  const bool again = *mark == own || known->missed++ % 16 == 0;
  *mark = own;
  return again;
}

/* Where a stack that starts as `caller` is to stand: in the place of another with that
 * start, an unused one, or by turns, so that none is there for ever. */
static uint32_t place_for(struct fdt_known_stacks *known, const struct fdt_caller *caller) {
  const struct fdt_known_stack *same = fdt_known_stack_find(known, caller);
  if (same != NULL)
    return (uint32_t)(same - known->stacks);
  const uint64_t hash = fdt_known_stack_hash(caller);
  for (int choice = 0; choice < 2; choice++) {
    const uint32_t first = fdt_known_bucket(hash, choice);
    for (uint32_t at = first; at < first + FDT_KNOWN_WAYS; at++)
      if (known->marks[at] == 0)
        return at;
  }
  const uint32_t turn = known->turn++ % (2 * FDT_KNOWN_WAYS);
  return fdt_known_bucket(hash, turn / FDT_KNOWN_WAYS) + turn % FDT_KNOWN_WAYS;
}

void fdt_known_stack_learn(struct fdt_known_stacks *known, const struct fdt_caller *caller,
                           const struct fdt_last_walk *last, uint32_t number) {
  const uint32_t first = last->first;
  if (!comes_again(known, caller))
    return;
  if (first >= FDT_WALK_FRAMES || last->base - (last->sp[first] & ~FDT_SP_FLAGS) != caller->sp ||
      fdt_strip(last->pc_word[first]) != caller->pc)
    return; /* frames that needed the tables are not remembered */
  const uint32_t place = place_for(known, caller);
  struct fdt_known_stack *stack = &known->stacks[place];
  __atomic_store_n(&stack->number, 0, __ATOMIC_RELAXED);
  atomic_thread_fence(memory_order_release); /* a handler may not come back, a fork may copy half */
  if (!copy_words(stack, last))
    return;
  known->marks[place] = fdt_known_stack_mark(fdt_known_stack_hash(caller));
  stack->generation = last->generation;
  stack->pc = caller->pc;
  stack->sp = caller->sp;
  stack->fp = caller->fp;
  stack->fp_mask = (last->sp[first] & FDT_NEEDS_FP) != 0 ? UINTPTR_MAX : 0;
  atomic_thread_fence(memory_order_release);
  __atomic_store_n(&stack->number, number, __ATOMIC_RELAXED);
}
