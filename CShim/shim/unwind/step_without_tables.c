#include "step.h"

#include <sys/auxv.h>

#define SEARCHED 1024u               /* bytes above the stack pointer, see skips_a_frame */
#define DOUBTED  (1u << 14)          /* the same where the call itself tells less        */
#define NEAR     (UINT64_C(1) << 28) /* generated code calls its like at most so far away */

/* Whether a call ends at `pc`, and if it is a direct one, the distance to its target. Generated
 * code may begin where memory does: then what stands before it is taken for nothing. */
static bool ends_in_call(uintptr_t pc, bool *direct, int64_t *distance) {
  uint8_t code[8] = {0};
  if (pc <= FDT_PAGE)
    return false;
  if (!fdt_memory_copy8(pc - 8, code)) {
    const uintptr_t start = pc & ~(uintptr_t)(FDT_PAGE - 1);
    uint8_t first[8];
    if (pc - start >= 8 || !fdt_memory_copy8(start, first))
      return false;
    __builtin_memcpy(code + 8 - (pc - start), first, pc - start);
  }
  return fdt_ends_in_call(code, direct, distance);
}

static bool follows_call(uintptr_t pc) {
  bool direct;
  int64_t distance;
  return ends_in_call(pc, &direct, &distance);
}

static bool has_tables(uintptr_t address) {
  struct fdt_object object;
  struct fdt_fde fde;
  return fdt_object_find(address, &object) && fdt_fde_find(&object, address, &fde);
}

/* How far above the stack pointer to look for a frame between, if the code at `pc` can
 * have been entered by the call that returns to `return_address`; else 0. A direct call
 * to a function with tables cannot: then the frame pointer is still that of a frame
 * farther out, and frames between the two would go missing without a word. One to what
 * lies behind `pc` was to a stub that jumped on, as V8's builtins do, or is of a frame
 * farther out. */
static uintptr_t bytes_to_search(uintptr_t return_address, uintptr_t pc) {
  bool direct;
  int64_t distance;
  if (!ends_in_call(return_address, &direct, &distance))
    return 0;
  if (!direct || fdt_object_holds(pc))
    return SEARCHED; /* perhaps through a PLT entry */
  uintptr_t target = return_address + (uintptr_t)(intptr_t)distance;
  return has_tables(target) ? 0 : target <= pc ? SEARCHED : DOUBTED;
}

/* Whether something between the stack pointer and the frame pointer looks like
 * a return address: then the code at `pc` may keep no frame pointer, and the one
 * there is belongs to a frame farther out. Such code has its own return address
 * close to the stack pointer: `searched` bytes are enough. */
static bool skips_a_frame(uintptr_t sp, uintptr_t fp, uintptr_t pc, uintptr_t searched,
                          struct fdt_memory *memory) {
  if (fp - sp > searched)
    fp = sp + searched;
  for (uintptr_t at = (sp + 7) & ~(uintptr_t)7; at < fp; at += 8) {
    uintptr_t word;
    if (!fdt_memory_read(memory, at, &word))
      return true;
    word = fdt_strip(word);
    bool near = word > FDT_PAGE && word - pc + NEAR < 2 * NEAR;
    if ((near || fdt_object_holds(word)) && follows_call(word))
      return true;
  }
  return false;
}

static enum fdt_step follow_frame_pointer(struct fdt_registers *registers,
                                          struct fdt_memory *memory) {
  const uintptr_t sp = registers->value[FDT_REG_SP];
  uintptr_t fp = registers->value[FDT_REG_FP], outer, pc;
  /* Where a signal struck, the frame may be not yet or no longer set up. */
  if (registers->exact || !fdt_register_known(registers, FDT_REG_FP))
    return FDT_STEP_BROKEN;
  if (fp % FDT_FRAME_POINTER_ALIGNMENT != 0 || fp < sp || fp - sp > FDT_FRAME_MAX)
    return FDT_STEP_BROKEN;
  if (!fdt_memory_cover(memory, sp) || !fdt_memory_cover(memory, fp) ||
      !fdt_memory_cover(memory, fp + 15))
    return FDT_STEP_BROKEN; /* not one stack */
  if (!fdt_memory_read(memory, fp, &outer) || !fdt_memory_read(memory, fp + 8, &pc))
    return FDT_STEP_BROKEN;
  pc = fdt_strip(pc);
  const uintptr_t searched = bytes_to_search(pc, registers->pc);
  if (searched == 0 || skips_a_frame(sp, fp, registers->pc, searched, memory))
    return FDT_STEP_BROKEN;
  registers->known = 0;
  registers->pc = pc;
  fdt_register_set(registers, FDT_REG_FP, outer);
  fdt_register_set(registers, FDT_REG_SP, fp + 16);
  return FDT_STEP_DONE;
}

