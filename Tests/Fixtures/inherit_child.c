/* The helper that inherit_parent starts: says "child PID" and lives until
 * somebody opens the FIFO named GATE for writing and closes it again.
 *
 *   inherit_child GATE */
#include "fixture.h"

#include <fcntl.h>

static OUT_OF_LINE void wait_at(const char *gate) {
  char byte;
  int fd = open(gate, O_RDONLY);
  must(fd >= 0, "open gate");
  while (read(fd, &byte, 1) > 0)
    ;
  close(fd);
}

int main(int argc, char **argv) {
  must(argc == 2, "usage: inherit_child GATE");
  printf("child %d\n", (int)getpid());
  fflush(stdout);
  wait_at(argv[1]);
  return 0;
}
