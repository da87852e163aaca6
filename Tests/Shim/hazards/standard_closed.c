/* Programs that start without some of the standard descriptors, joined to a trace
 * or beginning one or finding no place for one: what they open gets the free numbers
 * from the lowest on, and holds what they write to it and nothing else. */
#include "host.h"

#include <spawn.h>
#include <sys/stat.h>

/* Bits of `mask`: which of 0, 1 and 2 were closed. */
static void expect_numbers(int mask) {
  int opened[3], count = 0;
  char name[3][16];
  for (int fd = 0; fd < 3; fd++) {
    if ((mask & 1 << fd) == 0)
      continue;
    strcpy(name[count], "std-XXXXXX");
    opened[count] = mkstemp(name[count]);
    if (opened[count++] != fd)
      _exit(2);
  }
  if (open_null() != 3 || count_fds() != 4 || close(3) != 0)
    _exit(3);
  /* Whatever happens next may want to say something on one of them. */
  pid_t child = fork();
  if (child == 0)
    _exit(7);
  if (reap(child) != 7 || system("exit 3") != 3 << 8)
    _exit(4);
  for (int i = 0; i < count; i++) {
    struct stat about;
    if (fstat(opened[i], &about) != 0 || about.st_size != 0 || unlink(name[i]) != 0)
      _exit(5);
  }
}

static void without(int mask, const char *place, bool joins, bool spawned) {
  char text[] = {(char)('0' + mask), '\0'};
  char *arguments[] = {"standard_closed", text, NULL};
  pid_t child = fork();
  if (child == 0) {
    setenv("FDTRACK_OUT", place, 1);
    if (!joins)
      unsetenv("FDTRACK_JOIN");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (int fd = 0; fd < 3; fd++)
      if ((mask & 1 << fd) != 0 &&
          (spawned ? posix_spawn_file_actions_addclose(&actions, fd) : close(fd)) != 0)
        _exit(98);
    if (spawned) {
      pid_t grandchild;
      if (posix_spawn(&grandchild, "/proc/self/exe", &actions, NULL, arguments, environ) != 0)
        _exit(97);
      _exit(reap(grandchild));
    }
    execv("/proc/self/exe", arguments);
    _exit(99);
  }
  CHECK_EQUAL(reap(child), 0);
}

int main(int argc, char **argv) {
  if (argc > 1) {
    expect_numbers(argv[1][0] - '0');
    return 0;
  }
  closefrom(3);
  for (int mask = 0; mask < 8; mask++)
    for (int spawned = 0; spawned < 2; spawned++) {
      without(mask, "own.bin", true, spawned);
      without(mask, "own.bin", false, spawned);
      without(mask & 4, "/no/such/directory/trace", false, spawned);
    }
  return CHECKED();
}
