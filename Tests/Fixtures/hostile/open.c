/* Traces of many open descriptors. */
#include "cases.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The i-th of `size` moments spread over a minute. */
static uint64_t moment(size_t i, size_t size) {
  return TRACE_START + 1000000 + 60000000000ull / size * i;
}

/* All from one call: a list as long as the table. */
void case_one_site(const char *path, size_t size) {
  struct trace trace =
      trace_create(path, (struct counts){.stacks = 8, .units = trace_table_units(size, false)});
  struct fdt_process *process = trace_process(&trace, 0);
  uint32_t stack = trace_chain(&trace, 0x1000, 5);
  uint32_t site = trace_site(&trace, stack, size, 0);
  for (size_t i = 0; i < size; i++) {
    struct fdt_live *live = trace_live(&trace, process, (uint32_t)i + 3, moment(i, size), NULL);
    live->stack = stack;
    live->site = site;
  }
}

/* Each from a stack of its own, without a counter. */
void case_own_sites(const char *path, size_t size) {
  struct trace trace = trace_create(
      path, (struct counts){.stacks = size + 8, .units = trace_table_units(size, false)});
  struct fdt_process *process = trace_process(&trace, 0);
  uint32_t caller = trace_chain(&trace, 0x1000, 5);
  for (size_t i = 0; i < size; i++) {
    struct fdt_live *live = trace_live(&trace, process, (uint32_t)i + 3, moment(i, size), NULL);
    live->stack = trace_stack(&trace, 0x200000 + 64 * i, caller);
  }
}

/* Each with a path of its own, and addresses. */
void case_named(const char *path, size_t size) {
  struct trace trace =
      trace_create(path, (struct counts){.stacks = 8, .units = trace_table_units(size, true)});
  struct fdt_process *process = trace_process(&trace, 0);
  uint32_t stack = trace_chain(&trace, 0x1000, 5);
  uint32_t site = trace_site(&trace, stack, size, 0);
  for (size_t i = 0; i < size; i++) {
    struct fdt_detail *detail;
    struct fdt_live *live = trace_live(&trace, process, (uint32_t)i + 3, moment(i, size), &detail);
    live->stack = stack;
    live->site = site;
    live->kind = i % 2 ? FDT_KIND_TCP : FDT_KIND_FILE;
    detail->form = FDT_TEXT_PATH;
    /* Control characters take six times their room in a report. */
    memset(detail->text, 1 + (int)(i % 3), sizeof detail->text);
    detail->text_size = (uint16_t)(sizeof detail->text);
    snprintf(detail->text, sizeof detail->text, "/tmp/%zu", i);
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = (in_port_t)i};
    memset(&address.sin6_addr, (int)(i % 255) + 1, sizeof address.sin6_addr);
    memcpy(detail->local, &address, sizeof address);
    memcpy(detail->remote, &address, sizeof address);
    detail->local_size = detail->remote_size = sizeof address;
    detail->tcp_state = 1 + i % 11;
  }
}

/* The last that happened to each was another failure, at another place. */
void case_unlike_failures(const char *path, size_t size) {
  struct trace trace = trace_create(
      path, (struct counts){.stacks = size + 8, .units = trace_table_units(size, false)});
  struct fdt_process *process = trace_process(&trace, 0);
  uint32_t stack = trace_chain(&trace, 0x1000, 5);
  uint32_t site = trace_site(&trace, stack, size, 0);
  for (size_t i = 0; i < size; i++) {
    struct fdt_live *live = trace_live(&trace, process, (uint32_t)i + 3, moment(i, size), NULL);
    live->stack = stack;
    live->site = site;
    live->kind = FDT_KIND_TCP;
    live->note_call = CALL_CONNECT;
    live->note_error = i % 2 ? ECONNREFUSED : (int)i;
    live->note_ticks = live->opened_ticks + 1;
    live->note_stack = trace_stack(&trace, 0x100000 + 64 * i, stack);
  }
}

/* Nobody was seen to open any of them. */
void case_unseen(const char *path, size_t size) {
  struct trace trace = trace_create(path, (struct counts){.units = trace_table_units(size, true)});
  struct fdt_process *process = trace_process(&trace, 0);
  process->flags |= FDT_PROCESS_SNAPSHOT;
  process->unseen = (uint32_t)size;
  for (size_t i = 0; i < size; i++) {
    struct fdt_detail *detail;
    struct fdt_live *live = trace_live(&trace, process, (uint32_t)i + 3, moment(i, size), &detail);
    live->via = FDT_VIA_UNSEEN;
    detail->form = FDT_TEXT_LINK;
    detail->text_size = (uint16_t)snprintf(detail->text, sizeof detail->text, "pipe:[%zu]", i);
  }
}

/* Descriptors whose names are texts of the store, `step` bytes apart. */
static void texts(const char *path, size_t size, size_t step, size_t length) {
  struct trace trace = trace_create(path, (struct counts){.stacks = 8,
                                                          .strings = 8 + size * step + length + 64,
                                                          .units = trace_table_units(size, true)});
  struct fdt_process *process = trace_process(&trace, 0);
  uint32_t stack = trace_chain(&trace, 0x1000, 5);
  uint32_t site = trace_site(&trace, stack, size, 0);
  size_t end = 8 + size * step + length;
  /* No UTF-8: each byte is three when it is replaced. */
  memset(trace.strings + 8, 0xff, end - 8);
  trace.header->strings_next = end;
  for (size_t i = 0; i < size; i++) {
    struct fdt_detail *detail;
    struct fdt_live *live = trace_live(&trace, process, (uint32_t)i + 3, moment(i, size), &detail);
    live->stack = stack;
    live->site = site;
    detail->form = FDT_TEXT_PATH;
    detail->text_ref = (uint32_t)(8 + i * step);
    uint32_t word = (uint32_t)length;
    memcpy(trace.strings + detail->text_ref, &word, sizeof word);
  }
}

/* All have the same long name. */
void case_shared_texts(const char *path, size_t size) { texts(path, size, 0, 4096); }

/* Each name begins eight bytes after the one before, and is as long as names may be. */
void case_overlapping_texts(const char *path, size_t size) { texts(path, size, 8, 4096); }
