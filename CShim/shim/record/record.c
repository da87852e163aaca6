#include "record.h"

#include "kernel/clock.h"
#include "process/process.h"
#include "record/carriers.h"
#include "record/detail.h"
#include "record/misuse.h"
#include "snapshot/snapshot.h"
#include "trace/counters.h"
#include "trace/live.h"
#include "trace/ring.h"
#include "trace/sites.h"

#include <errno.h>

ssize_t fdt_read_watch;

/* One event in the making. */
struct event {
  uint32_t process;
  struct fdt_process *record;
  uint32_t stack;
  uint64_t ticks;
};

static bool begin(struct event *event, const struct fdt_act *act) {
  event->process = fdt_process_here();
  if (event->process == 0)
    return false;
  event->record = fdt_process_at(event->process);
  event->stack = fdt_capture(&act->caller);
  event->ticks = fdt_ticks();
  if (fdt_unlikely(fdt_thread.process != event->process))
    fdt_thread_enter(event->process);
  return true;
}

static void write_event(const struct event *event, const struct fdt_act *act, enum fdt_event kind,
                        int fd, int result, int other) {
  fdt_ring_write(event->process, &(struct fdt_happening){.ticks = event->ticks,
                                                         .stack = event->stack,
                                                         .call = act->call,
                                                         .event = (uint8_t)kind,
                                                         .fd = fd,
                                                         .result = result,
                                                         .other = other});
}

static void raise_peak(const struct event *event) {
  struct fdt_process *record = event->record;
  uint32_t live = fdt_process_live(record);
  uint32_t peak = __atomic_load_n(&record->peak, __ATOMIC_RELAXED);
  while (live > peak) {
    if (__atomic_compare_exchange_n(&record->peak, &peak, live, true, __ATOMIC_RELAXED,
                                    __ATOMIC_RELAXED)) {
      __atomic_store_n(&record->peak_ticks, event->ticks, __ATOMIC_RELAXED);
      break;
    }
  }
}

/* Counts the end of what `entry` describes. */
static void account_end(const struct event *event, const struct fdt_live *entry, uint16_t call) {
  fdt_count(&event->record->closed);
  /* An inherited descriptor is the opener's to count: this is only a copy of its reference. */
  if (entry->site != 0 && entry->origin == event->process)
    fdt_site_closed(entry->site, event->stack, call, event->ticks,
                    event->ticks - entry->opened_ticks);
}

/* What an opening brings into its entry beside the event. */
struct opening {
  uint8_t kind;
  uint8_t flags;
  uint8_t owner;
  bool replaces; /* the call itself ended what had the number before (dup2) */
  int source;    /* as in struct fdt_live */
  uint32_t object;
};

/* Writes a fresh opening into the entry of `fd` and publishes it. Member by
 * member: a copy of a struct that was just put together by small stores has to
 * wait for them to reach the cache. */
static struct fdt_live *publish(const struct event *event, uint16_t call, int fd,
                                const struct opening *opening) {
  struct fdt_live *entry = fdt_live_make(event->record, fd);
  fdt_count(&event->record->opened);
  fdt_carrier_seen(opening->kind);
  uint32_t site = fdt_site_opened(event->process, event->stack, call, opening->kind, event->ticks);
  if (entry == NULL)
    return NULL;
  uint32_t word = fdt_live_state(entry);
  if (fdt_unlikely(FDT_LIVE_STATE(word) == FDT_LIVE_OPEN)) {
    account_end(event, entry, call);
    if (!opening->replaces)
      fdt_count32(&event->record->vanished);
  }
  raise_peak(event);
  /* Not FREE meanwhile: a reader sees either opening whole, or the state says closed. */
  __atomic_store_n(&entry->state, (FDT_LIVE_GENERATION(word) << 8) | FDT_LIVE_CLOSED,
                   __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_RELEASE);
  entry->site = site;
  entry->opened_ticks = event->ticks;
  entry->stack = event->stack;
  entry->thread = fdt_thread.tid;
  entry->origin = event->process;
  entry->call = call;
  entry->kind = opening->kind;
  entry->flags = opening->flags;
  entry->owner = opening->owner;
  entry->via = FDT_VIA_OPEN;
  entry->note_call = 0;
  entry->object = opening->object;
  entry->source = opening->source;
  /* Release: pairs with the acquire of fdt_live_state. */
  __atomic_store_n(&entry->state, ((FDT_LIVE_GENERATION(word) + 1) << 8) | FDT_LIVE_OPEN,
                   __ATOMIC_RELEASE);
  return entry;
}

