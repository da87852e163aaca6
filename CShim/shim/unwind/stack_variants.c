#include "stack_variants.h"

#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>

#define THREADS 8 /* that many have variants: some 1.5 MiB each, touched as used */

struct fdt_stack_variants *fdt_stack_variants_take(void) {
  static _Atomic uint32_t taken;
  if (atomic_load_explicit(&taken, memory_order_relaxed) >= THREADS ||
      atomic_fetch_add_explicit(&taken, 1, memory_order_relaxed) >= THREADS)
    return NULL;
  void *memory = mmap(NULL, sizeof(struct fdt_stack_variants), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return memory == MAP_FAILED ? NULL : memory;
}

static struct fdt_stack_variant *bucket_of(struct fdt_stack_variants *variants, uint64_t hash) {
  return variants->places[(hash ^ hash >> 32) * UINT64_C(0xc2b2ae3d27d4eb4f) >> 54];
}
_Static_assert(FDT_VARIANT_BUCKETS == 1u << (64 - 54), "bucket_of takes that many bits");

struct fdt_stack_variant *fdt_stack_variant_find(struct fdt_stack_variants *variants,
                                                 const struct fdt_variant_key *key,
                                                 const struct fdt_known_word *words) {
  struct fdt_stack_variant *variant = bucket_of(variants, key->hash);
  for (int way = 0; way < FDT_VARIANT_WAYS; way++, variant++) {
    if (variant->hash != key->hash || variant->number == 0 || variant->layout != key->layout ||
        variant->generation != key->generation || variant->fp != key->fp ||
        variant->count != key->count)
      continue;
    uintptr_t difference = 0;
    for (uint32_t i = 0; i < key->count; i++)
      difference |= variant->words[i] ^ *words[i].slot;
    if (difference == 0)
      return variant;
  }
  return NULL;
}

void fdt_stack_variant_keep(struct fdt_stack_variants *variants, const struct fdt_variant_key *key,
                            const struct fdt_known_word *words, uint32_t number) {
  struct fdt_stack_variant *bucket = bucket_of(variants, key->hash);
  struct fdt_stack_variant *variant = &bucket[variants->turn++ % FDT_VARIANT_WAYS];
  for (int way = 0; way < FDT_VARIANT_WAYS; way++)
    if (bucket[way].number == 0)
      variant = &bucket[way];
  __atomic_store_n(&variant->number, 0, __ATOMIC_RELAXED);
  atomic_thread_fence(memory_order_release); /* as in fdt_known_stack_learn */
  variant->count = key->count;
  variant->hash = key->hash;
  variant->layout = key->layout;
  variant->generation = key->generation;
  variant->fp = key->fp;
  for (uint32_t i = 0; i < key->count; i++)
    variant->words[i] = words[i].word;
  atomic_thread_fence(memory_order_release);
  __atomic_store_n(&variant->number, number, __ATOMIC_RELAXED);
}
