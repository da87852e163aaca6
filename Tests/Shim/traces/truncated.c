/* The trace is truncated by somebody while its hosts write to it: they go on as
 * ever, and SIGBUS is theirs as before. Each host is this program again. */
#include "run.h"

#include <pthread.h>
#include <setjmp.h>
#include <sys/mman.h>
#include <sys/syscall.h>

/* ---- what hosts do ---------------------------------------------------------------- */

static void churn(int times) {
  for (int i = 0; i < times; i++) {
    int pair[2], fd = open("/dev/null", O_RDWR), high = fcntl(fd, F_DUPFD, 100 + i % 1500);
    CHECK(fd >= 0 && high >= 100 && write(high, "x", 1) == 1);
    CHECK(pipe(pair) == 0 && dup2(fd, pair[0]) == pair[0]);
    errno = 0;
    CHECK(close(-1) == -1 && errno == EBADF);
    CHECK(close(fd) == 0 && close(high) == 0 && close(pair[0]) == 0 && close(pair[1]) == 0);
  }
}

static void *churn_in_thread(void *argument) {
  churn(2000);
  return argument;
}

static void lose_the_trace(void) {
  churn(100);
  CHECK(truncate(getenv("FDTRACK_OUT"), 0) == 0);
  churn(100);
}

/* A page of the program's own that has nothing behind it. */
static volatile char *own_hole(void) {
  int fd = memfd_create("hole", 0);
  CHECK(ftruncate(fd, 4096) == 0);
  char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  CHECK(page != MAP_FAILED && ftruncate(fd, 0) == 0 && close(fd) == 0);
  return page;
}

static sigjmp_buf back;
static volatile sig_atomic_t caught, on_other_stack, blocked;
static void *volatile caught_at;
static char other_stack[65536];

static void on_bus(int number, siginfo_t *info, void *context) {
  sigset_t mask;
  char *here = (char *)&mask;
  (void)context;
  pthread_sigmask(SIG_BLOCK, NULL, &mask);
  blocked = sigismember(&mask, SIGBUS) && sigismember(&mask, SIGUSR2);
  on_other_stack = here >= other_stack && here < other_stack + sizeof other_stack;
  caught_at = number == SIGBUS ? info->si_addr : NULL;
  caught++;
  siglongjmp(back, 1);
}

static void catch_bus(int flags) {
  struct sigaction action = {.sa_sigaction = on_bus, .sa_flags = SA_SIGINFO | flags};
  sigaddset(&action.sa_mask, SIGUSR2);
  CHECK(sigaction(SIGBUS, &action, NULL) == 0);
}

/* A fault of the program's own is its own to handle. */
static void check_own_fault(bool other) {
  volatile char *hole = own_hole();
  caught = 0;
  if (sigsetjmp(back, 1) == 0)
    *hole = 1;
  CHECK_EQUAL(caught, 1);
  CHECK(caught_at == hole && blocked && on_other_stack == other);
}

/* ---- the hosts --------------------------------------------------------------------- */

static void with_default(void) { lose_the_trace(); }

static void with_handler(void) {
  catch_bus(0);
  lose_the_trace();
  CHECK_EQUAL(caught, 0);
  check_own_fault(false);
  check_own_fault(false);
}

static void with_later_handler(void) {
  lose_the_trace();
  catch_bus(0);
  check_own_fault(false);
}

static void with_plain_handler(void) { /* no SA_SIGINFO: nothing but the context tells */
  CHECK(signal(SIGBUS, (void (*)(int))abort) == SIG_DFL);
  lose_the_trace();
  CHECK(signal(SIGBUS, SIG_DFL) == (void (*)(int))abort);
}

static void with_handler_once(void) {
  struct sigaction found;
  catch_bus(SA_RESETHAND);
  lose_the_trace();
  CHECK(sigaction(SIGBUS, NULL, &found) == 0 && found.sa_sigaction == on_bus);
  check_own_fault(false);
  CHECK(sigaction(SIGBUS, NULL, &found) == 0 && found.sa_handler == SIG_DFL);
}

