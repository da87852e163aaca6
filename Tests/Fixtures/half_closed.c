/* Reads what a pipe brings, and loses the read end of every sixth. */
#include "fixture.h"

#include <fcntl.h>

static OUT_OF_LINE int start(void) {
  int ends[2];
  must(pipe2(ends, O_CLOEXEC) == 0, "pipe"); /* LEAK: read end */
  must(write(ends[1], "hi", 2) == 2, "write");
  close(ends[1]); /* MARK: write end closed */
  return ends[0];
}

static OUT_OF_LINE int finish(int fd, int request) {
  char bytes[16];
  must(read(fd, bytes, sizeof bytes) == 2, "read");
  if (request % 6 == 2)
    return -1;
  close(fd); /* MARK: read end closed */
  return 0;
}

int main(void) {
  for (int request = 0; request < 60; request++) {
    finish(start(), request);
    usleep(2000);
  }
  return 0;
}
