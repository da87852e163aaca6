/* Traces of many wrong uses. */
#include "cases.h"

#include <errno.h>

/* Each names three deep stacks of its own. */
void case_deep_misuses(const char *path, size_t size) {
  size_t depth = 900;
  struct trace trace =
      trace_create(path, (struct counts){.stacks = size * 3 + depth, .misuses = size});
  trace_process(&trace, 0);
  uint32_t outer = trace_chain(&trace, 0x1000, depth);
  for (size_t i = 0; i < size; i++) {
    uint32_t stack = trace_stack(&trace, 0x100000 + 64 * i, outer);
    struct fdt_misuse *misuse = trace_misuse(&trace, FDT_MISUSE_CLOSE_AGAIN, stack);
    misuse->opened_stack = trace_stack(&trace, 0x8000000 + 64 * i, outer);
    misuse->closed_stack = trace_stack(&trace, 0x10000000 + 64 * i, outer);
    misuse->count = i + 1;
  }
}

/* As many closes under a stream as second closes of a stream's descriptor. */
void case_owned_closes(const char *path, size_t size) {
  struct trace trace = trace_create(path, (struct counts){.stacks = size + 1, .misuses = size});
  trace_process(&trace, 0);
  for (size_t i = 0; i < size; i++) {
    uint32_t stack = trace_stack(&trace, 0x100000 + 64 * i, 0);
    struct fdt_misuse *misuse =
        trace_misuse(&trace, i % 2 ? FDT_MISUSE_CLOSE_OWNED : FDT_MISUSE_CLOSE_AGAIN, stack);
    misuse->owner = FDT_OWNER_FILE;
    misuse->closed_stack = stack;
  }
}

/* All happened to one number, which had as long a history. */
void case_one_number(const char *path, size_t size) {
  struct trace trace = trace_create(
      path, (struct counts){.stacks = size + 1, .misuses = size, .chunks = size / 60 + 1});
  trace_process(&trace, 0);
  for (size_t i = 0; i < size; i++) {
    uint32_t stack = trace_stack(&trace, 0x100000 + 64 * i, 0);
    struct fdt_misuse *misuse = trace_misuse(&trace, FDT_MISUSE_USE_CLOSED, stack);
    misuse->opened_stack = misuse->closed_stack = stack;
    misuse->opened_ticks = TRACE_START + i % 7;
    trace_event(&trace, FDT_EVENT_OPENED, 3, stack, TRACE_START + i);
    trace_event(&trace, FDT_EVENT_CLOSED, 3, stack, TRACE_START + i);
  }
}

/* What all happened to was of one site, which is closed in as many places. */
void case_one_closed_site(const char *path, size_t size) {
  struct trace trace = trace_create(path, (struct counts){.stacks = size + 3,
                                                          .sites = 1,
                                                          .closers = size,
                                                          .misuses = size,
                                                          .chunks = size / 40 + 1});
  trace_process(&trace, 0);
  uint32_t open = trace_stack(&trace, 0x1000, 0), other = trace_stack(&trace, 0x2000, 0);
  uint32_t site = trace_site(&trace, open, size, size);
  for (size_t i = 0; i < size; i++) {
    uint32_t stack = trace_stack(&trace, 0x100000 + 64 * i, 0);
    trace.closers[i] = (struct fdt_closer){.state = FDT_RECORD_READY,
                                           .site = site,
                                           .stack = stack,
                                           .call = CALL_CLOSE,
                                           .count = 1,
                                           .min_ticks = 1000,
                                           .max_ticks = 2000 + i};
    struct fdt_misuse *misuse = trace_misuse(&trace, FDT_MISUSE_USE_CLOSED, stack);
    misuse->low_fd = misuse->high_fd = (int)i;
    misuse->site = site;
    misuse->opened_stack = open;
    misuse->closed_stack = stack;
    misuse->closed_thread = 1001;
    misuse->opened_ticks = TRACE_START + 3 * i + 2;
    /* A history in which the close before was of another's descriptor. */
    trace_event(&trace, FDT_EVENT_OPENED, (int)i, other, TRACE_START + 3 * i);
    trace_event(&trace, FDT_EVENT_CLOSED, (int)i, stack, TRACE_START + 3 * i + 1);
    trace_event(&trace, FDT_EVENT_OPENED, (int)i, open, TRACE_START + 3 * i + 2);
  }
}

/* All asked of one number, before it was closed in vain four times as often, or after. */
void case_asked_numbers(const char *path, size_t size) {
  size_t closes = 4 * size;
  struct trace trace = trace_create(
      path, (struct counts){.stacks = 1, .misuses = size, .chunks = trace_chunks(closes)});
  trace_process(&trace, 0);
  uint32_t stack = trace_stack(&trace, 0x1000, 0);
  for (size_t i = 0; i < closes; i++)
    trace_event(&trace, FDT_EVENT_CLOSED, 3, stack, TRACE_START + 1 + i)->result = EBADF;
  for (size_t i = 0; i < size; i++) {
    struct fdt_misuse *misuse = trace_misuse(&trace, FDT_MISUSE_USE_CLOSED, stack);
    misuse->call = CALL_FCNTL;
    misuse->first_ticks = misuse->last_ticks = TRACE_START + i % 2 * closes;
  }
}

/* A thread closed four times as many numbers in order, and one of them again and again, after as
 * many folders. */
void case_swept_numbers(const char *path, size_t size) {
  size_t closes = 4 * size;
  struct trace trace = trace_create(
      path, (struct counts){.stacks = 1, .misuses = size, .chunks = trace_chunks(closes)});
  trace_process(&trace, 0);
  uint32_t stack = trace_stack(&trace, 0x1000, 0);
  for (size_t i = 0; i < closes; i++)
    trace_event(&trace, FDT_EVENT_CLOSED, (int)i, stack, TRACE_START + i);
  for (size_t i = 0; i < size; i++) {
    struct fdt_misuse *misuse = trace_misuse(&trace, FDT_MISUSE_CLOSE_AGAIN, stack);
    misuse->opened_call = CALL_OPENDIR;
    misuse->closed_call = CALL_CLOSEDIR;
    misuse->thread = misuse->closed_thread = 1001;
    misuse->closed_ticks = TRACE_START + i;
  }
}
