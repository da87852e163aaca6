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
 * The words are compared from the outermost inwards, once, before the new walk
 * begins: it can meet the last one only outside the first that differs.
 *
 * The outermost frame is one whose rule says so, which leaves no word unread:
 * walks that end otherwise are not kept. Only frames with compact rules are, on
 * the thread's own stack: those outside the outermost that needed the tables. */
#ifndef FDT_UNWIND_LAST_WALK_H
#define FDT_UNWIND_LAST_WALK_H

#include "walk.h"

/* A remembered frame. Stack addresses are stored as distances below the upper end of the
 * thread's stack, so that they fit 32 bits. The first three members tell how the walk
 * arrived at the frame from the one inside it; of the innermost frame they mean nothing. */
struct fdt_last_frame {
  uint64_t pc_word; /* read as return address                */
  uint32_t pc_slot; /* where it was read                     */
  uint32_t fp_slot; /* where fp was read; 0: it is unchanged */
  uint32_t fp;
  uint32_t sp;
  uint32_t stack; /* number in the trace; 0: there was no room for it */
  uint32_t flags;
};

#define FDT_NEEDS_FP    1u /* this rule or one farther out takes its CFA from this fp */
#define FDT_CFA_FROM_FP 4u /* this rule does */

/* Frames stand outermost last, the walk right-aligned: [first, FDT_LAST_END). What stands
 * there, sp 0, is farther out than any. A new walk notes its own frames from the left, and
 * how it arrived at the next, over those of the last one that it cannot meet, until
 * fdt_last_walk_keep closes the gap. */
#define FDT_LAST_END (FDT_WALK_FRAMES + 1)

struct fdt_last_walk {
  uint32_t first;
  uintptr_t base; /* upper end of the thread's stack; 0: nobody's */
  uint64_t generation;
  struct fdt_last_frame frames[FDT_LAST_END + 1];
};

_Static_assert(FDT_CFA_FROM_FP == FDT_RULE_FP, "the flag is taken from the rule as it stands");

static inline uintptr_t fdt_last_walk_word(const struct fdt_last_walk *last, uint32_t below) {
  return *(const uintptr_t *)(last->base - below);
}

/* Forgets all. What is remembered next is of `generation`. */
static inline void fdt_last_walk_forget(struct fdt_last_walk *last, uint64_t generation) {
  last->first = FDT_LAST_END;
  last->generation = generation;
}

/* Forgets the innermost frames from which a word on the way to the outermost is no longer
 * what it was, or lies below `sp` and so in no frame. What is left begins at last->first;
 * a walk whose state is that of a frame left goes on from there as the last one did. */
void fdt_last_walk_check(struct fdt_last_walk *last, uintptr_t sp);

/* Makes the thread's last walk of the frames noted by `walk`, outside those that needed
 * the tables, in front of the remaining ones: those it joined, or none. walk->frames holds
 * their numbers in the trace. */
void fdt_last_walk_keep(struct fdt_last_walk *last, const struct fdt_walk *walk);

#endif
