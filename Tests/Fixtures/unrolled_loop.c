/* One call in the source, eight in the machine code: the loop is unrolled. */
#include "fixture.h"

#include <fcntl.h>

static OUT_OF_LINE int open_one(void) { return open("/dev/null", O_RDONLY); /* OPEN: one */ }

int main(void) {
  int last = 0;
#pragma GCC unroll 8
  for (int i = 0; i < 8; i++)
    last += open_one(); /* LEAK: unrolled */
  return last < 0;
}
