/* A vfork child shares the memory of its parent and not its fds. */
#include "host.h"

static char *const no_program[] = {"none", NULL};

static void nested(int kept) {
  pid_t child = vfork();
  if (child == 0) {
    close(kept);
    pid_t grandchild = vfork();
    if (grandchild == 0) {
      open_null();
      _exit(3);
    }
    int status = 0;
    waitpid(grandchild, &status, 0);
    _exit(WEXITSTATUS(status) + 1);
  }
  CHECK_EQUAL(reap(child), 4);
}

static void failing_exec(int kept, int other) {
  pid_t child = vfork();
  if (child == 0) {
    dup2(kept, other);
    dup2(other, 90);
    close(kept);
    execve("/no/such/program", no_program, environ);
    execvp("no-such-program", no_program);
    _exit(errno == ENOENT ? 5 : 6);
  }
  CHECK_EQUAL(reap(child), 5);
}

static void real_exec(void) {
  pid_t child = vfork();
  if (child == 0) {
    dup2(1, 2);
    execl("/bin/sh", "sh", "-c", "exit 8", (char *)NULL);
    _exit(9);
  }
  CHECK_EQUAL(reap(child), 8);
}

int main(void) {
  int kept = open_null(), other = open_null(), before = count_fds();
  for (int round = 0; round < 1000; round++) {
    if (round % 100 == 0)
      real_exec();
    pid_t child = vfork();
    if (child == 0) {
      close(kept);
      open_null();
      _exit(round & 127);
    }
    CHECK_EQUAL(reap(child), round & 127);
  }
  for (int round = 0; round < 100; round++) {
    nested(kept);
    failing_exec(kept, other);
  }
  CHECK_EQUAL(count_fds(), before);
  CHECK(fcntl(kept, F_GETFD) == FD_CLOEXEC && fcntl(90, F_GETFD) == -1);
  CHECK(close(kept) == 0 && close(other) == 0);
  return CHECKED();
}
