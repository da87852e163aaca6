/* The live table of a process: one entry per fd number, found in O(1).
 *
 * A forked child begins with units that it shares with others (FDT_REF_SHARED). They are
 * never changed: who asks for an entry to change it gets one in a unit of its own, copied
 * when needed. An entry of a unit of one's own stays where it is for good. */
#ifndef FDT_TRACE_LIVE_H
#define FDT_TRACE_LIVE_H

#include "trace.h"

#include <stddef.h>

/* The way through the index units, for high numbers, for blocks not made yet, and for
 * shared ones. */
struct fdt_live *fdt_live_find_far(struct fdt_process *process, int fd);
struct fdt_live *fdt_live_make_far(struct fdt_process *process, int fd);
const struct fdt_live *fdt_live_peek_far(const struct fdt_process *process, int fd);
const struct fdt_detail *fdt_detail_find_far(const struct fdt_process *process, int fd);
struct fdt_detail *fdt_detail_make_far(struct fdt_process *process, int fd);

/* Takes `count` fresh units, which hold zeros, and returns the reference to the first of
 * them; 0 when there are no more (counted). */
uint32_t fdt_units_take(uint32_t count);

/* The `count` units that `ref` names; NULL for none, and for a reference that leads
 * out of the section. */
static inline void *fdt_units_at(uint32_t ref, uint32_t count) {
  if (ref == 0 || ref > fdt_trace.unit_count || count > fdt_trace.unit_count - (ref - 1))
    return NULL;
  return fdt_trace.units + (size_t)(ref - 1) * FDT_UNIT_SIZE;
}

/* The entry of a number whose block the process record leads to by itself, as it does for
 * nearly all; NULL for another, when there is none yet, and when it is shared. Acquire: pairs with
 * the release that made the block. */
static inline struct fdt_live *fdt_live_near(const struct fdt_process *process, int fd) {
  if (fdt_unlikely((uint32_t)fd >= FDT_DIRECT_FDS))
    return NULL;
  const uint32_t *ref = &process->direct[(uint32_t)fd / FDT_BLOCK_FDS].live;
  struct fdt_live *entries = fdt_units_at(__atomic_load_n(ref, __ATOMIC_ACQUIRE), 1);
  return entries == NULL ? NULL : &entries[(uint32_t)fd % FDT_BLOCK_FDS];
}

/* The same for the cold part. */
static inline struct fdt_detail *fdt_detail_near(const struct fdt_process *process, int fd) {
  if (fdt_unlikely((uint32_t)fd >= FDT_DIRECT_FDS))
    return NULL;
  const uint32_t *ref = &process->direct[(uint32_t)fd / FDT_BLOCK_FDS].detail;
  struct fdt_detail *details =
      fdt_units_at(__atomic_load_n(ref, __ATOMIC_ACQUIRE), FDT_DETAIL_UNITS);
  return details == NULL ? NULL : &details[(uint32_t)fd % FDT_BLOCK_FDS];
}

/* Returns the entry of `fd`, for its own process to change, or NULL where none was ever
 * made, or a shared one cannot be copied, which is counted. */
static inline struct fdt_live *fdt_live_find(struct fdt_process *process, int fd) {
  struct fdt_live *entry = fdt_live_near(process, fd);
  return fdt_likely(entry != NULL) ? entry : fdt_live_find_far(process, fd);
}

/* Returns the entry of `fd` as it is now, or NULL where none was ever made. */
static inline const struct fdt_live *fdt_live_peek(const struct fdt_process *process, int fd) {
  const struct fdt_live *entry = fdt_live_near(process, fd);
  return fdt_likely(entry != NULL) ? entry : fdt_live_peek_far(process, fd);
}

/* Returns the entry of `fd`, making room for it; NULL when there is none, which is counted. */
static inline struct fdt_live *fdt_live_make(struct fdt_process *process, int fd) {
  struct fdt_live *entry = fdt_live_near(process, fd);
  return fdt_likely(entry != NULL) ? entry : fdt_live_make_far(process, fd);
}

/* Returns the cold part of an entry, or NULL where none was ever made. */
static inline const struct fdt_detail *fdt_detail_find(const struct fdt_process *process, int fd) {
  return fdt_likely((uint32_t)fd < FDT_DIRECT_FDS) ? fdt_detail_near(process, fd)
                                                   : fdt_detail_find_far(process, fd);
}

/* Returns the cold part of an entry, making room for it; NULL as above. */
static inline struct fdt_detail *fdt_detail_make(struct fdt_process *process, int fd) {
  struct fdt_detail *detail = fdt_detail_near(process, fd);
  return fdt_likely(detail != NULL) ? detail : fdt_detail_make_far(process, fd);
}

/* Calls `visit` with each block of FDT_BLOCK_FDS entries that exists, by rising fd. A
 * visitor that changes one asks for it by fdt_live_find. */
void fdt_live_blocks(const struct fdt_process *process,
                     void (*visit)(void *context, int first_fd, const struct fdt_live *entries),
                     void *context);

/* Whether an entry was changed, of each block of the first numbers (of others in their turn as
 * well, which does no harm). Whoever changes one notes it afterwards. Release: whoever sees the
 * note sees the change. */
#define FDT_LIVE_WATCHED 64 /* blocks */
extern uint8_t fdt_live_touched[FDT_LIVE_WATCHED];
static inline void fdt_live_touch(int fd) {
  __atomic_store_n(&fdt_live_touched[(uint32_t)fd / FDT_BLOCK_FDS % FDT_LIVE_WATCHED], 1,
                   __ATOMIC_RELEASE);
}

/* Returns the entry's state word (acquire: pairs with the release of whoever published it). */
static inline uint32_t fdt_live_state(const struct fdt_live *entry) {
  return __atomic_load_n(&entry->state, __ATOMIC_ACQUIRE);
}

#endif
