#include "snapshot.h"

#include "kernel/clock.h"
#include "kernel/inode.h"
#include "kernel/open_fds.h"
#include "kernel/syscall.h"
#include "kernel/threads.h"
#include "look.h"
#include "process/process.h"
#include "record/reads.h"
#include "trace/live.h"
#include "trace/losses.h"
#include "trace/ring.h"

#include <fcntl.h>
#include <limits.h>

/* How far a sweep goes at most, and how far past the last known fd where the kernel does not tell
 * how many there are, or what it counts may not be there to be found. A snapshot is bounded: some
 * 4 µs an fd. */
#define FDT_SWEEP_LIMIT    (1 << 20)
#define FDT_SWEEP_BLIND    4096
#define FDT_SWEEP_WAITING  256
#define FDT_SNAPSHOT_LIMIT 65536

static const struct fdt_live *entry_if_open(const struct fdt_process *record, int fd) {
  const struct fdt_live *entry = fdt_live_peek(record, fd);
  return entry != NULL && FDT_LIVE_STATE(fdt_live_state(entry)) == FDT_LIVE_OPEN ? entry : NULL;
}

/* Takes back a close that was begun and never came to pass: its thread was
 * cancelled. Its call site keeps one close too many in the closers' table, whose
 * lifetimes cannot be undone. */
static bool reopen(struct fdt_process *record, struct fdt_live *entry, uint32_t word) {
  uint32_t open = (FDT_LIVE_GENERATION(word) << 8) | FDT_LIVE_OPEN;
  if (!__atomic_compare_exchange_n(&entry->state, &word, open, false, __ATOMIC_ACQ_REL,
                                   __ATOMIC_RELAXED))
    return false;
  entry->note_call = 0;
  __atomic_fetch_sub(&record->closed, 1, __ATOMIC_RELAXED);
  struct fdt_site *site = fdt_site_known(entry->site);
  if (site != NULL && fdt_process_known(entry->origin) == record)
    __atomic_fetch_sub(&site->closed, 1, __ATOMIC_RELAXED);
  return true;
}

/* Enters an open fd that the table does not have. Returns NULL when another
 * thread just did, or there is no room. */
static struct fdt_live *enter(struct fdt_process *record, int fd, enum fdt_via via,
                              const struct fdt_look *look) {
  struct fdt_live *entry = fdt_live_make(record, fd);
  if (entry == NULL)
    return NULL;
  uint32_t word = fdt_live_state(entry);
  if (FDT_LIVE_STATE(word) == FDT_LIVE_OPEN)
    return NULL;
  if (FDT_LIVE_STATE(word) == FDT_LIVE_CLOSING)
    return reopen(record, entry, word) ? entry : NULL;
  struct fdt_live fresh = {.opened_ticks = look->sight.ticks,
                           .kind = (uint8_t)fdt_look_kind(&look->sight),
                           .via = (uint8_t)via};
  long flags = fdt_syscall2(SYS_fcntl, fd, F_GETFD);
  if (!fdt_failed(flags) && (flags & FD_CLOEXEC) != 0)
    fresh.flags = FDT_FD_CLOEXEC;
  uint32_t next = ((FDT_LIVE_GENERATION(word) + 1) << 8) | FDT_LIVE_OPEN;
  __builtin_memcpy((char *)entry + sizeof entry->state, (char *)&fresh + sizeof fresh.state,
                   sizeof fresh - sizeof fresh.state);
  if (!__atomic_compare_exchange_n(&entry->state, &word, next, false, __ATOMIC_ACQ_REL,
                                   __ATOMIC_RELAXED))
    return NULL;
  __atomic_fetch_add(&record->inherited, 1, __ATOMIC_RELAXED);
  return entry;
}

struct sweep {
  struct fdt_process *record;
  enum fdt_via via; /* of what is not in the table */
  bool look_at_known;
  enum fdt_live_state gone; /* what becomes of an entry that is not open */
  struct fdt_difference difference;
  uint32_t looked;
};

/* Of what was inherited, the opener's record has the names, if a program that follows
 * another in a process finds it there unchanged. */
