#include "rules.h"

#include "../kernel/syscall.h"
#include "../trace/stacks.h"
#include "../trace/trace.h"
#include "cfi.h"
#include "fdtrack_format.h"
#include "objects.h"

#include <sys/mman.h>

_Static_assert(FDT_RULE_SETS == 1u << (64 - 51), "fdt_rule_set_of takes that many bits");

FDT_LARGE fdt_rule_set fdt_rules_own[FDT_RULE_SETS] __attribute__((aligned(64)));
fdt_rule_set *_Atomic fdt_rules_founding;

static atomic_flag decided = ATOMIC_FLAG_INIT; /* whether there is shared memory */

void fdt_rules_start(void) {
  atomic_store_explicit(&fdt_rules_founding, fdt_rules_own, memory_order_relaxed);
}

void fdt_rules_stay_own(void) { atomic_flag_test_and_set_explicit(&decided, memory_order_relaxed); }

/* Before anything is learnt, so before any fork whose stack is: many programs end without
 * that. Relaxed: an entry tells by itself whether it is one. */
static void share_founding(void) {
  if (atomic_flag_test_and_set_explicit(&decided, memory_order_relaxed))
    return;
  long shared =
      fdt_syscall6(SYS_mmap, 0, sizeof fdt_rules_own + FDT_STACK_GUESSES, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (fdt_failed(shared))
    return;
  atomic_store_explicit(&fdt_rules_founding, (fdt_rule_set *)shared, memory_order_relaxed);
  fdt_stacks_guess_in((char *)shared + sizeof fdt_rules_own);
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

static void store(fdt_rule_set *rules, uint64_t key, struct fdt_rule rule) {
  struct fdt_rule_entry *set = fdt_rule_set_of(rules, key);
  int way = atomic_load_explicit(&set[0].bits, memory_order_relaxed) == 0   ? 0
            : atomic_load_explicit(&set[1].bits, memory_order_relaxed) == 0 ? 1
                                                                            : key >> 5 & 1;
  atomic_store_explicit(&set[way].bits, rule.bits, memory_order_relaxed);
  atomic_store_explicit(&set[way].frame, rule.frame, memory_order_relaxed);
  atomic_store_explicit(&set[way].check, fdt_rule_check(key, rule.bits, rule.frame),
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
  if (founding != fdt_rules_own && fdt_object_is_founding(&object))
    store(founding, fdt_rule_key(pc, exact, FDT_RULES_FOUNDING), rule);
  else
    store(fdt_rules_own, fdt_rule_key(pc, exact, generation), rule);
  return rule;
}

static bool cached(fdt_rule_set *rules, uint64_t key, struct fdt_rule *rule) {
  const struct fdt_rule_entry *set = fdt_rule_set_of(rules, key);
  return (fdt_rule_taken(&set[0], key, rule) || fdt_rule_taken(&set[1], key, rule)) &&
         rule->bits != 0;
}

struct fdt_rule fdt_rule_seek(uintptr_t pc, bool exact, uint64_t generation) {
  struct fdt_rule rule;
  fdt_rule_set *founding = atomic_load_explicit(&fdt_rules_founding, memory_order_relaxed);
  if (cached(founding, fdt_rule_key(pc, exact, FDT_RULES_FOUNDING), &rule) ||
      cached(fdt_rules_own, fdt_rule_key(pc, exact, generation), &rule))
    return rule;
  return learn(pc, exact, generation);
}
