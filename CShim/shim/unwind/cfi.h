/* Call frame information of .eh_frame (LSB core, "Exception Frames"; DWARF 5,
 * section 6.4): from an address to the rules that recover its caller's
 * registers. Tables are taken as hostile: what does not parse is refused. */
#ifndef FDT_UNWIND_CFI_H
#define FDT_UNWIND_CFI_H

#include <stdbool.h>
#include <stdint.h>

#include "objects.h"
#include "registers.h"

/* The part of a CIE and its FDE that the rules of one function come from. */
struct fdt_fde {
  uintptr_t start; /* the code it covers */
  uintptr_t end;
  uint64_t code_factor;
  int64_t data_factor;
  uint64_t return_register;
  uint8_t pointer_encoding;
  bool has_augmentation_data;
  bool is_signal_frame;
  struct fdt_cursor initial; /* instructions of the CIE */
  struct fdt_cursor program; /* instructions of the FDE */
};

enum fdt_rule_form {
  FDT_UNSPECIFIED,   /* callee-saved: unchanged */
  FDT_UNDEFINED,     /* lost; of the return address: no caller */
  FDT_SAME_VALUE,    /* unchanged */
  FDT_AT_OFFSET,     /* at CFA + value */
  FDT_IS_OFFSET,     /* CFA + value itself */
  FDT_IN_REGISTER,   /* in register number value */
  FDT_AT_EXPRESSION, /* at the address an expression gives; value: where it stands */
  FDT_IS_EXPRESSION, /* what an expression gives */
};

/* The rules at one address. Expressions are kept as offsets of their length
 * byte from the object's base. */
struct fdt_row {
  bool cfa_is_expression;
  uint8_t cfa_register;
  int32_t cfa_value; /* offset or expression */
  bool is_signal_frame;
  uint8_t return_register;
  uint8_t form[FDT_REG_COUNT]; /* enum fdt_rule_form */
  int32_t value[FDT_REG_COUNT];
};

/* Finds the FDE that covers `address`; false when there is none or it does not
 * parse. Async-signal-safe, as all here. */
bool fdt_fde_find(const struct fdt_object *object, uintptr_t address, struct fdt_fde *fde);

/* Runs the instructions up to `address`; false when they are malformed. */
bool fdt_row_at(const struct fdt_object *object, const struct fdt_fde *fde, uintptr_t address,
                struct fdt_row *row);

/* Both of the above. */
bool fdt_row_find(uintptr_t address, struct fdt_object *object, struct fdt_row *row);

#endif
