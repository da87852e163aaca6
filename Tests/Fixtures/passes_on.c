/* A program that starts others with files of which it forgot some and passes
 * others on by design. Each file has the name of its case, in the current folder.
 *
 *   passes_on */
#include "fixture.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

extern char **environ;

static char *const helper[] = {"/bin/true", NULL};

static OUT_OF_LINE int make(const char *name, int flags) {
  int fd = open(name, O_CREAT | O_RDWR | flags, 0600);
  must(fd >= 0, name);
  return fd;
}

static OUT_OF_LINE void reap(pid_t pid) {
  int status;
  must(waitpid(pid, &status, 0) == pid && status == 0, "helper");
}

static OUT_OF_LINE void run_by_fork(int clear, int move) {
  pid_t pid = fork();
  must(pid >= 0, "fork");
  if (pid == 0) {
    fcntl(clear, F_SETFD, 0);
    dup2(move, 50);
    execv(helper[0], helper); /* START: fork */
    _exit(127);
  }
  reap(pid);
}

static OUT_OF_LINE void run_by_spawn(int give) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, give, 60);
  pid_t pid;
  must(posix_spawn(&pid, helper[0], &actions, NULL, helper, environ) == 0, "spawn");
  posix_spawn_file_actions_destroy(&actions);
  reap(pid);
}

int main(void) {
  make("forgotten", 0); /* LEAK: forgotten */
  int original = make("duplicated", O_CLOEXEC);
  must(dup(original) >= 0, "dup"); /* LEAK: duplicated */
  int here = make("cleared_before", O_CLOEXEC);
  fcntl(here, F_SETFD, 0);
  int clear = make("cleared_in_child", O_CLOEXEC);
  int move = make("moved", O_CLOEXEC);
  int give = make("given", O_CLOEXEC);
  make("flagged", O_CLOEXEC);
  run_by_fork(clear, move);
  run_by_spawn(give);
  return 0;
}
