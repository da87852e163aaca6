/* audit sound|exact|none TRACE, audit followed TRACE PROGRAM: exit status 0 when the
 * trace holds what is asked; "followed": PROGRAM ran to its end in it, and opened. */
#include "inspect.h"

#include <stdio.h>
#include <string.h>

static bool is_called(const struct trace *trace, const struct fdt_process *process,
                      const char *program) {
  size_t size = 0, end = strlen(program);
  const char *exe = trace_string(trace, process->exe, &size);
  return exe != NULL && size >= end && memcmp(exe + size - end, program, end) == 0;
}

static bool is_followed(const struct trace *trace, const char *program) {
  for (uint32_t ref = 1; ref <= trace_process_count(trace); ref++) {
    const struct fdt_process *process = trace_process(trace, ref);
    if (process != NULL && process->opened > 0 && process->end_kind == FDT_END_EXIT &&
        is_called(trace, process, program))
      return true;
  }
  fprintf(stderr, "%s was not followed to its end\n", program);
  return false;
}

int main(int argc, char **argv) {
  struct trace trace;
  bool followed = argc == 4 && strcmp(argv[1], "followed") == 0;
  if (argc != 3 && !followed)
    return 2;
  if (strcmp(argv[1], "none") == 0)
    return 0;
  if (!trace_map(&trace, argv[2])) {
    fprintf(stderr, "%s is no trace\n", argv[2]);
    return 1;
  }
  unsigned faults = trace_unsound(&trace);
  if (strcmp(argv[1], "exact") == 0)
    faults += trace_inexact(&trace);
  if (followed && !is_followed(&trace, argv[3]))
    faults++;
  return faults == 0 ? 0 : 1;
}
