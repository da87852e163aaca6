/* Traces of many processes. */
#include "cases.h"

#include <stdlib.h>
#include <string.h>

/* Each process is the child of the one before. */
void case_chain_of_processes(const char *path, size_t size) {
  struct trace trace = trace_create(path, (struct counts){.processes = size});
  for (size_t i = 0; i < size; i++)
    trace_process(&trace, (uint32_t)i);
}

/* A chain of processes, each of which inherited what was in the last place but one
 * opened by the first, and whose names are to be found far up. */
void case_deep_inheritance(const char *path, size_t size) {
  size_t each = 512, processes = size / each + 1;
  struct trace trace = trace_create(
      path, (struct counts){.processes = processes,
                            .units = processes * trace_table_units(each + 128, false)});
  for (size_t i = 0; i < processes; i++) {
    struct fdt_process *process = trace_process(&trace, (uint32_t)i);
    for (uint32_t fd = 0; fd < each; fd++) {
      struct fdt_live *live = trace_live(&trace, process, fd, TRACE_START + 1000 + fd, NULL);
      live->via = FDT_VIA_FORK;
      live->origin = 1;
      /* Another opening in each process: none is found. */
      live->state = (uint32_t)(i + 1) << 8 | FDT_LIVE_OPEN;
    }
  }
}

/* As many children as sites; each site's descriptors are of the same two moments, and all
 * children have them. */
void case_shared_openings(const char *path, size_t size) {
  size_t each = size / 32;
  struct trace trace =
      trace_create(path, (struct counts){.processes = each + 1,
                                         .stacks = each,
                                         .sites = each,
                                         .units = trace_table_units(2 * each, false) + 2 * each});
  struct fdt_process *parent = trace_process(&trace, 0);
  uint64_t moments[2] = {TRACE_START + 1000000, TRACE_START + 2999000000000ull};
  for (size_t i = 0; i < each; i++) {
    uint32_t stack = trace_stack(&trace, 0x100000 + 64 * i, 0);
    uint32_t site = trace_site(&trace, stack, 2, 0);
    for (uint32_t end = 0; end < 2; end++) {
      struct fdt_live *live =
          trace_live(&trace, parent, (uint32_t)(3 + 2 * i) + end, moments[end], NULL);
      live->kind = FDT_KIND_PIPE;
      live->stack = stack;
      live->site = site;
    }
    struct fdt_process *child = trace_process(&trace, 1);
    for (uint32_t end = 0; end < 2; end++) {
      struct fdt_live *live = trace_live(&trace, child, 3 + end, moments[end], NULL);
      live->kind = FDT_KIND_PIPE;
      live->via = FDT_VIA_FORK;
      live->origin = 1;
      live->stack = 1;
      live->site = 1;
    }
  }
}

/* A program keeps as many descriptors over an exec, no two of one origin. */
void case_kept_by_exec(const char *path, size_t size) {
  struct trace trace =
      trace_create(path, (struct counts){.processes = 2, .units = trace_table_units(size, true)});
  trace_process(&trace, 0);
  struct fdt_process *program = trace_process(&trace, 1);
  program->how = FDT_HOW_EXEC;
  for (size_t i = 0; i < size; i++) {
    struct fdt_detail *detail;
    struct fdt_live *live =
        trace_live(&trace, program, (uint32_t)i + 3, TRACE_START + 1000 + i, &detail);
    live->via = FDT_VIA_EXEC;
    live->origin = 1;
    live->flags = i % 2 ? FDT_FD_LISTENING : 0;
    detail->form = FDT_TEXT_PATH;
    detail->text_size = sizeof i;
    memcpy(detail->text, &i, sizeof i);
  }
}

/* As many processes met their limit as there are sites that held something then. */
void case_limits_met(const char *path, size_t size) {
  struct trace trace =
      trace_create(path, (struct counts){.processes = size, .stacks = size, .sites = size});
  for (size_t i = 0; i < size; i++) {
    struct fdt_process *process = trace_process(&trace, 1);
    process->limit_ticks = TRACE_START + i;
    process->limit_stack = trace_stack(&trace, 0x100000 + 64 * i, 0);
    process->limit_call = CALL_OPEN;
    uint32_t site = trace_site(&trace, process->limit_stack, 10, 10);
    trace.sites[site - 1].at_limit = 9;
  }
}

/* All processes have one long text for a name, and for all their arguments. */
void case_one_long_text(const char *path, size_t size) {
  size_t length = 1 << 20;
  struct trace trace =
      trace_create(path, (struct counts){.processes = size, .strings = 2 * length + 64});
  char *bytes = malloc(length);
  if (bytes == NULL)
    exit(3);
  memset(bytes, 0xfe, length);
  uint32_t text = trace_string(&trace, bytes, length);
  memset(bytes, 0, length);
  uint32_t empty = trace_string(&trace, bytes, length - 64);
  free(bytes);
  for (size_t i = 0; i < size; i++) {
    struct fdt_process *process = trace_process(&trace, 0);
    process->exe = process->cwd = text;
    process->argv = i % 2 ? empty : text;
  }
}

/* As many processes closed the highest numbers that there may be, and those alone, as they
 * ended. */
