/* Starts a program as Go does: past libc, with the environment that the kernel gave it, whatever
 * libc's has become since. Linked statically it is a program that no preload gets into.
 *
 *   passes_first_environment PROGRAM ARGUMENTS   waits for it, and ends with its status */
#include "fixture.h"

#include "../shim/kernel/syscall.h"

#include <signal.h>
#include <sys/wait.h>

int main(int argc, char **argv) {
  int status = 0;
  if (argc < 2)
    return 2;
  /* The kernel puts it behind the arguments. */
  char **environment = argv + argc + 1;
  pid_t child = (pid_t)fdt_syscall5(SYS_clone, SIGCHLD, 0, 0, 0, 0);
  if (child == 0) {
    fdt_syscall3(SYS_execve, argv[1], argv + 1, environment);
    fdt_syscall1(SYS_exit_group, 99);
  }
  must(child > 0 && waitpid(child, &status, 0) == child, "waitpid");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
