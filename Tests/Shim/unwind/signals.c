/* Captures in signal handlers: at chosen points, on alternate stacks, and at
 * whatever instruction a timer strikes, the unwinder's own among them. */
#define _GNU_SOURCE
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "fakes.h"

static volatile unsigned sink;
static volatile sig_atomic_t struck;
static sigjmp_buf back;

static void compare(int number) {
  int saved = errno;
  (void)number;
  probe();
  struck++;
  errno = saved;
}

static void leave(int number) {
  (void)number;
  probe_only();
  siglongjmp(back, 1);
}

static void install(int number, void (*handler)(int), int flags) {
  struct sigaction action;
  memset(&action, 0, sizeof(action));
  action.sa_handler = handler;
  action.sa_flags = flags;
  sigaction(number, &action, NULL);
}

NOINLINE static void raise_at(unsigned depth) {
  volatile char block[40];
  block[0] = 1;
  if (depth == 0)
    raise(SIGUSR1);
  else
    raise_at(depth - 1);
  sink += (unsigned)block[0];
}

NOINLINE static void fault(volatile int *address) {
  *address = 1;
  sink++;
}

static void skip_fault(int number, siginfo_t *info, void *context) {
  (void)number;
  (void)context;
  probe();
  mprotect(info->si_addr, 4096, PROT_READ | PROT_WRITE);
}

static int order(const void *a, const void *b) {
  return *(const int *)a < *(const int *)b ? -1 : *(const int *)a > *(const int *)b;
}

NOINLINE static unsigned branchy(unsigned n) {
  char text[64];
  if (n < 2)
    return n;
  if (n % 7 == 0)
    snprintf(text, sizeof(text), "%u %f", n, (double)n / 3);
  return branchy(n - 1) + branchy(n - 2) + (unsigned)(n % 3 == 0);
}

/* Ordinary work in the program and in libc, for `seconds`. */
static void work(double seconds, int capturing) {
  struct timespec start, now;
  int values[300];
  clock_gettime(CLOCK_MONOTONIC, &start);
  do {
    for (int i = 0; i < 300; i++)
      values[i] = (int)(sink + (unsigned)(i * 7919)) % 1000;
    qsort(values, 300, sizeof(int), order);
    sink += branchy(12);
    sink += (unsigned)(sin((double)sink) * 100);
    char *block = malloc(sink % 5000 + 1);
    memset(block, 1, sink % 5000 + 1);
    sink += (unsigned)strlen("some text of some length") + (unsigned)block[0];
    free(block);
    if (capturing)
      for (int i = 0; i < 200; i++)
        sink += probe_only();
    clock_gettime(CLOCK_MONOTONIC, &now);
  } while ((double)(now.tv_sec - start.tv_sec) + (double)(now.tv_nsec - start.tv_nsec) / 1e9 <
           seconds);
}

static void tick(long microseconds) {
  struct itimerval every = {{0, microseconds}, {0, microseconds}};
  setitimer(ITIMER_REAL, &every, NULL);
}

static void with_altstack(int on) {
  static char stack[65536];
  stack_t alternate = {.ss_sp = stack, .ss_size = sizeof(stack), .ss_flags = on ? 0 : SS_DISABLE};
  sigaltstack(&alternate, NULL);
}

static void test_chosen_points(void) {
  install(SIGUSR1, compare, 0);
  for (int round = 0; round < 3; round++)
    for (unsigned n = 0; n < 60; n++)
      raise_at(n);
  expect_all_equal("A handler's stack goes on through the code that was interrupted", 0);

  with_altstack(1);
  install(SIGUSR1, compare, SA_ONSTACK);
  for (int round = 0; round < 3; round++)
    for (unsigned n = 0; n < 60; n++)
      raise_at(n);
  expect_all_equal("So does one on an alternate stack", 0);

  struct sigaction action;
  memset(&action, 0, sizeof(action));
  action.sa_sigaction = skip_fault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigaction(SIGSEGV, &action, NULL);
  for (int i = 0; i < 20; i++) {
    void *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    fault(page);
    munmap(page, 4096);
  }
  expect_all_equal("A synchronous fault's address is taken as exact", 0);
  signal(SIGSEGV, SIG_DFL);
}

static void test_timer(void) {
  install(SIGALRM, compare, SA_RESTART);
  tick(97);
  work(2.0, 0);
  tick(0);
  expect(struck > 1000, "The timer struck often");
  expect_all_equal("Stacks from arbitrary instructions are right, or flagged", 1);
  install(SIGALRM, compare, SA_RESTART | SA_ONSTACK);
  tick(97);
  work(1.0, 0);
  tick(0);
  expect_all_equal("Also on an alternate stack", 1);
  install(SIGALRM, compare, SA_RESTART);
  tick(97);
  work(2.0, 1);
  tick(0);
  expect_all_equal("Captures that interrupt captures are right, or flagged", 1);
  install(SIGALRM, compare, SA_RESTART | SA_ONSTACK);
  tick(97);
  work(1.0, 1);
  tick(0);
  expect_all_equal("Also on an alternate stack", 1);
  for (unsigned n = 0; n < 60; n++)
    raise_at(n);
  expect_all_equal("What they interrupted is left in order", 0);
}

static int left;

static void test_longjmp(void) {
  install(SIGALRM, leave, SA_RESTART | SA_NODEFER);
  if (sigsetjmp(back, 1) != 0)
    left++;
  struct itimerval once = {{0, 0}, {0, 50 + left % 50}};
  if (left < 300)
    setitimer(ITIMER_REAL, &once, NULL);
  while (left < 300)
    sink += probe_only(); /* until `leave` jumps out of it */
  tick(0);
  install(SIGUSR1, compare, 0);
  for (int round = 0; round < 2; round++)
    for (unsigned n = 0; n < 60; n++)
      raise_at(n);
  expect_all_equal("A capture left by siglongjmp does no harm to later ones", 0);
}

static void test_processes(void) {
  pid_t child = fork();
  if (child == 0) {
    for (unsigned n = 0; n < 60; n++)
      raise_at(n);
    _exit(tally.mismatch != 0 || tally.equal != 60);
  }
  int status = -1;
  waitpid(child, &status, 0);
  expect(status == 0, "The child of a fork captures rightly");
  static int i; /* not in a register that the child changes */
  for (; i < 50; i++) {
    pid_t spawned = vfork();
    if (spawned == 0) {
      probe();
      _exit(0);
    }
    waitpid(spawned, &status, 0);
    probe();
  }
  expect_all_equal("The child of a vfork and its parent capture rightly", 0);
}

int main(void) {
  test_chosen_points();
  test_timer();
  test_longjmp();
  test_processes();
  return finish();
}
