/* The trace file: made by the first program of a tree, joined by the others. */
#ifndef FDT_TRACE_FILE_H
#define FDT_TRACE_FILE_H

#include <stdbool.h>
#include <stdint.h>

/* Sizes in bytes. The default holds some half a million events, 4,096
 * processes, 65,536 call sites and 100,000 fds open at once. */
#define FDT_SIZE_DEFAULT (64ull << 20)
#define FDT_SIZE_MIN     (1ull << 20)
#define FDT_SIZE_MAX     (16ull << 30)

/* The process that a new trace begins with, where that is not the one which makes it: entered
 * before anybody can join the trace, so that it is the first for all of them. */
struct fdt_trace_first {
  void (*enter)(uint32_t pid);
  uint32_t pid;
};

/* Makes and maps a trace at `path`, which nothing stands at, of that id, or of one drawn here
 * where it is 0. It begins with `first`, if that is not NULL. Takes a smaller one than `size` where
 * RLIMIT_FSIZE or the disk allow only that, it would be more than a sixteenth of RLIMIT_AS, or, in
 * a file system that is memory, more than an eighth of what control groups leave. Returns 0, or an
 * errno value, and then leaves nothing behind. Keeps no fd. */
int fdt_trace_create(const char *path, uint64_t size, uint64_t trace_id,
                     const struct fdt_trace_first *first);

/* Maps the trace at `path` if it is `trace_id`'s and of this very shim, and no more
 * than a sixteenth of RLIMIT_AS. Returns 0 or errno; EAGAIN where it is none yet. */
int fdt_trace_join(const char *path, uint64_t trace_id);

/* Does the one or the other: whichever of the programs that start at once with the same id
 * is first makes the trace, and the rest wait for it. `made` says whether it was the caller. */
int fdt_trace_share(const char *path, uint64_t size, uint64_t trace_id,
                    const struct fdt_trace_first *first, bool *made);

/* Makes way for a new trace at `path`: an old one whose processes are gone
 * becomes path.old. Returns false when what stands there must stay: it is in
 * use, or is no trace. */
bool fdt_trace_make_way(const char *path);

/* Whether a trace that is wanted at `path` may be made there or beside: not where that is a
 * device, a folder, or a link to one, which nobody meant to have a neighbour. */
bool fdt_trace_has_place(const char *path);

#endif
