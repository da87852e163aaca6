/* What one open and its close cost.
 *
 *   pairs dup|open|socket DEPTH COUNT
 *
 * Does COUNT pairs from DEPTH frames below main and prints the nanoseconds of
 * one pair. A short run before the measured one fills caches and tables. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum operation { DUP, OPEN, SOCKET };

static int open_one(enum operation operation) {
  switch (operation) {
  case DUP:
    return dup(STDERR_FILENO);
  case OPEN:
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
  case SOCKET:
    return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  }
  return -1;
}

static void do_pairs(enum operation operation, long count) {
  for (long i = 0; i < count; i++)
    close(open_one(operation));
}

static double now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* Calls itself, so that the work is done `depth` frames further down. */
static __attribute__((noinline)) double measure_below(int depth, enum operation operation,
                                                      long count) {
  if (depth > 0) {
    double result = measure_below(depth - 1, operation, count);
    __asm__ volatile("" ::: "memory"); /* no sibling call */
    return result;
  }
  do_pairs(operation, count / 20 + 100);
  double start = now_ns();
  do_pairs(operation, count);
  return (now_ns() - start) / (double)count;
}

int main(int argc, char **argv) {
  static const char *const names[] = {"dup", "open", "socket"};
  for (int i = 0; argc == 4 && i < 3; i++) {
    if (strcmp(argv[1], names[i]) == 0) {
      printf("%.1f\n", measure_below(atoi(argv[2]), (enum operation)i, atol(argv[3])));
      return 0;
    }
  }
  fprintf(stderr, "usage: pairs dup|open|socket DEPTH COUNT\n");
  return 2;
}
