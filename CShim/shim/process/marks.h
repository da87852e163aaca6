/* Marks: what the program says it is doing, such as a test case, so that what it leaves
 * open can be told by that. See struct fdt_mark for which mark a descriptor belongs to.
 *
 * They stand in a table of their own and cost nothing when a descriptor is opened: the
 * moment and the thread of its opening lead to its mark. */
#ifndef FDT_PROCESS_MARKS_H
#define FDT_PROCESS_MARKS_H

#include <stdint.h>

/* A longer name is cut, visibly. */
#define FDT_MARK_NAME_MAX 256

/* The mark in force for the caller, seen as a thread of `process`: its own, else that of
 * the process, else what that began with. 0 when there is none. Async-signal-safe. */
uint32_t fdt_mark_in_force(uint32_t process);

/* Ends the process's mark and begins another; NULL or "": none. Lock-free,
 * async-signal-safe; leaves errno alone. */
void fdt_mark_process(const char *name);

/* The same for the calling thread only. */
void fdt_mark_thread(const char *name);

/* A program begins with `name` in its environment (NULL: not). That is its mark unless the
 * program that made it had the same: then what it was made in says more. */
void fdt_mark_by_setting(uint32_t process, const char *name);

#endif
