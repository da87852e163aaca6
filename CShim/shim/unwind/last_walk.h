/* The thread's last walk, so that the next one has to go no farther than to
 * where the two meet.
 *
 * Why that is exact. A frame's state is (pc, sp, fp), fp only where a rule
 * farther out takes a CFA from it before it is restored. The state of the next
 * frame is a function of the state, of the rule at pc, and of at most two words
 * of the stack: the return address, and the saved fp. Rules change only with
 * the generation. So if a new walk reaches a state of the last one, and the two
 * words that led from there to the next state still are what they were, it
 * would reach that next state too; and so on outwards, by induction, to the
 * outermost frame. All of these words are read again and compared; none is
 * guessed from the others.
 *
 * The outermost frame is one whose rule says so, which leaves no word unread:
 * walks that end otherwise are not kept. Only frames with compact rules are, on
 * the thread's own stack: those outside the outermost that needed the tables. */
#ifndef FDT_UNWIND_LAST_WALK_H
#define FDT_UNWIND_LAST_WALK_H

#include "walk.h"

/* Frames stand outermost last, the walk right-aligned: [first, FDT_WALK_FRAMES).
 * A new walk notes its own frames from the left, over frames of the last one
 * that it has passed; it closes the gap when it is done.
 *
 * Stack addresses are stored as distances below `base`, so that they fit 32
 * bits; 0 is none. `arrival` is what led to a frame from the one inside it; of
 * the innermost frame it means nothing. */
struct fdt_last_walk {
  uint32_t first;
  uintptr_t base; /* upper end of the thread's stack */
  uint64_t generation;
  uint64_t pc_word[FDT_WALK_FRAMES]; /* arrival: the word read as return address */
  uint32_t pc_slot[FDT_WALK_FRAMES]; /* arrival: where it was read               */
  uint32_t fp_slot[FDT_WALK_FRAMES]; /* arrival: where fp was read; 0: unchanged */
  uint32_t fp[FDT_WALK_FRAMES];
  uint32_t sp[FDT_WALK_FRAMES];     /* | FDT_NEEDS_FP | FDT_CFA_FROM_FP */
  uint32_t stacks[FDT_WALK_FRAMES]; /* numbers in the trace */
};

#define FDT_NEEDS_FP    1u /* this rule or one farther out takes its CFA from this fp */
#define FDT_CFA_FROM_FP 2u /* this rule does */
#define FDT_SP_FLAGS    7u

struct fdt_arrival {
  uintptr_t pc_word;
  uintptr_t pc_slot; /* 0: not by a compact rule */
  uintptr_t fp_slot;
};

static inline uint32_t fdt_below(const struct fdt_last_walk *last, uintptr_t address) {
  uintptr_t distance = last->base - address;
  return distance <= UINT32_MAX ? (uint32_t)distance : 0;
}

/* Whether `address` can be a stack pointer or a slot of a remembered frame. */
static inline bool fdt_last_walk_can_hold(const struct fdt_last_walk *last, uintptr_t address) {
  return address % 8 == 0 && fdt_below(last, address) != 0;
}

/* Whether all words that lead from frame `from` outwards are what they were;
 * else the first frame that is not reached is returned in `*differs`. */
bool fdt_last_walk_holds(const struct fdt_last_walk *last, uint32_t from, uint32_t *differs);

/* Passes over frames farther in than where `walk` stands; true when it stands
 * at a remembered state from which all the rest is as remembered. That frame is
 * then last->first. */
static inline bool fdt_last_walk_joins(struct fdt_last_walk *last, const struct fdt_walk *walk,
                                       const struct fdt_arrival *arrival) {
  const uint32_t sp = fdt_below(last, walk->sp);
  uint32_t at = last->first;
  while (at < FDT_WALK_FRAMES && (last->sp[at] & ~FDT_SP_FLAGS) > sp)
    at++;
  last->first = at;
  if (at == FDT_WALK_FRAMES || (last->sp[at] & ~FDT_SP_FLAGS) != sp ||
      fdt_strip(last->pc_word[at]) != walk->pc || walk->exact)
    return false;
  if ((last->sp[at] & FDT_NEEDS_FP) != 0 && last->base - last->fp[at] != walk->fp)
    return false;
  if (!fdt_last_walk_holds(last, at, &last->first))
    return false;
  if (arrival->pc_slot != 0) {
    last->pc_word[at] = arrival->pc_word;
    last->pc_slot[at] = fdt_below(last, arrival->pc_slot);
    last->fp_slot[at] = arrival->fp_slot == 0 ? 0 : fdt_below(last, arrival->fp_slot);
    last->fp[at] = fdt_below(last, walk->fp);
  }
  return true;
}

/* Notes frame number walk->count of a new walk. */
static inline void fdt_last_walk_note(struct fdt_last_walk *last, const struct fdt_walk *walk,
                                      const struct fdt_arrival *arrival, bool cfa_from_fp) {
  const uint32_t at = walk->count;
  if (at >= last->first)
    last->first = FDT_WALK_FRAMES; /* no room: together they are too deep */
  last->pc_word[at] = arrival->pc_slot != 0 ? arrival->pc_word : walk->pc;
  last->pc_slot[at] = arrival->pc_slot == 0 ? 0 : fdt_below(last, arrival->pc_slot);
  last->fp_slot[at] = arrival->fp_slot == 0 ? 0 : fdt_below(last, arrival->fp_slot);
  last->fp[at] = fdt_below(last, walk->fp);
  last->sp[at] = fdt_below(last, walk->sp) | (cfa_from_fp ? FDT_CFA_FROM_FP : 0);
}

/* Makes the thread's last walk of the frames noted, outside those that needed
 * the tables, in front of what it joined. `stored` is how many of them, counted
 * from the outermost, have their number in `stacks` of the noted places. */
void fdt_last_walk_keep(struct fdt_last_walk *last, const struct fdt_walk *walk, uint32_t stored);

#endif