static void open_one(const struct event *event, const struct fdt_act *act, int fd,
                     const struct fdt_birthmark *mark, enum fdt_event kind) {
  struct opening opening = {.kind = mark->kind,
                            .flags = (uint8_t)((mark->cloexec ? FDT_FD_CLOEXEC : 0) |
                                               (mark->connected ? FDT_FD_CONNECTED : 0)),
                            .owner = mark->owner,
                            .replaces = mark->replaces};
  if (kind == FDT_EVENT_RECEIVED) {
    opening.flags |= FDT_FD_RECEIVED;
    opening.source = mark->sender;
  }
  struct fdt_live *entry = publish(event, act->call, fd, &opening);
  if (entry != NULL && (mark->path != NULL || mark->domain != 0 || mark->remote != NULL))
    fdt_detail_opened(event->record, fd, entry, mark);
  write_event(event, act, kind, fd, 0, 0);
}

void fdt_opened(const struct fdt_act *act, int fd, const struct fdt_birthmark *mark) {
  struct event event;
  if (begin(&event, act))
    open_one(&event, act, fd, mark, FDT_EVENT_OPENED);
}

void fdt_received(const struct fdt_act *act, int fd, const struct fdt_birthmark *mark) {
  struct event event;
  if (begin(&event, act))
    open_one(&event, act, fd, mark, FDT_EVENT_RECEIVED);
}

void fdt_opened_pair(const struct fdt_act *act, const int fds[2],
                     const struct fdt_birthmark *mark) {
  struct event event;
  if (!begin(&event, act))
    return;
  open_one(&event, act, fds[0], mark, FDT_EVENT_OPENED);
  open_one(&event, act, fds[1], mark, FDT_EVENT_OPENED);
}

void fdt_duplicated(const struct fdt_act *act, int source, int fd, bool cloexec, bool replaces) {
  struct event event;
  if (source == fd || !begin(&event, act))
    return;
  struct opening opening = {.kind = FDT_KIND_OTHER,
                            .flags = cloexec ? FDT_FD_CLOEXEC : 0,
                            .replaces = replaces,
                            .source = source + 1};
  struct fdt_live *from = fdt_live_find(event.record, source);
  if (from != NULL && FDT_LIVE_STATE(fdt_live_state(from)) == FDT_LIVE_OPEN) {
    opening.kind = from->kind;
    opening.flags |= from->flags & (FDT_FD_LISTENING | FDT_FD_CONNECTED);
    /* Duplicates of one open file share a number, given at its first duplication. */
    uint32_t object = __atomic_load_n(&from->object, __ATOMIC_RELAXED);
    if (object == 0) {
      object = (uint32_t)__atomic_add_fetch(&fdt_trace.header->objects_next, 1, __ATOMIC_RELAXED);
      __atomic_store_n(&from->object, object, __ATOMIC_RELAXED);
    }
    opening.object = object;
  }
  struct fdt_live *entry = publish(&event, act->call, fd, &opening);
  if (entry != NULL && opening.object != 0)
    fdt_detail_duplicated(event.record, source, from, fd, entry);
  write_event(&event, act, FDT_EVENT_DUPLICATED, fd, 0, source);
}

