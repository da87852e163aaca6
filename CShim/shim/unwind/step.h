/* One step outwards: from a frame's registers to its caller's. */
#ifndef FDT_UNWIND_STEP_H
#define FDT_UNWIND_STEP_H

#include "cfi.h"
#include "memory.h"
#include "registers.h"

enum fdt_step {
  FDT_STEP_DONE,            /* the registers are the caller's            */
  FDT_STEP_OUTERMOST,       /* the frame says that it has no caller      */
  FDT_STEP_BROKEN,          /* malformed, unreadable, or it leads nowhere */
  FDT_STEP_NEEDS_REGISTERS, /* a register is needed that is not known    */
};

/* Applies `row`, which holds at registers->pc. On anything but DONE the
 * registers are unchanged. Async-signal-safe, as all here. */
enum fdt_step fdt_step_by_row(const struct fdt_object *object, const struct fdt_row *row,
                              struct fdt_registers *registers, struct fdt_memory *memory);

/* Looks up the row and applies it; BROKEN when there is none. */
enum fdt_step fdt_step_by_tables(struct fdt_registers *registers, struct fdt_memory *memory);

/* For code without tables: passes through a signal's frame when the code is a
 * known restorer, does what the code does if it returns at once, else follows the frame
 * pointer if everything about it holds. */
enum fdt_step fdt_step_without_tables(struct fdt_registers *registers, struct fdt_memory *memory);

/* The first part of it: BROKEN unless the code at pc returns from a signal. */
enum fdt_step fdt_step_from_restorer(struct fdt_registers *registers, struct fdt_memory *memory);

/* Whether an address outside all objects, taken from the stack, looks like that
 * of a frame: it can be read, and a call ends there or a restorer begins. */
bool fdt_looks_like_frame(uintptr_t pc);

#endif
