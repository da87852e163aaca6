#include "last_walk.h"

void fdt_last_walk_check(struct fdt_last_walk *last, uintptr_t sp) {
  const uintptr_t depth = last->base - sp;
  uint32_t at = FDT_LAST_END;
  if (last->first >= at)
    return;
  while (--at > last->first) {
    const struct fdt_last_frame *frame = &last->frames[at];
    if (frame->pc_slot > depth || fdt_last_walk_word(last, frame->pc_slot) != frame->pc_word)
      break;
    if ((frame->flags & FDT_NEEDS_FP) != 0 && frame->fp_slot != 0 &&
        (frame->fp_slot > depth ||
         fdt_last_walk_word(last, frame->fp_slot) != last->base - frame->fp))
      break;
  }
  last->first = at;
}

void fdt_last_walk_keep(struct fdt_last_walk *last, const struct fdt_walk *walk) {
  uint32_t to = last->first;
  /* What the frame that comes next, inwards, has to know of the one before it. */
  bool fp_needed = to < FDT_LAST_END && last->frames[to].fp_slot == 0 &&
                   (last->frames[to].flags & FDT_NEEDS_FP) != 0;
  for (uint32_t from = walk->count; from > walk->compact_from && to > 1;) {
    struct fdt_last_frame frame = last->frames[--from];
    frame.stack = (uint32_t)walk->frames[from];
    if (fp_needed || (frame.flags & FDT_CFA_FROM_FP) != 0)
      frame.flags |= FDT_NEEDS_FP;
    fp_needed = frame.fp_slot == 0 && (frame.flags & FDT_NEEDS_FP) != 0;
    last->frames[--to] = frame;
  }
  last->first = to;
}