struct fdt_closing fdt_close_begin(const struct fdt_act *act, int fd) {
  struct fdt_closing closing = {.entry = NULL};
  struct event event;
  if (!begin(&event, act))
    return closing;
  closing.word = event.stack;
  struct fdt_live *entry = fdt_live_find(event.record, fd);
  if (entry == NULL)
    return closing;
  uint32_t word = fdt_live_state(entry);
  if (FDT_LIVE_STATE(word) != FDT_LIVE_OPEN)
    return closing;
  uint32_t marked = (FDT_LIVE_GENERATION(word) << 8) | FDT_LIVE_CLOSING;
  if (!fdt_change(&entry->state, word, marked))
    return closing; /* two threads close one number: the other one counts it */
  account_end(&event, entry, act->call);
  entry->note_call = act->call;
  entry->note_stack = event.stack;
  entry->note_thread = fdt_thread.tid;
  entry->note_error = 0;
  entry->note_ticks = event.ticks;
  write_event(&event, act, FDT_EVENT_CLOSED, fd, 0, 0);
  closing.entry = entry;
  closing.word = marked;
  if (fdt_unlikely(entry->owner != FDT_OWNER_RAW) && entry->origin == event.process)
    closing.owner = entry->owner; /* a child closes its parent's streams' numbers rightly */
  return closing;
}

void fdt_close_failed(const struct fdt_act *act, int fd, struct fdt_closing closing, int error) {
  uint32_t process = fdt_process_here();
  if (closing.entry != NULL) {
    /* EBADF of a descriptor that the table had: somebody closed it unseen.
     * Every other error of close(2) has closed it all the same. */
    uint32_t end = error == EBADF ? FDT_LIVE_VANISHED : FDT_LIVE_CLOSED;
    fdt_change(&closing.entry->state, closing.word, (FDT_LIVE_GENERATION(closing.word) << 8) | end);
    if (error == EBADF && process != 0)
      fdt_count32(&fdt_process_at(process)->vanished);
    return;
  }
  if (process == 0)
    return;
  struct event event = {process, fdt_process_at(process), closing.word, fdt_ticks()};
  write_event(&event, act, FDT_EVENT_CLOSED, fd, error, 0);
  if (error == EBADF)
    fdt_misuse_close(act, fd, event.stack, event.ticks);
}

/* ---- changes to what is open ------------------------------------------------ */

static struct fdt_live *open_entry(int fd) {
  uint32_t process = fdt_process_here();
  if (process == 0)
    return NULL;
  struct fdt_live *entry = fdt_live_find(fdt_process_at(process), fd);
  if (entry == NULL || FDT_LIVE_STATE(fdt_live_state(entry)) != FDT_LIVE_OPEN)
    return NULL;
  return entry;
}

struct range {
  const struct event *event;
  const struct fdt_act *act;
  unsigned first;
  unsigned last;
};

static void close_block(void *context, int first_fd, struct fdt_live *entries) {
  const struct range *range = context;
  for (int i = 0; i < FDT_BLOCK_FDS; i++) {
    struct fdt_live *entry = &entries[i];
    unsigned fd = (unsigned)(first_fd + i);
    uint32_t word = fdt_live_state(entry);
    if (fd < range->first || fd > range->last || FDT_LIVE_STATE(word) != FDT_LIVE_OPEN)
      continue;
    account_end(range->event, entry, range->act->call);
    entry->note_call = range->act->call;
    entry->note_stack = range->event->stack;
    entry->note_thread = fdt_thread.tid;
    entry->note_error = 0;
    entry->note_ticks = range->event->ticks;
    __atomic_store_n(&entry->state, (FDT_LIVE_GENERATION(word) << 8) | FDT_LIVE_CLOSED,
                     __ATOMIC_RELEASE);
    write_event(range->event, range->act, FDT_EVENT_CLOSED, (int)fd, 0, 0);
  }
}

void fdt_closed_range(const struct fdt_act *act, unsigned first, unsigned last) {
  struct event event;
  if (!begin(&event, act))
    return;
  struct range range = {&event, act, first, last};
  fdt_live_blocks(event.record, close_block, &range);
}

