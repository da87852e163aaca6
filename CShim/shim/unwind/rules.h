/* What the unwind tables say about one address, in 64 bits: enough for the
 * frames of nearly all code, and cached for all threads. */
#ifndef FDT_UNWIND_RULES_H
#define FDT_UNWIND_RULES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "registers.h"

/* Odd ones do not lead on to a caller by the rule alone. */
enum fdt_rule_kind {
  FDT_RULE_NONE = 0,
  FDT_RULE_OUTERMOST = 1, /* no caller                                                  */
  FDT_RULE_SP = 2,        /* CFA is the stack pointer plus an offset                    */
  FDT_RULE_FP = 4,        /* CFA is the frame pointer plus an offset                    */
  FDT_RULE_TABLES = 5,    /* needs the tables: expressions, other registers, signals    */
  FDT_RULE_UNKNOWN = 7,   /* no tables for this address                                 */
};

/* bits 0-2 kind, 3 the frame pointer was saved, 4-17 where (below the CFA, in
 * words), 18-31 where the return address is (the same way), 32-63 CFA offset. */
struct fdt_rule {
  uint64_t bits;
  uint64_t frame; /* the frame as the trace stores it: module << 48 | address */
};

static inline enum fdt_rule_kind fdt_rule_kind(struct fdt_rule rule) { return rule.bits & 7; }
static inline bool fdt_rule_is_compact(struct fdt_rule rule) {
  return fdt_rule_kind(rule) <= FDT_RULE_FP;
}
static inline bool fdt_rule_saves_fp(struct fdt_rule rule) { return (rule.bits & 8) != 0; }
static inline uintptr_t fdt_rule_fp_depth(struct fdt_rule rule) {
  return (rule.bits >> 4 & 0x3fff) * 8;
}
static inline uintptr_t fdt_rule_ra_depth(struct fdt_rule rule) {
  return (rule.bits >> 18 & 0x3fff) * 8;
}
static inline uintptr_t fdt_rule_cfa_offset(struct fdt_rule rule) {
  return (uintptr_t)((int64_t)rule.bits >> 32);
}

/* Whether the frame lies in no loaded object; its address is absolute. */
static inline bool fdt_rule_is_outside_objects(struct fdt_rule rule) {
  return fdt_rule_kind(rule) == FDT_RULE_UNKNOWN && (rule.bits & 8) != 0;
}

/* The cache. An entry may be written and read by any threads at once without
 * order among its words: `check` mixes the key with both others, so that words
 * of different writers do not pass for an entry. (A plain XOR would not do:
 * the low bits of an address and of its frame are equal.) */
struct fdt_rule_entry {
  _Atomic uint64_t check;
  _Atomic uint64_t bits;
  _Atomic uint64_t frame;
  uint64_t unused; /* an entry never straddles cache lines */
};

#define FDT_RULE_SETS      8192u /* of two entries: 512 KiB, touched as used */
#define FDT_RULE_SETS_NEAR 1024u
typedef struct fdt_rule_entry fdt_rule_set[2];

/* Of code that came with dlopen: this process's own. */
extern fdt_rule_set fdt_rules_own[FDT_RULE_SETS];

/* Of code that was there at the start, in memory that forked children share: each of
 * forty workers would read the same tables otherwise. It belongs to no generation. What
 * finds no room in these FDT_RULE_SETS_NEAR sets stands farther away. */
extern fdt_rule_set *_Atomic fdt_rules_founding;
#define FDT_RULES_FOUNDING 0

/* Called once, before any other of these. */
void fdt_rules_start(void);

/* No memory is shared if none is yet, for that takes a system call. Async-signal-safe. */
void fdt_rules_stay_own(void);

/* To be called after an object was unloaded. Async-signal-safe. */
void fdt_rules_unloaded(void);

static inline uint64_t fdt_rule_key(uintptr_t pc, bool exact, uint64_t generation) {
  return ((uint64_t)pc << 1 | exact) ^ generation * UINT64_C(0xd6e8feb86659fd93);
}

static inline uint64_t fdt_rule_check(uint64_t key, uint64_t bits, uint64_t frame) {
  uint64_t mixed = frame * UINT64_C(0x9e3779b97f4a7c15);
  return key ^ (mixed >> 32 | mixed << 32) ^ bits * UINT64_C(0xc2b2ae3d27d4eb4f);
}

/* Whether `entry` is that of `key`; its rule, then. */
static inline __attribute__((always_inline)) bool
fdt_rule_taken(const struct fdt_rule_entry *entry, uint64_t key, struct fdt_rule *rule) {
  uint64_t check = atomic_load_explicit(&entry->check, memory_order_relaxed);
  rule->bits = atomic_load_explicit(&entry->bits, memory_order_relaxed);
  rule->frame = atomic_load_explicit(&entry->frame, memory_order_relaxed);
  return check == fdt_rule_check(key, rule->bits, rule->frame);
}

/* One of the near sets where `key` may stand: the first is tried first. */
#define FDT_RULE_CHOICES 4
static inline struct fdt_rule_entry *fdt_rule_set_near(fdt_rule_set *rules, uint64_t key,
                                                       int choice) {
  return rules[(key * UINT64_C(0x9e3779b97f4a7c15)) << choice * 10 >> 54];
}

/* Looks everywhere, and reads the tables for what stands nowhere, which it caches.
 * Async-signal-safe. Uses about 2 KiB of stack. */
struct fdt_rule fdt_rule_seek(uintptr_t pc, bool exact, uint64_t generation);

/* The rule of a frame at `pc`, which is not 0; entries of other generations do not count.
 * Lock-free, async-signal-safe. */
static inline __attribute__((always_inline)) struct fdt_rule fdt_rule_find(uintptr_t pc, bool exact,
                                                                           uint64_t generation) {
  const uint64_t key = fdt_rule_key(pc, exact, FDT_RULES_FOUNDING);
  fdt_rule_set *founding = atomic_load_explicit(&fdt_rules_founding, memory_order_relaxed);
  struct fdt_rule rule;
  /* An entry that is empty, all zero, is that of no pc but 0. */
  if (__builtin_expect(fdt_rule_taken(&fdt_rule_set_near(founding, key, 0)[0], key, &rule), 1))
    return rule;
  return fdt_rule_seek(pc, exact, generation);
}

#endif
