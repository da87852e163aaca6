/* Traces of programs that said a lot. */
#include "cases.h"

#include <stdio.h>

/* As many marks as descriptors, of names of their own; each descriptor was opened in one, at one
 * of two hundred sites by turns. */
void case_own_marks(const char *path, size_t size) {
  size_t sites = 200;
  struct trace trace = trace_create(path, (struct counts){.stacks = sites + 8,
                                                          .sites = sites,
                                                          .strings = 8 + size * 24,
                                                          .units = trace_table_units(size, false),
                                                          .marks = size});
  struct fdt_process *process = trace_process(&trace, 0);
  uint32_t caller = trace_chain(&trace, 0x1000, 5);
  for (size_t i = 0; i < sites; i++)
    trace_site(&trace, trace_stack(&trace, 0x200000 + 64 * i, caller), size / sites, 0);
  for (size_t i = 0; i < size; i++) {
    uint64_t begin = TRACE_START + 1000000 + 60000000000ull / size * i;
    char name[24];
    int length = snprintf(name, sizeof name, "test %zu", i);
    trace_mark(&trace, trace_string(&trace, name, (size_t)length), begin);
    struct fdt_live *live = trace_live(&trace, process, (uint32_t)i + 3, begin + 1, NULL);
    live->site = (uint32_t)(i % sites) + 1;
    live->stack = trace.sites[i % sites].stack;
  }
}

/* All marks have one long name, of control characters, and each descriptor was opened in one. */
void case_shared_marks(const char *path, size_t size) {
  struct trace trace = trace_create(path, (struct counts){.stacks = 8,
                                                          .strings = 8192,
                                                          .units = trace_table_units(size, false),
                                                          .marks = size});
  struct fdt_process *process = trace_process(&trace, 0);
  uint32_t stack = trace_chain(&trace, 0x1000, 5), site = trace_site(&trace, stack, size, 0);
  char name[4000];
  for (size_t i = 0; i < sizeof name; i++)
    name[i] = (char)(1 + i % 3);
  uint32_t reference = trace_string(&trace, name, sizeof name);
  for (size_t i = 0; i < size; i++) {
    uint64_t begin = TRACE_START + 1000000 + 60000000000ull / size * i;
    struct fdt_mark *mark = trace_mark(&trace, reference, begin);
    mark->thread = (uint32_t)i;
    struct fdt_live *live = trace_live(&trace, process, (uint32_t)i + 3, begin + 1, NULL);
    live->thread = (uint32_t)i;
    live->site = site;
    live->stack = stack;
  }
}
