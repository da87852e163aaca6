/* Descriptors of which a program is told by its environment: what it was started with on
 * purpose. Values are looked at, and not kept. */
#ifndef FDT_PROCESS_TOLD_H
#define FDT_PROCESS_TOLD_H

#include "fdtrack_format.h"

#include <stdbool.h>

/* This program starts with `environment`. What it opens itself under a number that stands there
 * is another descriptor than the one that was meant: make tells all that it starts of its
 * jobserver, and gives it to few. Once what it was started with is in the table. */
void fdt_told_at_start(char *const *environment);

/* A process is about to go on as a program with `environment`: marks what it will keep under a
 * number that stands there (FDT_FD_TOLD), or takes the marks back, when that failed. What it
 * was started with itself is left as it is: why that is open, its own start tells.
 * Async-signal-safe, and so in vfork children. */
void fdt_told_by_exec(struct fdt_process *record, char *const *environment, bool failed);

/* The same for a child that libc will start, of what it is to have. */
void fdt_told_by_spawn(struct fdt_process *child, char *const *environment);

#endif
