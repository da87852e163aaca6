/* Modules of a program whose calls go around the recorder, as they bind to libc past the shim or
 * call the kernel themselves: what they open and close shows in snapshots alone, and not every end
 * leaves time for one. */
#ifndef FDT_PROCESS_LOADS_H
#define FDT_PROCESS_LOADS_H

#include "fdtrack_format.h"

/* The caller is about to load the module `path` so. Nothing is noted of one that is not there. */
void fdt_loads_around(const char *path);

/* Notes whether anything that is loaded when the program begins is of Go, whose code calls the
 * kernel itself, past libc. Takes the loader's lock; allocates nothing, makes no system call. */
void fdt_loads_at_start(struct fdt_process *process);

/* The same of the module that holds `code`, which may have been loaded since. Async-signal-safe. */
void fdt_loads_met(const void *code);

/* A forked child has what its parent has loaded. */
static inline void fdt_loads_inherit(struct fdt_process *child, const struct fdt_process *parent) {
  child->flags |= __atomic_load_n(&parent->flags, __ATOMIC_RELAXED) & FDT_PROCESS_DIRECT_CALLS;
  child->loads_around = __atomic_load_n(&parent->loads_around, __ATOMIC_RELAXED);
  child->loaded_around = parent->loaded_around;
}

#endif
