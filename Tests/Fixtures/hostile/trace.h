/* Writes traces by the format's own structs, with sections of any size: what no
 * recorder would write, and a reader must bear. The file is sparse. */
#ifndef HOSTILE_TRACE_H
#define HOSTILE_TRACE_H

#include "fdtrack_format.h"

#include <stdbool.h>
#include <stddef.h>

/* Records per section; bytes of text for STRINGS. Zero is one record. */
struct counts {
  size_t processes, stacks, sites, closers, modules, strings, units, chunks, misuses, marks;
};

/* The names that every trace has in CALLS. */
enum call {
  CALL_NONE,
  CALL_OPEN,
  CALL_SOCKET,
  CALL_CLOSE,
  CALL_CONNECT,
  CALL_FORK,
  CALL_FCLOSE,
  CALL_ACCEPT,
  CALL_FCNTL,
  CALL_OPENDIR,
  CALL_CLOSEDIR,
  CALL_PIDFD_OPEN
};

struct trace {
  struct fdt_header *header;
  struct fdt_process *processes;
  struct fdt_stack_node *stacks;
  struct fdt_site *sites;
  struct fdt_closer *closers;
  struct fdt_module *modules;
  char *strings;
  uint8_t *units;
  struct fdt_chunk *chunks;
  struct fdt_misuse *misuses;
  struct fdt_mark *marks;
};

/* Creates the file, which must not exist, with a sound header, or ends the program. */
struct trace trace_create(const char *path, struct counts counts);

/* The next process, published: a child of `parent` (a process_ref, 0 for none) by fork. Its
 * start is a microsecond after the one before. */
struct fdt_process *trace_process(struct trace *trace, uint32_t parent);

/* The reference of a process. */
uint32_t trace_ref(const struct trace *trace, const struct fdt_process *process);

/* Stores a text; returns its reference. */
uint32_t trace_string(struct trace *trace, const void *bytes, size_t size);

/* Frame of module 1 at `address`, called from stack `parent`; returns the stack number. */
uint32_t trace_stack(struct trace *trace, uint64_t address, uint32_t parent);

/* A chain of `depth` frames from `address` on, outermost first; returns the innermost. */
uint32_t trace_chain(struct trace *trace, uint64_t address, size_t depth);

/* The entry of an fd, open since `ticks`; its block, and `detail` if asked for, are made
 * when they are not there. */
struct fdt_live *trace_live(struct trace *trace, struct fdt_process *process, uint32_t fd,
                            uint64_t ticks, struct fdt_detail **detail);

/* Marks all references of a table without details as shared, so that other processes may have it,
 * too. It takes no more entries afterwards. */
void trace_share(struct trace *trace, struct fdt_process *process);

/* The next site, of process 1; `trace_live` entries refer to it by the reference returned. */
uint32_t trace_site(struct trace *trace, uint32_t stack, uint64_t opened, uint64_t closed);

/* The next misuse, of process 1 and fd 3. */
struct fdt_misuse *trace_misuse(struct trace *trace, enum fdt_misuse_kind kind, uint32_t stack);

/* The next mark, of process 1 as a whole, from `ticks` on; `name` is a string reference. */
struct fdt_mark *trace_mark(struct trace *trace, uint32_t name, uint64_t ticks);

/* Begins a chunk of the ring: the events that follow are of that process's main thread. */
void trace_chunk(struct trace *trace, const struct fdt_process *process);

/* Adds an event to the ring; where no chunk was begun, of process 1. */
struct fdt_record *trace_event(struct trace *trace, enum fdt_event event, int fd, uint32_t stack,
                               uint64_t ticks);

/* Chunks that so many events of one thread take. */
size_t trace_chunks(size_t events);

/* Units that a table of `fds` descriptors takes. */
size_t trace_table_units(size_t fds, bool details);

/* Ticks are nanoseconds; the first process starts here. */
#define TRACE_START 1000000ull

#endif
