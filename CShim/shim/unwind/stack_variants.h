/* Stacks that start alike and differ farther out: what a recursion or a common helper
 * brings by the hundred.
 *
 * A known stack says which words of the stack its walk read (its layout). They are read
 * again for another stack with the same start, and their values, by a hash, lead to the
 * variant that had them. It is exact for the reason given in last_walk.h: only a walk
 * that read the very same slots is kept as a variant, and all of its words are compared. */
#ifndef FDT_UNWIND_STACK_VARIANTS_H
#define FDT_UNWIND_STACK_VARIANTS_H

#include <stdbool.h>
#include <stdint.h>

#define FDT_VARIANT_WORDS   40 /* a layout with more of them has no variants */
#define FDT_VARIANT_BUCKETS 1024
#define FDT_VARIANT_WAYS    4

/* One of the words that a walk read. */
struct fdt_known_word {
  const uintptr_t *slot;
  uintptr_t word;
};

struct fdt_stack_variant {
  uint32_t number;     /* in the trace; 0: none, or being written */
  uint32_t count;      /* of words */
  uint64_t hash;       /* of all that follows but the words' places */
  uint64_t layout;     /* of the known stack that it is a variant of */
  uint64_t generation; /* of the code */
  uintptr_t fp;        /* at the start, where the walk depends on it; else 0 */
  uintptr_t words[FDT_VARIANT_WORDS];
};

/* The variants of one thread. */
struct fdt_stack_variants {
  uint32_t turn;
  struct fdt_stack_variant places[FDT_VARIANT_BUCKETS][FDT_VARIANT_WAYS];
};

/* What variants are told apart by, beside their words. */
struct fdt_variant_key {
  uint64_t hash;
  uint64_t layout;
  uint64_t generation;
  uintptr_t fp;
  uint32_t count;
};

/* The table for one more thread; NULL when there are no more. Async-signal-safe. */
struct fdt_stack_variants *fdt_stack_variants_take(void);

/* Adds a word to the hash of those before it. */
static inline uint64_t fdt_variant_mix(uint64_t hash, uintptr_t word) {
  return (hash << 9 | hash >> 55) + word * UINT64_C(0x9e3779b97f4a7c15);
}

/* The one of that key whose words now stand in the slots of `words`; NULL when there is
 * none. */
struct fdt_stack_variant *fdt_stack_variant_find(struct fdt_stack_variants *variants,
                                                 const struct fdt_variant_key *key,
                                                 const struct fdt_known_word *words);

/* Keeps `number` for the key and the words. */
void fdt_stack_variant_keep(struct fdt_stack_variants *variants, const struct fdt_variant_key *key,
                            const struct fdt_known_word *words, uint32_t number);

#endif
