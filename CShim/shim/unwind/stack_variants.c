#include "stack_variants.h"

#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>

#define THREADS 8 /* that many have variants: some 530 KiB each, touched as used */

struct fdt_stack_variants *fdt_stack_variants_take(void) {
  static _Atomic uint32_t taken;
  if (atomic_load_explicit(&taken, memory_order_relaxed) >= THREADS ||
      atomic_fetch_add_explicit(&taken, 1, memory_order_relaxed) >= THREADS)
    return NULL;
  void *memory = mmap(NULL, sizeof(struct fdt_stack_variants), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return memory == MAP_FAILED ? NULL : memory;
}

static uint64_t mixed(uint64_t hash) { return (hash ^ hash >> 32) * UINT64_C(0xc2b2ae3d27d4eb4f); }
static uint32_t bucket_of(uint64_t hash) { return (uint32_t)(hash >> 55); }
_Static_assert(FDT_VARIANT_BUCKETS == 1u << (64 - 55), "bucket_of takes that many bits");
static uint8_t tag_of(uint64_t hash) { return (uint8_t)((hash >> 16 & 0x7f) | 0x80); }

struct fdt_stack_variant *fdt_stack_variant_find(struct fdt_stack_variants *variants,
                                                 const struct fdt_variant_key *key) {
  _Static_assert(FDT_VARIANT_WAYS == sizeof(uint64_t), "all tags are compared at once");
  const uint64_t hash = mixed(key->hash), ones = UINT64_C(0x0101010101010101);
  const uint32_t bucket = bucket_of(hash);
  uint64_t others;
  __builtin_memcpy(&others, variants->tags[bucket], sizeof others);
  others ^= tag_of(hash) * ones;
  /* The bytes of `others` that are 0, and at times a next one, which is not harmful. */
  for (uint64_t ways = (others - ones) & ~others & ones << 7; ways != 0; ways &= ways - 1) {
    struct fdt_stack_variant *variant = &variants->places[bucket][__builtin_ctzll(ways) / 8];
    if (variant->number == 0 || variant->layout != key->layout || variant->fp != key->fp)
      continue;
    uint32_t difference = 0;
    for (uint32_t i = 0; i < key->count; i++)
      difference |= variant->words[i] ^ key->words[i];
    if (difference == 0)
      return variant;
  }
  return NULL;
}

void fdt_stack_variant_keep(struct fdt_stack_variants *variants, const struct fdt_variant_key *key,
                            uint32_t number) {
  const uint64_t hash = mixed(key->hash);
  const uint32_t bucket = bucket_of(hash);
  uint32_t chosen = variants->turn++ % FDT_VARIANT_WAYS;
  for (uint32_t way = 0; way < FDT_VARIANT_WAYS; way++)
    if (variants->tags[bucket][way] == 0)
      chosen = way;
  struct fdt_stack_variant *variant = &variants->places[bucket][chosen];
  __atomic_store_n(&variant->number, 0, __ATOMIC_RELAXED);
  atomic_thread_fence(memory_order_release); /* as in fdt_known_stack_learn */
  variants->tags[bucket][chosen] = tag_of(hash);
  variant->layout = key->layout;
  variant->fp = key->fp;
  for (uint32_t i = 0; i < key->count; i++)
    variant->words[i] = key->words[i];
  atomic_thread_fence(memory_order_release);
  __atomic_store_n(&variant->number, number, __ATOMIC_RELAXED);
}
