/* Stacks that are hard to walk: a leak in a signal handler, one in a function
 * that was inlined, and one below a recursion.
 *
 *   deep_stacks DEPTH */
#include "fixture.h"

#include <fcntl.h>
#include <signal.h>

static volatile int calls;

static OUT_OF_LINE int open_in_handler(void) {
  int fd = open("/dev/null", O_RDONLY); /* LEAK: signal */
  calls++;
  return fd;
}

static void on_signal(int number) {
  (void)number;
  must(open_in_handler() >= 0, "open");
}

static OUT_OF_LINE void interrupted(void) {
  raise(SIGUSR1);
  calls++;
}

static inline __attribute__((always_inline)) int open_inlined(void) {
  return open("/dev/null", O_WRONLY); /* LEAK: inlined */
}

static OUT_OF_LINE void outer_of_inlined(void) {
  must(open_inlined() >= 0, "open"); /* CALL: inlined */
}

static OUT_OF_LINE int descend(int depth) {
  if (depth == 0)
    return open("/dev/null", O_RDWR); /* LEAK: deep */
  int fd = descend(depth - 1);
  calls++;
  return fd;
}

int main(int argc, char **argv) {
  must(argc == 2, "usage: deep_stacks DEPTH");
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_signal;
  must(sigaction(SIGUSR1, &action, NULL) == 0, "sigaction");
  interrupted();
  outer_of_inlined();
  must(descend(atoi(argv[1])) >= 0, "open");
  return 0;
}
