/* Without debug information, so that a function's name is that of its symbol; the Makefile
 * gives open_file one that is markup. */
#include "bare.h"

#include "../fixture.h"

#include <fcntl.h>

static OUT_OF_LINE void open_file(const char *path) {
  int fd = open(path, O_CREAT | O_WRONLY, 0600);
  must(fd >= 0, "open");
}

void leak_file(const char *path) {
  open_file(path);
  /* No sibling call: this frame stays. */
  __asm__ volatile("");
}
