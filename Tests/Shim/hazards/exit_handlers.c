/* Handlers and destructors that open and close while the program ends. */
#include "host.h"

static int last = -1;

static void opens(void) { last = open_null(); }
static void closes(void) { CHECK(close(last) == 0); }

__attribute__((constructor)) static void begins(void) { last = open_null(); }

/* After all atexit handlers. */
__attribute__((destructor)) static void ends(void) {
  int fd = open_null();
  if (fd < 0 || close(fd) != 0 || check_failures != 0)
    _exit(1);
}

int main(void) {
  CHECK(last >= 0 && close(last) == 0);
  for (int i = 0; i < 20; i++) {
    atexit(closes);
    atexit(opens);
  }
  pid_t child = fork();
  if (child != 0)
    CHECK_EQUAL(reap(child), 0);
  return CHECKED();
}
