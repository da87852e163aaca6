/* audit sound|exact|none TRACE: exit status 0 when the trace holds what is asked. */
#include "inspect.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
  struct trace trace;
  if (argc != 3)
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
  return faults == 0 ? 0 : 1;
}
