#include "thread_stack.h"

#include <sys/auxv.h>

#include "memory.h"
#include "registers.h"

#define MAX_GROWTH (8u << 20) /* bytes asked for at a time, 2048 system calls */

static uintptr_t main_thread_pointer;
static uintptr_t main_base;

void fdt_thread_stack_start(void) {
  /* The kernel puts the name of the program at the very top of the stack. */
  uintptr_t name = getauxval(AT_EXECFN);
  main_base = (name + FDT_PAGE - 1) & ~(uintptr_t)(FDT_PAGE - 1);
  main_thread_pointer = fdt_thread_pointer();
}

bool fdt_thread_stack_grow(struct fdt_thread_stack *stack, uintptr_t sp) {
  if (stack->base == 0) {
    /* Other threads have their thread descriptor at the top of their stack. */
    uintptr_t thread = fdt_thread_pointer();
    uintptr_t base = thread == main_thread_pointer ? main_base : thread & ~(uintptr_t)7;
    if (base == 0 || !fdt_readable(base - 8))
      return false;
    stack->lo = (base - 8) & ~(uintptr_t)(FDT_PAGE - 1);
    stack->hi = stack->lo + FDT_PAGE;
    stack->base = base;
  }
  const uintptr_t page = sp & ~(uintptr_t)(FDT_PAGE - 1);
  if (sp >= stack->base)
    return false;
  if (page < stack->lo && stack->lo - page > MAX_GROWTH)
    return false;
  uintptr_t lo = stack->lo;
  for (; lo > page; lo -= FDT_PAGE)
    if (!fdt_readable(lo - FDT_PAGE)) {
      stack->denied = page + FDT_PAGE;
      return false;
    }
  stack->lo = lo;
  return true;
}
