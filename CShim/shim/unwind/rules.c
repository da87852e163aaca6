#include "rules.h"

#include "cfi.h"
#include "fdtrack_format.h"
#include "kernel/syscall.h"
#include "objects.h"
#include "trace/stacks.h"
#include "trace/trace.h"

#include <stddef.h>
#include <sys/mman.h>

_Static_assert(FDT_RULE_SETS_NEAR == 1u << (64 - 54), "fdt_rule_set_near takes that many bits");

FDT_LARGE fdt_rule_set fdt_rules_own[FDT_RULE_SETS] __attribute__((aligned(64)));
fdt_rule_set *_Atomic fdt_rules_founding;

static atomic_flag decided = ATOMIC_FLAG_INIT; /* whether there is shared memory */

/* What forked children share. What most of them need stands near: in twice 64 KiB, which
 * Linux maps at one fault if they begin at a multiple of that. */
#define AT_ONCE (64u << 10)
struct shared {
  fdt_rule_set near[FDT_RULE_SETS_NEAR];
  char stacks[FDT_STACKS_MEMORY];
  fdt_rule_set far[FDT_RULE_SETS];
};
_Static_assert(sizeof((struct shared *)0)->near == AT_ONCE && FDT_STACKS_NEAR == AT_ONCE,
               "no more faults than there are kinds");

/* Of its near sets. */
static inline struct shared *shared_around(fdt_rule_set *near) {
  return (struct shared *)((char *)near - offsetof(struct shared, near));
}

/* The entries of all FDT_RULE_SETS where `key` may stand. */
static inline struct fdt_rule_entry *set_of(fdt_rule_set *rules, uint64_t key) {
  return rules[key * UINT64_C(0x9e3779b97f4a7c15) >> 51];
}
_Static_assert(FDT_RULE_SETS == 1u << (64 - 51), "set_of takes that many bits");

void fdt_rules_start(void) {
  atomic_store_explicit(&fdt_rules_founding, fdt_rules_own, memory_order_relaxed);
}

void fdt_rules_stay_own(void) { atomic_flag_test_and_set_explicit(&decided, memory_order_relaxed); }

/* Before anything is learnt, so before any fork whose stack is: many programs end without
 * that. Relaxed: an entry tells by itself whether it is one. */
