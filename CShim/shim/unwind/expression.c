#include "expression.h"

#define DEPTH 24
#define STEPS 1000 /* DW_OP_bra can loop */

enum {
  DW_OP_addr = 0x03,
  DW_OP_deref = 0x06,
  DW_OP_const1u = 0x08,
  DW_OP_const1s,
  DW_OP_const2u,
  DW_OP_const2s,
  DW_OP_const4u,
  DW_OP_const4s,
  DW_OP_const8u,
  DW_OP_const8s,
  DW_OP_constu,
  DW_OP_consts,
  DW_OP_dup,
  DW_OP_drop,
  DW_OP_over,
  DW_OP_pick,
  DW_OP_swap,
  DW_OP_rot,
  DW_OP_abs = 0x19,
  DW_OP_and,
  DW_OP_div,
  DW_OP_minus,
  DW_OP_mod,
  DW_OP_mul,
  DW_OP_neg,
  DW_OP_not,
  DW_OP_or,
  DW_OP_plus,
  DW_OP_plus_uconst,
  DW_OP_shl,
  DW_OP_shr,
  DW_OP_shra,
  DW_OP_xor,
  DW_OP_bra,
  DW_OP_eq,
  DW_OP_ge,
  DW_OP_gt,
  DW_OP_le,
  DW_OP_lt,
  DW_OP_ne,
  DW_OP_skip,
  DW_OP_lit0 = 0x30,
  DW_OP_lit31 = 0x4f,
  DW_OP_reg0 = 0x50,
  DW_OP_reg31 = 0x6f,
  DW_OP_breg0 = 0x70,
  DW_OP_breg31 = 0x8f,
  DW_OP_regx = 0x90,
  DW_OP_bregx = 0x92,
  DW_OP_deref_size = 0x94,
  DW_OP_nop = 0x96,
};

struct machine {
  struct fdt_cursor c;
  const uint8_t *start;
  const struct fdt_registers *registers;
  struct fdt_memory *memory;
  enum fdt_outcome outcome;
  unsigned count;
  uint64_t stack[DEPTH];
};

static void stop(struct machine *m, enum fdt_outcome outcome) {
  if (m->outcome == FDT_OK)
    m->outcome = outcome;
}

static void push(struct machine *m, uint64_t value) {
  if (m->count == DEPTH)
    stop(m, FDT_MALFORMED);
  else
    m->stack[m->count++] = value;
}

static uint64_t pop(struct machine *m) {
  if (m->count > 0)
    return m->stack[--m->count];
  stop(m, FDT_MALFORMED);
  return 0;
}

static uint64_t pick(struct machine *m, unsigned depth) {
  if (depth < m->count)
    return m->stack[m->count - 1 - depth];
  stop(m, FDT_MALFORMED);
  return 0;
}

static void push_register(struct machine *m, uint64_t number, int64_t offset) {
  if (fdt_register_known(m->registers, number))
    push(m, m->registers->value[number] + (uint64_t)offset);
  else
    stop(m, number < FDT_REG_COUNT ? FDT_NEEDS_REGISTERS : FDT_MALFORMED);
}

static void dereference(struct machine *m, unsigned size) {
  uint64_t address = pop(m);
  uintptr_t value = 0;
  if (size == 0 || size > 8 || (size & (size - 1)) != 0 || m->outcome != FDT_OK ||
      !fdt_memory_read(m->memory, address, &value)) {
    stop(m, FDT_MALFORMED);
    return;
  }
  push(m, size == 8 ? value : value & ((UINT64_C(1) << 8 * size) - 1));
}

static void jump(struct machine *m, int16_t distance) {
  int64_t position = m->c.at - m->start + distance;
  if (m->c.failed || position < 0 || position > m->c.end - m->start)
    stop(m, FDT_MALFORMED);
  else
    m->c.at = m->start + position;
}

static uint64_t shifted(uint8_t opcode, uint64_t value, uint64_t by) {
  switch (opcode) {
  case DW_OP_shl:
    return by < 64 ? value << by : 0;
  case DW_OP_shr:
    return by < 64 ? value >> by : 0;
  default:
    return (uint64_t)((int64_t)value >> (by < 64 ? by : 63));
  }
}

static void binary(struct machine *m, uint8_t opcode) {
  uint64_t b = pop(m), a = pop(m);
  int64_t sa = (int64_t)a, sb = (int64_t)b;
  switch (opcode) {
  case DW_OP_and:
    push(m, a & b);
    break;
  case DW_OP_div:
    if (sb == 0 || (sb == -1 && sa == INT64_MIN))
      stop(m, FDT_MALFORMED);
    else
      push(m, (uint64_t)(sa / sb));
    break;
  case DW_OP_minus:
    push(m, a - b);
    break;
  case DW_OP_mod:
    if (b == 0)
      stop(m, FDT_MALFORMED);
    else
      push(m, a % b);
    break;
  case DW_OP_mul:
    push(m, a * b);
    break;
  case DW_OP_or:
    push(m, a | b);
    break;
  case DW_OP_plus:
    push(m, a + b);
    break;
  case DW_OP_shl:
  case DW_OP_shr:
  case DW_OP_shra:
    push(m, shifted(opcode, a, b));
    break;
  case DW_OP_xor:
    push(m, a ^ b);
    break;
  case DW_OP_eq:
    push(m, a == b);
    break;
  case DW_OP_ge:
    push(m, sa >= sb);
    break;
  case DW_OP_gt:
    push(m, sa > sb);
    break;
  case DW_OP_le:
    push(m, sa <= sb);
    break;
  case DW_OP_lt:
    push(m, sa < sb);
    break;
  case DW_OP_ne:
    push(m, a != b);
    break;
  default:
    stop(m, FDT_MALFORMED);
  }
}

