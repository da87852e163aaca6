/* Leaks in two lines of one function, as many in each as it is told.
 *
 *   two_lines FIRST SECOND */
#include "fixture.h"

#include <fcntl.h>

static OUT_OF_LINE void handle(int first, int second) {
  for (int round = 0; round < first; round++)
    must(open("/dev/null", O_RDONLY) >= 0, "open"); /* LEAK: first */
  for (int round = 0; round < second; round++)
    must(open("/dev/null", O_RDONLY) >= 0, "open"); /* LEAK: second */
}

int main(int argc, char **argv) {
  must(argc == 3, "usage: two_lines FIRST SECOND");
  handle(atoi(argv[1]), atoi(argv[2]));
  return 0;
}
