/* Opens COUNT files that nobody closes, goes to the background as daemons do,
 * prints its new pid when its launcher has ended, and waits for the end of its
 * input. */
#include "fixture.h"

#include <fcntl.h>

static OUT_OF_LINE void load(int number) {
  must(open("/dev/null", O_RDONLY) >= 0, "open"); /* LEAK: file */
  (void)number;
}

int main(int argc, char **argv) {
  must(argc == 2, "usage: leaks_and_detaches COUNT");
  for (int i = 0; i < atoi(argv[1]); i++)
    load(i);
  pid_t launcher = getpid();
  must(daemon(1, 1) == 0, "daemon");
  while (getppid() == launcher)
    usleep(1000);
  printf("daemon %d\n", getpid());
  fflush(stdout);
  wait_for_end_of_input();
  return 0;
}
