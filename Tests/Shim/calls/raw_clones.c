/* syscall(2) for the calls that make processes. */
#include "tests.h"

#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#ifndef SYS_clone3
#define SYS_clone3 435
#endif

static uint64_t tables_lost(void) { return traced()->header->losses[FDT_LOSS_TABLES]; }

static pid_t by_clone(uint64_t flags, int *pidfd) {
  return (pid_t)syscall(SYS_clone, flags | SIGCHLD, 0, pidfd, 0, 0);
}

static pid_t by_clone3(uint64_t flags, int *pidfd) {
  struct clone_args arguments = {.flags = flags, .pidfd = (uintptr_t)pidfd, .exit_signal = SIGCHLD};
  return (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
}

#ifdef SYS_fork
static pid_t by_fork(uint64_t flags, int *pidfd) {
  (void)flags, (void)pidfd;
  return (pid_t)syscall(SYS_fork);
}
#endif

/* Each returns twice. */
typedef pid_t maker(uint64_t flags, int *pidfd);

/* The child does nothing before its parent has given a number of both to something else. */
static const struct fdt_process *check_copy(maker *make, uint64_t flags, int *pidfd) {
  struct legacy legacy = legacy_make();
  int go[2];
  CHECK(pipe(go) == 0);
  const struct fdt_live inherited = *entry_of(legacy.kept);
  uint32_t processes = trace_process_count(traced());
  pid_t child = make(flags, pidfd);
  if (child == 0) {
    char byte;
    _exit(read(go[0], &byte, 1) == 1 && close(legacy.private) == 0 ? 2 : 1);
  }
  or_skip(child, "a process by number");
  CHECK(close(legacy.kept) == 0);
  CHECK_EQUAL(open("/dev/zero", O_RDONLY), legacy.kept);
  CHECK(write(go[1], "", 1) == 1);
  CHECK_EQUAL(reap_unseen(child), 2 << 8);
  CHECK_EQUAL(trace_process_count(traced()), processes + 1);
  const struct fdt_process *process = trace_process(traced(), processes + 1);
  CHECK(process != NULL);
  if (process == NULL)
    return own_process();
  const struct fdt_live *entry = trace_live(traced(), process, legacy.kept);
  CHECK(entry != NULL && FDT_LIVE_STATE(entry->state) == FDT_LIVE_OPEN);
  CHECK(entry != NULL && entry->opened_ticks == inherited.opened_ticks);
  CHECK(entry != NULL && entry->via == FDT_VIA_FORK);
  CHECK(entry != NULL && (entry->flags & FDT_FD_UNCERTAIN) == 0);
  check_absent(process, legacy.private);
  CHECK_EQUAL(process->parent, own_ref());
  CHECK_EQUAL(process->how, FDT_HOW_FORK);
  CHECK(is_call(process->born_call, "syscall"));
  CHECK(process->born_stack != 0);
  CHECK_EQUAL(process->closed, 1);
  CHECK_EQUAL(process->unseen + process->vanished, 0);
  CHECK_EQUAL(process->end_kind, FDT_END_EXIT);
  CHECK_EQUAL(process->end_code, 2);
  CHECK_EQUAL(tables_lost(), 0);
  return process;
}

RAW_TEST(clone) { check_copy(by_clone, 0, NULL); }
RAW_TEST(clone3) { check_copy(by_clone3, 0, NULL); }

#ifdef SYS_fork
RAW_TEST(fork) { check_copy(by_fork, 0, NULL); }
#else
RAW_TEST(fork) {}
#endif

/* Of what a child that returns writes to the stack of its parent nothing may remain. */
RAW_TEST(vfork) {
#ifdef SYS_vfork
  pid_t child = (pid_t)syscall(SYS_vfork);
  if (child == 0)
    __asm__ volatile("syscall" : : "a"(SYS_exit_group), "D"(3));
  CHECK_EQUAL(reap_unseen(child), 3 << 8);
  CHECK_EQUAL(tables_lost(), 1);
#endif
}

CASE(raw_clone_into_namespaces) {
  const struct fdt_process *process =
      check_copy(by_clone, CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNET, NULL);
  CHECK_EQUAL(process->pid, 1);
}

CASE(raw_clone_of_a_sibling) {
  pid_t child = fork();
  if (child == 0) {
    pid_t sibling = by_clone(CLONE_PARENT, NULL);
    if (sibling == 0)
      _exit(6);
    CHECK(sibling > 0);
    _exit(waitpid(sibling, NULL, 0) == -1 && CHECKED() == 0 ? 5 : 1);
  }
  CHECK_EQUAL(reap_unseen(child), 5 << 8);
  int status;
  pid_t sibling = waitpid(-1, &status, 0);
  CHECK_EQUAL(status, 6 << 8);
  const struct fdt_process *process = trace_process(traced(), trace_find(traced(), sibling));
  CHECK(process != NULL);
  CHECK(process != NULL && process->parent == trace_find(traced(), child));
  CHECK(process != NULL && process->ppid == (uint32_t)getpid());
}

static void check_pidfd(maker *make) {
  int pidfd = -1;
  pid_t child = or_skip(make(CLONE_PIDFD, &pidfd), "CLONE_PIDFD");
  if (child == 0)
    _exit(4);
  check_opened(pidfd, "syscall", FDT_KIND_PIDFD, FDT_OWNER_RAW);
  CHECK_EQUAL(reap_unseen(child), 4 << 8);
  check_absent(check_child(child, "syscall", FDT_HOW_FORK, FDT_END_EXIT, 4), pidfd);
}

CASE(raw_clone_with_pidfd) {
  check_pidfd(by_clone);
  check_pidfd(by_clone3);
}

CASE(raw_clone_with_files) {
  pid_t child = by_clone(CLONE_FILES, NULL);
  if (child == 0)
    _exit(open("/dev/null", O_RDONLY));
  int fd = WEXITSTATUS(reap_unseen(child));
  CHECK_EQUAL(trace_find(traced(), child), 0);
  CHECK_EQUAL(tables_lost(), 1);
  /* What it opened is open here too, and only a snapshot finds it. */
  CHECK(fcntl(fd, F_GETFD) >= 0);
  CHECK(entry_of(fd) == NULL || FDT_LIVE_STATE(entry_of(fd)->state) != FDT_LIVE_OPEN);
  CHECK(close(fd) == 0);
}

CASE(failed_raw_clone) {
  uint64_t opened = own_process()->opened;
  uint32_t processes = trace_process_count(traced());
  CHECK(by_clone(CLONE_THREAD, NULL) == -1 && errno == EINVAL);
  CHECK(by_clone3(CLONE_THREAD, NULL) == -1 && (errno == EINVAL || errno == ENOSYS));
  /* What programs ask for to learn whether there is the call. */
  CHECK(syscall(SYS_clone3, NULL, 0) == -1 && (errno == EINVAL || errno == ENOSYS));
  CHECK(syscall(SYS_clone3, NULL, sizeof(struct clone_args)) == -1 &&
        (errno == EFAULT || errno == ENOSYS));
  for (uint32_t ref = processes + 1; ref <= trace_process_count(traced()); ref++)
    CHECK(trace_process(traced(), ref) == NULL);
  CHECK(open("/dev/null", O_RDONLY) >= 0);
  CHECK_EQUAL(own_process()->opened, opened + 1);
}

#if defined(__x86_64__)
static void on_its_own_stack(void) { _exit(open("/dev/null", O_RDONLY) >= 0 ? 8 : 1); }
#endif

/* It returns to where the program put an address, for the call itself is on no stack of its. */
CASE(raw_clone_with_a_stack) {
#if defined(__x86_64__)
  enum { WORDS = 32 << 10 };
  uintptr_t *stack = mmap(NULL, WORDS * sizeof *stack, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  CHECK(stack != MAP_FAILED);
  stack[WORDS - 2] = (uintptr_t)on_its_own_stack;
  pid_t child = (pid_t)syscall(SYS_clone, SIGCHLD, stack + WORDS - 2, 0, 0, 0);
  CHECK_EQUAL(reap_unseen(child), 8 << 8);
  CHECK(trace_find(traced(), child) != 0);
#endif
}