static void with_other_stack(void) {
  stack_t stack = {.ss_sp = other_stack, .ss_size = sizeof other_stack};
  CHECK(sigaltstack(&stack, NULL) == 0);
  catch_bus(SA_ONSTACK);
  check_own_fault(true);
  lose_the_trace();
  check_own_fault(true);
}

static void with_threads(void) {
  pthread_t ids[4];
  for (int i = 0; i < 4; i++)
    CHECK(pthread_create(&ids[i], NULL, churn_in_thread, NULL) == 0);
  usleep(2000);
  lose_the_trace();
  for (int i = 0; i < 4; i++)
    CHECK(pthread_join(ids[i], NULL) == 0);
}

static void with_children(void) {
  pid_t before = fork();
  if (before == 0) {
    usleep(20000);
    churn(200);
    _exit(CHECKED());
  }
  lose_the_trace();
  pid_t after = fork(), borrowed = vfork();
  if (borrowed == 0)
    _exit(close(-1) == -1 ? 3 : 4);
  if (after == 0) {
    churn(200);
    _exit(CHECKED());
  }
  CHECK_EQUAL(finish(before), 0);
  CHECK_EQUAL(finish(borrowed), 3);
  CHECK_EQUAL(finish(after), 0);
  CHECK_EQUAL(WEXITSTATUS(system("exit 5")), 5);
}

/* Only half of it goes, and what is read there later is nothing. */
static void with_half(void) {
  churn(100);
  CHECK(truncate(getenv("FDTRACK_OUT"), 1 << 20) == 0);
  churn(100);
  CHECK(truncate(getenv("FDTRACK_OUT"), 4 << 20) == 0);
  churn(100);
}

static void dies_of_own_fault(void) { *own_hole() = 1; }
static void dies_of_own_fault_later(void) {
  lose_the_trace();
  *own_hole() = 1;
}
static void dies_of_raise(void) { raise(SIGBUS); }
static void dies_of_raise_by_choice(void) {
  signal(SIGBUS, SIG_DFL);
  raise(SIGBUS);
}
static void dies_of_raise_later(void) {
  lose_the_trace();
  raise(SIGBUS);
}
static void dies_ignoring(void) { /* the kernel lets nobody ignore a fault */
  signal(SIGBUS, SIG_IGN);
  CHECK(raise(SIGBUS) == 0);
  *own_hole() = 1;
}

static const struct {
  const char *name;
  void (*run)(void);
  int end;
} hosts[] = {
    {"default", with_default, 0},
    {"handler", with_handler, 0},
    {"later handler", with_later_handler, 0},
    {"plain handler", with_plain_handler, 0},
    {"handler once", with_handler_once, 0},
    {"other stack", with_other_stack, 0},
    {"threads", with_threads, 0},
    {"children", with_children, 0},
    {"half", with_half, 0},
    {"own fault", dies_of_own_fault, 1000 + SIGBUS},
    {"own fault later", dies_of_own_fault_later, 1000 + SIGBUS},
    {"raise", dies_of_raise, 1000 + SIGBUS},
    {"raise by choice", dies_of_raise_by_choice, 1000 + SIGBUS},
    {"raise later", dies_of_raise_later, 1000 + SIGBUS},
    {"ignoring", dies_ignoring, 1000 + SIGBUS},
};
enum { HOSTS = sizeof hosts / sizeof hosts[0] };

int main(int argc, char **argv) {
  if (argc > 1) {
    hosts[atoi(argv[1])].run();
    return CHECKED();
  }
  for (int i = 0; i < HOSTS; i++) {
    char number[16];
    snprintf(number, sizeof number, "%d", i);
    int end = finish(start_again("truncated.bin", "4M", number, NULL));
    if (end != hosts[i].end)
      fprintf(stderr, "%s:\n", hosts[i].name);
    CHECK_EQUAL(end, hosts[i].end);
    unlink("truncated.bin");
    unlink("truncated.bin.old");
  }
  return CHECKED();
}