/* Code that returns at once says itself where it finds its return address, frame pointer or not:
 * it is what the processor does next. Trampolines are such, as those that perf's support in
 * Python makes for each function. */
static enum fdt_step follow_epilogue(struct fdt_registers *registers, struct fdt_memory *memory) {
  uint8_t code[FDT_EPILOGUE_BYTES] = {0};
  struct fdt_epilogue epilogue;
  if (registers->exact)
    return FDT_STEP_BROKEN;
  for (unsigned i = 0; i < FDT_EPILOGUE_BYTES; i += 8)
    if (!fdt_memory_copy8(registers->pc + i, code + i))
      break;
  if (!fdt_epilogue_read(code, &epilogue))
    return FDT_STEP_BROKEN;
  const uintptr_t sp = registers->value[FDT_REG_SP];
  struct fdt_registers caller = *registers;
  if (!fdt_memory_read(memory, sp + epilogue.pc_offset, &caller.pc))
    return FDT_STEP_BROKEN;
  caller.pc = fdt_strip(caller.pc);
  if (!follows_call(caller.pc))
    return FDT_STEP_BROKEN;
  for (uint32_t i = 0; i < epilogue.count; i++) {
    uintptr_t value;
    if (!fdt_memory_read(memory, sp + epilogue.saved[i].offset, &value))
      return FDT_STEP_BROKEN;
    fdt_register_set(&caller, epilogue.saved[i].number, value);
  }
  fdt_register_set(&caller, FDT_REG_SP, sp + epilogue.size);
  *registers = caller;
  return FDT_STEP_DONE;
}

static bool is_restorer(uintptr_t pc) {
  uint8_t code[8], last[8];
  const unsigned rest = FDT_SIGRETURN_SIZE - 8;
  if (!fdt_memory_copy8(pc, code) || !fdt_memory_copy8(pc + rest, last))
    return false;
  return __builtin_memcmp(code, fdt_sigreturn_code, 8) == 0 &&
         __builtin_memcmp(last, fdt_sigreturn_code + rest, 8) == 0;
}

bool fdt_looks_like_frame(uintptr_t pc) { return follows_call(pc) || is_restorer(pc); }

enum fdt_step fdt_step_from_restorer(struct fdt_registers *registers, struct fdt_memory *memory) {
  if (!is_restorer(registers->pc))
    return FDT_STEP_BROKEN;
  const uintptr_t sp = registers->value[FDT_REG_SP];
  struct fdt_registers interrupted;
  interrupted.known = 0;
  if (!fdt_memory_read(memory, sp + FDT_SIGFRAME_PC, &interrupted.pc))
    return FDT_STEP_BROKEN;
  for (unsigned i = 0; i < sizeof(fdt_sigframe_registers) / sizeof(fdt_sigframe_registers[0]);
       i++) {
    uintptr_t value;
    if (!fdt_memory_read(memory, sp + fdt_sigframe_registers[i].offset, &value))
      return FDT_STEP_BROKEN;
    fdt_register_set(&interrupted, fdt_sigframe_registers[i].number, value);
  }
  interrupted.exact = true;
#if FDT_REG_RA == 16
  fdt_register_set(&interrupted, FDT_REG_RA, interrupted.pc);
#endif
  *registers = interrupted;
  return FDT_STEP_DONE;
}

/* Constructors run below the loader's entry point (_dl_start_user), written in
 * assembly without tables. Outside of it there is only the kernel. */
static bool is_in_loader(uintptr_t pc) {
  struct fdt_object object;
  return fdt_object_find(pc, &object) && object.bias == getauxval(AT_BASE);
}

enum fdt_step fdt_step_without_tables(struct fdt_registers *registers, struct fdt_memory *memory) {
  if (fdt_step_from_restorer(registers, memory) == FDT_STEP_DONE)
    return FDT_STEP_DONE;
  if (is_in_loader(registers->pc))
    return FDT_STEP_OUTERMOST;
  if (follow_epilogue(registers, memory) == FDT_STEP_DONE)
    return FDT_STEP_DONE;
  return follow_frame_pointer(registers, memory);
}
