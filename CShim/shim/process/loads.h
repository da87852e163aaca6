/* Modules that a program has loaded around the recorder: they bind to libc past the shim, so what
 * they open and close shows in snapshots alone, and not every end leaves time for one. */
#ifndef FDT_PROCESS_LOADS_H
#define FDT_PROCESS_LOADS_H

#include "fdtrack_format.h"

/* The caller is about to load the module `path` so. Nothing is noted of one that is not there. */
void fdt_loads_around(const char *path);

/* A forked child has what its parent has loaded. */
static inline void fdt_loads_inherit(struct fdt_process *child, const struct fdt_process *parent) {
  child->loads_around = __atomic_load_n(&parent->loads_around, __ATOMIC_RELAXED);
  child->loaded_around = parent->loaded_around;
}

#endif
