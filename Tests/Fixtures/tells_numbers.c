/* Starts /bin/true with one half of a pair of sockets, whose number it puts into the environment.
 *
 *   tells_numbers VARIABLE fork|spawn|untraced */
#include "fixture.h"

#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>

extern char **environ;

static char *const helper[] = {"/bin/true", NULL};

int main(int argc, char **argv) {
  int pair[2], status;
  char number[16];
  pid_t pid;
  must(argc == 3, "arguments");
  must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "socketpair"); /* OPEN: pair */
  snprintf(number, sizeof number, "%d", pair[1]);
  must(setenv(argv[1], number, 1) == 0, "setenv");
  if (strcmp(argv[2], "spawn") == 0) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addclose(&actions, pair[0]);
    must(posix_spawn(&pid, helper[0], &actions, NULL, helper, environ) == 0, "spawn");
    posix_spawn_file_actions_destroy(&actions);
  } else if ((pid = fork()) == 0) {
    close(pair[0]);
    if (strcmp(argv[2], "untraced") == 0)
      unsetenv("LD_PRELOAD");
    execv(helper[0], helper);
    _exit(127);
  }
  must(pid > 0, "fork");
  close(pair[1]);
  must(waitpid(pid, &status, 0) == pid && status == 0, "helper");
  return 0;
}
