#include "by_rules.h"

/* One compact step outwards from a frame of `kind` SP or FP. False, with
 * nothing changed, when anything about it is odd: the tables decide then. */
static bool step_by_rule(struct fdt_walk *walk, struct fdt_rule rule) {
  const uintptr_t cfa =
      (fdt_rule_kind(rule) == FDT_RULE_SP ? walk->sp : walk->fp) + fdt_rule_cfa_offset(rule);
  const uintptr_t pc_slot = cfa - fdt_rule_ra_depth(rule);
  const uintptr_t fp_slot = fdt_rule_saves_fp(rule) ? cfa - fdt_rule_fp_depth(rule) : 0;
  uintptr_t pc_word, fp = walk->fp;
  if (cfa <= walk->sp || pc_slot < walk->sp || (fp_slot != 0 && fp_slot < walk->sp))
    return false;
  if (!fdt_memory_read(&walk->memory, pc_slot, &pc_word))
    return false;
  if (fp_slot != 0 && !fdt_memory_read(&walk->memory, fp_slot, &fp))
    return false;
  walk->pc = fdt_strip(pc_word);
  walk->sp = cfa;
  walk->fp = fp;
  walk->exact = false;
  return true;
}

/* Takes the frame at which `walk` stands, by rule if there is a compact one and else by
 * the tables, and those after it that need the tables. None of them can be kept. */
static enum fdt_walk_end take_frame(struct fdt_walk *walk) {
  if (!fdt_walk_is_code(walk->pc))
    return fdt_walk_no_code(walk, walk->pc);
  const struct fdt_rule rule = fdt_rule_find(walk->pc, walk->exact, walk->generation);
  const enum fdt_rule_kind kind = fdt_rule_kind(rule);
  if (!fdt_rule_is_compact(rule))
    return fdt_walk_by_tables(walk);
  if (walk->count == FDT_WALK_FRAMES)
    return FDT_WALK_CUT;
  walk->frames[walk->count] = rule.frame;
  if (kind != FDT_RULE_OUTERMOST && !step_by_rule(walk, rule))
    return fdt_walk_by_tables(walk);
  walk->compact_from = ++walk->count;
  return kind == FDT_RULE_OUTERMOST ? FDT_WALK_COMPLETE : FDT_WALK_GOES_ON;
}

enum fdt_walk_end fdt_walk_by_rules(struct fdt_walk *walk) {
  enum fdt_walk_end end;
  do
    end = take_frame(walk);
  while (end == FDT_WALK_GOES_ON);
  return end;
}

/* Where a walk stands on the thread's own stack: addresses as distances below its upper end. */
struct standing {
  uintptr_t pc;
  uintptr_t sp;
  uintptr_t fp; /* of anything but an address on the stack, beyond 32 bits */
};

/* Whether the state of `frame` is that of `here`. */
static inline bool meets(const struct fdt_last_frame *frame, const struct standing *here) {
  return frame->sp == here->sp && fdt_strip(frame->pc_word) == here->pc &&
         ((frame->flags & FDT_NEEDS_FP) == 0 || frame->fp == here->fp);
}

/* Whether `distance` does not fit 32 bits or is not that of a word. */
static inline bool is_odd(uintptr_t distance) {
  return (distance >> 3 | distance << 61) > UINT32_MAX >> 3;
}

/* Applies a compact rule of kind SP or FP, and notes in `outer` how; false, with nothing
 * changed, when anything about it is odd. There is no branch for what differs from frame
 * to frame: whether the CFA comes from fp and whether fp was saved. (Where it was not, its
 * depth of 0 leads to the CFA itself: that word can be read, and is not used.) */