static void share_founding(void) {
  if (atomic_flag_test_and_set_explicit(&decided, memory_order_relaxed))
    return;
  long memory = fdt_syscall6(SYS_mmap, 0, sizeof(struct shared) + AT_ONCE, PROT_READ | PROT_WRITE,
                             MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (fdt_failed(memory))
    return;
  struct shared *shared =
      (struct shared *)(((uintptr_t)memory + AT_ONCE - 1) & -(uintptr_t)AT_ONCE);
  atomic_store_explicit(&fdt_rules_founding, shared->near, memory_order_relaxed);
  fdt_stacks_remember_in(shared->stacks);
}

void fdt_rules_unloaded(void) {
  if (atomic_load_explicit(&fdt_rules_founding, memory_order_relaxed) != fdt_rules_own &&
      !fdt_objects_keep_founders())
    atomic_store_explicit(&fdt_rules_founding, fdt_rules_own, memory_order_relaxed);
}

#define FIELD_MAX  0x3fff
#define FP_SAVED   8u
#define NOT_LOADED 8u /* of FDT_RULE_UNKNOWN */

static bool pack_depth(int32_t offset, uint64_t *field) {
  if (offset >= 0 || offset % 8 != 0 || -(int64_t)offset / 8 > FIELD_MAX)
    return false;
  *field = (uint64_t)(-(int64_t)offset) / 8;
  return true;
}

/* The compact form of a row, or FDT_RULE_TABLES when it has none. */
static uint64_t compact(const struct fdt_row *row) {
  const unsigned ra = row->return_register;
  uint64_t kind, ra_depth, fp_depth = 0, saved = 0;
  if (row->form[ra] == FDT_UNDEFINED)
    return FDT_RULE_OUTERMOST;
  if (row->cfa_is_expression || row->is_signal_frame || ra != FDT_REG_RA ||
      row->cfa_value % 8 != 0 || row->form[FDT_REG_SP] != FDT_UNSPECIFIED ||
      row->form[ra] != FDT_AT_OFFSET || !pack_depth(row->value[ra], &ra_depth))
    return FDT_RULE_TABLES;
  if (row->cfa_register == FDT_REG_SP)
    kind = FDT_RULE_SP;
  else if (row->cfa_register == FDT_REG_FP)
    kind = FDT_RULE_FP;
  else
    return FDT_RULE_TABLES;
  switch (row->form[FDT_REG_FP]) {
  case FDT_UNSPECIFIED:
  case FDT_SAME_VALUE:
    break;
  case FDT_AT_OFFSET:
    if (!pack_depth(row->value[FDT_REG_FP], &fp_depth))
      return FDT_RULE_TABLES;
    saved = FP_SAVED;
    break;
  default:
    return FDT_RULE_TABLES;
  }
  return kind | saved | fp_depth << 4 | ra_depth << 18 | (uint64_t)(uint32_t)row->cfa_value << 32;
}

/* The unused one of a set; NULL when there is none. */
static struct fdt_rule_entry *unused_of(struct fdt_rule_entry *set) {
  return atomic_load_explicit(&set[0].bits, memory_order_relaxed) == 0   ? &set[0]
         : atomic_load_explicit(&set[1].bits, memory_order_relaxed) == 0 ? &set[1]
                                                                         : NULL;
}

/* `near` is NULL where there are no near sets. */
static void store(fdt_rule_set *near, fdt_rule_set *far, uint64_t key, struct fdt_rule rule) {
  struct fdt_rule_entry *entry = NULL;
  for (int choice = 0; near != NULL && choice < FDT_RULE_CHOICES && entry == NULL; choice++)
    entry = unused_of(fdt_rule_set_near(near, key, choice));
  if (entry == NULL)
    entry = unused_of(set_of(far, key));
  if (entry == NULL)
    entry = &set_of(far, key)[key >> 5 & 1];
  atomic_store_explicit(&entry->bits, rule.bits, memory_order_relaxed);
  atomic_store_explicit(&entry->frame, rule.frame, memory_order_relaxed);
  atomic_store_explicit(&entry->check, fdt_rule_check(key, rule.bits, rule.frame),
                        memory_order_relaxed);
}

/* The rule for a frame at `pc`. `*shown` is the address that stands for it: of
 * code that was not called, but entered at `pc` itself, that very address. Out
 * of line, so that the walk's own frame does not hold the tables. */
static __attribute__((noinline)) uint64_t tables_say(const struct fdt_object *object, uintptr_t pc,
                                                     bool exact, uintptr_t *shown) {
  const uintptr_t address = fdt_lookup_address(pc, exact);
  struct fdt_fde fde;
  struct fdt_row row;
  *shown = address;
  if (fdt_fde_find(object, address, &fde)) {
    if (!fdt_row_at(object, &fde, address, &row))
      return FDT_RULE_UNKNOWN;
    if (row.is_signal_frame)
      *shown = pc; /* a restorer: the kernel put it there */
    return compact(&row);
  }
  if (exact || !fdt_fde_find(object, pc, &fde) || fde.start != pc)
    return FDT_RULE_UNKNOWN;
  /* No call returns to the first instruction of a function after a gap: who
   * made this stack put it there as its end (glibc's makecontext does). */
  *shown = pc;
  return FDT_RULE_OUTERMOST;
}

/* Reads the tables for `pc` and caches what they say. */
static struct fdt_rule learn(uintptr_t pc, bool exact, uint64_t generation) {
  const uint64_t address_mask = (UINT64_C(1) << FDT_FRAME_ADDRESS_BITS) - 1;
  const uintptr_t address = fdt_lookup_address(pc, exact);
  struct fdt_object object;
  share_founding();
  /* Not cached: an object may be loaded there at any time. */
  if (!fdt_object_find(address, &object))
    return (struct fdt_rule){FDT_RULE_UNKNOWN | NOT_LOADED, address & address_mask};

  uintptr_t shown;
  struct fdt_rule rule;
  rule.bits = tables_say(&object, pc, exact, &shown);
  uint32_t module = fdt_object_module(&object);
  rule.frame = module == 0 ? shown & address_mask
                           : (uint64_t)module << FDT_FRAME_ADDRESS_BITS |
                                 ((shown - object.bias) & address_mask);
  fdt_rule_set *founding = atomic_load_explicit(&fdt_rules_founding, memory_order_relaxed);
  if (founding != fdt_rules_own && fdt_object_is_founding(&object)) {
    const uint64_t key = fdt_rule_key(pc, exact, FDT_RULES_FOUNDING);
    store(founding, shared_around(founding)->far, key, rule);
  } else {
    const uint64_t key = fdt_rule_key(pc, exact, generation);
    store(NULL, fdt_rules_own, key, rule);
  }
  return rule;
}

static bool cached(const struct fdt_rule_entry *set, uint64_t key, struct fdt_rule *rule) {
  return (fdt_rule_taken(&set[0], key, rule) || fdt_rule_taken(&set[1], key, rule)) &&
         rule->bits != 0;
}

static bool is_shared(fdt_rule_set *founding, uint64_t key, struct fdt_rule *rule) {
  for (int choice = 0; choice < FDT_RULE_CHOICES; choice++) {
    struct fdt_rule_entry *set = fdt_rule_set_near(founding, key, choice);
    if (cached(set, key, rule))
      return true;
    if (unused_of(set) != NULL)
      return false; /* where it would stand */
  }
  return cached(set_of(shared_around(founding)->far, key), key, rule);
}

struct fdt_rule fdt_rule_seek(uintptr_t pc, bool exact, uint64_t generation) {
  struct fdt_rule rule;
  fdt_rule_set *founding = atomic_load_explicit(&fdt_rules_founding, memory_order_relaxed);
  if (founding != fdt_rules_own &&
      is_shared(founding, fdt_rule_key(pc, exact, FDT_RULES_FOUNDING), &rule))
    return rule;
  const uint64_t key = fdt_rule_key(pc, exact, generation);
  if (cached(set_of(fdt_rules_own, key), key, &rule))
    return rule;
  return learn(pc, exact, generation);
}
