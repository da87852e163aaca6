/* A program that starts where no /proc is mounted: what file it is stays unknown, and the
 * rest is recorded. */
#include "run.h"

#include <sched.h>
#include <sys/mount.h>

static int start_hidden(void) {
  pid_t child = fork();
  if (child == 0) {
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("none", "/proc", "tmpfs", 0, NULL) != 0)
      _exit(SKIPPED);
    _exit(finish(start("hazards/modes.O2", "hidden.bin", "4M")));
  }
  return finish(child);
}

int main(void) {
  struct trace trace = {0};
  int status = start_hidden();
  if (status == SKIPPED)
    SKIP("mount");
  CHECK_EQUAL(status, 0);
  take_trace(&trace, "hidden.bin");
  const struct fdt_process *process = trace_process(&trace, 1);
  CHECK_EQUAL(process->exe, 0);
  CHECK(process->argv != 0 && process->opened > 0);
  CHECK_EQUAL(process->end_kind, FDT_END_EXIT);
  return CHECKED();
}
