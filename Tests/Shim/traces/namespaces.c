/* Processes that have the same number in several namespaces at once: each end is that of
 * the waiting process's own child, and each exec goes on from the process's own record. */
#include "run.h"

/* What the hazard starts in each namespace: a child that it kills, and a command. */
enum { SPACES = 3, KILLED_PID = 2 };

int main(void) {
  struct trace trace;
  int status = finish(start("hazards/process_numbers.O2", "namespaces.bin", "4M"));
  if (status == SKIPPED)
    SKIP("unshare(CLONE_NEWPID)");
  CHECK_EQUAL(status, 0);
  if (!trace_map(&trace, "namespaces.bin"))
    return 1;
  int killed = 0, commands = 0, replaced = 0;
  for (uint32_t ref = 1; ref <= trace_process_count(&trace); ref++) {
    const struct fdt_process *process = trace_process(&trace, ref);
    const struct fdt_process *parent =
        process == NULL ? NULL : trace_process(&trace, process->parent);
    if (parent == NULL || parent->pid != 1)
      continue;
    if (process->how == FDT_HOW_EXEC) {
      replaced++;
      CHECK(process->pid == 1 && parent->end_kind == FDT_END_EXEC);
      CHECK(process->end_kind == FDT_END_EXIT && process->end_code == 0);
    } else if (process->how == FDT_HOW_SPAWN) {
      commands++;
      CHECK(process->end_kind == FDT_END_EXIT && process->end_code == 5);
    } else {
      killed++;
      CHECK_EQUAL(process->pid, KILLED_PID);
      CHECK(process->end_kind == FDT_END_SIGNAL && process->end_code == SIGKILL);
    }
  }
  CHECK_EQUAL(killed, SPACES);
  CHECK_EQUAL(commands, SPACES);
  CHECK_EQUAL(replaced, SPACES);
  return CHECKED();
}
