#include "mapping.h"

#include "hooks/originals.h"
#include "kernel/syscall.h"
#include "process/thread.h"
#include "start.h"

#include <sys/mman.h>
#include <ucontext.h>

/* In entry_*.S: calls fdt_guard_caught, then goes on at the handler it returns,
 * with registers and stack as the kernel left them. */
void fdt_guard_entry(int number);
uintptr_t fdt_guard_caught(int number, siginfo_t *info, ucontext_t *context);

/* The program never chose: the default, without flags. No handler has this address. */
#define NEVER_CHOSEN UINTPTR_MAX

static bool armed;     /* written while starting */
static uintptr_t base; /* of the mapping; written while starting */
static uint64_t size;
/* By the program, while the kernel has our entry; inverted, so that it is 0 at first. */
static uintptr_t inverted_choice;

static uintptr_t chosen(void) { return ~__atomic_load_n(&inverted_choice, __ATOMIC_ACQUIRE); }
static void choose(fdt_handler handler) {
  __atomic_store_n(&inverted_choice, ~(uintptr_t)handler, __ATOMIC_RELEASE);
}

/* The thread met a page that was gone. It cannot meet another: what looks like
 * one is an older fault's address, in a signal that somebody sent. */
static __thread bool survived __attribute__((tls_model("initial-exec")));

void fdt_guard_mapping(const void *mapped, uint64_t bytes) {
  base = (uintptr_t)mapped;
  __atomic_store_n(&size, bytes, __ATOMIC_RELEASE);
}

void fdt_guard_start(void) {
  struct sigaction action;
  if (fdt_real.sigaction == NULL || fdt_real.sigaction(SIGBUS, NULL, &action) != 0)
    return;
  armed = true;
  if (action.sa_handler == SIG_IGN)
    return;
  if (action.sa_handler == SIG_DFL)
    action = (struct sigaction){.sa_flags = SA_SIGINFO | SA_ONSTACK};
  else
    choose(action.sa_handler); /* by a constructor before ours */
  action.sa_handler = fdt_guard_entry;
  fdt_real.sigaction(SIGBUS, &action, NULL);
}

/* ---- a SIGBUS -------------------------------------------------------------------- */

static long kernel_sigaction(const struct fdt_kernel_action *action,
                             struct fdt_kernel_action *before) {
  return fdt_syscall4(SYS_rt_sigaction, SIGBUS, action, before, sizeof action->mask);
}

/* The address of a fault; siginfo has it too, but only where SA_SIGINFO asks for that. */
static uintptr_t fault_address(const siginfo_t *info, const ucontext_t *context) {
#if defined(__x86_64__)
  enum { PAGE_FAULT = 14 };
  const greg_t *registers = context->uc_mcontext.gregs;
  (void)info;
  return registers[REG_TRAPNO] == PAGE_FAULT ? (uintptr_t)registers[REG_CR2] : 0;
#else
  struct fdt_kernel_action action;
  if (context->uc_mcontext.fault_address != 0)
    return context->uc_mcontext.fault_address;
  /* qemu's user mode does not tell it there. */
  bool told = !fdt_failed(kernel_sigaction(NULL, &action)) && (action.flags & SA_SIGINFO) != 0;
  return told && info->si_code > 0 ? (uintptr_t)info->si_addr : 0;
#endif
}

/* Recording goes on into nothing until its threads have noticed that it is over. */
static bool cut_off(void) {
  long result = fdt_syscall6(SYS_mmap, (long)base, (long)size, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
  if (fdt_failed(result))
    return false;
  survived = true;
  fdt_stop();
  /* SA_RESETHAND has reset what was not the program's signal. */
  struct fdt_kernel_action action;
  if (!fdt_failed(kernel_sigaction(NULL, &action)) && action.handler == SIG_DFL) {
    action.handler = fdt_guard_entry;
    kernel_sigaction(&action, NULL);
  }
  return true;
}

/* As if nobody had caught it: again, once the handler has returned. */
static void take_default(int number, siginfo_t *info) {
  struct fdt_kernel_action fall = {.handler = SIG_DFL}, before;
  if (fdt_failed(kernel_sigaction(&fall, &before)))
    return;
  long pid = fdt_syscall0(SYS_getpid), tid = fdt_syscall0(SYS_gettid);
  if ((before.flags & SA_SIGINFO) == 0 ||
      fdt_failed(fdt_syscall4(SYS_rt_tgsigqueueinfo, pid, tid, number, info)))
    fdt_syscall3(SYS_tgkill, pid, tid, number);
}

uintptr_t fdt_guard_caught(int number, siginfo_t *info, ucontext_t *context) {
  uintptr_t address = fault_address(info, context);
  if (!survived && address - base < __atomic_load_n(&size, __ATOMIC_ACQUIRE) && cut_off())
    return 0;
  uintptr_t handler = chosen();
  if (handler != NEVER_CHOSEN && handler != (uintptr_t)SIG_DFL)
    return handler;
  take_default(number, info);
  return 0;
}

/* ---- what the program sees --------------------------------------------------------- */

bool fdt_guard_concerns(int number) { return number == SIGBUS && armed; }

struct fdt_guard_choice fdt_guard_choose(fdt_handler *handler) {
  struct fdt_guard_choice choice = {.before = (fdt_handler)chosen()};
  /* A vfork child has signals of its own, but not this memory: it is left alone. */
  if (handler == NULL || *handler == SIG_IGN || fdt_thread.vfork_process != 0)
    return choice;
  choose(*handler);
  *handler = fdt_guard_entry;
  choice.changed = true;
  return choice;
}

void fdt_guard_failed(struct fdt_guard_choice choice) {
  if (choice.changed)
    choose(choice.before);
}

bool fdt_guard_answer(struct fdt_guard_choice choice, fdt_handler *handler) {
  if (*handler != fdt_guard_entry)
    return false;
  bool never = (uintptr_t)choice.before == NEVER_CHOSEN;
  *handler = never ? SIG_DFL : choice.before;
  return never;
}
