/* wait(2): the parent is told how its children ended, also those that had no
 * chance to record it. */
#include "hook.h"

#include "process/process.h"

#include <sys/wait.h>

static void reaped(pid_t pid, const int *status) {
  if (pid > 0 && status != NULL && fdt_recording())
    fdt_process_reaped((uint32_t)pid, *status);
}

/* A status is asked for even when the program wants none: libc then fills a
 * local one, which no caller can tell. */
#define WAIT(name, parameters, arguments)                                                          \
  FDT_EXPORT pid_t name parameters {                                                               \
    fdt_enter();                                                                                   \
    int mine = 0;                                                                                  \
    int *where = status == NULL ? &mine : status;                                                  \
    pid_t pid = fdt_real.name arguments;                                                           \
    reaped(pid, where);                                                                            \
    return pid;                                                                                    \
  }

WAIT(wait, (int *status), (where))
WAIT(waitpid, (pid_t which, int *status, int options), (which, where, options))
WAIT(wait3, (int *status, int options, struct rusage *usage), (where, options, usage))
WAIT(wait4, (pid_t which, int *status, int options, struct rusage *usage),
     (which, where, options, usage))

FDT_EXPORT int waitid(idtype_t type, id_t id, siginfo_t *info, int options) {
  fdt_enter();
  int result = fdt_real.waitid(type, id, info, options);
  if (result == 0 && info != NULL && info->si_pid > 0 && fdt_recording()) {
    int status = info->si_code == CLD_EXITED ? (info->si_status & 0xff) << 8
                 : info->si_code == CLD_KILLED || info->si_code == CLD_DUMPED
                     ? info->si_status & 0x7f
                     : 0x7f; /* stopped or continued: no end */
    reaped(info->si_pid, &status);
  }
  return result;
}
