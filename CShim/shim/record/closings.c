/* How descriptors end. */
#include "event.h"

#include "record/misuse.h"
#include "trace/counters.h"

#include <errno.h>

struct fdt_closing fdt_close_begin(const struct fdt_act *act, int fd) {
  struct fdt_closing closing = {.entry = NULL};
  struct fdt_event_now event;
  if (!fdt_event_begin(&event, act))
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
  fdt_live_touch(fd);
  fdt_event_counts_end(&event, entry, act->call);
  entry->note_call = act->call;
  entry->note_stack = event.stack;
  entry->note_thread = fdt_thread.tid;
  entry->note_error = 0;
  entry->note_ticks = event.ticks;
  fdt_event_write(&event, act, FDT_EVENT_CLOSED, fd, 0, 0);
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
  struct fdt_event_now event = {process, fdt_process_at(process), closing.word, fdt_ticks()};
  fdt_event_write(&event, act, FDT_EVENT_CLOSED, fd, error, 0);
  if (error == EBADF)
    fdt_misuse_close(act, fd, event.stack, event.ticks);
}

struct range {
  const struct fdt_event_now *event;
  const struct fdt_act *act;
  unsigned first;
  unsigned last;
};

static void close_block(void *context, int first_fd, const struct fdt_live *entries) {
  const struct range *range = context;
  for (int i = 0; i < FDT_BLOCK_FDS; i++) {
    unsigned fd = (unsigned)(first_fd + i);
    if (fd < range->first || fd > range->last ||
        FDT_LIVE_STATE(fdt_live_state(&entries[i])) != FDT_LIVE_OPEN)
      continue;
    struct fdt_live *entry = fdt_live_find(range->event->record, (int)fd);
    uint32_t word = entry == NULL ? 0 : fdt_live_state(entry);
    if (FDT_LIVE_STATE(word) != FDT_LIVE_OPEN)
      continue;
    fdt_event_counts_end(range->event, entry, range->act->call);
    entry->note_call = range->act->call;
    entry->note_stack = range->event->stack;
    entry->note_thread = fdt_thread.tid;
    entry->note_error = 0;
    entry->note_ticks = range->event->ticks;
    __atomic_store_n(&entry->state, (FDT_LIVE_GENERATION(word) << 8) | FDT_LIVE_CLOSED,
                     __ATOMIC_RELEASE);
    fdt_live_touch((int)fd);
    fdt_event_write(range->event, range->act, FDT_EVENT_CLOSED, (int)fd, 0, 0);
  }
}

void fdt_closed_range(const struct fdt_act *act, unsigned first, unsigned last) {
  struct fdt_event_now event;
  if (!fdt_event_begin(&event, act))
    return;
  struct range range = {&event, act, first, last};
  fdt_live_blocks(event.record, close_block, &range);
}
