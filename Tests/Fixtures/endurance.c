/* Seven leaks at the very start, a long life of clean work, then a sudden death.
 *
 *   endurance PAIRS
 *
 * Opens 4 + 2 + 1 descriptors that stay, then opens and closes PAIRS times, and
 * kills itself with SIGKILL: nothing gets a chance to flush anything. */
#include "fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/eventfd.h>

static OUT_OF_LINE void start_logging(void) {
  must(open("/dev/null", O_WRONLY) >= 0, "open"); /* LEAK: log */
}

static OUT_OF_LINE void start_network(void) {
  must(socket(AF_INET, SOCK_DGRAM, 0) >= 0, "socket"); /* LEAK: network */
}

static OUT_OF_LINE void start_wakeup(void) {
  must(eventfd(0, 0) >= 0, "eventfd"); /* LEAK: wakeup */
}

static OUT_OF_LINE void work_once(void) {
  int fd = open("/dev/null", O_RDONLY); /* CLEAN: work */
  must(fd >= 0, "open");
  close(fd); /* CLOSE: work */
}

int main(int argc, char **argv) {
  must(argc == 2, "usage: endurance PAIRS");
  for (int i = 0; i < 4; i++)
    start_logging();
  for (int i = 0; i < 2; i++)
    start_network();
  start_wakeup();
  for (long i = atol(argv[1]); i > 0; i--)
    work_once();
  raise(SIGKILL);
  return 0;
}
