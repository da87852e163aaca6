#include "stack_variants.h"

#include "kernel/syscall.h"

#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>

#define THREADS 8 /* that many have variants: some 530 KiB each, touched as used */

struct fdt_stack_variants *fdt_stack_variants_take(void) {
  static _Atomic uint32_t taken;
  if (atomic_load_explicit(&taken, memory_order_relaxed) >= THREADS ||
      atomic_fetch_add_explicit(&taken, 1, memory_order_relaxed) >= THREADS)
    return NULL;
  long memory = fdt_syscall6(SYS_mmap, 0, sizeof(struct fdt_stack_variants), PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return fdt_failed(memory) ? NULL : (void *)memory;
}

static uint64_t mixed(uint64_t hash) { return (hash ^ hash >> 32) * UINT64_C(0xc2b2ae3d27d4eb4f); }
/* The two buckets of a hash: with one alone, some would be over full while half of all
 * places are free. */
static uint32_t bucket_of(uint64_t hash, int choice) {
  return (uint32_t)(hash >> (choice == 0 ? 55 : 46)) % FDT_VARIANT_BUCKETS;
}
_Static_assert(FDT_VARIANT_BUCKETS == 1u << (64 - 55), "bucket_of takes that many bits");
static uint8_t tag_of(uint64_t hash) { return (uint8_t)((hash >> 16 & 0x7f) | 0x80); }

static inline __attribute__((always_inline)) struct fdt_stack_variant *
find_in(struct fdt_stack_variants *variants, uint32_t bucket, uint8_t tag,
        const struct fdt_variant_key *key) {
  _Static_assert(FDT_VARIANT_WAYS == sizeof(uint64_t), "all tags are compared at once");
  const uint64_t ones = UINT64_C(0x0101010101010101);
  uint64_t others;
  __builtin_memcpy(&others, variants->tags[bucket], sizeof others);
  others ^= tag * ones;
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

struct fdt_stack_variant *fdt_stack_variant_find(struct fdt_stack_variants *variants,
                                                 const struct fdt_variant_key *key) {
  const uint64_t hash = mixed(key->hash);
  struct fdt_stack_variant *variant = find_in(variants, bucket_of(hash, 0), tag_of(hash), key);
  return variant != NULL ? variant : find_in(variants, bucket_of(hash, 1), tag_of(hash), key);
}

/* Whether `layout` was replaced by `newer`: nobody seeks its variants any more. */
static bool is_older(uint64_t layout, uint64_t newer) {
  return layout < newer && layout / FDT_LAYOUTS == newer / FDT_LAYOUTS;
}

void fdt_stack_variant_keep(struct fdt_stack_variants *variants, const struct fdt_variant_key *key,
                            uint32_t number) {
  const uint64_t hash = mixed(key->hash);
  const uint32_t turn = variants->turn++;
  uint32_t bucket = bucket_of(hash, turn / FDT_VARIANT_WAYS % 2), way = turn % FDT_VARIANT_WAYS;
  for (uint32_t at = 0; at < 2 * FDT_VARIANT_WAYS; at++) {
    const uint32_t other = bucket_of(hash, at / FDT_VARIANT_WAYS);
    if (variants->tags[other][at % FDT_VARIANT_WAYS] == 0 ||
        is_older(variants->places[other][at % FDT_VARIANT_WAYS].layout, key->layout)) {
      bucket = other;
      way = at % FDT_VARIANT_WAYS;
      break;
    }
  }
  struct fdt_stack_variant *variant = &variants->places[bucket][way];
  __atomic_store_n(&variant->number, 0, __ATOMIC_RELAXED);
  atomic_thread_fence(memory_order_release); /* as in fdt_known_stack_learn */
  variants->tags[bucket][way] = tag_of(hash);
  variant->layout = key->layout;
  variant->fp = key->fp;
  for (uint32_t i = 0; i < key->count; i++)
    variant->words[i] = key->words[i];
  atomic_thread_fence(memory_order_release);
  __atomic_store_n(&variant->number, number, __ATOMIC_RELAXED);
}
