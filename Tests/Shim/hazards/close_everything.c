/* Programs that close whatever might be open, known or not, in every way there is. */
#include "host.h"

#include <sys/syscall.h>

static void still_works(void) {
  int fd = open_null();
  CHECK_EQUAL(fd, 3);
  pid_t child = fork();
  if (child == 0)
    _exit(count_fds() == 4 ? 0 : 1);
  CHECK_EQUAL(reap(child), 0);
  CHECK(close(fd) == 0);
  CHECK_EQUAL(count_fds(), 3);
}

int main(void) {
  for (int fd = 3; fd < 65536; fd++)
    close(fd);
  still_works();
  CHECK_EQUAL(fcntl(open_null(), F_DUPFD, 500), 500);
  closefrom(3);
  still_works();
  CHECK_EQUAL(fcntl(open_null(), F_DUPFD, 5000), 5000);
  CHECK(close_range(3, ~0u, 0) == 0);
  still_works();
  CHECK_EQUAL(fcntl(open_null(), F_DUPFD, 3000), 3000);
  CHECK(syscall(SYS_close_range, 3, ~0u, 0) == 0);
  still_works();
  closefrom(-1);
  CHECK_EQUAL(open("/dev/null", O_RDWR), 0);
  return CHECKED();
}
