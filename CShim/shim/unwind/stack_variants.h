/* Stacks that start alike and differ farther out: what a recursion or a common helper
 * brings by the hundred.
 *
 * A known stack says which words of the stack its walk read (its layout), and in which of
 * them its variants differ from it. Those are read for another stack with the same start,
 * and their values, by a hash, lead to the variant that had them. It is exact for the reason
 * given in last_walk.h: only a walk that read the very same slots is kept as a variant, and
 * all words are compared, those in which no variant differs with the known stack's. */
#ifndef FDT_UNWIND_STACK_VARIANTS_H
#define FDT_UNWIND_STACK_VARIANTS_H

#include <stdbool.h>
#include <stdint.h>

#define FDT_VARIANT_WORDS   20 /* to look for more costs as much as to walk */
#define FDT_LAYOUTS         32 /* that many numbers are for the layouts of one known stack */
#define FDT_VARIANT_BUCKETS 512
#define FDT_VARIANT_WAYS    8

_Static_assert(FDT_VARIANT_WORDS < FDT_LAYOUTS, "a layout changes when one more word differs");

/* One of the words that a walk read. */
struct fdt_known_word {
  const uintptr_t *slot;
  uintptr_t word;
};

/* Its words are return addresses and frame pointers whose upper halves are those of the
 * known stack's words: what is kept of up to 11 fits a cache line. */
struct fdt_stack_variant {
  uint64_t layout; /* of the known stack that it is a variant of; tells how many words */
  uintptr_t fp;    /* at the start, where the walk depends on it; else 0 */
  uint32_t number; /* in the trace; 0: none, or being written */
  uint32_t words[FDT_VARIANT_WORDS];
} __attribute__((aligned(128)));

/* The variants of one thread. A tag is what a hash leaves of a variant, so that a search
 * touches no variant but the one it finds. */
struct fdt_stack_variants {
  uint8_t tags[FDT_VARIANT_BUCKETS][FDT_VARIANT_WAYS]; /* 0: none */
  struct fdt_stack_variant places[FDT_VARIANT_BUCKETS][FDT_VARIANT_WAYS];
  uint32_t turn;
};

/* All that tells a variant from others, with a hash of it. */
struct fdt_variant_key {
  uint64_t hash;
  uint64_t layout;
  uintptr_t fp;
  uint32_t count;
  uint32_t words[FDT_VARIANT_WORDS];
};

/* The table for one more thread; NULL when there are no more. Async-signal-safe. */
struct fdt_stack_variants *fdt_stack_variants_take(void);

/* Adds the next word, of which the upper half is known, to `key`. */
static inline void fdt_variant_add(struct fdt_variant_key *key, uintptr_t word) {
  key->hash = (key->hash << 9 | key->hash >> 55) + (uint32_t)word * UINT64_C(0x9e3779b97f4a7c15);
  key->words[key->count++] = (uint32_t)word;
}

/* The one of that key; NULL when there is none. */
struct fdt_stack_variant *fdt_stack_variant_find(struct fdt_stack_variants *variants,
                                                 const struct fdt_variant_key *key);

/* Keeps `number` for the key. */
void fdt_stack_variant_keep(struct fdt_stack_variants *variants, const struct fdt_variant_key *key,
                            uint32_t number);

#endif
