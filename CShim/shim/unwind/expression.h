/* DWARF expressions as call frame information uses them (DWARF 5, section 2.5). */
#ifndef FDT_UNWIND_EXPRESSION_H
#define FDT_UNWIND_EXPRESSION_H

#include "cursor.h"
#include "memory.h"
#include "registers.h"

enum fdt_outcome {
  FDT_OK,
  FDT_MALFORMED,       /* or it reads memory that cannot be read */
  FDT_NEEDS_REGISTERS, /* it reads a register that is not known  */
};

/* Evaluates the expression of `c`, which is bounded in steps. `initial`, when
 * not NULL, is pushed first. */
enum fdt_outcome fdt_evaluate(struct fdt_cursor c, const struct fdt_registers *registers,
                              struct fdt_memory *memory, const uintptr_t *initial,
                              uintptr_t *result);

#endif
