/* Captures in many threads at once, on stacks of all sizes. */
#define _GNU_SOURCE
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"

static volatile unsigned sink;

NOINLINE static void down(unsigned n, unsigned width) {
  volatile char block[64];
  block[n % 64] = 1;
  if (n == 0)
    probe();
  else
    for (unsigned i = 0; i < width; i++)
      down(n - 1, n % 3 == 0 ? width : 1);
  sink += (unsigned)block[0];
}

static void *work(void *argument) {
  unsigned rounds = *(unsigned *)argument;
  for (unsigned round = 0; round < rounds; round++)
    for (unsigned n = 0; n < 24; n++)
      down(n, 2);
  return NULL;
}

static void *little(void *argument) {
  (void)argument;
  for (int i = 0; i < 3; i++)
    sink += probe_only();
  return NULL;
}

int main(void) {
  pthread_t threads[16];
  unsigned rounds = 4;
  for (int batch = 0; batch < 5; batch++) {
    for (int i = 0; i < 16; i++)
      pthread_create(&threads[i], NULL, work, &rounds);
    for (int i = 0; i < 16; i++)
      pthread_join(threads[i], NULL);
  }
  expect_all_equal("Threads that capture at once get their own stacks", 0);

  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  int ran = 0;
  if (pthread_attr_setstacksize(&attributes, PTHREAD_STACK_MIN) == 0)
    for (int i = 0; i < 100; i++)
      if (pthread_create(&threads[0], &attributes, little, NULL) == 0)
        ran += pthread_join(threads[0], NULL) == 0;
  expect(ran == 100, "Threads with the smallest stack survive a capture");

  size_t size = 1 << 20;
  char *stack = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  pthread_attr_setstack(&attributes, stack, size);
  rounds = 1;
  for (int i = 0; i < 5; i++) {
    pthread_create(&threads[0], &attributes, work, &rounds);
    pthread_join(threads[0], NULL);
  }
  expect_all_equal("So do threads on a stack of the program's own", 0);
  return finish();
}
