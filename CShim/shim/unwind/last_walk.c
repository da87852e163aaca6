#include "last_walk.h"

static uintptr_t word_at(const struct fdt_last_walk *last, uint32_t below) {
  return *(const uintptr_t *)(last->base - below);
}

/* All slots lie between the stack pointer and the base, so they can be read. */
bool fdt_last_walk_holds(const struct fdt_last_walk *last, uint32_t from, uint32_t *differs) {
  uint64_t difference = 0;
  uint32_t fp_users = 0;
  for (uint32_t at = from + 1; at < FDT_WALK_FRAMES; at++) {
    difference |= word_at(last, last->pc_slot[at]) ^ last->pc_word[at];
    fp_users |= last->sp[at];
  }
  if ((fp_users & FDT_NEEDS_FP) != 0)
    for (uint32_t at = from + 1; at < FDT_WALK_FRAMES; at++)
      if ((last->sp[at] & FDT_NEEDS_FP) != 0 && last->fp_slot[at] != 0)
        difference |= word_at(last, last->fp_slot[at]) ^ (last->base - last->fp[at]);
  if (difference == 0) {
    *differs = from;
    return true;
  }
  for (uint32_t at = from + 1; at < FDT_WALK_FRAMES; at++) {
    bool same = word_at(last, last->pc_slot[at]) == last->pc_word[at];
    if ((last->sp[at] & FDT_NEEDS_FP) != 0 && last->fp_slot[at] != 0)
      same = same && word_at(last, last->fp_slot[at]) == last->base - last->fp[at];
    if (!same) {
      *differs = at;
      break;
    }
  }
  return false;
}

static void move(struct fdt_last_walk *last, uint32_t to, uint32_t from) {
  last->pc_word[to] = last->pc_word[from];
  last->pc_slot[to] = last->pc_slot[from];
  last->fp_slot[to] = last->fp_slot[from];
  last->fp[to] = last->fp[from];
  last->sp[to] = last->sp[from];
  last->stacks[to] = last->stacks[from];
}

void fdt_last_walk_keep(struct fdt_last_walk *last, const struct fdt_walk *walk, uint32_t stored) {
  uint32_t kept = walk->count - walk->compact_from;
  if (kept > stored)
    kept = stored;
  for (uint32_t from = walk->count; kept > 0 && last->first > 0; kept--) {
    const uint32_t outer = last->first, at = outer - 1;
    move(last, at, --from);
    bool needs_fp = (last->sp[at] & FDT_CFA_FROM_FP) != 0 ||
                    (outer < FDT_WALK_FRAMES && last->fp_slot[outer] == 0 &&
                     (last->sp[outer] & FDT_NEEDS_FP) != 0);
    if (needs_fp)
      last->sp[at] |= FDT_NEEDS_FP;
    last->first = at;
  }
}