static void cloexec_block(void *context, int first_fd, struct fdt_live *entries) {
  const struct range *range = context;
  for (int i = 0; i < FDT_BLOCK_FDS; i++) {
    unsigned fd = (unsigned)(first_fd + i);
    if (fd >= range->first && fd <= range->last &&
        FDT_LIVE_STATE(fdt_live_state(&entries[i])) == FDT_LIVE_OPEN)
      entries[i].flags |= FDT_FD_CLOEXEC | FDT_FD_CLOEXEC_LATE;
  }
}

void fdt_cloexec_range(unsigned first, unsigned last) {
  uint32_t process = fdt_process_here();
  if (process == 0)
    return;
  struct range range = {.first = first, .last = last};
  fdt_live_blocks(fdt_process_at(process), cloexec_block, &range);
}

void fdt_cloexec_changed(const struct fdt_act *act, int fd, bool cloexec) {
  struct fdt_live *entry = open_entry(fd);
  if (entry == NULL || ((entry->flags & FDT_FD_CLOEXEC) != 0) == cloexec)
    return;
  if (cloexec)
    entry->flags |= FDT_FD_CLOEXEC | FDT_FD_CLOEXEC_LATE;
  else
    entry->flags &= (uint8_t) ~(FDT_FD_CLOEXEC | FDT_FD_CLOEXEC_LATE);
  struct event event;
  if (begin(&event, act))
    write_event(&event, act, FDT_EVENT_FLAGS, fd, cloexec, 0);
}

bool fdt_is_told(int fd, uint64_t since) {
  const struct fdt_live *entry = open_entry(fd);
  return entry != NULL && entry->opened_ticks >= since;
}

uint8_t fdt_kind_of(int fd) {
  const struct fdt_live *entry = open_entry(fd);
  return entry == NULL ? FDT_KIND_UNKNOWN : entry->kind;
}

bool fdt_path_of(int fd, char path[FDT_TEXT_MAX + 1]) {
  const struct fdt_live *entry = open_entry(fd);
  const struct fdt_detail *detail =
      entry == NULL ? NULL : fdt_detail_find(fdt_process_at(fdt_process_here()), fd);
  if (detail == NULL ||
      __atomic_load_n(&detail->generation, __ATOMIC_ACQUIRE) !=
          FDT_LIVE_GENERATION(fdt_live_state(entry)) ||
      (detail->form != FDT_TEXT_PATH && detail->form != FDT_TEXT_LINK) || detail->cut ||
      detail->text_size > FDT_TEXT_MAX)
    return false;
  __builtin_memcpy(path, detail->text, detail->text_size);
  path[detail->text_size] = '\0';
  return true;
}

void fdt_owned(int fd, enum fdt_owner owner) {
  struct fdt_live *entry = open_entry(fd);
  if (entry != NULL)
    entry->owner = (uint8_t)owner;
}

bool fdt_has_peer_of_its_own(int fd) {
  const struct fdt_live *entry = open_entry(fd);
  return entry != NULL && entry->kind == FDT_KIND_UNIX && (entry->flags & FDT_FD_CONNECTED) != 0;
}

bool fdt_ends_by_peer(int fd) {
  const struct fdt_live *entry = open_entry(fd);
  if (entry == NULL)
    return false;
  if (entry->kind != FDT_KIND_UNIX)
    return entry->kind == FDT_KIND_TCP || entry->kind == FDT_KIND_PIPE;
  /* A datagram may be empty. */
  const struct fdt_detail *detail = fdt_detail_find(fdt_process_at(fdt_process_here()), fd);
  return detail == NULL || detail->type != SOCK_DGRAM;
}

