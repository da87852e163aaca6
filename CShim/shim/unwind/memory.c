#include "memory.h"

#include <errno.h>
#include <stdatomic.h>

#include "../kernel/syscall.h"

#define MAX_GAP   (256u * FDT_PAGE) /* farther pages are not joined to a run */
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

void fdt_memory_stop_asking(void) { atomic_store_explicit(&way, ASK_NOBODY, memory_order_relaxed); }

bool fdt_memory_readable(uintptr_t address) {
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

bool fdt_memory_cover(struct fdt_memory *memory, uintptr_t address) {
  uintptr_t page = address & ~(uintptr_t)(FDT_PAGE - 1);
  if (page >= memory->lo && page < memory->hi)
    return true;
  if (memory->lo == memory->hi) {
    if (!fdt_memory_readable(page))
      return false;
    memory->lo = page;
    memory->hi = page + FDT_PAGE;
    return true;
  }
  struct fdt_memory grown = *memory;
  if (page >= memory->hi && page - memory->hi < MAX_GAP) {
    for (; grown.hi <= page; grown.hi += FDT_PAGE)
      if (!fdt_memory_readable(grown.hi))
        return false;
  } else if (page < memory->lo && memory->lo - page <= MAX_GAP) {
    for (; grown.lo > page; grown.lo -= FDT_PAGE)
      if (!fdt_memory_readable(grown.lo - FDT_PAGE))
        return false;
  } else {
    return false;
  }
  *memory = grown;
  return true;
}

bool fdt_memory_copy8(uintptr_t address, uint8_t bytes[8]) {
  if (address > UINTPTR_MAX - 8 || !fdt_memory_readable(address))
    return false;
  __builtin_memcpy(bytes, (const void *)address, 8);
  return true;
}

bool fdt_memory_read_outside(struct fdt_memory *memory, uintptr_t address, uintptr_t *value) {
  if (address > UINTPTR_MAX - FDT_PAGE)
    return false;
  if (fdt_memory_cover(memory, address) && fdt_memory_cover(memory, address + 7) &&
      address >= memory->lo && memory->hi - address >= sizeof(*value)) {
    __builtin_memcpy(value, (const void *)address, sizeof(*value));
    return true;
  }
  return fdt_memory_copy8(address, (uint8_t *)value);
}
