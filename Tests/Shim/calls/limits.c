/* How many descriptors there may be. */
#include "tests.h"

#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void check_limits(const struct fdt_process *process, uint64_t soft, uint64_t hard) {
  CHECK_EQUAL(process->fd_limit, soft);
  CHECK_EQUAL(process->fd_limit_hard, hard);
}

/* The limit lowered, and raised again. */
#define SETS(test, call, limits, ...)                                                              \
  test {                                                                                           \
    struct limits limit = {200, 400};                                                              \
    CHECK(call(__VA_ARGS__) == 0);                                                                 \
    check_limits(own_process(), 200, 400);                                                         \
    limit.rlim_cur = 300;                                                                          \
    CHECK(call(__VA_ARGS__) == 0);                                                                 \
    check_limits(own_process(), 300, 400);                                                         \
  }

SETS(TEST(setrlimit), setrlimit, rlimit, RLIMIT_NOFILE, &limit)
SETS(TEST(setrlimit64), setrlimit64, rlimit64, RLIMIT_NOFILE, &limit)
SETS(TEST(prlimit), prlimit, rlimit, 0, RLIMIT_NOFILE, &limit, NULL)
SETS(TEST(prlimit64), prlimit64, rlimit64, getpid(), RLIMIT_NOFILE, &limit, NULL)
SETS(RAW_TEST(setrlimit), syscall, rlimit, SYS_setrlimit, RLIMIT_NOFILE, &limit)
SETS(RAW_TEST(prlimit64), syscall, rlimit, SYS_prlimit64, 0, RLIMIT_NOFILE, &limit, NULL)

CASE(failed_setrlimit) {
  uint64_t soft = own_process()->fd_limit, hard = own_process()->fd_limit_hard;
  struct rlimit limit = {10, 5};
  CHECK(setrlimit(RLIMIT_NOFILE, &limit) == -1 && errno == EINVAL);
  CHECK(prlimit(0, RLIMIT_NOFILE, &limit, NULL) == -1 && errno == EINVAL);
  CHECK(prlimit(0, RLIMIT_NOFILE, NULL, &limit) == 0 && limit.rlim_cur == soft);
  limit = (struct rlimit){0, 0};
  CHECK(setrlimit(RLIMIT_CORE, &limit) == 0);
  check_limits(own_process(), soft, hard);
}

/* It has asked for its own limit by now. */
static pid_t waiting_child(void) {
  _Atomic int *ready =
      mmap(NULL, sizeof *ready, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pid_t child = fork();
  if (child == 0) {
    *ready = 1;
    pause();
    _exit(1);
  }
  while (child > 0 && *ready == 0)
    usleep(100);
  munmap((void *)ready, sizeof *ready);
  return child;
}

/* Killed, so that it tells nothing itself. */
static void end(pid_t child) {
  CHECK(kill(child, SIGKILL) == 0);
  CHECK_EQUAL(reap_unseen(child), SIGKILL);
}

CASE(limit_of_a_child) {
  uint64_t soft = own_process()->fd_limit, hard = own_process()->fd_limit_hard;
  pid_t child = waiting_child();
  CHECK(prlimit(child, RLIMIT_NOFILE, &(struct rlimit){100, 150}, NULL) == 0);
  check_limits(trace_process(traced(), trace_find(traced(), child)), 100, 150);
  check_limits(own_process(), soft, hard);
  end(child);
}

CASE(limit_of_a_stranger) {
  uint64_t soft = own_process()->fd_limit, hard = own_process()->fd_limit_hard;
  pid_t first = waiting_child(), second = fork();
  if (second == 0)
    _exit(prlimit(first, RLIMIT_NOFILE, &(struct rlimit){100, 150}, NULL) == 0 ? 0 : 1);
  CHECK_EQUAL(reap_unseen(second), 0);
  check_limits(trace_process(traced(), trace_find(traced(), first)), soft, hard);
  end(first);
}

CASE(limit_of_a_vfork_child) {
  uint64_t soft = own_process()->fd_limit, hard = own_process()->fd_limit_hard;
  pid_t child = vfork();
  if (child == 0)
    _exit(setrlimit(RLIMIT_NOFILE, &(struct rlimit){100, 150}) == 0 ? 0 : 1);
  CHECK_EQUAL(reap_unseen(child), 0);
  check_limits(trace_process(traced(), trace_find(traced(), child)), 100, 150);
  check_limits(own_process(), soft, hard);
}
