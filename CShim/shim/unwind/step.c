#include "step.h"

#include "expression.h"

static enum fdt_step as_step(enum fdt_outcome outcome) {
  switch (outcome) {
  case FDT_OK:
    return FDT_STEP_DONE;
  case FDT_NEEDS_REGISTERS:
    return FDT_STEP_NEEDS_REGISTERS;
  default:
    return FDT_STEP_BROKEN;
  }
}

static enum fdt_outcome evaluate_at(const struct fdt_object *object, int32_t where,
                                    const struct fdt_registers *registers,
                                    struct fdt_memory *memory, const uintptr_t *initial,
                                    uintptr_t *result) {
  struct fdt_cursor c = fdt_object_cursor(object, object->base + (uintptr_t)(intptr_t)where);
  c = fdt_take_part(&c, fdt_take_uleb(&c));
  return fdt_evaluate(c, registers, memory, initial, result);
}

/* Finds what the caller had in register `number`. Whatever is "unchanged" is
 * as known as it was here. */
static enum fdt_outcome recover(const struct fdt_object *object, const struct fdt_row *row,
                                unsigned number, uintptr_t cfa,
                                const struct fdt_registers *registers, struct fdt_memory *memory,
                                uintptr_t *value) {
  int32_t operand = row->value[number];
  uintptr_t at = cfa + (uintptr_t)(intptr_t)operand;
  enum fdt_outcome outcome;
  switch (row->form[number]) {
  case FDT_AT_OFFSET:
    return fdt_memory_read(memory, at, value) ? FDT_OK : FDT_MALFORMED;
  case FDT_IS_OFFSET:
    *value = at;
    return FDT_OK;
  case FDT_IN_REGISTER:
    if (!fdt_register_known(registers, (uint64_t)(int64_t)operand))
      return FDT_NEEDS_REGISTERS;
    *value = registers->value[operand];
    return FDT_OK;
  case FDT_AT_EXPRESSION:
    outcome = evaluate_at(object, operand, registers, memory, &cfa, &at);
    if (outcome != FDT_OK)
      return outcome;
    return fdt_memory_read(memory, at, value) ? FDT_OK : FDT_MALFORMED;
  case FDT_IS_EXPRESSION:
    return evaluate_at(object, operand, registers, memory, &cfa, value);
  case FDT_UNDEFINED:
    return FDT_NEEDS_REGISTERS;
  default:
    if (!fdt_register_known(registers, number))
      return FDT_NEEDS_REGISTERS;
    *value = registers->value[number];
    return FDT_OK;
  }
}

static enum fdt_outcome find_cfa(const struct fdt_object *object, const struct fdt_row *row,
                                 const struct fdt_registers *registers, struct fdt_memory *memory,
                                 uintptr_t *cfa) {
  if (row->cfa_is_expression)
    return evaluate_at(object, row->cfa_value, registers, memory, NULL, cfa);
  if (!fdt_register_known(registers, row->cfa_register))
    return FDT_NEEDS_REGISTERS;
  *cfa = registers->value[row->cfa_register] + (uintptr_t)(intptr_t)row->cfa_value;
  return FDT_OK;
}

/* Whether the caller is the frame itself, or farther down the very stack it stands on: it
 * would be walked for ever. Stacks may be changed on the way. */
static bool leads_back(const struct fdt_registers *frame, const struct fdt_registers *caller,
                       const struct fdt_memory *memory) {
  const uintptr_t sp = frame->value[FDT_REG_SP], caller_sp = caller->value[FDT_REG_SP];
  return (caller_sp == sp && caller->pc == frame->pc) ||
         (caller_sp < sp && caller_sp >= memory->lo && sp < memory->hi);
}

enum fdt_step fdt_step_by_row(const struct fdt_object *object, const struct fdt_row *row,
                              struct fdt_registers *registers, struct fdt_memory *memory) {
  const unsigned ra = row->return_register;
  if (row->form[ra] == FDT_UNDEFINED)
    return FDT_STEP_OUTERMOST;
  uintptr_t cfa;
  const enum fdt_outcome outcome = find_cfa(object, row, registers, memory, &cfa);
  if (outcome != FDT_OK)
    return as_step(outcome);

  struct fdt_registers caller;
  caller.known = 0;
  for (unsigned number = 0; number < FDT_REG_COUNT; number++) {
    uintptr_t value;
    if (number == FDT_REG_SP && row->form[number] == FDT_UNSPECIFIED) {
      fdt_register_set(&caller, number, cfa);
      continue;
    }
    switch (recover(object, row, number, cfa, registers, memory, &value)) {
    case FDT_OK:
      fdt_register_set(&caller, number, value);
      break;
    case FDT_NEEDS_REGISTERS:
      if (number == ra || number == FDT_REG_SP)
        return FDT_STEP_NEEDS_REGISTERS;
      break;
    default:
      return FDT_STEP_BROKEN;
    }
  }
  caller.pc = fdt_strip(caller.value[ra]);
  caller.exact = row->is_signal_frame;

  if (!row->is_signal_frame && leads_back(registers, &caller, memory))
    return FDT_STEP_BROKEN;
#if FDT_REG_RA == 16
  if (ra == FDT_REG_RA && row->form[ra] <= FDT_SAME_VALUE)
    return FDT_STEP_BROKEN;
#endif
  *registers = caller;
  return FDT_STEP_DONE;
}

enum fdt_step fdt_step_by_tables(struct fdt_registers *registers, struct fdt_memory *memory) {
  struct fdt_object object;
  struct fdt_row row;
  if (!fdt_row_find(fdt_lookup_address(registers->pc, registers->exact), &object, &row))
    return FDT_STEP_BROKEN;
  return fdt_step_by_row(&object, &row, registers, memory);
}
