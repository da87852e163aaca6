/* posix_spawn with every file action; a child gets what they say. */
#include "host.h"

#include <signal.h>
#include <spawn.h>

int main(int argc, char **argv) {
  (void)argv;
  if (argc > 1) {
    CHECK_EQUAL(count_fds(), 5);
    CHECK(fcntl(5, F_GETFD) == 0 && fcntl(9, F_GETFD) == 0);
    return CHECKED() == 0 ? 17 : 1;
  }
  char *arguments[] = {"/proc/self/exe", "child", NULL};
  for (int round = 0; round < 50; round++) {
    int hidden = open_null();
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    pid_t child = -1;
    sigemptyset(&none);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addclosefrom_np(&actions, hidden + 1);
    posix_spawn_file_actions_adddup2(&actions, hidden, 20);
    posix_spawn_file_actions_addclosefrom_np(&actions, 21);
    posix_spawn_file_actions_addopen(&actions, 9, "/dev/zero", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, 20, 5);
    posix_spawn_file_actions_adddup2(&actions, 5, 5); /* clears FD_CLOEXEC, nothing else */
    posix_spawn_file_actions_addclose(&actions, 20);
    for (int fd = 3; fd < 9; fd++)
      if (fd != 5)
        posix_spawn_file_actions_addclose(&actions, fd);
    CHECK_EQUAL(posix_spawn(&child, arguments[0], &actions, &attributes, arguments, environ), 0);
    CHECK_EQUAL(reap(child), 17);
    CHECK_EQUAL(posix_spawnp(&child, "no-such-program", &actions, NULL, arguments, environ),
                ENOENT);
    posix_spawn_file_actions_destroy(&actions);
    CHECK(close(hidden) == 0);
  }
  return CHECKED();
}
