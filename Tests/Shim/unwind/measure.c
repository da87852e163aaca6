/* Prints what a capture costs, warm, at several depths; no test. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static volatile unsigned sink;
static double best;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

NOINLINE static int wrapped_dup(int fd) {
  probe_only();
  return (int)syscall(SYS_dup, fd);
}
NOINLINE static int wrapped_close(int fd) {
  probe_only();
  return (int)syscall(SYS_close, fd);
}

NOINLINE static void pairs(int rounds) {
  for (int i = 0; i < rounds; i++)
    wrapped_close(wrapped_dup(0));
}
NOINLINE static void captures(int rounds) {
  for (int i = 0; i < rounds; i++) {
    sink += probe_only();
    sink += probe_only();
  }
}

NOINLINE static void at_depth(unsigned n, void (*run)(int), int rounds) {
  volatile char block[40];
  block[0] = 1;
  if (n > 0) {
    at_depth(n - 1, run, rounds);
  } else {
    double start = now();
    run(rounds);
    double spent = (now() - start) / rounds;
    if (best == 0 || spent < best)
      best = spent;
  }
  sink += (unsigned)block[0];
}

int main(void) {
  const unsigned depths[] = {5, 15, 30, 60};
  for (unsigned i = 0; i < 4; i++) {
    best = 0;
    for (int round = 0; round < 15; round++)
      at_depth(depths[i] - 5, captures, 50000);
    printf("depth %2u: %.1f ns a capture\n", depths[i], best / 2);
  }
  for (unsigned i = 0; i < 4; i++) {
    best = 0;
    for (int round = 0; round < 15; round++)
      at_depth(depths[i] - 5, pairs, 20000);
    printf("depth %2u: %.1f ns a dup and close, captured twice\n", depths[i], best);
  }
  return 0;
}
