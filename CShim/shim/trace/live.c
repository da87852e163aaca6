#include "live.h"

#include "losses.h"
#include "trace.h"

/* Units are handed out once and never given back: the table of an ended
 * process is what the report is about. A fresh file holds zeros. */
static uint32_t take_units(uint32_t count) {
  uint64_t first = __atomic_fetch_add(&fdt_trace.header->units_next, count, __ATOMIC_RELAXED);
  if (first >= fdt_trace.unit_count || count > fdt_trace.unit_count - first) {
    fdt_lose(FDT_LOSS_LIVE_BLOCKS);
    return 0;
  }
  return (uint32_t)first + 1;
}

/* Returns the first of the `count` units that *slot refers to, taking them when it
 * is empty and `make` says so; NULL also for a reference that leads out of the
 * section. Of two threads that race, one leaves its unit unused. */
static void *follow(uint32_t *slot, uint32_t count, int make) {
  uint32_t ref = __atomic_load_n(slot, __ATOMIC_ACQUIRE);
  if (ref == 0 && make) {
    uint32_t mine = take_units(count);
    if (mine == 0)
      return NULL;
    /* On failure `ref` holds the other thread's. Release: pairs with the acquire above. */
    if (__atomic_compare_exchange_n(slot, &ref, mine, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
      ref = mine;
  }
  return fdt_units_at(ref, count);
}

static struct fdt_block_ref *find_block(struct fdt_process *process, int fd, int make) {
  if (fd < 0)
    return NULL;
  if (fd < FDT_DIRECT_FDS)
    return &process->direct[fd / FDT_BLOCK_FDS];
  if (fd >= FDT_MAX_FDS) {
    if (make)
      fdt_lose(FDT_LOSS_FD_NUMBERS);
    return NULL;
  }
  uint32_t leaf = (uint32_t)fd / FDT_LEAF_FDS;
  uint32_t *mids = follow(&process->root[leaf / FDT_MID_ENTRIES], 1, make);
  if (mids == NULL)
    return NULL;
  struct fdt_block_ref *blocks = follow(&mids[leaf % FDT_MID_ENTRIES], 1, make);
  if (blocks == NULL)
    return NULL;
  return &blocks[fd % FDT_LEAF_FDS / FDT_BLOCK_FDS];
}

struct fdt_live *fdt_live_find_far(const struct fdt_process *process, int fd) {
  struct fdt_block_ref *block = find_block((struct fdt_process *)process, fd, 0);
  struct fdt_live *entries = block == NULL ? NULL : follow(&block->live, 1, 0);
  return entries == NULL ? NULL : &entries[fd % FDT_BLOCK_FDS];
}

struct fdt_live *fdt_live_make_far(struct fdt_process *process, int fd) {
  struct fdt_block_ref *block = find_block(process, fd, 1);
  struct fdt_live *entries = block == NULL ? NULL : follow(&block->live, 1, 1);
  return entries == NULL ? NULL : &entries[fd % FDT_BLOCK_FDS];
}

const struct fdt_detail *fdt_detail_find_far(const struct fdt_process *process, int fd) {
  struct fdt_block_ref *block = find_block((struct fdt_process *)process, fd, 0);
  struct fdt_detail *details = block == NULL ? NULL : follow(&block->detail, FDT_DETAIL_UNITS, 0);
  return details == NULL ? NULL : &details[fd % FDT_BLOCK_FDS];
}

struct fdt_detail *fdt_detail_make_far(struct fdt_process *process, int fd) {
  struct fdt_block_ref *block = find_block(process, fd, 1);
  struct fdt_detail *details = block == NULL ? NULL : follow(&block->detail, FDT_DETAIL_UNITS, 1);
  return details == NULL ? NULL : &details[fd % FDT_BLOCK_FDS];
}

void fdt_live_blocks(struct fdt_process *process,
                     void (*visit)(void *context, int first_fd, struct fdt_live *entries),
                     void *context) {
  /* A table has no more blocks than there are units; references that somebody else
   * wrote over could lead round in circles. */
  uint32_t left = fdt_trace.unit_count;
  for (int i = 0; i < FDT_DIRECT_BLOCKS; i++) {
    struct fdt_live *entries = follow(&process->direct[i].live, 1, 0);
    if (entries != NULL)
      visit(context, i * FDT_BLOCK_FDS, entries);
  }
  for (int r = 0; r < FDT_ROOT_BLOCKS && left > 0; r++) {
    uint32_t *mids = follow(&process->root[r], 1, 0);
    if (mids == NULL)
      continue;
    for (int m = 0; m < FDT_MID_ENTRIES && left > 0; m++) {
      struct fdt_block_ref *blocks = follow(&mids[m], 1, 0);
      if (blocks == NULL)
        continue;
      left--;
      for (int b = 0; b < FDT_LEAF_ENTRIES && left > 0; b++) {
        struct fdt_live *entries = follow(&blocks[b].live, 1, 0);
        if (entries == NULL)
          continue;
        left--;
        visit(context, (r * FDT_MID_ENTRIES + m) * FDT_LEAF_FDS + b * FDT_BLOCK_FDS, entries);
      }
    }
  }
}
