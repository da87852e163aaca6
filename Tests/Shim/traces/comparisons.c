/* The end of a program holds its table against the kernel: what both have is not asked for
 * twice, and what only one of them has is found, also where the numbers are as many. The host
 * is this program again. */
#include "kernel/syscall.h"
#include "run.h"

enum { LOW = 40, HIGH = 300, FAR = 5000 };

/* ---- hosts ------------------------------------------------------------------------- */

static void hold_far_apart(void) {
  CHECK(dup2(0, LOW) == LOW && dup2(0, HIGH) == HIGH && dup2(0, FAR) == FAR);
  CHECK(open("/", O_PATH | O_CLOEXEC) >= 0);
}

static int as_told(void) {
  hold_far_apart();
  return CHECKED();
}

static int as_many(void) {
  hold_far_apart();
  CHECK(fdt_syscall1(SYS_close, HIGH) == 0);
  CHECK(fdt_syscall3(SYS_dup3, 0, HIGH + 1, 0) == HIGH + 1);
  return CHECKED();
}

static int path_only(void) {
  hold_far_apart();
  CHECK(fdt_syscall4(SYS_openat, AT_FDCWD, "/", O_PATH, 0) >= 0);
  return CHECKED();
}

/* ---- runs -------------------------------------------------------------------------- */

static struct trace trace;

static const struct fdt_process *run(const char *host) {
  CHECK_EQUAL(finish(start_again(host, "4M", host, NULL)), 0);
  take_trace(&trace, host);
  const struct fdt_process *process = trace_process(&trace, 1);
  CHECK((process->flags & FDT_PROCESS_SNAPSHOT) != 0);
  CHECK_EQUAL(process->snapshot_open, trace_live_count(process));
  return process;
}

static bool holds(const struct fdt_process *process, int fd) {
  const struct fdt_live *entry = trace_live(&trace, process, fd);
  return entry != NULL && FDT_LIVE_STATE(entry->state) == FDT_LIVE_OPEN;
}

static void what_both_have_agrees(void) {
  const struct fdt_process *process = run("as_told");
  CHECK(holds(process, LOW) && holds(process, HIGH) && holds(process, FAR));
  CHECK_EQUAL(process->unseen, 0);
  CHECK_EQUAL(process->vanished, 0);
}

static void one_closed_and_one_opened_are_found(void) {
  const struct fdt_process *process = run("as_many");
  CHECK(holds(process, LOW) && !holds(process, HIGH) && holds(process, HIGH + 1));
  CHECK_EQUAL(process->unseen, 1);
  CHECK_EQUAL(process->vanished, 1);
}

static void one_that_poll_does_not_show_is_found(void) {
  const struct fdt_process *process = run("path_only");
  CHECK(holds(process, LOW) && holds(process, HIGH) && holds(process, FAR));
  CHECK_EQUAL(process->unseen, 1);
  CHECK_EQUAL(process->vanished, 0);
}

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "as_told") == 0)
    return as_told();
  if (argc > 1 && strcmp(argv[1], "as_many") == 0)
    return as_many();
  if (argc > 1 && strcmp(argv[1], "path_only") == 0)
    return path_only();
  what_both_have_agrees();
  one_closed_and_one_opened_are_found();
  one_that_poll_does_not_show_is_found();
  return CHECKED();
}
