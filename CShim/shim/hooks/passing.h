/* The way to the trace, for programs that are about to start: a few variables more
 * in an environment that lives as long as the call. */
#ifndef FDT_HOOKS_PASSING_H
#define FDT_HOOKS_PASSING_H

#include "start.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Variables up to which a copy needs no memory but the caller's stack. */
#define FDT_PASSED_SMALL 128

struct fdt_passed {
  char *const *vector; /* what to pass on */
  void *mapped;        /* freed when the call returns, or NULL */
  size_t mapped_size;
  char child[sizeof FDT_CHILD_NAME + 12]; /* "FDTRACK_CHILD=1f" */
};

/* Fills plan->vector: `from` itself, or a copy, in `small` or in mapped memory,
 * that names the trace and the record of `child` (0: none was made). Programs that
 * do not get the preload are passed what they were given, unless FDTRACK_FOLLOW is
 * set; so is the kernel what nobody can read. Async-signal-safe. */
void fdt_pass_prepare(struct fdt_passed *plan, char *const *from, uint32_t child, char **small);

/* What was prepared made arguments and environment too long (E2BIG): now passes on
 * `from` itself, and returns true, unless that is what was too long. */
bool fdt_pass_less(struct fdt_passed *plan, char *const *from);

void fdt_pass_dispose(const struct fdt_passed *plan);

#endif