static bool worth_a_look(const struct sweep *sweep, int fd, const struct fdt_live *entry) {
  struct fdt_inode inode;
  if (!sweep->look_at_known || entry->via == FDT_VIA_FORK)
    return false;
  return entry->via != FDT_VIA_EXEC || !fdt_inode_of(fd, &inode) || inode.links == 0 ||
         !fdt_detail_is_seen(sweep->record, fd, entry, inode.mode, inode.number);
}

static void meet(struct sweep *sweep, int fd) {
  const struct fdt_live *known = entry_if_open(sweep->record, fd);
  sweep->difference.open++;
  if (known != NULL)
    fdt_carrier_seen(known->kind);
  if (known != NULL && !worth_a_look(sweep, fd, known))
    return;
  struct fdt_live *entry = fdt_live_make(sweep->record, fd);
  if (entry == NULL)
    return; /* what there is no room for is counted, not looked at */
  if (++sweep->looked > FDT_SNAPSHOT_LIMIT) {
    fdt_lose(FDT_LOSS_SNAPSHOT_CUT);
    return;
  }
  struct fdt_look look;
  if (!fdt_look_at(fd, known == NULL ? FDT_KIND_UNKNOWN : known->kind, &look))
    return;
  fdt_look_at_state(fd, &look);
  if (known == NULL) {
    entry = enter(sweep->record, fd, sweep->via, &look);
    if (entry == NULL)
      return;
    if (entry->via == sweep->via)
      sweep->difference.unseen++;
  }
  enum fdt_kind kind = fdt_look_kind(&look.sight);
  if (entry->kind == FDT_KIND_OTHER || entry->kind == FDT_KIND_UNKNOWN ||
      entry->kind == FDT_KIND_FILE)
    entry->kind = (uint8_t)kind;
  fdt_live_touch(fd);
  fdt_carrier_seen(entry->kind);
  fdt_detail_seen(sweep->record, fd, entry, &look.sight);
}

