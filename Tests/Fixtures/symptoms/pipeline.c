/* Feeds a filter through a pipe, closes its end, and waits for an end that never comes.
 *
 *   pipeline HELPER
 *
 * A helper that was started in between has the pipe's write end, too. The reader gives
 * up after a while instead of waiting for ever. */
#include "fixture.h"

#include <poll.h>
#include <spawn.h>

extern char **environ;

static OUT_OF_LINE void open_pipe(int ends[2]) { must(pipe(ends) == 0, "pipe"); }

static OUT_OF_LINE void start_helper(char *path) {
  pid_t pid;
  char *argv[] = {path, NULL};
  must(posix_spawn(&pid, path, NULL, NULL, argv, environ) == 0, path);
  wait_for_file("mailer.pid");
}

static OUT_OF_LINE const char *read_to_end(int fd) {
  char bytes[256];
  struct pollfd end = {.fd = fd, .events = POLLIN};
  while (poll(&end, 1, 500) == 1)
    if (read(fd, bytes, sizeof bytes) == 0)
      return "the end";
  return "no end";
}

int main(int argc, char **argv) {
  must(argc == 2, "usage: pipeline HELPER");
  int ends[2];
  open_pipe(ends);
  start_helper(argv[1]);
  must(write(ends[1], "data\n", 5) == 5, "write");
  close(ends[1]); /* the last writer, or so it thinks */
  printf("pipeline: the reader sees %s\n", read_to_end(ends[0]));
  close(ends[0]);
  return 0;
}
