/* A library whose constructor opens before the shim's has run, and whose
 * destructor closes after the last exit handler. */
#include "host.h"

extern int early_fd;

static void still_open(void) { CHECK(fcntl(early_fd, F_GETFD) == 0); }

int main(void) {
  CHECK(early_fd >= 0 && fcntl(early_fd, F_GETFD) == 0);
  int fd = open_null();
  CHECK(close(fd) == 0);
  atexit(still_open);
  return CHECKED();
}
