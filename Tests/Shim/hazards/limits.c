/* Resource limits, lowered in a running program and before one starts. No limit
 * brings a signal or a failure that the program would not have met alone.
 * audit: none - under some of them there can be no trace. */
#include "host.h"

#include <sys/resource.h>

/* Runs this program again under a limit. */
static int limited(int resource, rlim_t value) {
  pid_t child = fork();
  if (child == 0) {
    struct rlimit limit = {value, value};
    setenv("FDTRACK_OUT", "limited.bin", 1);
    unsetenv("FDTRACK_JOIN");
    if (setrlimit(resource, &limit) == 0)
      execl("/proc/self/exe", "limits", "child", (char *)NULL);
    _exit(99);
  }
  int status = reap(child);
  unlink("limited.bin");
  return status;
}

static int child(void) {
  int fd = open("/dev/null", O_RDWR);
  if (fd >= 0)
    CHECK(close(fd) == 0);
  else
    CHECK(errno == EMFILE);
  return CHECKED() == 0 ? 21 : 1;
}

int main(int argc, char **argv) {
  (void)argv;
  if (argc > 1)
    return child();
  CHECK_EQUAL(limited(RLIMIT_FSIZE, 0), 21);
  CHECK_EQUAL(limited(RLIMIT_FSIZE, 1000000), 21);
  CHECK_EQUAL(limited(RLIMIT_FSIZE, 3 << 20), 21);
  CHECK_EQUAL(limited(RLIMIT_NOFILE, 4), 21);
  CHECK_EQUAL(limited(RLIMIT_AS, 8 << 20), 21);
  CHECK_EQUAL(limited(RLIMIT_AS, 12 << 20), 21);
  CHECK_EQUAL(limited(RLIMIT_STACK, 64 << 10), 21);
  CHECK_EQUAL(limited(RLIMIT_MEMLOCK, 0), 21);

  struct rlimit none = {0, 0};
  CHECK(setrlimit(RLIMIT_FSIZE, &none) == 0);
  for (int i = 0; i < 2000; i++)
    CHECK(close(open_null()) == 0);
  struct rlimit three = {3, 3};
  CHECK(setrlimit(RLIMIT_NOFILE, &three) == 0);
  CHECK(open_null() == -1 && errno == EMFILE);
  return CHECKED();
}
