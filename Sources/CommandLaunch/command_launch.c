#include "command_launch.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

static void write_pid(char *digits) {
  unsigned pid = (unsigned)getpid();
  for (int i = 7; i >= 0; i--, pid >>= 4)
    digits[i] = "0123456789abcdef"[pid & 15];
}

int command_launch(pid_t *pid, const char *program, char *const arguments[],
                   char *const environment[], const sigset_t *mask, bool ignore_sigchld,
                   char *pid_digits) {
  /* Written by the child into the caller's memory, which vfork shares. */
  volatile int error = 0;
  pid_t child = vfork();
  if (child < 0)
    return errno;
  if (child == 0) {
    if (ignore_sigchld)
      signal(SIGCHLD, SIG_IGN);
    if (pid_digits != NULL)
      write_pid(pid_digits);
    sigprocmask(SIG_SETMASK, mask, NULL);
    execve(program, arguments, environment);
    error = errno;
    _exit(127);
  }
  if (error != 0) {
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
      ;
    return error;
  }
  *pid = child;
  return 0;
}
