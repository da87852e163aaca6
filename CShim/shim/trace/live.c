#include "live.h"

#include "losses.h"
#include "trace.h"

uint8_t fdt_live_touched[FDT_LIVE_WATCHED];

/* What is to become of a reference on the way to an entry. */
enum purpose {
  PEEK, /* it stays as it is */
  FIND, /* a shared unit is copied */
  MAKE, /* and where there is none, one is taken */
};

/* Units are handed out once and never given back: the table of an ended
 * process is what the report is about. A fresh file holds zeros. */
uint32_t fdt_units_take(uint32_t count) {
  uint64_t first = __atomic_fetch_add(&fdt_trace.header->units_next, count, __ATOMIC_RELAXED);
  if (first >= fdt_trace.unit_count || count > fdt_trace.unit_count - first ||
      first >= FDT_REF_SHARED - 1) {
    fdt_lose(FDT_LOSS_LIVE_BLOCKS);
    return 0;
  }
  return (uint32_t)first + 1;
}

/* Puts a unit of the process's own, a copy of the shared one where there is one, in the
 * place of `seen`. Of two threads that race, one leaves its unit unused; what the other
 * made is returned. A shared unit does not change, so the copy needs no care, and it is
 * whole when the release publishes it. */
static __attribute__((noinline)) uint32_t own(uint32_t *slot, uint32_t seen, uint32_t count) {
  uint32_t mine = fdt_units_take(count);
  if (mine == 0)
    return 0;
  const void *shared = fdt_units_at(seen & ~FDT_REF_SHARED, 1);
  if (shared != NULL)
    __builtin_memcpy(fdt_units_at(mine, 1), shared, FDT_UNIT_SIZE);
  /* On failure `seen` holds the other thread's. Release: pairs with the acquire of follow. */
  if (__atomic_compare_exchange_n(slot, &seen, mine, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    return mine;
  return seen;
}

/* Returns the first of the `count` units that *slot refers to; NULL where there are none,
 * and for a reference that leads out of the section. */
static void *follow(uint32_t *slot, uint32_t count, enum purpose purpose) {
  uint32_t ref = __atomic_load_n(slot, __ATOMIC_ACQUIRE);
  if ((ref == 0 && purpose == MAKE) || ((ref & FDT_REF_SHARED) != 0 && purpose != PEEK))
    ref = own(slot, ref, count);
  return fdt_units_at(ref & ~FDT_REF_SHARED, count);
}

/* The same to look at the first of them, where mostly there are none. */
static inline void *peek(const uint32_t *slot) {
  uint32_t ref = __atomic_load_n(slot, __ATOMIC_ACQUIRE);
  return ref == 0 ? NULL : fdt_units_at(ref & ~FDT_REF_SHARED, 1);
}

static struct fdt_block_ref *find_block(const struct fdt_process *table, int fd,
                                        enum purpose purpose) {
  struct fdt_process *process = (struct fdt_process *)table; /* not changed by PEEK */
  if (fd < 0)
    return NULL;
  if (fd < FDT_DIRECT_FDS)
    return &process->direct[fd / FDT_BLOCK_FDS];
  if (fd >= FDT_MAX_FDS) {
    if (purpose == MAKE)
      fdt_lose(FDT_LOSS_FD_NUMBERS);
    return NULL;
  }
  uint32_t leaf = (uint32_t)fd / FDT_LEAF_FDS;
  uint32_t *mids = follow(&process->root[leaf / FDT_MID_ENTRIES], 1, purpose);
  if (mids == NULL)
    return NULL;
  struct fdt_block_ref *blocks = follow(&mids[leaf % FDT_MID_ENTRIES], 1, purpose);
  if (blocks == NULL)
    return NULL;
  return &blocks[fd % FDT_LEAF_FDS / FDT_BLOCK_FDS];
}

static struct fdt_live *find_live(const struct fdt_process *process, int fd, enum purpose purpose) {
  struct fdt_block_ref *block = find_block(process, fd, purpose);
  struct fdt_live *entries = block == NULL ? NULL : follow(&block->live, 1, purpose);
  return entries == NULL ? NULL : &entries[fd % FDT_BLOCK_FDS];
}

struct fdt_live *fdt_live_find_far(struct fdt_process *process, int fd) {
  return find_live(process, fd, FIND);
}

struct fdt_live *fdt_live_make_far(struct fdt_process *process, int fd) {
  return find_live(process, fd, MAKE);
}

const struct fdt_live *fdt_live_peek_far(const struct fdt_process *process, int fd) {
  return find_live(process, fd, PEEK);
}

static struct fdt_detail *find_detail(const struct fdt_process *process, int fd,
                                      enum purpose purpose) {
  struct fdt_block_ref *block = find_block(process, fd, purpose);
  struct fdt_detail *details =
      block == NULL ? NULL : follow(&block->detail, FDT_DETAIL_UNITS, purpose);
  return details == NULL ? NULL : &details[fd % FDT_BLOCK_FDS];
}

const struct fdt_detail *fdt_detail_find_far(const struct fdt_process *process, int fd) {
  return find_detail(process, fd, PEEK);
}

struct fdt_detail *fdt_detail_make_far(struct fdt_process *process, int fd) {
  return find_detail(process, fd, MAKE);
}

void fdt_live_blocks(const struct fdt_process *process,
                     void (*visit)(void *context, int first_fd, const struct fdt_live *entries),
                     void *context) {
  /* A table has no more blocks than there are units; references that somebody else
   * wrote over could lead round in circles. */
  uint32_t left = fdt_trace.unit_count;
  for (int i = 0; i < FDT_DIRECT_BLOCKS; i++) {
    const struct fdt_live *entries = peek(&process->direct[i].live);
    if (entries != NULL)
      visit(context, i * FDT_BLOCK_FDS, entries);
  }
  for (int r = 0; r < FDT_ROOT_BLOCKS && left > 0; r++) {
    const uint32_t *mids = peek(&process->root[r]);
    if (mids == NULL)
      continue;
    for (int m = 0; m < FDT_MID_ENTRIES && left > 0; m++) {
      const struct fdt_block_ref *blocks = peek(&mids[m]);
      if (blocks == NULL)
        continue;
      left--;
      for (int b = 0; b < FDT_LEAF_ENTRIES && left > 0; b++) {
        const struct fdt_live *entries = peek(&blocks[b].live);
        if (entries == NULL)
          continue;
        left--;
        visit(context, (r * FDT_MID_ENTRIES + m) * FDT_LEAF_FDS + b * FDT_BLOCK_FDS, entries);
      }
    }
  }
}
