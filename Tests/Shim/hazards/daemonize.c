/* Daemons by the book: fork, setsid, fork, close all, 0 to 2 onto /dev/null. Many
 * generations, each the child of the one before. */
#include "host.h"

#include <sys/stat.h>

static void leave(pid_t child) {
  if (child != 0)
    _exit(child < 0 ? 9 : 0);
}

static void become_daemon(int report) {
  leave(fork());
  setsid();
  leave(fork());
  umask(0);
  for (int fd = 0; fd < 1024; fd++)
    if (fd != report)
      close(fd);
  if (open("/dev/null", O_RDWR) != 0 || dup(0) != 1 || dup(0) != 2)
    _exit(8);
}

int main(void) {
  int pipe_fds[2];
  char answer[16] = "";
  CHECK(pipe(pipe_fds) == 0);
  pid_t child = fork();
  if (child == 0) {
    dup2(pipe_fds[1], 30);
    for (int generation = 0; generation < 10; generation++)
      become_daemon(30);
    if (daemon(0, 0) != 0)
      _exit(7);
    int fd = open_null();
    bool fine = fd == 3 && count_fds() == 5;
    close(fd);
    _exit(write(30, fine ? "fine" : "odd", fine ? 4 : 3) > 0 ? 0 : 6);
  }
  close(pipe_fds[1]);
  CHECK_EQUAL(reap(child), 0);
  CHECK_EQUAL(read(pipe_fds[0], answer, sizeof answer), 4);
  CHECK(strcmp(answer, "fine") == 0);
  return CHECKED();
}