static void execute(struct machine *m, uint8_t opcode) {
  struct fdt_cursor *c = &m->c;
  uint64_t a, b, d;
  if (opcode >= DW_OP_lit0 && opcode <= DW_OP_lit31) {
    push(m, opcode - DW_OP_lit0);
    return;
  }
  if (opcode >= DW_OP_reg0 && opcode <= DW_OP_reg31) {
    push_register(m, opcode - DW_OP_reg0, 0);
    return;
  }
  if (opcode >= DW_OP_breg0 && opcode <= DW_OP_breg31) {
    push_register(m, opcode - DW_OP_breg0, fdt_take_sleb(c));
    return;
  }
  switch (opcode) {
  case DW_OP_addr:
  case DW_OP_const8u:
  case DW_OP_const8s:
    push(m, fdt_take_u64(c));
    break;
  case DW_OP_const1u:
    push(m, fdt_take_u8(c));
    break;
  case DW_OP_const1s:
    push(m, (uint64_t)(int64_t)(int8_t)fdt_take_u8(c));
    break;
  case DW_OP_const2u:
    push(m, fdt_take_u16(c));
    break;
  case DW_OP_const2s:
    push(m, (uint64_t)(int64_t)(int16_t)fdt_take_u16(c));
    break;
  case DW_OP_const4u:
    push(m, fdt_take_u32(c));
    break;
  case DW_OP_const4s:
    push(m, (uint64_t)(int64_t)(int32_t)fdt_take_u32(c));
    break;
  case DW_OP_constu:
    push(m, fdt_take_uleb(c));
    break;
  case DW_OP_consts:
    push(m, (uint64_t)fdt_take_sleb(c));
    break;
  case DW_OP_regx:
    push_register(m, fdt_take_uleb(c), 0);
    break;
  case DW_OP_bregx:
    a = fdt_take_uleb(c);
    push_register(m, a, fdt_take_sleb(c));
    break;
  case DW_OP_dup:
    push(m, pick(m, 0));
    break;
  case DW_OP_drop:
    pop(m);
    break;
  case DW_OP_over:
    push(m, pick(m, 1));
    break;
  case DW_OP_pick:
    push(m, pick(m, fdt_take_u8(c)));
    break;
  case DW_OP_swap:
    a = pop(m);
    b = pop(m);
    push(m, a);
    push(m, b);
    break;
  case DW_OP_rot:
    a = pop(m);
    b = pop(m);
    d = pop(m);
    push(m, a);
    push(m, d);
    push(m, b);
    break;
  case DW_OP_deref:
    dereference(m, 8);
    break;
  case DW_OP_deref_size:
    dereference(m, fdt_take_u8(c));
    break;
  case DW_OP_abs:
    a = pop(m);
    push(m, (int64_t)a < 0 ? -a : a);
    break;
  case DW_OP_neg:
    push(m, -pop(m));
    break;
  case DW_OP_not:
    push(m, ~pop(m));
    break;
  case DW_OP_plus_uconst:
    push(m, pop(m) + fdt_take_uleb(c));
    break;
  case DW_OP_skip:
    jump(m, (int16_t)fdt_take_u16(c));
    break;
  case DW_OP_bra: {
    int16_t distance = (int16_t)fdt_take_u16(c);
    if (pop(m) != 0)
      jump(m, distance);
    break;
  }
  case DW_OP_nop:
    break;
  default:
    binary(m, opcode);
  }
}

enum fdt_outcome fdt_evaluate(struct fdt_cursor c, const struct fdt_registers *registers,
                              struct fdt_memory *memory, const uintptr_t *initial,
                              uintptr_t *result) {
  struct machine m;
  m.c = c;
  m.start = c.at;
  m.registers = registers;
  m.memory = memory;
  m.outcome = FDT_OK;
  m.count = 0;
  if (initial != NULL)
    push(&m, *initial);
  for (unsigned steps = 0; !fdt_cursor_at_end(&m.c) && m.outcome == FDT_OK; steps++) {
    if (steps == STEPS)
      return FDT_MALFORMED;
    execute(&m, fdt_take_u8(&m.c));
  }
  if (m.c.failed)
    return FDT_MALFORMED;
  uintptr_t top = m.outcome == FDT_OK ? pop(&m) : 0;
  *result = top;
  return m.outcome;
}
