#include "walk.h"

#include "objects.h"
#include "step.h"

#define OWN_FRAMES 32 /* between a capture and the wrapper it is for */

static enum fdt_step step(struct fdt_registers *registers, struct fdt_memory *memory,
                          enum fdt_rule_kind kind) {
#if defined(__x86_64__)
  fdt_register_set(registers, FDT_REG_RA, registers->pc); /* expressions may read rip */
#endif
  /* arm64's vDSO describes the frame record below the interrupted function's,
   * which leaves that function out: what the code does is asked first. */
#if defined(__aarch64__)
  if (kind == FDT_RULE_TABLES && fdt_step_from_restorer(registers, memory) == FDT_STEP_DONE)
    return FDT_STEP_DONE;
#endif
  return kind == FDT_RULE_UNKNOWN ? fdt_step_without_tables(registers, memory)
                                  : fdt_step_by_tables(registers, memory);
}

/* Walks by `registers` until the walk ends or, with `until_compact`, until a
 * frame after the first has a compact rule. */
static enum fdt_walk_end go(struct fdt_walk *walk, struct fdt_registers *registers,
                            bool until_compact) {
  for (bool first = true;; first = false) {
    const uintptr_t pc = registers->pc;
    if (!fdt_walk_is_code(pc))
      return fdt_walk_no_code(walk, pc);
    struct fdt_rule rule = fdt_rule_find(pc, registers->exact, walk->generation);
    if (fdt_rule_is_outside_objects(rule) && !walk->nested && fdt_objects_refresh())
      rule = fdt_rule_find(pc, registers->exact, walk->generation);
    const enum fdt_rule_kind kind = fdt_rule_kind(rule);
    if (until_compact && !first && fdt_rule_is_compact(rule)) {
      walk->pc = pc;
      walk->sp = registers->value[FDT_REG_SP];
      walk->fp = registers->value[FDT_REG_FP];
      walk->exact = registers->exact;
      return fdt_register_known(registers, FDT_REG_FP) ? FDT_WALK_GOES_ON
                                                       : FDT_WALK_NEEDS_REGISTERS;
    }
    if (walk->count == FDT_WALK_FRAMES)
      return FDT_WALK_CUT;
    /* The first frame called the shim and one that a signal struck was running,
     * so both are code; a word off the stack has yet to look like it. */
    if (fdt_rule_is_outside_objects(rule) && !registers->exact && walk->count > 0 &&
        !fdt_looks_like_frame(pc))
      return FDT_WALK_BROKEN;
    walk->frames[walk->count++] = rule.frame;
    walk->compact_from = walk->count;
    switch (step(registers, &walk->memory, kind)) {
    case FDT_STEP_DONE:
      /* It was a restorer, which is not called: shown as it stands, not one less. */
      if (kind == FDT_RULE_UNKNOWN && registers->exact)
        walk->frames[walk->count - 1]++;
      break;
    case FDT_STEP_OUTERMOST:
      return FDT_WALK_COMPLETE;
    case FDT_STEP_NEEDS_REGISTERS:
      return FDT_WALK_NEEDS_REGISTERS;
    default:
      return FDT_WALK_BROKEN;
    }
  }
}

enum fdt_walk_end fdt_walk_by_tables(struct fdt_walk *walk) {
  struct fdt_registers registers;
  registers.known = 0;
  registers.pc = walk->pc;
  registers.exact = walk->exact;
  fdt_register_set(&registers, FDT_REG_SP, walk->sp);
  fdt_register_set(&registers, FDT_REG_FP, walk->fp);
  return go(walk, &registers, true);
}

static bool at_caller(const struct fdt_registers *registers, const struct fdt_caller *caller) {
  return registers->pc == caller->pc && registers->value[FDT_REG_SP] == caller->sp;
}

enum fdt_walk_end fdt_walk_all_registers(struct fdt_walk *walk, const struct fdt_caller *caller) {
  struct fdt_registers registers;
  FDT_REGISTERS_HERE(&registers);
  bool found = false;
  for (int i = 0; i < OWN_FRAMES && !found; i++) {
    if (fdt_step_by_tables(&registers, &walk->memory) != FDT_STEP_DONE)
      break;
    found = at_caller(&registers, caller);
  }
  if (!found)
    return FDT_WALK_BROKEN;
  walk->count = 0;
  enum fdt_walk_end end = go(walk, &registers, false);
  return end == FDT_WALK_NEEDS_REGISTERS ? FDT_WALK_BROKEN : end;
}
