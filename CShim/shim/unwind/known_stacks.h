/* A few whole stacks for each thread, so that the paths of an event loop need no
 * walk at all.
 *
 * It is exact for the reason given in last_walk.h: the walk from a state is a
 * function of the state, of the rules, and of the words of the stack that it
 * reads. A known stack is taken only if the state it starts from is the same,
 * the rules are of the same generation, and every one of those words is read
 * again and found equal. */
#ifndef FDT_UNWIND_KNOWN_STACKS_H
#define FDT_UNWIND_KNOWN_STACKS_H

#include "last_walk.h"
#include "stack_variants.h"

#include <stddef.h>

#define FDT_KNOWN_BUCKETS 8 /* for each thread; a start may stand in two of them */
#define FDT_KNOWN_WAYS    8
#define FDT_KNOWN_STACKS  (FDT_KNOWN_BUCKETS * FDT_KNOWN_WAYS)
#define FDT_KNOWN_WORDS   76 /* a deeper stack is left to the last walk */
#define FDT_KNOWN_STEP    4  /* so many are compared at once            */

struct fdt_known_stack {
  uint32_t number; /* in the trace; 0: none, or being written */
  uint32_t count;  /* a multiple of FDT_KNOWN_STEP */
  uint64_t generation;
  uint64_t layout; /* numbers which slots `words` names in which order, and what variants share */
  uintptr_t pc;
  uintptr_t sp;
  uintptr_t fp;
  uintptr_t fp_mask;                            /* all ones when the walk depends on fp, else 0 */
  const struct fdt_stack_variant *latest;       /* of its variants, the one that was taken last */
  struct fdt_known_word words[FDT_KNOWN_WORDS]; /* first those in which variants differ */
  uint32_t varying;                             /* how many these are */
  uint32_t missed;                              /* times running that no variant was found */
  uint8_t places[FDT_KNOWN_WORDS];              /* where in `words` those of a walk stand */
} __attribute__((aligned(64)));

/* The known stacks of one thread. */
struct fdt_known_stacks {
  uintptr_t base; /* upper end of the thread's stack; 0: nobody's */
  uint32_t turn;
  uint32_t missed;  /* stacks that were not found, ever */
  uint64_t layouts; /* numbers given so far */
  struct fdt_stack_variants *variants;
  uint64_t sought[512];             /* marks of stacks that were not found, by their number */
  uint16_t hints[256];              /* see fdt_known_stack_hinted */
  uint32_t marks[FDT_KNOWN_STACKS]; /* of the starts of `stacks`, so that a search is short */
  struct fdt_known_stack stacks[FDT_KNOWN_STACKS];
  struct fdt_known_word learnt[FDT_KNOWN_WORDS]; /* while one is: the thread's stack may be small */
};

static inline uint64_t fdt_known_stack_hash(const struct fdt_caller *caller) {
  return (caller->pc ^ caller->sp >> 3) * UINT64_C(0x9e3779b97f4a7c15);
}

static inline uint32_t fdt_known_stack_mark(uint64_t hash) { return (uint32_t)(hash >> 16) | 1; }

/* The two buckets of a start: with one alone, some would be over full while half of all
 * places are free, and which those are would hang on where the stack happens to begin. */
static inline uint32_t fdt_known_bucket(uint64_t hash, int choice) {
  uint32_t bucket = (uint32_t)(hash >> 61);
  return (choice == 0 ? bucket : bucket ^ (((uint32_t)(hash >> 58) & 7) | 1)) * FDT_KNOWN_WAYS;
}

static inline bool fdt_known_stack_starts(const struct fdt_known_stack *stack,
                                          const struct fdt_caller *caller) {
  return stack->pc == caller->pc && stack->sp == caller->sp;
}

#define FDT_HINT_UNIT 64
_Static_assert(sizeof(struct fdt_known_stack) % FDT_HINT_UNIT == 0, "hints lead to a stack");

static inline uint16_t *fdt_known_stack_hint(struct fdt_known_stacks *known, uint64_t hash) {
  return &known->hints[hash >> 56];
}

/* The one that may start as `caller` does: the search is dearer than a look where it ended
 * last, for any start of that hash. */
static inline const struct fdt_known_stack *
fdt_known_stack_hinted(struct fdt_known_stacks *known, const struct fdt_caller *caller) {
  const size_t place = *fdt_known_stack_hint(known, fdt_known_stack_hash(caller));
  return (const struct fdt_known_stack *)((const char *)known->stacks + place * FDT_HINT_UNIT);
}

/* The one that starts as `caller` does, or NULL. */
static inline struct fdt_known_stack *fdt_known_stack_find(struct fdt_known_stacks *known,
                                                           const struct fdt_caller *caller) {
  const uint64_t hash = fdt_known_stack_hash(caller);
  const uint32_t mark = fdt_known_stack_mark(hash);
  for (int choice = 0; choice < 2; choice++) {
    const uint32_t first = fdt_known_bucket(hash, choice);
    for (uint32_t at = first; at < first + FDT_KNOWN_WAYS; at++)
      if (known->marks[at] == mark && fdt_known_stack_starts(&known->stacks[at], caller)) {
        *fdt_known_stack_hint(known, hash) =
            (uint16_t)(at * (sizeof known->stacks[0] / FDT_HINT_UNIT));
        return &known->stacks[at];
      }
  }
  return NULL;
}

/* Whether one of the next FDT_KNOWN_STEP words is not what it was. */
static inline uintptr_t fdt_known_words_differ(const struct fdt_known_word *word) {
  return (*word[0].slot ^ word[0].word) | (*word[1].slot ^ word[1].word) |
         (*word[2].slot ^ word[2].word) | (*word[3].slot ^ word[3].word);
}

/* Returns its number if it, found for `caller`, is the caller's, else 0. */
static inline uint32_t fdt_known_stack_number(const struct fdt_known_stack *stack,
                                              const struct fdt_caller *caller,
                                              uint64_t generation) {
  if (stack->generation != generation || ((stack->fp ^ caller->fp) & stack->fp_mask) != 0)
    return 0;
  const struct fdt_known_word *word = stack->words, *end = word + stack->count;
  uintptr_t difference = 0;
  if (word < end && fdt_known_words_differ(word) != 0)
    return 0; /* as most variants do: those words come first in which they differ */
  while ((word += FDT_KNOWN_STEP) < end)
    difference |= fdt_known_words_differ(word);
  return difference == 0 ? stack->number : 0;
}

/* The same for the variants of `stack`, whose start is the caller's. */
uint32_t fdt_known_variant_number(struct fdt_known_stacks *known, struct fdt_known_stack *stack,
                                  const struct fdt_caller *caller, uint64_t generation);

/* Learns the stack of `caller`, whose whole walk `last` remembers, when it is sought
 * the second time: what comes once is not worth the copy. */
void fdt_known_stack_learn(struct fdt_known_stacks *known, const struct fdt_caller *caller,
                           const struct fdt_last_walk *last, uint32_t number);

#endif
