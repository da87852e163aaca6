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
  struct fdt_last_frame *to = &last->frames[last->first];
  const uint32_t most = last->first - 1, own = walk->count - walk->compact_from;
  const struct fdt_last_frame *from = &last->frames[walk->count];
  const uint64_t *number = &walk->frames[walk->count];
  /* Whether the frame farther out takes its CFA from an fp that was not saved since; what
   * stands beyond the outermost does not. */
  uint32_t needs_fp = to->fp_slot == 0 ? to->flags & FDT_NEEDS_FP : 0;
  for (uint32_t left = own < most ? own : most; left > 0; left--) {
    to--, from--, number--;
    const uint32_t flags =
        from->flags | needs_fp | ((from->flags & FDT_CFA_FROM_FP) != 0 ? FDT_NEEDS_FP : 0);
    needs_fp = from->fp_slot == 0 ? flags & FDT_NEEDS_FP : 0;
    *to = *from;
    to->stack = (uint32_t)*number;
    to->flags = flags;
  }
  last->first = (uint32_t)(to - last->frames);
}
