#include "readable.h"

#include "syscall.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#define MS_ASYNC_ 1
#define NO_PAGE   UINTPTR_MAX

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

/* `unasked`: what to say where nobody is to be asked. */
static bool ask_for(uintptr_t address, bool unasked) {
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
    return unasked;
  }
}

bool fdt_readable(uintptr_t address) { return ask_for(address, false); }

/* ---- what a program passes on ---------------------------------------------------- */

/* `page`: the one that was found readable last, or NO_PAGE. */
static bool page_readable(uintptr_t address, uintptr_t *page) {
  uintptr_t wanted = address & ~(uintptr_t)(FDT_PAGE - 1);
  if (wanted == *page)
    return true;
  if (!ask_for(wanted, true))
    return false;
  *page = wanted;
  return true;
}

static bool string_readable(uintptr_t string, uintptr_t *page) {
  while (page_readable(string, page)) {
    size_t rest = FDT_PAGE - (string & (FDT_PAGE - 1));
    if (memchr((const void *)string, '\0', rest) != NULL)
      return true;
    string += rest;
  }
  return false;
}

bool fdt_readable_bytes(const void *bytes, size_t size) {
  uintptr_t page = NO_PAGE, first = (uintptr_t)bytes;
  return page_readable(first, &page) && page_readable(first + size - 1, &page);
}

bool fdt_readable_string(const char *string) {
  uintptr_t page = NO_PAGE;
  return string_readable((uintptr_t)string, &page);
}

bool fdt_readable_vector(char *const *vector) {
  uintptr_t page = NO_PAGE, string_page = NO_PAGE;
  for (;; vector++) {
    uintptr_t last = (uintptr_t)vector + sizeof *vector - 1;
    if (!page_readable((uintptr_t)vector, &page) || !page_readable(last, &page))
      return false;
    if (*vector == NULL)
      return true;
    if (!string_readable((uintptr_t)*vector, &string_page))
      return false;
  }
}
