/* For programs that must behave alike with the shim and without it. Each exits
 * with 0 when it saw what the system promises; none looks at a trace. */
#ifndef FDTRACK_TESTS_HOST_H
#define FDTRACK_TESTS_HOST_H

#include "check.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static inline int open_null(void) { return open("/dev/null", O_RDWR | O_CLOEXEC); }

/* Counts what /proc/self/fd shows, without the fd that reads it. */
static inline int count_fds(void) {
  DIR *directory = opendir("/proc/self/fd");
  int count = -1;
  CHECK(directory != NULL);
  for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;)
    count += entry->d_name[0] != '.';
  if (directory != NULL)
    closedir(directory);
  return count;
}

/* The exit status of `child`; 1000 and more: the signal that ended it. */
static inline int reap(pid_t child) {
  int status = 0;
  pid_t got;
  do
    got = waitpid(child, &status, 0);
  while (got == -1 && errno == EINTR);
  CHECK(got == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

#endif
