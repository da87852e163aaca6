/* sigaction(2) and signal(2), for SIGBUS alone: the program finds its own choice, as
 * guard/mapping.h has it. All other signals go straight on. */
#include "hook.h"

#include "after.h"
#include "guard/mapping.h"
#include "kernel/readable.h"
#include "process/loads.h"

#include <sys/syscall.h>

int __sigaction(int number, const struct sigaction *action, struct sigaction *before);
fdt_handler bsd_signal(int number, fdt_handler handler);

#define SIGACTION(name)                                                                            \
  FDT_EXPORT int name(int number, const struct sigaction *action, struct sigaction *before) {      \
    fdt_enter_unstarted();                                                                         \
    if (!fdt_guard_concerns(number))                                                               \
      return fdt_real.name(number, action, before);                                                \
    /* A library in Go sets a handler of SIGBUS, through libc, before it does anything else: by    \
     * that it is known where a program loads one. */                                              \
    if (fdt_recording())                                                                           \
      fdt_loads_met(__builtin_return_address(0));                                                  \
    struct sigaction wanted, found;                                                                \
    if (action != NULL)                                                                            \
      wanted = *action;                                                                            \
    struct fdt_guard_choice choice = fdt_guard_choose(action == NULL ? NULL : &wanted.sa_handler); \
    int result = fdt_real.name(number, action == NULL ? NULL : &wanted, &found);                   \
    if (result != 0) {                                                                             \
      fdt_guard_failed(choice);                                                                    \
      return result;                                                                               \
    }                                                                                              \
    if (fdt_guard_answer(choice, &found.sa_handler))                                               \
      found = (struct sigaction){.sa_handler = SIG_DFL};                                           \
    if (before != NULL)                                                                            \
      *before = found;                                                                             \
    return result;                                                                                 \
  }

SIGACTION(sigaction)
SIGACTION(__sigaction)

/* SIG_ERR is refused by libc, SIG_HOLD (sigset) sets nothing. */
#define SIGNAL(name)                                                                               \
  FDT_EXPORT fdt_handler name(int number, fdt_handler handler) {                                   \
    fdt_enter_unstarted();                                                                         \
    if (!fdt_guard_concerns(number))                                                               \
      return fdt_real.name(number, handler);                                                       \
    bool sets = handler != SIG_ERR && handler != SIG_HOLD;                                         \
    struct fdt_guard_choice choice = fdt_guard_choose(sets ? &handler : NULL);                     \
    fdt_handler found = fdt_real.name(number, handler);                                            \
    if (found == SIG_ERR)                                                                          \
      fdt_guard_failed(choice);                                                                    \
    else                                                                                           \
      fdt_guard_answer(choice, &found);                                                            \
    return found;                                                                                  \
  }

SIGNAL(signal)
SIGNAL(ssignal)
SIGNAL(bsd_signal)
SIGNAL(sysv_signal)
SIGNAL(__sysv_signal)
SIGNAL(sigset)

/* Both addresses may be none. What the kernel reads is copied only where it can be; what it
 * writes it writes itself, and where it cannot (EFAULT) it has set the action nonetheless. */
long fdt_raw_sigaction(const struct fdt_kernel_action *action, struct fdt_kernel_action *before,
                       size_t mask_size) {
  if (action != NULL && !fdt_readable_bytes(action, sizeof *action))
    return fdt_real.syscall(SYS_rt_sigaction, SIGBUS, action, before, mask_size);
  struct fdt_kernel_action wanted;
  if (action != NULL)
    wanted = *action;
  struct fdt_guard_choice choice = fdt_guard_choose(action == NULL ? NULL : &wanted.handler);
  long result = fdt_real.syscall(SYS_rt_sigaction, SIGBUS, action == NULL ? NULL : &wanted, before,
                                 mask_size);
  if (result != 0 && errno != EFAULT)
    fdt_guard_failed(choice);
  if (result == 0 && before != NULL && fdt_guard_answer(choice, &before->handler))
    *before = (struct fdt_kernel_action){.handler = SIG_DFL};
  return result;
}
