/* What a thread remembers of its stacks: known ones, and its last walk. It stands in memory of the
 * shim's own and not in the thread's, where it would be taken from the thread's stack: of the
 * 16 KiB that a program may give one, each KiB counts. */
#ifndef FDT_UNWIND_THREAD_MEMORY_H
#define FDT_UNWIND_THREAD_MEMORY_H

#include "known_stacks.h"
#include "last_walk.h"

struct fdt_thread_memory {
  struct fdt_last_walk *last;     /* NULL: there are no more for this thread, and nothing is */
  struct fdt_known_stacks *known; /* NULL: none */
};

/* That of the thread whose stack ends at `base`: that of an ended thread in whose place it
 * stands, or unused. Async-signal-safe. */
struct fdt_thread_memory fdt_thread_memory_of(uintptr_t base);

/* No memory is reserved if none is yet, for that takes a system call: then one thread alone
 * ever has any. Async-signal-safe. */
void fdt_thread_memory_stay_unreserved(void);

#endif
