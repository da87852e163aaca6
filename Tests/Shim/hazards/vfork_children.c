/* A vfork child shares the memory of its parent and not its fds. */
#include "host.h"

#include <stdio.h>
#include <string.h>

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

/* So many variables that the copy which names the trace needs memory of its own. */
static char **large_environment(void) {
  static char *large[302];
  size_t count = 0;
  for (char **entry = environ; *entry != NULL; entry++)
    if (strncmp(*entry, "LD_PRELOAD=", 11) == 0)
      large[count++] = *entry;
  while (count < 301)
    large[count++] = "FILLING=1";
  return large;
}

/* As a search along PATH does it: what the first try mapped is no more the second one's. */
static void second_exec(void) {
  char **large = large_environment();
  char *const argv[] = {"true", NULL};
  pid_t child = vfork();
  if (child == 0) {
    execve("/no/such/program", argv, large);
    execve("/no/such/program", argv, large);
    execve("/bin/true", argv, large);
    _exit(9);
  }
  CHECK_EQUAL(reap(child), 0);
}

static long pages_mapped(void) {
  long pages = 0;
  FILE *file = fopen("/proc/self/statm", "re");
  CHECK(file != NULL && fscanf(file, "%ld", &pages) == 1 && fclose(file) == 0);
  return pages;
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
  second_exec();
  long mapped = pages_mapped();
  for (int round = 0; round < 20; round++)
    second_exec();
  CHECK_EQUAL(pages_mapped(), mapped);
  CHECK_EQUAL(count_fds(), before);
  CHECK(fcntl(kept, F_GETFD) == FD_CLOEXEC && fcntl(90, F_GETFD) == -1);
  CHECK(close(kept) == 0 && close(other) == 0);
  return CHECKED();
}
