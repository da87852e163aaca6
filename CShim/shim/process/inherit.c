#include "process.h"

#include "kernel/open_fds.h"
#include "process/loads.h"
#include "process/marks.h"
#include "snapshot/snapshot.h"
#include "trace/counters.h"
#include "trace/entry.h"
#include "trace/losses.h"
#include "trace/share.h"

struct inheritance {
  struct fdt_process *child;
  enum fdt_via via;
  bool cloexec;
  uint64_t since; /* recheck: only what was opened after this */
};

/* Into an entry that is not in use. */
static inline void inherit_entry(struct inheritance *plan, struct fdt_live *to,
                                 const struct fdt_live *from, uint8_t flags) {
  uint32_t word = fdt_live_copy_open(to, from);
  if (word == 0)
    return;
  to->via = (uint8_t)plan->via;
  to->flags |= flags;
  __atomic_store_n(&to->state, word, __ATOMIC_RELEASE);
  plan->child->inherited++;
}

static void inherit_block(void *context, int first_fd, const struct fdt_live *entries) {
  struct inheritance *plan = context;
  struct fdt_live *to = NULL; /* made only when there is something to inherit */
  for (int i = 0; i < FDT_BLOCK_FDS; i++) {
    if (FDT_LIVE_STATE(fdt_live_state(&entries[i])) != FDT_LIVE_OPEN ||
        (!plan->cloexec && (entries[i].flags & FDT_FD_CLOEXEC) != 0))
      continue;
    if (to == NULL)
      to = fdt_live_make(plan->child, first_fd);
    if (to == NULL)
      return;
    inherit_entry(plan, &to[i], &entries[i], 0);
  }
}

/* Begins the record of a descendant: all but its table. */
static void descend(uint32_t child, uint32_t parent) {
  struct fdt_process *to = fdt_process_at(child);
  struct fdt_process *from = fdt_process_at(parent);
  to->parent = parent;
  to->exe = from->exe;
  to->argv = from->argv;
  to->cwd = from->cwd;
  to->ppid = from->pid;
  to->uid = from->uid;
  to->fd_limit = from->fd_limit;
  to->fd_limit_hard = from->fd_limit_hard;
  to->mark = fdt_mark_in_force(parent);
  to->mark_setting = from->mark_setting;
  if (!fdt_alone())
    __atomic_fetch_or(&from->flags, FDT_PROCESS_THREADS, __ATOMIC_RELAXED);
}

static void begin_peak(struct fdt_process *process) {
  process->peak = process->inherited;
  process->peak_ticks = process->start_ticks;
}

void fdt_process_inherit(uint32_t child, uint32_t parent, enum fdt_via via, bool cloexec) {
  descend(child, parent);
  struct inheritance plan = {.child = fdt_process_at(child), .via = via, .cloexec = cloexec};
  fdt_live_blocks(fdt_process_at(parent), inherit_block, &plan);
  begin_peak(plan.child);
}

uint32_t fdt_process_before_fork(uint32_t parent) {
  uint32_t child = fdt_process_take();
  if (child == 0)
    return 0;
  descend(child, parent);
  struct fdt_process *record = fdt_process_at(child);
  record->how = FDT_HOW_FORK;
  record->flags = FDT_PROCESS_ATTACHED;
  fdt_loads_inherit(record, fdt_process_at(parent));
  record->inherited = fdt_live_share(fdt_process_at(parent), record);
  begin_peak(record);
  return child;
}

void fdt_process_unborn(uint32_t child) {
  __atomic_store_n(&fdt_process_at(child)->state, FDT_RECORD_BUSY, __ATOMIC_RELEASE);
}

/* ---- several threads ----------------------------------------------------------- */

static void drop_closed(void *context, int first_fd, const struct fdt_live *entries) {
  struct inheritance *plan = context;
  for (int i = 0; i < FDT_BLOCK_FDS; i++) {
    uint32_t word = fdt_live_state(&entries[i]);
    if (FDT_LIVE_STATE(word) != FDT_LIVE_OPEN || fdt_fd_is_open(first_fd + i))
      continue;
    struct fdt_live *entry = fdt_live_find(plan->child, first_fd + i);
    if (entry == NULL)
      continue;
    __atomic_store_n(&entry->state, FDT_LIVE_GENERATION(word) << 8 | FDT_LIVE_FREE,
                     __ATOMIC_RELEASE);
    plan->child->inherited--;
  }
}

/* Opened by another thread since the copy, and open here too: before the fork,
 * or it is another one of the same number. */
static void add_missed(void *context, int first_fd, const struct fdt_live *entries) {
  struct inheritance *plan = context;
  for (int i = 0; i < FDT_BLOCK_FDS; i++) {
    const struct fdt_live *mine = fdt_live_peek(plan->child, first_fd + i);
    if (FDT_LIVE_STATE(fdt_live_state(&entries[i])) != FDT_LIVE_OPEN ||
        entries[i].opened_ticks < plan->since ||
        (mine != NULL && FDT_LIVE_STATE(fdt_live_state(mine)) == FDT_LIVE_OPEN) ||
        !fdt_fd_is_open(first_fd + i))
      continue;
    struct fdt_live *to = fdt_live_make(plan->child, first_fd + i);
    if (to != NULL)
      inherit_entry(plan, to, &entries[i], FDT_FD_UNCERTAIN);
    fdt_lose(FDT_LOSS_FORK_UNCERTAIN);
  }
}

/* Nobody knows which of these came after the child, under the number of one that it has. */
static void doubt_block(void *context, int first_fd, const struct fdt_live *entries) {
  struct inheritance *plan = context;
  for (int i = 0; i < FDT_BLOCK_FDS; i++) {
    if (FDT_LIVE_STATE(fdt_live_state(&entries[i])) != FDT_LIVE_OPEN)
      continue;
    struct fdt_live *entry = fdt_live_find(plan->child, first_fd + i);
    if (entry != NULL)
      entry->flags |= FDT_FD_UNCERTAIN;
    fdt_lose(FDT_LOSS_FORK_UNCERTAIN);
  }
}

void fdt_process_doubt(uint32_t child) {
  struct inheritance plan = {.child = fdt_process_at(child)};
  fdt_live_blocks(plan.child, doubt_block, &plan);
}

void fdt_process_recheck(uint32_t child, uint32_t parent, uint64_t ticks) {
  if (fdt_snapshot_forbidden()) {
    fdt_lose(FDT_LOSS_FORK_UNCERTAIN);
    return;
  }
  struct inheritance plan = {
      .child = fdt_process_at(child), .via = FDT_VIA_FORK, .cloexec = true, .since = ticks};
  fdt_live_blocks(plan.child, drop_closed, &plan);
  fdt_live_blocks(fdt_process_at(parent), add_missed, &plan);
}
