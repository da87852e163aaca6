/* The one way to a stack. What stands behind it may change as a whole. */
#ifndef FDT_UNWIND_CAPTURE_H
#define FDT_UNWIND_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a walk starts: the caller of an interposed function. Filled by
 * FDT_CALLER() in the body of the exported wrapper itself (compiled with frame
 * pointers), never in a helper that it calls. */
struct fdt_caller {
  uintptr_t pc;    /* return address into the caller            */
  uintptr_t sp;    /* the caller's stack pointer after return   */
  uintptr_t fp;    /* the caller's frame pointer register       */
  uintptr_t frame; /* the wrapper's own __builtin_frame_address(0) */
};

/* Who does something: a call, and its caller. */
struct fdt_act {
  uint16_t call;
  struct fdt_caller caller;
};

#if defined(__x86_64__)
#define FDT_CALLER()                                                                               \
  ((struct fdt_caller){                                                                            \
      (uintptr_t)__builtin_return_address(0), (uintptr_t)__builtin_frame_address(0) + 16,          \
      *(const uintptr_t *)__builtin_frame_address(0), (uintptr_t)__builtin_frame_address(0)})
#elif defined(__aarch64__)
#define FDT_CALLER()                                                                               \
  ((struct fdt_caller){(uintptr_t)__builtin_extract_return_addr(__builtin_return_address(0)),      \
                       (uintptr_t)__builtin_dwarf_cfa(),                                           \
                       *(const uintptr_t *)__builtin_frame_address(0),                             \
                       (uintptr_t)__builtin_frame_address(0)})
#endif

/* Returns the number of the calling thread's stack from `caller` outwards,
 * stored in the trace; 0 when it could not be stored. Never fails otherwise: a
 * stack cut or broken carries a mark (FDT_MARK_*) as its outermost frame, and
 * is counted. Async-signal-safe: no lock, no allocation, no libc call that is
 * not async-signal-safe; may interrupt itself on the same thread. Uses at most
 * 4 KiB of the thread's stack, 1.3 KiB when the code on the way is known, 3 KiB
 * when the stack is learnt. Never reads memory that is not mapped readable. */
uint32_t fdt_capture(const struct fdt_caller *caller);

/* Whether what the caller passes stands on the thread's own stack, above `sp`, so that it can be
 * read. Async-signal-safe. */
bool fdt_on_own_stack(const void *bytes, size_t size, uintptr_t sp);

/* Finds what the unwinder needs of the process (may call dlsym, so not
 * async-signal-safe). Called once, before any capture, while the shim starts. The path
 * of the program is kept as it is, by reference. */
void fdt_capture_start(const char *program);

/* Around dlclose: what was learnt about code addresses is forgotten, and while it
 * is under way nothing is kept, for another thread may load something else at an
 * address just given back before dlclose has returned here. Async-signal-safe. */
void fdt_capture_code_changes(void);
void fdt_capture_code_changed(void);

/* In a fork child: no other thread is inside dlclose any more. */
void fdt_capture_forked(void);

/* From now on captures make no system call: stacks that lead to memory not seen
 * before end there, broken. For programs that may die of a call that they do not
 * make themselves (seccomp). Async-signal-safe. */
void fdt_capture_stop_asking(void);

#endif
