/* A handler forks on top of open and close; parent and child both go on with what
 * was interrupted.
 * audit: sound - the fd that the interrupted call was about is in between. */
#include "host.h"

#include <signal.h>
#include <sys/time.h>

static volatile sig_atomic_t forks, in_child;

static void handler(int number) {
  int saved = errno;
  (void)number;
  if (in_child)
    return;
  forks++;
  pid_t child = fork();
  if (child == 0) {
    in_child = 1;
    close(open_null());
  } else if (child < 0 || reap(child) != 0) {
    _exit(3);
  }
  errno = saved;
}

int main(void) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
  struct itimerval every = {{0, 500}, {0, 500}};
  CHECK(sigaction(SIGALRM, &action, NULL) == 0);
  CHECK(setitimer(ITIMER_REAL, &every, NULL) == 0);
  /* A child leaves after some more rounds of the same, with 0. */
  for (int rounds = 0; forks < 600 && rounds < 100; rounds += in_child) {
    int fd = open_null(), other = dup(fd);
    if (fd < 0 || other < 0 || close(fd) != 0 || close(other) != 0)
      _exit(4);
  }
  if (in_child)
    _exit(0);
  return CHECKED();
}