static inline __attribute__((always_inline)) bool step(const struct fdt_last_walk *last,
                                                       struct fdt_rule rule, struct standing *here,
                                                       struct fdt_last_frame *outer) {
  const uintptr_t from = fdt_rule_kind(rule) == FDT_RULE_FP ? here->fp : here->sp;
  const uintptr_t cfa = from - fdt_rule_cfa_offset(rule);
  const uintptr_t pc_slot = cfa + fdt_rule_ra_depth(rule);
  const uintptr_t fp_slot = cfa + fdt_rule_fp_depth(rule);
  /* One sign for three questions. That pc_slot lies farther in than the CFA answers
   * whether the CFA lies farther out than sp. */
  if ((intptr_t)((cfa - 1) | (here->sp - pc_slot) | (here->sp - fp_slot)) < 0 || is_odd(from))
    return false;
  const uintptr_t saves = -(uintptr_t)fdt_rule_saves_fp(rule);
  const uintptr_t saved = last->base - fdt_last_walk_word(last, (uint32_t)fp_slot);
  here->fp ^= (here->fp ^ saved) & saves;
  here->sp = cfa;
  outer->pc_word = fdt_last_walk_word(last, (uint32_t)pc_slot);
  outer->pc_slot = (uint32_t)pc_slot;
  outer->fp_slot = (uint32_t)(fp_slot & saves);
  here->pc = fdt_strip(outer->pc_word);
  return true;
}

/* Walks on by compact rules; GOES_ON when the next frame is not to be had by one. */
static enum fdt_walk_end go(struct fdt_walk *walk, struct fdt_last_walk *last,
                            struct standing here) {
  struct fdt_last_frame *const none = &last->frames[FDT_LAST_END];
  struct fdt_last_frame *meeting = &last->frames[last->first], *at = &last->frames[walk->count];
  uint64_t *frame = &walk->frames[walk->count];
  if (at >= meeting)
    meeting = none; /* no room: together they are too deep */
  at->pc_word = here.pc;
  at->pc_slot = at->fp_slot = 0;
  enum fdt_walk_end end = FDT_WALK_GOES_ON;
  for (;;) {
    for (; meeting->sp >= here.sp; meeting++)
      if (meets(meeting, &here)) {
        end = FDT_WALK_JOINED;
        goto ended;
      }
    if (__builtin_expect(!fdt_walk_is_code(here.pc), 0)) {
      walk->count = (uint32_t)(frame - walk->frames);
      end = fdt_walk_no_code(walk, here.pc);
      break;
    }
    const struct fdt_rule rule = fdt_rule_find(here.pc, false, walk->generation);
    const enum fdt_rule_kind kind = fdt_rule_kind(rule);
    if (__builtin_expect(at + 1 >= meeting, 0)) {
      if (at == &last->frames[FDT_WALK_FRAMES]) {
        end = fdt_rule_is_compact(rule) ? FDT_WALK_CUT : FDT_WALK_GOES_ON;
        break;
      }
      meeting = none;
    }
    at->fp = (uint32_t)here.fp;
    at->sp = (uint32_t)here.sp;
    at->flags = rule.bits & FDT_CFA_FROM_FP;
    *frame = rule.frame;
    if (__builtin_expect(kind % 2 != 0, 0)) {
      if (kind == FDT_RULE_OUTERMOST) {
        frame++;
        end = FDT_WALK_COMPLETE;
      }
      break;
    }
    if (!step(last, rule, &here, at + 1))
      break;
    at++;
    frame++;
  }
ended:
  walk->count = (uint32_t)(frame - walk->frames);
  walk->pc = here.pc;
  walk->sp = last->base - here.sp;
  walk->fp = last->base - here.fp;
  last->first = (uint32_t)(meeting - last->frames);
  if (end == FDT_WALK_JOINED && walk->count > walk->compact_from) {
    meeting->pc_word = at->pc_word;
    meeting->pc_slot = at->pc_slot;
    meeting->fp_slot = at->fp_slot;
  }
  return end;
}

enum fdt_walk_end fdt_walk_to_last(struct fdt_walk *walk, struct fdt_last_walk *last) {
  const uintptr_t lowest = walk->sp;
  for (;;) {
    enum fdt_walk_end end = FDT_WALK_GOES_ON;
    const uintptr_t depth = last->base - walk->sp;
    if (!walk->exact && walk->sp >= lowest && walk->sp < last->base && !is_odd(depth))
      end = go(walk, last,
               (struct standing){.pc = walk->pc, .sp = depth, .fp = last->base - walk->fp});
    if (end == FDT_WALK_GOES_ON)
      end = take_frame(walk);
    if (end != FDT_WALK_GOES_ON)
      return end;
  }
}
