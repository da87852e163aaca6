/* How descriptors come into being: opened, received, duplicated. */
#include "event.h"

#include "record/detail.h"
#include "record/reads.h"
#include "trace/counters.h"

ssize_t fdt_read_watch;
bool fdt_carriers;
FDT_LARGE uint64_t fdt_awaited[FDT_AWAITED_MAX / 64];

static void raise_peak(const struct fdt_event_now *event) {
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
static inline __attribute__((always_inline)) struct fdt_live *
publish(const struct fdt_event_now *event, uint16_t call, int fd, const struct opening *opening) {
  struct fdt_live *entry = fdt_live_make(event->record, fd);
  fdt_count(&event->record->opened);
  fdt_carrier_seen(opening->kind);
  uint32_t site = fdt_site_opened(event->process, event->stack, call, opening->kind, event->ticks);
  if (entry == NULL)
    return NULL;
  uint32_t word = fdt_live_state(entry);
  if (fdt_unlikely(FDT_LIVE_STATE(word) == FDT_LIVE_OPEN)) {
    fdt_event_counts_end(event, entry, call);
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
  fdt_live_touch(fd);
  return entry;
}

static void open_one(const struct fdt_event_now *event, const struct fdt_act *act, int fd,
                     const struct fdt_birthmark *mark) {
  struct opening opening = {.kind = mark->kind,
                            .flags = (uint8_t)((mark->cloexec ? FDT_FD_CLOEXEC : 0) |
                                               (mark->connected ? FDT_FD_CONNECTED : 0)),
                            .owner = mark->owner,
                            .replaces = mark->replaces};
  struct fdt_live *entry = publish(event, act->call, fd, &opening);
  if (entry != NULL && (mark->path != NULL || mark->domain != 0 || mark->remote != NULL))
    fdt_detail_opened(event->record, fd, entry, mark);
  fdt_event_write(event, act, FDT_EVENT_OPENED, fd, 0, 0);
}

void fdt_opened(const struct fdt_act *act, int fd, const struct fdt_birthmark *mark) {
  struct fdt_event_now event;
  if (fdt_event_begin(&event, act))
    open_one(&event, act, fd, mark);
}

void fdt_received(const struct fdt_act *act, int fd, const struct fdt_birthmark *mark,
                  const struct fdt_sight *sight) {
  struct fdt_event_now event;
  if (!fdt_event_begin(&event, act))
    return;
  const struct opening opening = {
      .kind = mark->kind,
      .flags = (uint8_t)(FDT_FD_RECEIVED | (mark->cloexec ? FDT_FD_CLOEXEC : 0)),
      .source = mark->sender};
  struct fdt_live *entry = publish(&event, act->call, fd, &opening);
  if (entry != NULL && sight != NULL)
    fdt_detail_seen(event.record, fd, entry, sight);
  fdt_event_write(&event, act, FDT_EVENT_RECEIVED, fd, 0, 0);
}

void fdt_opened_pair(const struct fdt_act *act, const int fds[2],
                     const struct fdt_birthmark *mark) {
  struct fdt_event_now event;
  if (!fdt_event_begin(&event, act))
    return;
  open_one(&event, act, fds[0], mark);
  open_one(&event, act, fds[1], mark);
}

void fdt_duplicated(const struct fdt_act *act, int source, int fd, bool cloexec, bool replaces) {
  struct fdt_event_now event;
  if (source == fd || !fdt_event_begin(&event, act))
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
      fdt_live_touch(source);
    }
    opening.object = object;
  }
  struct fdt_live *entry = publish(&event, act->call, fd, &opening);
  if (entry != NULL && opening.object != 0)
    fdt_detail_duplicated(event.record, source, from, fd, entry);
  fdt_event_write(&event, act, FDT_EVENT_DUPLICATED, fd, 0, source);
}

struct fdt_birthmark fdt_birthmark_of_socket(int listener) {
  struct fdt_birthmark mark = {.kind = FDT_KIND_OTHER, .type = SOCK_STREAM};
  const struct fdt_live *entry = fdt_entry_seen(listener);
  if (entry == NULL)
    return mark;
  mark.kind = entry->kind;
  if (entry->kind == FDT_KIND_UNIX) /* IPv4 or IPv6: the peer's address tells, or a snapshot */
    mark.domain = AF_UNIX;
  return mark;
}
