/* A forked child holds what it inherited before it has run a single line of its program, and
 * maybe never does: its parent tells that it exists. The host is this program again. */
#include "run.h"

#include <pthread.h>

enum { HELD = 40 };

/* Runs inside fork(3), before that returns to anybody. */
static void wait_in_fork(void) {
  for (;;)
    pause();
}

static int host(void) {
  CHECK(pthread_atfork(NULL, NULL, wait_in_fork) == 0);
  CHECK(dup2(0, HELD) == HELD);
  pid_t child = fork();
  CHECK(child > 0 && kill(child, SIGKILL) == 0);
  CHECK_EQUAL(finish(child), 1000 + SIGKILL);
  return CHECKED();
}

static void it_is_told_with_what_it_holds(void) {
  static struct trace trace;
  pid_t child = start_again("unstarted.bin", "4M", "host", NULL);
  CHECK_EQUAL(finish(child), 0);
  take_trace(&trace, "unstarted.bin");
  CHECK_EQUAL(trace_process_count(&trace), 2);
  const struct fdt_process *process = trace_process(&trace, 2);
  CHECK(process != NULL && process->state == FDT_RECORD_READY);
  if (process == NULL)
    return;
  CHECK_EQUAL(process->how, FDT_HOW_FORK);
  CHECK_EQUAL(process->parent, 1);
  CHECK_EQUAL(process->ppid, child);
  CHECK(process->pid != 0 && (process->flags & FDT_PROCESS_ATTACHED) != 0);
  CHECK_EQUAL(process->end_kind, FDT_END_SIGNAL);
  const struct fdt_live *entry = trace_live(&trace, process, HELD);
  CHECK(entry != NULL && FDT_LIVE_STATE(entry->state) == FDT_LIVE_OPEN);
}

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "host") == 0)
    return host();
  it_is_told_with_what_it_holds();
  return CHECKED();
}
