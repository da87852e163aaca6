/* aarch64: register numbers of AADWARF64, and what else differs by machine. */
#ifndef FDT_UNWIND_REGISTERS_AARCH64_H
#define FDT_UNWIND_REGISTERS_AARCH64_H

#include <stdint.h>

#define FDT_REG_FP    29
#define FDT_REG_RA    30 /* lr, the column of the return address */
#define FDT_REG_SP    31
#define FDT_REG_COUNT 32

#define FDT_FRAME_POINTER_ALIGNMENT 8

/* Reads the callee-saved registers at this point of the calling function. */
#define FDT_REGISTERS_HERE(registers)                                                              \
  do {                                                                                             \
    uintptr_t here_;                                                                               \
    __asm__ volatile("stp x19, x20, [%1, #152]\n\t"                                                \
                     "stp x21, x22, [%1, #168]\n\t"                                                \
                     "stp x23, x24, [%1, #184]\n\t"                                                \
                     "stp x25, x26, [%1, #200]\n\t"                                                \
                     "stp x27, x28, [%1, #216]\n\t"                                                \
                     "stp x29, x30, [%1, #232]\n\t"                                                \
                     "mov %0, sp\n\t"                                                              \
                     "str %0, [%1, #248]\n\t"                                                      \
                     "adr %0, 1f\n"                                                                \
                     "1:"                                                                          \
                     : "=&r"(here_)                                                                \
                     : "r"((registers)->value)                                                     \
                     : "memory");                                                                  \
    (registers)->known = UINT64_C(0xfff80000);                                                     \
    (registers)->pc = here_;                                                                       \
    (registers)->exact = true;                                                                     \
  } while (0)

/* Takes the pointer authentication code off a return address: XPACLRI, which
 * machines without PAC execute as a no-op. */
static inline uintptr_t fdt_strip(uintptr_t address) {
  register uintptr_t lr __asm__("x30") = address;
  __asm__("hint #7" : "+r"(lr));
  return lr;
}

/* The thread pointer: glibc and musl put it at the upper end of the stack of
 * every thread but the first. */
static inline uintptr_t fdt_thread_pointer(void) {
  uintptr_t pointer;
  __asm__("mrs %0, tpidr_el0" : "=r"(pointer));
  return pointer;
}

/* Whether the bytes that end at a return address (`code[7]` is the last one)
 * are a call, and if it is a direct one, the distance to its target. */
static inline bool fdt_ends_in_call(const uint8_t code[8], bool *direct, int64_t *distance) {
  uint32_t word = (uint32_t)code[4] | (uint32_t)code[5] << 8 | (uint32_t)code[6] << 16 |
                  (uint32_t)code[7] << 24;
  *direct = word >> 26 == 0x25;                             /* bl */
  *distance = (int64_t)((int32_t)(word << 6) >> 6) * 4 - 4; /* from the return address */
  return *direct || (word & 0xfffffc1f) == 0xd63f0000 ||    /* blr */
         (word & 0xfefff800) == 0xd63f0800;                 /* blraa and its kind */
}

/* Reads the code at a return address: `add sp, sp, #n` if need be, one load of x30, or of x29
 * and x30, that moves sp on, and `ret`. False when it is anything else. */
static inline bool fdt_epilogue_read(const uint8_t code[FDT_EPILOGUE_BYTES],
                                     struct fdt_epilogue *epilogue) {
  uint32_t words[3];
  __builtin_memcpy(words, code, sizeof words);
  const uint32_t *word = words;
  uint32_t depth = 0, size = 0;
  if ((*word & 0xffc003ff) == 0x910003ff)
    depth = *word++ >> 10 & 0xfff;
  epilogue->count = 0;
  epilogue->pc_offset = depth;
  if ((*word & 0xffe07fff) == 0xa8c07bfd) { /* ldp x29, x30, [sp], #n */
    size = (*word >> 15 & 0x3f) * 8;
    epilogue->saved[epilogue->count].number = FDT_REG_FP;
    epilogue->saved[epilogue->count++].offset = depth;
    epilogue->pc_offset += 8;
  } else if ((*word & 0xfff00fff) == 0xf84007fe) { /* ldr x30, [sp], #n */
    size = *word >> 12 & 0xff;
  }
  epilogue->size = depth + size;
  return size != 0 && word[1] == 0xd65f03c0;
}

/* mov x8, #__NR_rt_sigreturn; svc #0 */
#define FDT_SIGRETURN_SIZE 8
static const uint8_t fdt_sigreturn_code[FDT_SIGRETURN_SIZE] = {0x68, 0x11, 0x80, 0xd2,
                                                               0x01, 0x00, 0x00, 0xd4};

/* Where the kernel's signal frame, met with the stack pointer at the restorer,
 * keeps the registers: struct rt_sigframe is a siginfo_t (128 bytes) and a
 * struct ucontext whose mcontext (at 176) is fault_address, x0..x30, sp, pc. */
#define FDT_SIGFRAME_X(n) (128 + 176 + 8 + 8 * (n))
#define FDT_SIGFRAME_PC   FDT_SIGFRAME_X(32)
static const struct {
  uint8_t number;
  uint16_t offset;
} fdt_sigframe_registers[] = {
#define FDT_AT(n)                                                                                  \
  { n, FDT_SIGFRAME_X(n) }
    FDT_AT(0),  FDT_AT(1),  FDT_AT(2),  FDT_AT(3),  FDT_AT(4),  FDT_AT(5),  FDT_AT(6),  FDT_AT(7),
    FDT_AT(8),  FDT_AT(9),  FDT_AT(10), FDT_AT(11), FDT_AT(12), FDT_AT(13), FDT_AT(14), FDT_AT(15),
    FDT_AT(16), FDT_AT(17), FDT_AT(18), FDT_AT(19), FDT_AT(20), FDT_AT(21), FDT_AT(22), FDT_AT(23),
    FDT_AT(24), FDT_AT(25), FDT_AT(26), FDT_AT(27), FDT_AT(28), FDT_AT(29), FDT_AT(30), FDT_AT(31),
#undef FDT_AT
};

#endif