/* Ends the entry of a number that is not open, unless it has changed since. */
static void drop(struct sweep *sweep, int fd, uint32_t word) {
  uint32_t gone = (FDT_LIVE_GENERATION(word) << 8) | sweep->gone;
  struct fdt_live *entry = fdt_live_find(sweep->record, fd);
  if (entry != NULL && __atomic_compare_exchange_n(&entry->state, &word, gone, false,
                                                   __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
    fdt_live_touch(fd);
    __atomic_fetch_sub(&sweep->record->inherited, 1, __ATOMIC_RELAXED);
    sweep->difference.gone++;
  }
}

static void meet_block(void *context, int first_fd, const struct fdt_live *entries) {
  struct sweep *sweep = context;
  for (int i = 0; i < FDT_BLOCK_FDS; i++) {
    uint32_t word = fdt_live_state(&entries[i]);
    if (FDT_LIVE_STATE(word) != FDT_LIVE_OPEN)
      continue;
    if (fdt_fd_is_open(first_fd + i))
      meet(sweep, first_fd + i);
    else
      drop(sweep, first_fd + i, word);
  }
}

static void find_last(void *context, int first_fd, const struct fdt_live *entries) {
  int *last = context;
  for (int i = 0; i < FDT_BLOCK_FDS; i++)
    if (FDT_LIVE_STATE(fdt_live_state(&entries[i])) == FDT_LIVE_OPEN)
      *last = first_fd + i;
}

/* Whether all of the `missing` may be numbers that other threads wait with: accept(2), and open(2)
 * of a FIFO, take theirs before they block. The kernel counts it, and calls it closed. */
static bool may_be_waiting(long missing) { return missing < fdt_threads_count(); }

static long missing_of(const struct sweep *sweep, long count) {
  return count - (long)sweep->difference.open;
}

/* Meets what is open from `first` on, up to `end` or until `count` are met. */
static void meet_range(struct sweep *sweep, long first, long end, long count) {
  for (; first < end && missing_of(sweep, count) > 0; first++)
    if (fdt_fd_is_open((int)first))
      meet(sweep, (int)first);
}

/* Goes through the numbers, as far as is needed to have met all of the `count` (-1: not
 * known) that are open. */
static void meet_by_number(struct sweep *sweep, long count) {
  int last = -1;
  fdt_live_blocks(sweep->record, find_last, &last);
  meet_range(sweep, 0, last + 1, LONG_MAX); /* all: some may be opened meanwhile */
  if (count < 0)
    meet_range(sweep, last + 1, last + 1 + FDT_SWEEP_BLIND, LONG_MAX);
  else if (may_be_waiting(missing_of(sweep, count)))
    meet_range(sweep, last + 1, last + 1 + FDT_SWEEP_WAITING, count);
  else
    meet_range(sweep, last + 1, FDT_SWEEP_LIMIT, count);
}

static uint64_t events_of(const struct fdt_process *record) {
  return __atomic_load_n(&record->opened, __ATOMIC_RELAXED) +
         __atomic_load_n(&record->closed, __ATOMIC_RELAXED);
}

/* Meets every open fd. Nearly always the table has them all, and the kernel's count tells that
 * it has, unless other threads have opened and closed some meanwhile. */
static void meet_all(struct sweep *sweep) {
  uint64_t before = events_of(sweep->record);
  long count = fdt_fds_count();
  fdt_live_blocks(sweep->record, meet_block, sweep);
  if ((long)sweep->difference.open == count && events_of(sweep->record) == before)
    return;
  sweep->difference.open = 0;
  sweep->look_at_known = false;
  meet_by_number(sweep, count);
}

static bool forbidden;

FDT_FORKED bool fdt_snapshot_forbidden(void) {
  return __atomic_load_n(&forbidden, __ATOMIC_RELAXED);
}

void fdt_snapshot_forbid(void) { __atomic_store_n(&forbidden, true, __ATOMIC_RELAXED); }

static bool is_eventless(const struct fdt_process *record) {
  return record->opened == 0 && record->closed == 0;
}

/* A forked child that neither opened nor closed anything, as far as was seen, and so should
 * hold what its parent held: one number tells whether that is so. Most such children only
 * wait to exec or to end, and their parents may hold thousands. */
static bool is_untouched(const struct fdt_process *record) {
  return record->how == FDT_HOW_FORK && (record->flags & FDT_PROCESS_THREADS) == 0 &&
         is_eventless(record);
}

FDT_FORKED void fdt_snapshot(uint16_t call) {
  uint32_t process = fdt_process_here();
  if (process == 0 || fdt_snapshot_forbidden() ||
      __atomic_exchange_n(&fdt_self->snapshot_busy, 1, __ATOMIC_ACQUIRE) != 0)
    return;
  struct fdt_process *record = fdt_process_at(process);
  struct sweep sweep = {
      .record = record, .via = FDT_VIA_UNSEEN, .look_at_known = true, .gone = FDT_LIVE_VANISHED};
  bool untouched = is_untouched(record);
  fdt_process_limits(record);
  if (untouched && fdt_fds_count() == (long)fdt_process_live(record)) {
    sweep.difference.open = fdt_process_live(record);
  } else {
    meet_all(&sweep);
  }
  record->unseen += sweep.difference.unseen;
  record->vanished += sweep.difference.gone;
  record->snapshot_open = sweep.difference.open;
  record->snapshot_ticks = fdt_ticks();
  __atomic_fetch_or(&record->flags, FDT_PROCESS_SNAPSHOT, __ATOMIC_RELEASE);
  if (!is_eventless(record)) /* it has no chunk of the ring, and needs none for this alone */
    fdt_ring_write(process, &(struct fdt_happening){.ticks = record->snapshot_ticks,
                                                    .call = call,
                                                    .event = FDT_EVENT_SNAPSHOT,
                                                    .fd = -1,
                                                    .result = (int)sweep.difference.open});
  __atomic_store_n(&fdt_self->snapshot_busy, 0, __ATOMIC_RELEASE);
}

struct fdt_difference fdt_reconcile_start(uint32_t process) {
  struct fdt_process *record = fdt_process_at(process);
  /* Closed by exec, not here: the entry never was this program's. */
  struct sweep sweep = {.record = record, .via = FDT_VIA_OUTSIDE, .gone = FDT_LIVE_FREE};
  meet_all(&sweep);
  return sweep.difference;
}
