/* The register file of a frame, by DWARF register number. */
#ifndef FDT_UNWIND_REGISTERS_H
#define FDT_UNWIND_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

/* No frame is larger: what seems so is taken for something else. */
#define FDT_FRAME_MAX (1u << 20)

/* What code does that returns at once after a call: where it finds what its caller had, as
 * distances above the stack pointer. */
#define FDT_EPILOGUE_BYTES 24u
struct fdt_epilogue {
  uint32_t size; /* how far it moves the stack pointer in all */
  uint32_t pc_offset;
  uint32_t count;
  struct {
    uint8_t number;
    uint32_t offset;
  } saved[FDT_EPILOGUE_BYTES];
};

#if defined(__x86_64__)
#include "registers_x86_64.h"
#elif defined(__aarch64__)
#include "registers_aarch64.h"
#else
#error "fdtrack supports x86_64 and aarch64"
#endif

struct fdt_registers {
  uintptr_t value[FDT_REG_COUNT];
  uint64_t known; /* bit n: value[n] is what the frame had */
  uintptr_t pc;
  bool
      exact; /* pc is the next instruction itself (a signal interrupted it), not a return address */
};

_Static_assert(FDT_REG_COUNT <= 64, "`known` has one bit for each register");

static inline bool fdt_register_known(const struct fdt_registers *registers, uint64_t number) {
  return number < FDT_REG_COUNT && (registers->known >> number & 1) != 0;
}

static inline void fdt_register_set(struct fdt_registers *registers, unsigned number,
                                    uintptr_t value) {
  registers->value[number] = value;
  registers->known |= UINT64_C(1) << number;
}

/* An address that lies within the code of a frame: a call may be a function's
 * last instruction, so that its return address already belongs to the next one. */
static inline uintptr_t fdt_lookup_address(uintptr_t pc, bool exact) { return exact ? pc : pc - 1; }

#endif