static void note(const struct fdt_act *act, int fd, int error, bool first_only) {
  struct fdt_live *entry = open_entry(fd);
  struct event event;
  if (!begin(&event, act))
    return;
  write_event(&event, act, FDT_EVENT_NOTED, fd, error, 0);
  if (entry == NULL) {
    if (error == EBADF)
      fdt_misuse_use(act, fd);
    return;
  }
  if (first_only && entry->note_call != 0)
    return;
  entry->note_stack = event.stack;
  entry->note_thread = fdt_thread.tid;
  entry->note_error = error;
  entry->note_ticks = event.ticks;
  __atomic_store_n(&entry->note_call, act->call, __ATOMIC_RELEASE);
}

void fdt_noted(const struct fdt_act *act, int fd, int error) { note(act, fd, error, false); }

void fdt_noted_at_first(const struct fdt_act *act, int fd, int error) {
  note(act, fd, error, true);
}

struct fdt_birthmark fdt_birthmark_of_socket(int listener) {
  struct fdt_birthmark mark = {.kind = FDT_KIND_OTHER, .type = SOCK_STREAM};
  const struct fdt_live *entry = open_entry(listener);
  if (entry == NULL)
    return mark;
  mark.kind = entry->kind;
  if (entry->kind == FDT_KIND_UNIX) /* IPv4 or IPv6: the peer's address tells, or a snapshot */
    mark.domain = AF_UNIX;
  return mark;
}

void fdt_bound(int fd, const void *address, uint32_t size) {
  struct fdt_live *entry = open_entry(fd);
  if (entry != NULL)
    fdt_detail_address(fdt_process_at(fdt_process_here()), fd, entry, false, address, size);
}

void fdt_connected(int fd, const void *address, uint32_t size, bool failed) {
  struct fdt_live *entry = open_entry(fd);
  if (entry == NULL)
    return;
  if (!failed) {
    entry->flags |= FDT_FD_CONNECTED;
    /* What failed before was tried again, and went well. */
    __atomic_store_n(&entry->note_call, 0, __ATOMIC_RELEASE);
  }
  fdt_detail_address(fdt_process_at(fdt_process_here()), fd, entry, true, address, size);
}

void fdt_listening(int fd) {
  struct fdt_live *entry = open_entry(fd);
  if (entry != NULL)
    entry->flags |= FDT_FD_LISTENING;
}

/* Who holds what, when there is no more: kept even if all is closed later. */
static void count_at_limit(void *context, int first_fd, struct fdt_live *entries) {
  (void)first_fd;
  const uint32_t *process = context;
  for (int i = 0; i < FDT_BLOCK_FDS; i++) {
    const struct fdt_live *entry = &entries[i];
    struct fdt_site *site = fdt_site_known(entry->site);
    if (FDT_LIVE_STATE(fdt_live_state(entry)) == FDT_LIVE_OPEN && entry->origin == *process &&
        site != NULL)
      fdt_count32(&site->at_limit);
  }
}

void fdt_open_failed(const struct fdt_act *act, int error) {
  if (error != EMFILE && error != ENFILE)
    return;
  struct event event;
  if (!begin(&event, act))
    return;
  write_event(&event, act, FDT_EVENT_NOTED, -1, error, 0);
  uint32_t flag = error == EMFILE ? FDT_PROCESS_FD_LIMIT_HIT : FDT_PROCESS_FD_TABLE_FULL;
  if ((__atomic_fetch_or(&event.record->flags, flag, __ATOMIC_RELAXED) &
       (FDT_PROCESS_FD_LIMIT_HIT | FDT_PROCESS_FD_TABLE_FULL)) != 0)
    return; /* the first one is the one that matters */
  fdt_process_limits(event.record);
  fdt_live_blocks(event.record, count_at_limit, &event.process);
  event.record->limit_ticks = event.ticks;
  event.record->limit_stack = event.stack;
  event.record->limit_call = act->call;
  /* What they are is known now; the program may close them all before its end. */
  fdt_snapshot(act->call);
}

void fdt_failed_from(const struct fdt_act *act, int source, int error) {
  fdt_open_failed(act, error);
  if (error == EBADF)
    fdt_misuse_use(act, source);
}
