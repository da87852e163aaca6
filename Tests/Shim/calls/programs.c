/* Processes that become other programs: exec, spawn, system. */
#include "tests.h"

#include "kernel/syscall.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static char *const arguments[] = {"sh", "-c", "exit 5", NULL};

/* The child was forked, became another program by `call`, and that ended with 5. */
static void check_successor(pid_t child, const char *call, struct legacy legacy) {
  uint32_t ref = trace_find(traced(), child);
  const struct fdt_process *after = trace_process(traced(), ref);
  CHECK(after != NULL && after->how == FDT_HOW_EXEC);
  if (after == NULL || after->how != FDT_HOW_EXEC)
    return;
  const struct fdt_process *before = trace_process(traced(), after->parent);
  CHECK_EQUAL(before->pid, child);
  CHECK_EQUAL(before->how, FDT_HOW_FORK);
  CHECK_EQUAL(before->end_kind, FDT_END_EXEC);
  CHECK_EQUAL(before->parent, own_ref());
  CHECK(is_call(before->exec_call, call));
  CHECK(is_call(after->born_call, call));
  CHECK(after->born_stack != 0 && before->exec_stack == after->born_stack);
  CHECK_EQUAL(after->end_kind, FDT_END_EXIT);
  CHECK_EQUAL(after->end_code, 5);
  CHECK_EQUAL(after->unseen + after->vanished + before->unseen + before->vanished, 0);
  check_inherited(after, legacy.kept, FDT_VIA_EXEC);
  check_absent(after, legacy.private);
  check_inherited(before, legacy.kept, FDT_VIA_FORK);
  check_absent(before, legacy.private);
  size_t size = 0;
  const char *argv = trace_string(traced(), after->argv, &size);
  CHECK(argv != NULL && size == 12 && memcmp(argv, "sh\0-c\0exit 5", 12) == 0);
}

