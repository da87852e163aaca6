/* The smallest stacks that the system gives: threads of PTHREAD_STACK_MIN, one of
 * which ends the program, and handlers on the smallest alternate stack. */
#include "passing.h"

#include <alloca.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>

enum { OWN = 6144 };

static volatile int handled;

static void work(void) {
  int pair[2], ends[2], fd = open_null(), received;
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) != 0)
    return;
  send_fd(ends[1], fd);
  received = receive_fd(ends[0]);
  if (received < 0 || close(received) != 0 || close(ends[0]) != 0 || close(ends[1]) != 0)
    return;
  if (pipe(pair) == 0 && dup2(fd, pair[0]) == pair[0] && close(pair[1]) == 0 &&
      close(pair[0]) == 0 && close(fd) == 0)
    handled++;
}

static void handler(int number) {
  (void)number;
  work();
}

/* Half of the smallest stack is the program's own: what the shim keeps for a thread, and what it
 * needs for a call, has to fit beside it. */
static __attribute__((noinline)) void work_below(size_t used) {
  volatile char *own = alloca(used);
  own[0] = own[used - 1] = 1;
  work();
  own[0]++;
}

static void *thread(void *last) {
  for (int i = 0; i < 100; i++)
    work_below(i % 2 == 0 ? OWN : 1);
  if (last != NULL)
    exit(CHECKED());
  return NULL;
}

/* A page below that cannot be touched makes an overrun a fault at once. */
static void *guarded(size_t size) {
  size = (size + 4095) & ~4095ul;
  char *base = mmap(NULL, size + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(base != MAP_FAILED && mprotect(base, 4096, PROT_NONE) == 0);
  return base + 4096;
}

static size_t page_up(size_t size) { return (size + 4095) & ~4095ul; }

int main(void) {
  /* The kernel's own frame, and 4 KiB for whatever the handler calls. */
  size_t size = page_up((size_t)MINSIGSTKSZ + 4096);
  stack_t stack = {.ss_sp = guarded(size), .ss_size = size};
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
  CHECK(sigaltstack(&stack, NULL) == 0 && sigaction(SIGUSR1, &action, NULL) == 0);
  for (int i = 0; i < 100; i++)
    raise(SIGUSR1);
  CHECK_EQUAL(handled, 100);

  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  size_t minimum = page_up((size_t)PTHREAD_STACK_MIN);
  for (int i = 0; i < 9; i++) {
    pthread_t id;
    CHECK(pthread_attr_setstack(&attributes, guarded(minimum), minimum) == 0);
    CHECK(pthread_create(&id, &attributes, thread, i < 8 ? NULL : (void *)1) == 0);
    if (i < 8)
      CHECK(pthread_join(id, NULL) == 0);
  }
  for (;;)
    pause(); /* the last thread ends the program */
}
