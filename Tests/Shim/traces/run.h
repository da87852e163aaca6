/* For the programs that start others with the shim preloaded. They themselves run
 * without it. SHIM and TEST_BUILD name the library and the built tests. */
#ifndef FDTRACK_TESTS_RUN_H
#define FDTRACK_TESTS_RUN_H

#include "check.h"
#include "inspect.h"

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* In a child: what it execs gets the shim, FDTRACK_OUT and FDTRACK_SIZE, where not NULL. */
static inline void preload(const char *shim, const char *out, const char *size) {
  setenv("LD_PRELOAD", shim, 1);
  if (out != NULL)
    setenv("FDTRACK_OUT", out, 1);
  if (size != NULL)
    setenv("FDTRACK_SIZE", size, 1);
}

/* Starts a built test program with the shim. */
static inline pid_t start(const char *program, const char *out, const char *size) {
  pid_t child = fork();
  if (child != 0)
    return child;
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", getenv("TEST_BUILD"), program);
  preload(getenv("SHIM"), out, size);
  execl(path, strrchr(path, '/') + 1, (char *)NULL);
  _exit(99);
}

/* Starts the running program once more, with the shim and one or two arguments. */
static inline pid_t start_again(const char *out, const char *size, const char *first,
                                const char *second) {
  pid_t child = fork();
  if (child != 0)
    return child;
  preload(getenv("SHIM"), out, size);
  execl("/proc/self/exe", program_invocation_short_name, first, second, (char *)NULL);
  _exit(99);
}

/* The exit status; 1000 and more: the signal that ended it. */
static inline int finish(pid_t child) {
  int status = 0;
  CHECK(waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/* Maps the trace that a host left, which is sound, in the place of the one before; its file
 * goes. */
static inline void take_trace(struct trace *trace, const char *path) {
  if (trace->base != NULL)
    munmap((void *)trace->base, trace->size);
  CHECK(trace_map(trace, path));
  unlink(path);
  CHECK_EQUAL(trace_unsound(trace), 0);
}

/* Maps the trace of a host that was just started, once there is one; gives up after a time
 * that no machine takes. */
static inline bool await_trace(struct trace *trace, const char *path) {
  for (int tries = 0; tries < 60000; tries++, usleep(1000))
    if (trace_map(trace, path))
      return true;
  return false;
}

#endif
