/* The stack that the calling thread was born on, as opposed to alternate signal
 * stacks and those of coroutines: it stays mapped while the thread lives, so
 * what was found readable once need not be asked for again. */
#ifndef FDT_UNWIND_THREAD_STACK_H
#define FDT_UNWIND_THREAD_STACK_H

#include <stdbool.h>
#include <stdint.h>

/* All zero before first use. */
struct fdt_thread_stack {
  uintptr_t base; /* its upper end, to the byte or a little above; 8-byte aligned */
  uintptr_t lo;   /* [lo, hi) was found readable; hi is above base */
  uintptr_t hi;
  uintptr_t denied; /* from addresses below this, unreadable pages lie between */
};

/* Notes which thread is the main one: the caller, while the shim starts. */
void fdt_thread_stack_start(void);

bool fdt_thread_stack_grow(struct fdt_thread_stack *stack, uintptr_t sp);

/* Whether `sp` is on the thread's stack: all from there to its base can be
 * read. Async-signal-safe. */
static inline bool fdt_thread_stack_holds(struct fdt_thread_stack *stack, uintptr_t sp) {
  if (__builtin_expect(sp >= stack->lo && sp < stack->base, 1))
    return true;
  return sp >= stack->denied && fdt_thread_stack_grow(stack, sp);
}

#endif