void case_late_closes(const char *path, size_t size) {
  struct trace trace =
      trace_create(path, (struct counts){.processes = size, .stacks = 8, .chunks = size});
  uint32_t stack = trace_chain(&trace, 0x1000, 5);
  for (size_t i = 0; i < size; i++) {
    struct fdt_process *process = trace_process(&trace, 0);
    process->peak = 1000;
    process->end_kind = FDT_END_EXIT;
    process->end_ticks = process->start_ticks + 1000000000;
    trace_chunk(&trace, process);
    for (int fd = 65530; fd < 65536; fd++)
      trace_event(&trace, FDT_EVENT_CLOSED, fd, stack, process->end_ticks - 1000);
  }
}

/* A process closed as many numbers as it ended, five of each of its sites. */
void case_late_sites(const char *path, size_t size) {
  enum { EACH = 5 };
  struct trace trace = trace_create(path, (struct counts){.processes = 1,
                                                          .stacks = size / EACH + 1,
                                                          .sites = size / EACH + 1,
                                                          .chunks = trace_chunks(2 * size)});
  struct fdt_process *process = trace_process(&trace, 0);
  process->peak = (uint32_t)size;
  process->end_kind = FDT_END_EXIT;
  process->end_ticks = 3600000000000ull;
  uint32_t stack = 0;
  for (size_t i = 0; i < size; i++) {
    if (i % EACH == 0) {
      stack = trace_stack(&trace, 0x100000 + 64 * i, 0);
      trace_site(&trace, stack, EACH, EACH);
    }
    uint64_t opened = process->start_ticks + 600000000000ull * (i % EACH);
    trace_event(&trace, FDT_EVENT_OPENED, (int)i, stack, opened);
    trace_event(&trace, FDT_EVENT_CLOSED, (int)i, stack, process->end_ticks - 1000);
  }
}

/* A process has pidfds, each from a place of its own, and half as many children, which stand in no
 * order; the last of them is the one before all pidfds. */
void case_pidfds_of_children(const char *path, size_t size) {
  struct trace trace = trace_create(path, (struct counts){.processes = size / 2 + 1,
                                                          .stacks = size,
                                                          .sites = size,
                                                          .units = trace_table_units(size, false)});
  struct fdt_process *parent = trace_process(&trace, 0);
  size_t children = size / 2;
  uint64_t step = 1000000000000ull / children;
  for (size_t i = 0; i < children; i++)
    trace_process(&trace, 1)->start_ticks = TRACE_START + i * 7919 % children * step;
  for (size_t i = 0; i < size; i++) {
    uint32_t stack = trace_stack(&trace, 0x100000 + 64 * i, 0);
    uint32_t site = trace_site(&trace, stack, 1, 0);
    trace.sites[site - 1].call = CALL_PIDFD_OPEN;
    trace.sites[site - 1].kind = FDT_KIND_PIDFD;
    struct fdt_live *live =
        trace_live(&trace, parent, (uint32_t)i + 3, TRACE_START + children * step, NULL);
    live->call = CALL_PIDFD_OPEN;
    live->kind = FDT_KIND_PIDFD;
    live->stack = stack;
    live->site = site;
  }
}

/* As many programs were started with one listener, far below who opened it; every other one
 * accepts connections. */
void case_served_listeners(const char *path, size_t size) {
  size_t depth = 48, processes = depth + size;
  struct trace trace = trace_create(
      path,
      (struct counts){.processes = processes, .stacks = 1, .sites = size / 2 + 1, .units = size});
  uint32_t stack = trace_stack(&trace, 0x1000, 0);
  for (size_t i = 0; i < depth; i++)
    trace_process(&trace, (uint32_t)i);
  for (size_t i = 0; i < size; i++) {
    struct fdt_process *program = trace_process(&trace, (uint32_t)depth);
    program->how = FDT_HOW_SPAWN;
    struct fdt_live *live = trace_live(&trace, program, 3, TRACE_START + 1, NULL);
    live->via = FDT_VIA_EXEC;
    live->origin = 1;
    live->stack = stack;
    live->kind = FDT_KIND_TCP;
    live->flags = FDT_FD_LISTENING;
    if (i % 2 == 0)
      continue;
    struct fdt_site *site = &trace.sites[trace_site(&trace, stack, 1, 1) - 1];
    site->process = trace_ref(&trace, program);
    site->call = CALL_ACCEPT;
  }
}

/* Processes that all have one table of a thousand descriptors, which stands in the trace once. */
static void share_table(const char *path, size_t size, enum fdt_how how, enum fdt_via via) {
  enum { EACH = 1024 };
  struct trace trace = trace_create(
      path, (struct counts){.processes = size + 1, .units = trace_table_units(EACH, false)});
  struct fdt_process *parent = trace_process(&trace, 0);
  for (uint32_t fd = 0; fd < EACH; fd++)
    trace_live(&trace, parent, fd, TRACE_START + 1000 + fd, NULL)->via = via;
  trace_share(&trace, parent);
  for (size_t i = 0; i < size; i++) {
    struct fdt_process *child = trace_process(&trace, 1);
    child->how = how;
    memcpy(child->direct, parent->direct, sizeof child->direct);
    memcpy(child->root, parent->root, sizeof child->root);
  }
}

/* As many children have what their parent opened. */
void case_shared_tables(const char *path, size_t size) {
  share_table(path, size, FDT_HOW_FORK, FDT_VIA_FORK);
}

/* As many programs keep it over their exec. */
void case_shared_by_exec(const char *path, size_t size) {
  share_table(path, size, FDT_HOW_SPAWN, FDT_VIA_EXEC);
}
