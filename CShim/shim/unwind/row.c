#include "cfi.h"

/* How many DW_CFA_remember_state may be open at once; compilers nest one or two. */
#define REMEMBERED 5

enum {
  DW_CFA_advance_loc = 0x40, /* these three hold an operand in their low bits */
  DW_CFA_offset = 0x80,
  DW_CFA_restore = 0xc0,
  DW_CFA_nop = 0x00,
  DW_CFA_set_loc,
  DW_CFA_advance_loc1,
  DW_CFA_advance_loc2,
  DW_CFA_advance_loc4,
  DW_CFA_offset_extended,
  DW_CFA_restore_extended,
  DW_CFA_undefined,
  DW_CFA_same_value,
  DW_CFA_register,
  DW_CFA_remember_state,
  DW_CFA_restore_state,
  DW_CFA_def_cfa,
  DW_CFA_def_cfa_register,
  DW_CFA_def_cfa_offset,
  DW_CFA_def_cfa_expression,
  DW_CFA_expression,
  DW_CFA_offset_extended_sf,
  DW_CFA_def_cfa_sf,
  DW_CFA_def_cfa_offset_sf,
  DW_CFA_val_offset,
  DW_CFA_val_offset_sf,
  DW_CFA_val_expression,
  DW_CFA_AARCH64_negate_ra_state_with_pc = 0x2c,
  DW_CFA_AARCH64_negate_ra_state = 0x2d, /* elsewhere GNU_window_save, of SPARC alone */
  DW_CFA_GNU_args_size = 0x2e,
  DW_CFA_GNU_negative_offset_extended = 0x2f,
};

struct interpreter {
  const struct fdt_object *object;
  const struct fdt_fde *fde;
  struct fdt_cursor c;
  uintptr_t location;
  struct fdt_row row;
  struct fdt_row initial; /* what DW_CFA_restore goes back to */
  unsigned remembered_count;
  struct fdt_row remembered[REMEMBERED];
};

static void fail(struct interpreter *i) { fdt_cursor_fail(&i->c); }

static int32_t narrow(struct interpreter *i, int64_t value) {
  if (value < INT32_MIN || value > INT32_MAX)
    fail(i);
  return (int32_t)value;
}

static int64_t scaled(struct interpreter *i, int64_t value) {
  int64_t product;
  if (!__builtin_mul_overflow(value, i->fde->data_factor, &product))
    return product;
  fail(i);
  return 0;
}

/* Unsigned operands above INT64_MAX turn negative here and are refused by narrow. */
static int64_t take_scaled_uleb(struct interpreter *i) {
  return scaled(i, (int64_t)fdt_take_uleb(&i->c));
}

static int64_t take_scaled_sleb(struct interpreter *i) { return scaled(i, fdt_take_sleb(&i->c)); }

/* Registers that the walk does not follow (vectors, flags) are passed over. */
static void set(struct interpreter *i, uint64_t number, enum fdt_rule_form form, int64_t value) {
  if (number >= FDT_REG_COUNT)
    return;
  i->row.form[number] = (uint8_t)form;
  i->row.value[number] = narrow(i, value);
}

static void restore(struct interpreter *i, uint64_t number) {
  if (number >= FDT_REG_COUNT)
    return;
  i->row.form[number] = i->initial.form[number];
  i->row.value[number] = i->initial.value[number];
}

static void set_cfa_register(struct interpreter *i, uint64_t number) {
  if (number >= FDT_REG_COUNT)
    fail(i);
  i->row.cfa_register = (uint8_t)number;
  i->row.cfa_is_expression = false;
}

/* Passes over an expression; returns where it stands. */
static int32_t take_expression(struct interpreter *i) {
  int64_t at = (int64_t)((uintptr_t)i->c.at - i->object->base);
  fdt_take(&i->c, fdt_take_uleb(&i->c));
  return narrow(i, at);
}

static void advance(struct interpreter *i, uint64_t units) {
  uintptr_t distance;
  if (__builtin_mul_overflow(units, i->fde->code_factor, &distance) ||
      __builtin_add_overflow(i->location, distance, &i->location))
    fail(i);
}

static void pop(struct interpreter *i) {
  if (i->remembered_count == 0)
    fail(i);
  else
    i->row = i->remembered[--i->remembered_count];
}

static void push(struct interpreter *i) {
  if (i->remembered_count == REMEMBERED)
    fail(i);
  else
    i->remembered[i->remembered_count++] = i->row;
}

