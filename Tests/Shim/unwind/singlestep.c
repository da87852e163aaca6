/* Every single instruction of some work, lazy binding of its calls included. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

#if defined(__x86_64__)
static volatile int sink;
static unsigned long steps;

static void step(int number) {
  (void)number;
  steps++;
  probe();
}

static int order(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

NOINLINE static void work(void) {
  char text[64];
  char *words[] = {"pear", "apple", "fig", "quince", "plum"};
  qsort(words, 5, sizeof(words[0]), order);
  snprintf(text, sizeof(text), "%d %s %.3f", sink, words[0], 1.5);
  sink += (int)strtol(text, NULL, 10) + strcasecmp(words[1], "FIG") + (int)getpid();
  void *block = malloc(100);
  memset(block, 0, 100);
  free(block);
  sink += (int)time(NULL) + (int)(strstr(text, "app") != NULL);
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
}

static inline __attribute__((always_inline)) void stepping(int on) {
  if (on)
    __asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq" ::: "cc", "memory");
  else
    __asm__ volatile("pushfq; andq $~0x100, (%%rsp); popfq" ::: "cc", "memory");
}

/* With a frame pointer, because the pushes in it move the stack pointer; without
 * a red zone to write over, because it calls others. */
__attribute__((optimize("no-omit-frame-pointer"))) NOINLINE static void step_through_work(void) {
  volatile char block[256];
  block[0] = 0;
  stepping(1);
  work();
  stepping(0);
  sink += block[0];
}

int main(void) {
  struct sigaction action;
  memset(&action, 0, sizeof(action));
  action.sa_handler = step;
  sigaction(SIGTRAP, &action, NULL);
  for (int round = 0; round < 2; round++)
    step_through_work();
  expect(steps > 3000, "Thousands of instructions were stepped through");
  expect_all_equal("Stacks are right at each of them", 1);
  return finish();
}
#else
int main(void) {
  expect(1, "This machine has no flag for single steps");
  return finish();
}
#endif
