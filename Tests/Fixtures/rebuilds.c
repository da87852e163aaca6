/* Leaks through what optimizers change: functions that they inline, split, copy for one
 * caller, and unroll. No call stands last in its function, where it could become a jump. */
#include "fixture.h"

#include <fcntl.h>
#include <sys/epoll.h>

#define LEAKS 6

static volatile int calls;

/* Inlined, and with _FORTIFY_SOURCE the header's own open is, too. */
static int open_once(const char *path, int flags) {
  int fd = open(path, flags);
  calls++;
  return fd;
}

static int open_with_retry(const char *path, int flags) {
  int fd = -1;
  for (int attempt = 0; attempt < 3 && fd < 0; attempt++)
    fd = open_once(path, flags);
  calls++;
  return fd;
}

/* Its first lines are inlined, the rest is split off. */
static int open_unless(const int *known, const char *path) {
  if (*known > 100)
    return *known;
  char text[64];
  snprintf(text, sizeof text, "%s%d", path, calls);
  int fd = open_with_retry(path, text[0] == '/' ? O_RDONLY : O_WRONLY);
  for (int at = 0; text[at]; at++)
    calls += text[at] & 1;
  return fd;
}

/* Copied for the only flags that it is called with. */
static __attribute__((noinline)) int open_configured(const char *path, int flags, int unused) {
  char text[16];
  (void)unused;
  snprintf(text, sizeof text, "%d", flags);
  int fd = open_with_retry(path, flags);
  return fd + (text[0] == 'x');
}

static int pong(int depth);

static __attribute__((noinline)) int ping(int depth) {
  int fd = depth ? pong(depth - 1) : socket(AF_INET, SOCK_STREAM, 0);
  calls += 1;
  return fd;
}

static __attribute__((noinline)) int pong(int depth) {
  int fd = depth ? ping(depth - 1) : socket(AF_INET, SOCK_DGRAM, 0);
  calls += 2;
  return fd;
}

static int compare_and_leak(const void *a, const void *b) {
  int fd = epoll_create1(0);
  calls++;
  return fd < 0 ? 0 : *(const int *)a - *(const int *)b;
}

int main(int argc, char **argv) {
  int known = 0;
  int numbers[LEAKS + 1] = {3, 1, 2};
  int depth = argc > 1 ? atoi(argv[1]) : 4;
  for (int round = 0; round < LEAKS; round++)
    calls += open_unless(&known, "/dev/null");
  for (int round = 0; round < LEAKS; round++)
    calls += open_configured("/dev/zero", O_RDONLY, round);
  for (int round = 0; round < LEAKS; round++)
    calls += ping(depth);
  qsort(numbers, LEAKS + 1, sizeof numbers[0], compare_and_leak);
  for (int round = 0; round < LEAKS; round++)
    calls += fopen("/dev/full", "w") != NULL;
  return 0;
}
