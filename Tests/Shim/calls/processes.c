/* Processes that go on with the same program: fork, vfork, daemon, and their ends. */
#include "kernel/syscall.h"
#include "tests.h"

#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define FORKS(name, how)                                                                           \
  TEST(name) {                                                                                     \
    struct legacy legacy = legacy_make();                                                          \
    pid_t child = name();                                                                          \
    if (child == 0)                                                                                \
      _exit(7);                                                                                    \
    CHECK_EQUAL(reap_unseen(child), 7 << 8);                                                       \
    const struct fdt_process *process = check_child(child, #name, how, FDT_END_EXIT, 7);           \
    check_inherited(process, legacy.kept, FDT_VIA_FORK);                                           \
    check_inherited(process, legacy.private, FDT_VIA_FORK);                                        \
    CHECK_EQUAL(trace_live_count(process), trace_live_count(own_process()));                       \
    CHECK_EQUAL(process->opened, 0);                                                               \
    CHECK_EQUAL(own_process()->end_kind, FDT_END_NONE);                                            \
  }

FORKS(fork, FDT_HOW_FORK)
FORKS(__fork, FDT_HOW_FORK)
FORKS(_Fork, FDT_HOW_FORK)
FORKS(vfork, FDT_HOW_VFORK)
FORKS(__vfork, FDT_HOW_VFORK)

/* fork, daemon in the child: the process that goes on is a grandchild. */
TEST(daemon) {
  struct legacy legacy = legacy_make();
  int pair[2];
  CHECK(pipe(pair) == 0);
  pid_t child = fork();
  if (child == 0) {
    pid_t self = daemon(1, 1) == 0 ? getpid() : -1;
    CHECK(write(pair[1], &self, sizeof self) == sizeof self);
    _exit(4);
  }
  pid_t grandchild = 0;
  CHECK(close(pair[1]) == 0);
  CHECK(read(pair[0], &grandchild, sizeof grandchild) == sizeof grandchild);
  CHECK(read(pair[0], &child, 1) == 0); /* both are gone */
  reap_unseen(child);
  const struct fdt_process *middle = check_child(child, "fork", FDT_HOW_FORK, FDT_END_EXIT, 0);
  uint32_t ref = trace_find(traced(), grandchild);
  const struct fdt_process *process = trace_process(traced(), ref);
  CHECK(process != NULL);
  if (process == NULL)
    return;
  CHECK_EQUAL(process->parent, trace_find(traced(), child));
  CHECK(middle != process);
  CHECK_EQUAL(process->how, FDT_HOW_FORK);
  CHECK(is_call(process->born_call, "daemon"));
  check_inherited(process, legacy.private, FDT_VIA_FORK);
}

#define EXITS(name)                                                                                \
  TEST(name) {                                                                                     \
    struct legacy legacy = legacy_make();                                                          \
    pid_t child = fork();                                                                          \
    if (child == 0) {                                                                              \
      CHECK(close(legacy.kept) == 0);                                                              \
      name(23);                                                                                    \
    }                                                                                              \
    CHECK_EQUAL(reap_unseen(child), 23 << 8);                                                      \
    const struct fdt_process *process =                                                            \
        check_child(child, "fork", FDT_HOW_FORK, FDT_END_EXIT, 23);                                \
    check_absent(process, legacy.kept);                                                            \
    check_inherited(process, legacy.private, FDT_VIA_FORK);                                        \
    CHECK((process->flags & FDT_PROCESS_SNAPSHOT) != 0);                                           \
    CHECK_EQUAL(process->snapshot_open, trace_live_count(process));                                \
    CHECK_EQUAL(process->unseen + process->vanished, 0);                                           \
    CHECK_EQUAL(process->closed, 1);                                                               \
  }

EXITS(_exit)
EXITS(_Exit)
EXITS(quick_exit)

CASE(returned_from_main) {
  struct legacy legacy = legacy_make();
  pid_t child = fork();
  if (child == 0)
    exit(300); /* 44, as wait sees it */
  CHECK_EQUAL(reap_unseen(child), 44 << 8);
  const struct fdt_process *process = check_child(child, "fork", FDT_HOW_FORK, FDT_END_EXIT, 44);
  check_inherited(process, legacy.kept, FDT_VIA_FORK);
  CHECK_EQUAL(process->snapshot_open, trace_live_count(process));
}

CASE(failed_vfork_exec) {
  struct legacy legacy = legacy_make();
  uint64_t opened = own_process()->opened, closed = own_process()->closed;
  pid_t child = vfork();
  if (child == 0) {
    close(legacy.kept);
    dup2(legacy.private, 77);
    execl("/no/such/program", "none", NULL);
    _exit(127);
  }
  CHECK_EQUAL(reap_unseen(child), 127 << 8);
  const struct fdt_process *process = check_child(child, "vfork", FDT_HOW_VFORK, FDT_END_EXIT, 127);
  CHECK_EQUAL(process->flags & FDT_PROCESS_EXEC_PENDING, 0);
  check_absent(process, legacy.kept);
  const struct fdt_live *entry = trace_live(traced(), process, 77);
  CHECK(entry != NULL && FDT_LIVE_STATE(entry->state) == FDT_LIVE_OPEN);
  check_opened(legacy.kept, "open", FDT_KIND_FILE, FDT_OWNER_RAW);
  check_absent(own_process(), 77);
  CHECK_EQUAL(own_process()->opened, opened);
  CHECK_EQUAL(own_process()->closed, closed);
}

enum { RECORDED_DEEP = 4, DEEPEST = 7 };
static pid_t nested[DEEPEST];

static int nest(int level) {
  int fd = open("/dev/null", O_RDONLY | O_CLOEXEC), status = 0;
  if (level < DEEPEST) {
    pid_t child = vfork();
    if (child == 0)
      _exit(nest(level + 1) + 1);
    nested[level] = child;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
  }
  return close(fd) == 0 ? WEXITSTATUS(status) : 99;
}

CASE(nested_vforks) {
  uint64_t opened = own_process()->opened, closed = own_process()->closed;
  CHECK_EQUAL(nest(0), DEEPEST);
  CHECK_EQUAL(own_process()->opened, opened + 1);
  CHECK_EQUAL(own_process()->closed, closed + 1);
  for (int level = 0; level < DEEPEST; level++) {
    const struct fdt_process *process =
        trace_process(traced(), trace_find(traced(), nested[level]));
    CHECK((process != NULL) == (level < RECORDED_DEEP));
    if (process == NULL)
      continue;
    CHECK_EQUAL(process->opened, 1);
    CHECK_EQUAL(process->closed, 1);
    CHECK_EQUAL(process->end_kind, FDT_END_EXIT);
    CHECK_EQUAL(process->end_code, DEEPEST - level);
  }
  CHECK_EQUAL(traced()->header->losses[FDT_LOSS_TABLES], DEEPEST - RECORDED_DEEP);
}

CASE(raw_fork) {
  struct legacy legacy = legacy_make();
  pid_t child = (pid_t)fdt_syscall5(SYS_clone, SIGCHLD, 0, 0, 0, 0);
  if (child == 0) {
    close(legacy.kept);
    _exit(2);
  }
  CHECK_EQUAL(reap_unseen(child), 2 << 8);
  const struct fdt_process *process = trace_process(traced(), trace_find(traced(), child));
  CHECK(process != NULL);
  if (process == NULL)
    return;
  CHECK_EQUAL(process->how, FDT_HOW_FORK);
  CHECK_EQUAL(process->parent, own_ref());
  check_absent(process, legacy.kept);
  check_inherited(process, legacy.private, FDT_VIA_FORK);
  /* It may be what its parent opened later. */
  CHECK((trace_live(traced(), process, legacy.private)->flags & FDT_FD_UNCERTAIN) != 0);
  CHECK((entry_of(legacy.private)->flags & FDT_FD_UNCERTAIN) == 0);
  CHECK(traced()->header->losses[FDT_LOSS_FORK_UNCERTAIN] > 0);
}

/* ---- wait: the ends that a child could not record itself -------------------------- */

static pid_t killed_child(void) {
  pid_t child = fork();
  if (child == 0) {
    kill(getpid(), SIGKILL);
    pause();
  }
  return child;
}

#define WAITS(name, expression)                                                                    \
  TEST(name) {                                                                                     \
    pid_t child = killed_child();                                                                  \
    int status = -1;                                                                               \
    CHECK((expression) == child);                                                                  \
    CHECK(status == -1 || (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));                   \
    check_child(child, "fork", FDT_HOW_FORK, FDT_END_SIGNAL, SIGKILL);                             \
    errno = 0;                                                                                     \
    CHECK((expression) == -1 && errno == ECHILD);                                                  \
  }

WAITS(wait, wait(&status))
WAITS(waitpid, waitpid(child, NULL, 0))
WAITS(wait3, wait3(NULL, 0, NULL))
WAITS(wait4, wait4(child, &status, 0, NULL))

TEST(waitid) {
  siginfo_t info = {0};
  pid_t child = killed_child();
  CHECK(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT) == 0);
  CHECK_EQUAL(info.si_pid, child);
  CHECK(waitid(P_PID, (id_t)child, NULL, WEXITED) == 0);
  check_child(child, "fork", FDT_HOW_FORK, FDT_END_SIGNAL, SIGKILL);
}
