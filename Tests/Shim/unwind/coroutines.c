/* Captures on stacks that are not the thread's own and that come and go. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "check.h"

#define COROUTINES 8

static ucontext_t scheduler, coroutines[COROUTINES];
static volatile unsigned sink;
static int current;

static void yield(void) {
  int self = current;
  swapcontext(&coroutines[self], &scheduler);
}

NOINLINE static void down(unsigned n) {
  volatile char block[100];
  block[n % 100] = 1;
  probe();
  if (n > 0) {
    down(n - 1);
    yield();
    probe();
  }
  sink += (unsigned)block[0];
}

static void body(int n) {
  for (int i = 0; i < 3; i++)
    down((unsigned)(n + i));
}

static void start(int n, char *stack, size_t size) {
  getcontext(&coroutines[n]);
  coroutines[n].uc_stack.ss_sp = stack;
  coroutines[n].uc_stack.ss_size = size;
  coroutines[n].uc_link = &scheduler;
  makecontext(&coroutines[n], (void (*)(void))body, 1, n);
}

static void resume_all(void) {
  for (current = 0; current < COROUTINES; current++) {
    swapcontext(&scheduler, &coroutines[current]);
    probe();
  }
}

static void run_some(int round) {
  char *stacks[COROUTINES];
  size_t sizes[COROUTINES];
  for (int i = 0; i < COROUTINES; i++) {
    sizes[i] = 4096u * (size_t)(8 + (round * 7 + i * 3) % 20);
    stacks[i] = mmap(NULL, sizes[i], PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    start(i, stacks[i], sizes[i]);
  }
  for (int step = 0; step < 3; step++)
    resume_all();
  /* Left unfinished: their stacks vanish under whoever remembers them. */
  for (int i = 0; i < COROUTINES; i++)
    munmap(stacks[i], sizes[i]);
}

static void *run_in_thread(void *argument) {
  for (int round = 0; round < 20; round++)
    run_some(round);
  return argument;
}

int main(void) {
  for (int round = 0; round < 40; round++)
    run_some(round);
  expect_all_equal("Coroutines are walked to their start, wherever their stacks were", 0);
  pthread_t thread;
  pthread_create(&thread, NULL, run_in_thread, NULL);
  pthread_join(thread, NULL);
  expect_all_equal("Also in a thread whose own stack is near theirs", 0);
  return finish();
}
