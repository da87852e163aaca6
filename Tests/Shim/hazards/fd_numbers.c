/* A program gets the fds that it was given and the lowest free numbers, no others
 * are visible, and none leaks into its children. */
#include "host.h"

#include <spawn.h>

static int list(void) {
  CHECK_EQUAL(count_fds(), 3);
  for (int fd = 3; fd < 40; fd++)
    CHECK_EQUAL(open_null(), fd);
  CHECK(close(17) == 0 && close(5) == 0);
  CHECK_EQUAL(dup(0), 5);
  CHECK_EQUAL(open_null(), 17);
  CHECK_EQUAL(fcntl(0, F_DUPFD, 10), 40);
  CHECK_EQUAL(count_fds(), 41);
  return CHECKED();
}

/* Started with none open, a program's first three opens give 0, 1 and 2, and
 * nobody but the program writes to them. */
static int bare(void) {
  char name[] = "bare-XXXXXX";
  CHECK_EQUAL(open("/dev/null", O_RDWR), 0);
  CHECK_EQUAL(open("/dev/null", O_RDWR), 1);
  int fd = mkstemp(name);
  bool ok = fd == 2 && lseek(fd, 0, SEEK_END) == 0 && open_null() == 3;
  unlink(name);
  return ok ? CHECKED() : 1;
}

static void run(char *what, bool keep) {
  char *arguments[] = {"/proc/self/exe", what, NULL};
  posix_spawn_file_actions_t actions;
  pid_t child;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addclosefrom_np(&actions, keep ? 3 : 0);
  CHECK(posix_spawn(&child, arguments[0], &actions, NULL, arguments, environ) == 0);
  posix_spawn_file_actions_destroy(&actions);
  CHECK_EQUAL(reap(child), 0);
}

int main(int argc, char **argv) {
  if (argc > 1)
    return strcmp(argv[1], "list") == 0 ? list() : bare();
  run("list", true);
  run("bare", false);
  return CHECKED();
}
