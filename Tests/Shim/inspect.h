/* A reader of traces for the tests: just enough to look at what the shim wrote,
 * also while it is still writing. Every reference is checked against its section
 * before it is followed; what does not fit reads as absent (NULL).
 *
 * Not for use in signal handlers. Strings are returned in place, not NUL-ended. */
#ifndef FDTRACK_TESTS_INSPECT_H
#define FDTRACK_TESTS_INSPECT_H

#include "fdtrack_format.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct trace {
  const uint8_t *base;
  size_t size;
  const struct fdt_header *header;
};

/* Maps the trace at `path` read-only; false when there is none, or its header or
 * sections are not those of a trace. Stays mapped for the life of the process. */
bool trace_map(struct trace *trace, const char *path);

/* The trace that this very process writes to: FDTRACK_OUT of its environment.
 * NULL when there is none. Mapped at the first call. */
const struct trace *trace_own(void);

/* The record of `index` in a section, NULL past its end. */
const void *trace_at(const struct trace *trace, enum fdt_section_id section, uint64_t index);

/* Number of process records handed out, within the section's capacity. */
uint32_t trace_process_count(const struct trace *trace);

/* The published record of a process_ref, or NULL. */
const struct fdt_process *trace_process(const struct trace *trace, uint32_t ref);

/* The process_ref of the latest published record of `pid`, or 0. */
uint32_t trace_find(const struct trace *trace, pid_t pid);

/* The entry of `fd`, or NULL where none was ever made. */
const struct fdt_live *trace_live(const struct trace *trace, const struct fdt_process *process,
                                  int fd);

/* The cold part of `fd`, when it belongs to `entry`'s very opening; else NULL. */
const struct fdt_detail *trace_detail(const struct trace *trace, const struct fdt_process *process,
                                      int fd, const struct fdt_live *entry);

/* Descriptors open in the process, as its counters tell. */
uint32_t trace_live_count(const struct fdt_process *process);

/* Calls `visit` with each entry that was ever made for the process, by rising fd. */
void trace_each_live(const struct trace *trace, const struct fdt_process *process,
                     void (*visit)(void *context, int fd, const struct fdt_live *entry),
                     void *context);

/* The name of a call slot; "" for 0, "?" for what is no slot. */
const char *trace_call(const struct trace *trace, uint32_t slot);

/* The bytes of a string reference and their number; NULL when there are none. */
const char *trace_string(const struct trace *trace, uint32_t ref, size_t *size);

/* Holds the whole trace against the format: sections, references, cursors,
 * chunks, stacks. Writes a line to stderr for each thing that is wrong and
 * returns their number. True of every trace, however its writers ended. */
unsigned trace_unsound(const struct trace *trace);

/* Holds the counts against each other: live tables, process counters, call sites,
 * coverage and losses. True of traces whose processes all came to a quiet end and
 * whose programs did nothing that the shim cannot see. Reports as above. */
unsigned trace_inexact(const struct trace *trace);

#endif
