#include "known_stacks.h"

#include <stdatomic.h>

#define MANY_MISSED 32

/* The words that lead from the innermost frame outwards; returns how many, 0 when they
 * are too many. */
static uint32_t words_of(const struct fdt_last_walk *last,
                         struct fdt_known_word words[FDT_KNOWN_WORDS]) {
  _Static_assert(FDT_KNOWN_WORDS % FDT_KNOWN_STEP == 0, "the last step has room");
  uint32_t count = 0;
  for (uint32_t at = last->first + 1; at < FDT_LAST_END; at++) {
    const struct fdt_last_frame *frame = &last->frames[at];
    if (count + 2 > FDT_KNOWN_WORDS)
      return 0;
    words[count++] =
        (struct fdt_known_word){(const uintptr_t *)(last->base - frame->pc_slot), frame->pc_word};
    if ((frame->flags & FDT_NEEDS_FP) != 0 && frame->fp_slot != 0)
      words[count++] = (struct fdt_known_word){(const uintptr_t *)(last->base - frame->fp_slot),
                                               last->base - frame->fp};
  }
  for (; count % FDT_KNOWN_STEP != 0; count++)
    words[count] = words[count - 1];
  return count;
}

static bool is_layout_of(const struct fdt_known_stack *stack, const struct fdt_known_word *words,
                         uint32_t count, uintptr_t fp_mask) {
  if (stack->number == 0 || stack->count != count || stack->fp_mask != fp_mask)
    return false;
  for (uint32_t i = 0; i < count; i++)
    if (stack->words[stack->places[i]].slot != words[i].slot)
      return false;
  return true;
}

/* The key of a variant of `stack`, so far without its words. */
static inline void begin_key(struct fdt_variant_key *key, const struct fdt_known_stack *stack,
                             uintptr_t fp) {
  key->layout = stack->layout;
  key->fp = fp & stack->fp_mask;
  key->hash = key->layout + key->fp;
  key->count = 0;
}

/* Lets word `at` of `stack` be one in which variants differ. */
static void let_vary(struct fdt_known_stack *stack, uint32_t at) {
  const uint32_t other = stack->varying++;
  const struct fdt_known_word word = stack->words[at];
  stack->words[at] = stack->words[other];
  stack->words[other] = word;
  for (uint32_t i = 0; i < stack->count; i++)
    stack->places[i] = stack->places[i] == at      ? (uint8_t)other
                       : stack->places[i] == other ? (uint8_t)at
                                                   : stack->places[i];
}

/* Keeps the stack of these words, those of a walk with the layout of `stack`, as a variant
 * of it; false when it has none. */
static bool keep_variant(struct fdt_known_stacks *known, struct fdt_known_stack *stack,
                         const struct fdt_known_word *words, uintptr_t fp, uint32_t number) {
  if (known->variants == NULL)
    known->variants = fdt_stack_variants_take();
  if (known->variants == NULL)
    return false;
  uint32_t more = 0;
  for (uint32_t i = 0; i < stack->count; i++) {
    const uintptr_t difference = words[i].word ^ stack->words[stack->places[i]].word;
    if (difference >> 32 != 0)
      return false;
    more += difference != 0 && stack->places[i] >= stack->varying;
  }
  if (stack->varying + more > FDT_VARIANT_WORDS)
    return false;
  if (more > 0) {
    const uint32_t own = stack->number;
    __atomic_store_n(&stack->number, 0, __ATOMIC_RELAXED);
    atomic_thread_fence(memory_order_release); /* as in fdt_known_stack_learn */
    for (uint32_t i = 0; i < stack->count; i++)
      if (stack->places[i] >= stack->varying &&
          words[i].word != stack->words[stack->places[i]].word)
        let_vary(stack, stack->places[i]);
    stack->layout++; /* variants of fewer words are no more to be found */
    atomic_thread_fence(memory_order_release);
    __atomic_store_n(&stack->number, own, __ATOMIC_RELAXED);
  }
  uintptr_t varying[FDT_VARIANT_WORDS];
  for (uint32_t i = 0; i < stack->count; i++)
    if (stack->places[i] < stack->varying)
      varying[stack->places[i]] = words[i].word;
  struct fdt_variant_key key;
  begin_key(&key, stack, fp);
  for (uint32_t i = 0; i < stack->varying; i++)
    fdt_variant_add(&key, varying[i]);
  if (fdt_stack_variant_find(known->variants, &key) != NULL)
    stack->missed = 0; /* it was not sought */
  else
    fdt_stack_variant_keep(known->variants, &key, number);
  return true;
}

/* The variant that comes twice running, and the known stack, change places: a loop with
 * one stack is to find it at once, whatever stack came first. */
static void promote(struct fdt_known_stacks *known, struct fdt_known_stack *stack,
                    const struct fdt_variant_key *chosen, uint32_t number, uintptr_t fp) {
  struct fdt_variant_key own;
  begin_key(&own, stack, stack->fp);
  for (uint32_t i = 0; i < stack->varying; i++)
    fdt_variant_add(&own, stack->words[i].word);
  fdt_stack_variant_keep(known->variants, &own, stack->number);
  __atomic_store_n(&stack->number, 0, __ATOMIC_RELAXED);
  atomic_thread_fence(memory_order_release);
  for (uint32_t i = 0; i < stack->varying; i++)
    stack->words[i].word = (stack->words[i].word >> 32 << 32) | chosen->words[i];
  stack->fp = fp;
  atomic_thread_fence(memory_order_release);
  __atomic_store_n(&stack->number, number, __ATOMIC_RELAXED);
}