#define EXECS(name, expression)                                                                    \
  TEST(name) {                                                                                     \
    struct legacy legacy = legacy_make();                                                          \
    pid_t child = fork();                                                                          \
    if (child == 0) {                                                                              \
      expression;                                                                                  \
      _exit(99);                                                                                   \
    }                                                                                              \
    CHECK_EQUAL(reap_unseen(child), 5 << 8);                                                       \
    check_successor(child, #name, legacy);                                                         \
  }

EXECS(execve, execve("/bin/sh", arguments, environ))
EXECS(execveat, execveat(AT_FDCWD, "/bin/sh", arguments, environ, 0))
EXECS(fexecve, fexecve(open("/bin/sh", O_RDONLY | O_CLOEXEC), arguments, environ))
EXECS(execv, execv("/bin/sh", arguments))
EXECS(execvp, execvp("sh", arguments))
EXECS(execvpe, execvpe("sh", arguments, environ))
EXECS(execl, execl("/bin/sh", "sh", "-c", "exit 5", NULL))
EXECS(execlp, execlp("sh", "sh", "-c", "exit 5", NULL))
EXECS(execle, execle("/bin/sh", "sh", "-c", "exit 5", NULL, environ))

CASE(failed_exec) {
  int private = open("/dev/null", O_RDONLY | O_CLOEXEC);
  CHECK(execv("/no/such/program", arguments) == -1 && errno == ENOENT);
  CHECK(execl("/no/such/program", "none", NULL) == -1 && errno == ENOENT);
  CHECK(execvp("no-such-program", arguments) == -1 && errno == ENOENT);
  CHECK_EQUAL(own_process()->flags & FDT_PROCESS_EXEC_PENDING, 0);
  CHECK_EQUAL(own_process()->end_ticks, 0);
  check_opened(private, "open", FDT_KIND_FILE, FDT_OWNER_RAW);
}

/* Without LD_PRELOAD the new program is not traced, and the trace says so. */
CASE(exec_by_wrappers_of_libc) {
  struct legacy legacy = legacy_make();
  char *const empty[] = {NULL};
  pid_t child = fork();
  if (child == 0) {
    execve("/bin/sh", arguments, empty);
    _exit(99);
  }
  CHECK_EQUAL(reap_unseen(child), 5 << 8);
  const struct fdt_process *process = check_child(child, "fork", FDT_HOW_FORK, FDT_END_NONE, 0);
  CHECK((process->flags & FDT_PROCESS_EXEC_PENDING) != 0);
  check_inherited(process, legacy.kept, FDT_VIA_FORK);
  CHECK(is_call(process->exec_call, "execve"));
  CHECK(strncmp(process->asked, "/bin/sh", FDT_ASKED_MAX) == 0);
}

/* The end of a path tells the program's name. */
CASE(exec_of_long_path) {
  char path[201];
  for (size_t i = 0; i < sizeof path - 1; i += 2)
    memcpy(path + i, "/.", 2);
  memcpy(path + sizeof path - 8, "/bin/sh", 8);
  char *const empty[] = {NULL};
  pid_t child = fork();
  if (child == 0) {
    execve(path, arguments, empty);
    _exit(99);
  }
  CHECK_EQUAL(reap_unseen(child), 5 << 8);
  const struct fdt_process *process = trace_process(traced(), trace_find(traced(), child));
  CHECK(memcmp(process->asked, path + sizeof path - 1 - FDT_ASKED_MAX, FDT_ASKED_MAX) == 0);
}

CASE(exec_of_what_cannot_be_read) {
  const char *nowhere = NULL;
  __asm__("" : "+r"(nowhere));
  CHECK(execve(nowhere, arguments, environ) == -1 && errno == EFAULT);
  nowhere = (const char *)8;
  __asm__("" : "+r"(nowhere));
  CHECK(execve(nowhere, arguments, environ) == -1 && errno == EFAULT);
  CHECK_EQUAL(own_process()->asked[0], 0);
}

/* ---- spawn ----------------------------------------------------------------------- */

#define SPAWNS(name, program)                                                                      \
  TEST(name) {                                                                                     \
    struct legacy legacy = legacy_make();                                                          \
    pid_t child = 0;                                                                               \
    CHECK_EQUAL(name(&child, program, NULL, NULL, arguments, environ), 0);                         \
    CHECK_EQUAL(reap_unseen(child), 5 << 8);                                                       \
    const struct fdt_process *process = check_child(child, #name, FDT_HOW_SPAWN, FDT_END_EXIT, 5); \
    check_inherited(process, legacy.kept, FDT_VIA_EXEC);                                           \
    check_absent(process, legacy.private);                                                         \
    CHECK_EQUAL(process->unseen + process->vanished, 0);                                           \
    CHECK(strncmp(process->asked, program, FDT_ASKED_MAX) == 0);                                   \
  }

SPAWNS(posix_spawn, "/bin/sh")
SPAWNS(posix_spawnp, "sh")

TEST(system) {
  struct legacy legacy = legacy_make();
  CHECK_EQUAL(system("exit 5"), 5 << 8);
  CHECK_EQUAL(system("kill -9 $$"), 9);
  CHECK(system(NULL) != 0);
  uint32_t last = trace_process_count(traced());
  CHECK_EQUAL(last, own_ref() + 3);
  const struct fdt_process *exited = trace_process(traced(), own_ref() + 1);
  const struct fdt_process *killed = trace_process(traced(), own_ref() + 2);
  const struct fdt_process *asked = trace_process(traced(), own_ref() + 3);
  CHECK(exited != NULL && killed != NULL && asked != NULL);
  if (exited == NULL || killed == NULL || asked == NULL)
    return;
  check_child((pid_t)asked->pid, "system", FDT_HOW_SPAWN, FDT_END_EXIT, 0);
  check_child((pid_t)exited->pid, "system", FDT_HOW_SPAWN, FDT_END_EXIT, 5);
  check_child((pid_t)killed->pid, "system", FDT_HOW_SPAWN, FDT_END_SIGNAL, 9);
  check_inherited(exited, legacy.kept, FDT_VIA_EXEC);
  check_absent(exited, legacy.private);
}

CASE(spawn_actions) {
  struct legacy legacy = legacy_make();
  int closed = open("/dev/null", O_RDONLY);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, legacy.private, 60);
  posix_spawn_file_actions_addclose(&actions, closed);
  posix_spawn_file_actions_addopen(&actions, 61, "/dev/zero", O_RDONLY, 0);
  pid_t child = 0;
  CHECK_EQUAL(posix_spawn(&child, "/bin/sh", &actions, NULL, arguments, environ), 0);
  posix_spawn_file_actions_destroy(&actions);
  CHECK_EQUAL(reap_unseen(child), 5 << 8);
  const struct fdt_process *process =
      check_child(child, "posix_spawn", FDT_HOW_SPAWN, FDT_END_EXIT, 5);
  check_inherited(process, legacy.kept, FDT_VIA_EXEC);
  check_absent(process, legacy.private);
  check_absent(process, closed);
  const struct fdt_live *copy = trace_live(traced(), process, 60);
  CHECK(copy != NULL && FDT_LIVE_STATE(copy->state) == FDT_LIVE_OPEN);
  CHECK(copy != NULL && copy->site == entry_of(legacy.private)->site);
  const struct fdt_live *fresh = trace_live(traced(), process, 61);
  CHECK(fresh != NULL && FDT_LIVE_STATE(fresh->state) == FDT_LIVE_OPEN);
  check_opened(closed, "open", FDT_KIND_FILE, FDT_OWNER_RAW);
}

/* What `child` holds as `fd`, by its own record or else by its parent's. */
static const char *name_in(const struct fdt_process *child, int fd, size_t *size) {
  const struct fdt_live *entry = trace_live(traced(), child, fd);
  const struct fdt_process *parent = trace_process(traced(), child->parent);
  const struct fdt_detail *detail = entry == NULL ? NULL : trace_detail(traced(), child, fd, entry);
  if (entry != NULL && detail == NULL && parent != NULL)
    detail = trace_detail(traced(), parent, fd, entry);
  *size = detail == NULL ? 0 : detail->text_size;
  return detail == NULL ? "" : detail->text;
}

CASE(replaces_unseen) {
  long zero = fdt_syscall4(SYS_openat, AT_FDCWD, "/dev/zero", O_RDONLY, 0);
  CHECK_EQUAL(fdt_syscall3(SYS_dup3, zero, 0, 0), 0);
  CHECK_EQUAL(fdt_syscall1(SYS_close, zero), 0);
}

CASE(names_of_what_was_inherited) {
  char *const again[] = {"calls", "a program may replace what it was started with unseen", NULL};
  pid_t child = 0;
  char link[128];
  ssize_t size = readlink("/proc/self/fd/1", link, sizeof link);
  CHECK_EQUAL(posix_spawn(&child, "/proc/self/exe", NULL, NULL, again, environ), 0);
  CHECK_EQUAL(reap_unseen(child), 0);
  const struct fdt_process *process =
      check_child(child, "posix_spawn", FDT_HOW_SPAWN, FDT_END_EXIT, 0);
  size_t kept = 0;
  const char *name = name_in(process, 0, &kept);
  CHECK(kept == strlen("/dev/zero") && memcmp(name, "/dev/zero", kept) == 0);
  name = name_in(process, 1, &kept);
  size_t end = kept < (size_t)size ? kept : (size_t)size; /* of a long name, its end is kept */
  CHECK(size > 0 && end > 0 && memcmp(name + kept - end, link + size - end, end) == 0);
}

CASE(failed_spawn) {
  pid_t child = -5;
  CHECK_EQUAL(posix_spawn(&child, "/no/such/program", NULL, NULL, arguments, environ), ENOENT);
  CHECK_EQUAL(child, -5);
  CHECK(trace_process(traced(), trace_process_count(traced())) == NULL ||
        trace_process_count(traced()) == own_ref());
}
