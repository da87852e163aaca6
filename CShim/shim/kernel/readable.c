#include "readable.h"

#include "syscall.h"

#include <errno.h>
#include <stdatomic.h>

#define MS_ASYNC_ 1

enum { NOT_CHOSEN, ASK_NOBODY, ASK_SIGPROCMASK, ASK_MSYNC, ASK_MINCORE };
static _Atomic int way; /* relaxed: no other memory depends on it */

/* rt_sigprocmask reads the set before it looks at `how`: with an invalid `how`
 * it answers EFAULT or EINVAL and changes nothing (the idea is abseil's). */
static bool readable_by_sigprocmask(uintptr_t address) {
  return fdt_syscall4(SYS_rt_sigprocmask, -1, address, 0, 8) == -EINVAL;
}

/* valgrind takes both other questions for mistakes of the program's. It knows that it
 * is asked whether it is there (client request 0x1001, valgrind.h) by instructions
 * that otherwise do nothing. */
static bool on_valgrind(void) {
  volatile uint64_t request[6] = {0x1001};
#if defined(__x86_64__)
  uint64_t answer = 0;
  __asm__ volatile("rolq $3, %%rdi\n\trolq $13, %%rdi\n\trolq $61, %%rdi\n\trolq $51, %%rdi\n\t"
                   "xchgq %%rbx, %%rbx"
                   : "+d"(answer)
                   : "a"(request)
                   : "cc", "memory");
#else
  register uint64_t answer __asm__("x3") = 0;
  register volatile uint64_t *where __asm__("x4") = request;
  __asm__ volatile("ror x12, x12, #3\n\tror x12, x12, #13\n\tror x12, x12, #51\n\t"
                   "ror x12, x12, #61\n\torr x10, x10, x10"
                   : "+r"(answer)
                   : "r"(where)
                   : "cc", "memory");
#endif
  return answer != 0;
}

/* At the first question: many programs end without any. */
static int choose(void) {
  /* User-mode emulators look at `how` first and so call everything readable;
   * for them, mapped has to do for readable. */
  int ask = on_valgrind() ? ASK_MINCORE : readable_by_sigprocmask(8) ? ASK_MSYNC : ASK_SIGPROCMASK;
  int chosen = NOT_CHOSEN; /* or meanwhile, by another thread, and that it is not to be asked */
  bool mine = atomic_compare_exchange_strong_explicit(&way, &chosen, ask, memory_order_relaxed,
                                                      memory_order_relaxed);
  return mine ? ask : chosen;
}

void fdt_readable_stop_asking(void) {
  atomic_store_explicit(&way, ASK_NOBODY, memory_order_relaxed);
}

bool fdt_readable(uintptr_t address) {
  uint8_t resident;
  int ask = atomic_load_explicit(&way, memory_order_relaxed);
  switch (ask == NOT_CHOSEN ? choose() : ask) {
  case ASK_SIGPROCMASK:
    return readable_by_sigprocmask(address);
  case ASK_MSYNC:
    return fdt_syscall3(SYS_msync, address & ~(uintptr_t)(FDT_PAGE - 1), FDT_PAGE, MS_ASYNC_) == 0;
  case ASK_MINCORE:
    return fdt_syscall3(SYS_mincore, address & ~(uintptr_t)(FDT_PAGE - 1), FDT_PAGE, &resident) ==
           0;
  default:
    return false;
  }
}
