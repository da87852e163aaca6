/* The live table of a process: one entry per fd number, found in O(1). */
#ifndef FDT_TRACE_LIVE_H
#define FDT_TRACE_LIVE_H

#include "fdtrack_format.h"

#include <stddef.h>

/* Returns the entry of `fd`, or NULL where none was ever made. */
struct fdt_live *fdt_live_find(const struct fdt_process *process, int fd);

/* Returns the entry of `fd`, making room for it; NULL when there is none, which is counted. */
struct fdt_live *fdt_live_make(struct fdt_process *process, int fd);

/* Returns the cold part of an entry, making room for it; NULL as above. */
struct fdt_detail *fdt_detail_make(struct fdt_process *process, int fd);

/* Returns the cold part of an entry, or NULL where none was ever made. */
const struct fdt_detail *fdt_detail_find(const struct fdt_process *process, int fd);

/* Calls `visit` with each block of FDT_BLOCK_FDS entries that exists, by rising fd. */
void fdt_live_blocks(struct fdt_process *process,
                     void (*visit)(void *context, int first_fd, struct fdt_live *entries),
                     void *context);

/* Returns the entry's state word (acquire: pairs with the release of whoever published it). */
static inline uint32_t fdt_live_state(const struct fdt_live *entry) {
  return __atomic_load_n(&entry->state, __ATOMIC_ACQUIRE);
}

#endif
