/* x86_64: register numbers of the psABI, and what else differs by machine. */
#ifndef FDT_UNWIND_REGISTERS_X86_64_H
#define FDT_UNWIND_REGISTERS_X86_64_H

#include <stdint.h>

#define FDT_REG_FP    6  /* rbp */
#define FDT_REG_SP    7  /* rsp */
#define FDT_REG_RA    16 /* rip, as the column of the return address */
#define FDT_REG_COUNT 17

/* A caller's frame needs at least its return address on the stack. */
#define FDT_FRAME_POINTER_ALIGNMENT 8

/* Reads the callee-saved registers at this point of the calling function. */
#define FDT_REGISTERS_HERE(registers)                                                              \
  do {                                                                                             \
    __asm__ volatile("movq %%rbx, 24(%0)\n\t"                                                      \
                     "movq %%rbp, 48(%0)\n\t"                                                      \
                     "movq %%rsp, 56(%0)\n\t"                                                      \
                     "movq %%r12, 96(%0)\n\t"                                                      \
                     "movq %%r13, 104(%0)\n\t"                                                     \
                     "movq %%r14, 112(%0)\n\t"                                                     \
                     "movq %%r15, 120(%0)\n\t"                                                     \
                     "leaq 1f(%%rip), %%rax\n\t"                                                   \
                     "movq %%rax, 128(%0)\n"                                                       \
                     "1:"                                                                          \
                     :                                                                             \
                     : "D"((registers)->value)                                                     \
                     : "rax", "memory");                                                           \
    (registers)->known =                                                                           \
        1u << 3 | 1u << 6 | 1u << 7 | 1u << 12 | 1u << 13 | 1u << 14 | 1u << 15 | 1u << 16;        \
    (registers)->pc = (registers)->value[FDT_REG_RA];                                              \
    (registers)->exact = true;                                                                     \
  } while (0)

/* Code addresses carry no signature. */
static inline uintptr_t fdt_strip(uintptr_t address) { return address; }

/* The base of the thread's static TLS; glibc and musl put it at the upper end
 * of the stack of every thread but the first. */
static inline uintptr_t fdt_thread_pointer(void) {
  uintptr_t pointer;
  __asm__("movq %%fs:0, %0" : "=r"(pointer));
  return pointer;
}

/* Whether the bytes that end at a return address (`code[7]` is the last one)
 * are a call, and if it is a direct one, the distance to its target. */
static inline bool fdt_ends_in_call(const uint8_t code[8], bool *direct, int64_t *distance) {
  static const uint8_t lengths[] = {2, 3, 4, 6, 7};
  if (code[3] == 0xe8) {
    *direct = true;
    *distance = (int32_t)((uint32_t)code[4] | (uint32_t)code[5] << 8 | (uint32_t)code[6] << 16 |
                          (uint32_t)code[7] << 24);
    return true;
  }
  *direct = false;
  for (unsigned i = 0; i < sizeof(lengths); i++) { /* call *r/m64: ff /2 */
    const uint8_t *at = code + 8 - lengths[i];
    unsigned mode = at[1] >> 6, operand = at[1] & 7;
    if (at[0] != 0xff || (at[1] & 0x38) != 0x10)
      continue;
    unsigned length = 2;
    if (mode != 3 && operand == 4)
      length++;
    if (mode == 1)
      length += 1;
    if (mode == 2 || (mode == 0 && operand == 5))
      length += 4;
    if (length == lengths[i])
      return true;
  }
  return false;
}

/* Reads the code at a return address: `add $n, %rsp`, pops and `ret`, each but the last if need
 * be. False when it is anything else. */
static inline bool fdt_epilogue_read(const uint8_t code[FDT_EPILOGUE_BYTES],
                                     struct fdt_epilogue *epilogue) {
  static const uint8_t numbers[] = {0, 2, 1, 3, FDT_REG_SP, FDT_REG_FP, 4, 5}; /* as encoded */
  const uint8_t *at = code, *const end = code + FDT_EPILOGUE_BYTES;
  uint32_t depth = 0;
  if (at[0] == 0x48 && at[1] == 0x83 && at[2] == 0xc4) {
    depth = (uint32_t)(int8_t)at[3];
    at += 4;
  } else if (at[0] == 0x48 && at[1] == 0x81 && at[2] == 0xc4) {
    depth = (uint32_t)at[3] | (uint32_t)at[4] << 8 | (uint32_t)at[5] << 16 | (uint32_t)at[6] << 24;
    at += 7;
  }
  if (depth > FDT_FRAME_MAX) /* or below zero */
    return false;
  epilogue->count = 0;
  for (; at < end - 1 && *at != 0xc3; at++) {
    unsigned more = 0;
    if (*at == 0x41) {
      more = 8;
      at++;
    }
    const unsigned popped = *at - 0x58u;
    if (popped > 7 || more + popped == 4) /* pop %rsp goes elsewhere */
      return false;
    epilogue->saved[epilogue->count].number =
        (uint8_t)(more != 0 ? more + popped : numbers[popped]);
    epilogue->saved[epilogue->count++].offset = depth;
    depth += 8;
  }
  epilogue->pc_offset = depth;
  epilogue->size = depth + 8;
  return *at == 0xc3;
}

/* mov $__NR_rt_sigreturn, %rax; syscall */
#define FDT_SIGRETURN_SIZE 9
static const uint8_t fdt_sigreturn_code[FDT_SIGRETURN_SIZE] = {0x48, 0xc7, 0xc0, 0x0f, 0x00,
                                                               0x00, 0x00, 0x0f, 0x05};

/* Where the kernel's signal frame, met with the stack pointer at the restorer,
 * keeps the registers: bytes above the stack pointer (struct rt_sigframe). */
#define FDT_SIGFRAME_PC (40 + 16 * 8)
static const struct {
  uint8_t number;
  uint16_t offset;
} fdt_sigframe_registers[] = {
    {8, 40},  {9, 48},  {10, 56}, {11, 64}, {12, 72}, {13, 80}, {14, 88}, {15, 96},
    {5, 104}, {4, 112}, {6, 120}, {3, 128}, {1, 136}, {0, 144}, {2, 152}, {7, 160},
};

#endif