/* Whether those words are what they were in which variants of `stack` do not differ. */
static bool holds_beside_variants(const struct fdt_known_stack *stack) {
  const struct fdt_known_word *word = stack->words + stack->varying;
  const struct fdt_known_word *end = stack->words + stack->count;
  uintptr_t difference = 0;
  for (; (end - word) % FDT_KNOWN_STEP != 0; word++)
    difference |= *word->slot ^ word->word;
  for (; word < end; word += FDT_KNOWN_STEP)
    difference |= fdt_known_words_differ(word);
  return difference == 0;
}

uint32_t fdt_known_variant_number(struct fdt_known_stacks *known, struct fdt_known_stack *stack,
                                  const struct fdt_caller *caller, uint64_t generation) {
  if (known->variants == NULL || stack->number == 0 || stack->generation != generation)
    return 0;
  /* After many that never came again, none is sought until one does. */
  if (stack->missed >= MANY_MISSED)
    return 0;
  stack->missed++;
  struct fdt_variant_key key;
  begin_key(&key, stack, caller->fp);
  uintptr_t difference = 0;
  for (uint32_t i = 0; i < stack->varying; i++) {
    const uintptr_t word = *stack->words[i].slot;
    difference |= word ^ stack->words[i].word;
    fdt_variant_add(&key, word);
  }
  if (difference >> 32 != 0)
    return 0;
  const struct fdt_stack_variant *variant = fdt_stack_variant_find(known->variants, &key);
  if (variant == NULL || !holds_beside_variants(stack))
    return 0;
  stack->missed = 0;
  const uint32_t number = variant->number;
  if (variant == stack->latest)
    promote(known, stack, &key, number, caller->fp);
  else
    stack->latest = variant;
  return number;
}

/* Whether this stack was sought before, so far as marks tell: eight of them, each a byte, are
 * remembered of those that share a place. More of them, in turn, would wait for ever: so one
 * of 64 stacks is taken at its first time. */
static bool comes_again(struct fdt_known_stacks *known, uint32_t number) {
  const uint64_t hash = number * UINT64_C(0x9e3779b97f4a7c15), ones = UINT64_C(0x0101010101010101);
  uint64_t *marks = &known->sought[hash >> 55];
  const uint64_t mark = (hash >> 40 & 0xff) | (uint64_t)((hash >> 40 & 0xff) == 0);
  const uint64_t others = *marks ^ mark * ones;
  const bool again = ((others - ones) & ~others & ones << 7) != 0; /* one of its bytes is 0 */
  if (!again)
    *marks = *marks << 8 | mark;
  return again || known->missed++ % 64 == 0;
}
_Static_assert(sizeof((struct fdt_known_stacks *)0)->sought == 8u << (64 - 55),
               "comes_again takes that many bits");

/* Where a stack that starts as `caller` is to stand: in the place of another with that
 * start, an unused one, or by turns, so that none is there for ever. */
static uint32_t place_for(struct fdt_known_stacks *known, const struct fdt_caller *caller,
                          const struct fdt_known_stack *same) {
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
  const struct fdt_last_frame *first = &last->frames[last->first];
  if (last->first >= FDT_LAST_END || last->base - first->sp != caller->sp ||
      fdt_strip(first->pc_word) != caller->pc)
    return; /* frames that needed the tables are not remembered */
  if (!comes_again(known, number))
    return;
  struct fdt_known_stack *same = fdt_known_stack_find(known, caller);
  struct fdt_known_word *words = known->learnt;
  const uint32_t count = words_of(last, words);
  if (count == 0)
    return;
  const uintptr_t fp_mask = (first->flags & FDT_NEEDS_FP) != 0 ? UINTPTR_MAX : 0;
  if (same != NULL && same->generation == last->generation &&
      is_layout_of(same, words, count, fp_mask) &&
      keep_variant(known, same, words, caller->fp, number))
    return;
  const uint32_t place = place_for(known, caller, same);
  struct fdt_known_stack *stack = &known->stacks[place];
  __atomic_store_n(&stack->number, 0, __ATOMIC_RELAXED);
  atomic_thread_fence(memory_order_release); /* a handler may not come back, a fork may copy half */
  __builtin_memcpy(stack->words, words, count * sizeof words[0]);
  for (uint32_t i = 0; i < count; i++)
    stack->places[i] = (uint8_t)i;
  stack->count = count;
  stack->varying = 0;
  stack->missed = 0;
  known->marks[place] = fdt_known_stack_mark(fdt_known_stack_hash(caller));
  stack->generation = last->generation;
  stack->layout = ++known->layouts * FDT_LAYOUTS;
  stack->latest = NULL;
  stack->pc = caller->pc;
  stack->sp = caller->sp;
  stack->fp = caller->fp;
  stack->fp_mask = fp_mask;
  atomic_thread_fence(memory_order_release);
  __atomic_store_n(&stack->number, number, __ATOMIC_RELAXED);
}