static void execute(struct interpreter *i, uint8_t opcode) {
  struct fdt_cursor *c = &i->c;
  uint64_t number;
  switch (opcode & 0xc0) {
  case DW_CFA_advance_loc:
    advance(i, opcode & 0x3f);
    return;
  case DW_CFA_offset:
    set(i, opcode & 0x3f, FDT_AT_OFFSET, take_scaled_uleb(i));
    return;
  case DW_CFA_restore:
    restore(i, opcode & 0x3f);
    return;
  }
  switch (opcode) {
  case DW_CFA_nop:
    break;
  case DW_CFA_set_loc:
    i->location = fdt_take_pointer(c, i->fde->pointer_encoding, 0);
    break;
  case DW_CFA_advance_loc1:
    advance(i, fdt_take_u8(c));
    break;
  case DW_CFA_advance_loc2:
    advance(i, fdt_take_u16(c));
    break;
  case DW_CFA_advance_loc4:
    advance(i, fdt_take_u32(c));
    break;
  case DW_CFA_offset_extended:
    number = fdt_take_uleb(c);
    set(i, number, FDT_AT_OFFSET, take_scaled_uleb(i));
    break;
  case DW_CFA_offset_extended_sf:
    number = fdt_take_uleb(c);
    set(i, number, FDT_AT_OFFSET, take_scaled_sleb(i));
    break;
  case DW_CFA_GNU_negative_offset_extended:
    number = fdt_take_uleb(c);
    set(i, number, FDT_AT_OFFSET, -take_scaled_uleb(i));
    break;
  case DW_CFA_val_offset:
    number = fdt_take_uleb(c);
    set(i, number, FDT_IS_OFFSET, take_scaled_uleb(i));
    break;
  case DW_CFA_val_offset_sf:
    number = fdt_take_uleb(c);
    set(i, number, FDT_IS_OFFSET, take_scaled_sleb(i));
    break;
  case DW_CFA_restore_extended:
    restore(i, fdt_take_uleb(c));
    break;
  case DW_CFA_undefined:
    set(i, fdt_take_uleb(c), FDT_UNDEFINED, 0);
    break;
  case DW_CFA_same_value:
    set(i, fdt_take_uleb(c), FDT_SAME_VALUE, 0);
    break;
  case DW_CFA_register:
    number = fdt_take_uleb(c);
    set(i, number, FDT_IN_REGISTER, (int64_t)fdt_take_uleb(c));
    break;
  case DW_CFA_expression:
    number = fdt_take_uleb(c);
    set(i, number, FDT_AT_EXPRESSION, take_expression(i));
    break;
  case DW_CFA_val_expression:
    number = fdt_take_uleb(c);
    set(i, number, FDT_IS_EXPRESSION, take_expression(i));
    break;
  case DW_CFA_remember_state:
    push(i);
    break;
  case DW_CFA_restore_state:
    pop(i);
    break;
  case DW_CFA_def_cfa:
    set_cfa_register(i, fdt_take_uleb(c));
    i->row.cfa_value = narrow(i, (int64_t)fdt_take_uleb(c));
    break;
  case DW_CFA_def_cfa_sf:
    set_cfa_register(i, fdt_take_uleb(c));
    i->row.cfa_value = narrow(i, take_scaled_sleb(i));
    break;
  case DW_CFA_def_cfa_register:
    if (i->row.cfa_is_expression)
      fail(i);
    set_cfa_register(i, fdt_take_uleb(c));
    break;
  case DW_CFA_def_cfa_offset:
    if (i->row.cfa_is_expression)
      fail(i);
    i->row.cfa_value = narrow(i, (int64_t)fdt_take_uleb(c));
    break;
  case DW_CFA_def_cfa_offset_sf:
    if (i->row.cfa_is_expression)
      fail(i);
    i->row.cfa_value = narrow(i, take_scaled_sleb(i));
    break;
  case DW_CFA_def_cfa_expression:
    i->row.cfa_is_expression = true;
    i->row.cfa_value = take_expression(i);
    break;
  case DW_CFA_AARCH64_negate_ra_state:
  case DW_CFA_AARCH64_negate_ra_state_with_pc:
    break; /* signatures are taken off every return address, signed or not */
  case DW_CFA_GNU_args_size:
    fdt_take_uleb(c);
    break;
  default:
    fail(i);
  }
}

static bool run(struct interpreter *i, struct fdt_cursor program, uintptr_t address) {
  i->c = program;
  while (!fdt_cursor_at_end(&i->c) && i->location <= address)
    execute(i, fdt_take_u8(&i->c));
  return !i->c.failed;
}

bool fdt_row_at(const struct fdt_object *object, const struct fdt_fde *fde, uintptr_t address,
                struct fdt_row *row) {
  struct interpreter i;
  i.object = object;
  i.fde = fde;
  i.location = fde->start;
  i.remembered_count = 0;
  __builtin_memset(&i.row, 0, sizeof(i.row));
  i.row.cfa_register = FDT_REG_COUNT; /* until a DW_CFA_def_cfa */
  i.row.is_signal_frame = fde->is_signal_frame;
  i.row.return_register = (uint8_t)fde->return_register;
  if (!run(&i, fde->initial, UINTPTR_MAX))
    return false;
  i.initial = i.row;
  if (!run(&i, fde->program, address))
    return false;
  if (!i.row.cfa_is_expression && i.row.cfa_register >= FDT_REG_COUNT)
    return false;
  *row = i.row;
  return true;
}
