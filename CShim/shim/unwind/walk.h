/* A walk in progress: where it stands, and the frames it has passed. */
#ifndef FDT_UNWIND_WALK_H
#define FDT_UNWIND_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "capture.h"
#include "memory.h"
#include "registers.h"
#include "rules.h"

#define FDT_WALK_FRAMES 128u /* deeper frames are cut, the innermost kept */

enum fdt_walk_end {
  FDT_WALK_GOES_ON,
  FDT_WALK_COMPLETE,        /* reached a frame without a caller            */
  FDT_WALK_AT_ZERO,         /* the same, but a word of the stack said so, no rule */
  FDT_WALK_JOINED,          /* from here on, it is the thread's last walk  */
  FDT_WALK_CUT,             /* FDT_WALK_FRAMES frames, and not at the end  */
  FDT_WALK_BROKEN,          /* no way on from the last frame               */
  FDT_WALK_NEEDS_REGISTERS, /* to be begun again, with fdt_walk_all_registers */
};

struct fdt_walk {
  /* The frame that comes next: not yet among `frames`. */
  uintptr_t pc;
  uintptr_t sp;
  uintptr_t fp;
  bool exact;
  bool nested; /* interrupted another capture of this thread */
  uint64_t generation;
  struct fdt_memory memory;
  uint32_t count;
  uint32_t compact_from;            /* all frames from this one outwards had compact rules */
  uint64_t frames[FDT_WALK_FRAMES]; /* innermost first, as the trace stores them */
};

/* Whether any code can be at `pc`: user space, and not so low that it would read as a mark. */
static inline bool fdt_walk_is_code(uintptr_t pc) { return pc >= FDT_PAGE && pc >> 48 == 0; }

/* How a walk ends that leads to where no code can be. A return address of 0 is
 * how some outermost frames are made, as long as there is a frame at all. */
static inline enum fdt_walk_end fdt_walk_no_code(const struct fdt_walk *walk, uintptr_t pc) {
  return pc == 0 && walk->count > 0 ? FDT_WALK_AT_ZERO : FDT_WALK_BROKEN;
}

/* Goes on by the tables from where `walk` stands until compact rules do again
 * (GOES_ON) or the walk ends. Only pc, sp and fp are known at its start.
 * Async-signal-safe. */
enum fdt_walk_end fdt_walk_by_tables(struct fdt_walk *walk);

/* Begins the walk again, and goes to its end, with all registers: they are
 * recovered from here, through the shim's own frames to `caller`. */
enum fdt_walk_end fdt_walk_all_registers(struct fdt_walk *walk, const struct fdt_caller *caller);

#endif
