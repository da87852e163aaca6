/* What changes of a descriptor while it is open, and what went wrong with it. */
#include "event.h"

#include "record/detail.h"
#include "record/misuse.h"
#include "record/reads.h"
#include "trace/calls.h"

#include <errno.h>

struct range {
  struct fdt_process *record;
  unsigned first;
  unsigned last;
};

static void cloexec_block(void *context, int first_fd, const struct fdt_live *entries) {
  const struct range *range = context;
  for (int i = 0; i < FDT_BLOCK_FDS; i++) {
    unsigned fd = (unsigned)(first_fd + i);
    struct fdt_live *entry = NULL;
    if (fd >= range->first && fd <= range->last &&
        FDT_LIVE_STATE(fdt_live_state(&entries[i])) == FDT_LIVE_OPEN)
      entry = fdt_live_find(range->record, (int)fd);
    if (entry == NULL)
      continue;
    entry->flags |= FDT_FD_CLOEXEC | FDT_FD_CLOEXEC_LATE;
    fdt_live_touch((int)fd);
  }
}

void fdt_cloexec_range(unsigned first, unsigned last) {
  uint32_t process = fdt_process_here();
  if (process == 0)
    return;
  struct range range = {.record = fdt_process_at(process), .first = first, .last = last};
  fdt_live_blocks(range.record, cloexec_block, &range);
}

void fdt_cloexec_changed(const struct fdt_act *act, int fd, bool cloexec) {
  struct fdt_live *entry = fdt_entry_of(fd);
  if (entry == NULL || ((entry->flags & FDT_FD_CLOEXEC) != 0) == cloexec)
    return;
  if (cloexec)
    entry->flags |= FDT_FD_CLOEXEC | FDT_FD_CLOEXEC_LATE;
  else
    entry->flags &= (uint8_t) ~(FDT_FD_CLOEXEC | FDT_FD_CLOEXEC_LATE);
  fdt_live_touch(fd);
  struct fdt_event_now event;
  if (fdt_event_begin(&event, act))
    fdt_event_write(&event, act, FDT_EVENT_FLAGS, fd, cloexec, 0);
}

void fdt_owned(int fd, enum fdt_owner owner) {
  struct fdt_live *entry = fdt_entry_of(fd);
  if (entry == NULL)
    return;
  entry->owner = (uint8_t)owner;
  fdt_live_touch(fd);
}

/* What failed before was tried again, and went well. */
static void overcome(struct fdt_live *entry, int fd) {
  __atomic_store_n(&entry->note_call, 0, __ATOMIC_RELEASE);
  fdt_live_touch(fd);
}

void fdt_bound(int fd, const void *address, uint32_t size, bool failed) {
  struct fdt_live *entry = fdt_entry_of(fd);
  if (entry == NULL)
    return;
  if (!failed && entry->note_call != 0)
    overcome(entry, fd);
  fdt_detail_address(fdt_process_at(fdt_process_here()), fd, entry, false, address, size);
}

void fdt_connected(int fd, const void *address, uint32_t size, bool failed) {
  struct fdt_live *entry = fdt_entry_of(fd);
  if (entry == NULL)
    return;
  if (!failed) {
    entry->flags |= FDT_FD_CONNECTED;
    overcome(entry, fd);
  }
  fdt_detail_address(fdt_process_at(fdt_process_here()), fd, entry, true, address, size);
}

void fdt_listening(int fd) {
  struct fdt_live *entry = fdt_entry_of(fd);
  if (entry == NULL)
    return;
  entry->flags |= FDT_FD_LISTENING;
  fdt_live_touch(fd);
}

/* socket(7). A connect gives EAGAIN of its own. */
static int error_of_timeout(uint16_t call) {
  return call == FDT_CALL_connect || call == FDT_CALL___connect ? EINPROGRESS : EAGAIN;
}

static bool has_timed_out(const struct fdt_live *entry) {
  return entry->note_call != 0 && entry->note_error == error_of_timeout(entry->note_call);
}

static void keep(struct fdt_live *entry, int fd, const struct fdt_event_now *event,
                 const struct fdt_act *act, int error) {
  entry->note_stack = event->stack;
  entry->note_thread = fdt_thread.tid;
  entry->note_error = error;
  entry->note_ticks = event->ticks;
  __atomic_store_n(&entry->note_call, act->call, __ATOMIC_RELEASE);
  fdt_live_touch(fd);
}

static void note(const struct fdt_act *act, int fd, int error, bool first_only) {
  struct fdt_live *entry = fdt_entry_of(fd);
  struct fdt_event_now event;
  if (!fdt_event_begin(&event, act))
    return;
  fdt_event_write(&event, act, FDT_EVENT_NOTED, fd, error, 0);
  if (entry == NULL) {
    if (error == EBADF)
      fdt_misuse_use(act, fd);
    return;
  }
  if (first_only && entry->note_call != 0)
    return;
  if (has_timed_out(entry))
    entry->flags &= (uint8_t)~FDT_FD_RETRIED;
  else if (entry->note_call == act->call && entry->note_error != 0 && error != 0)
    entry->flags |= FDT_FD_RETRIED;
  keep(entry, fd, &event, act, error);
}

void fdt_noted(const struct fdt_act *act, int fd, int error) { note(act, fd, error, false); }

void fdt_timed_out(const struct fdt_act *act, int fd) {
  struct fdt_live *entry = fd < FDT_AWAITED_MAX ? fdt_entry_of(fd) : NULL;
  if (entry == NULL || (entry->note_call != 0 && !has_timed_out(entry)))
    return;
  struct fdt_event_now event;
  if (!fdt_event_begin(&event, act))
    return;
  if (entry->note_call != 0)
    entry->flags |= FDT_FD_RETRIED;
  else
    entry->flags &= (uint8_t)~FDT_FD_RETRIED;
  keep(entry, fd, &event, act, error_of_timeout(act->call));
  fdt_await(fd);
}

void fdt_went_on(int fd) {
  fdt_await_no_more(fd);
  struct fdt_live *entry = fdt_entry_of(fd);
  if (entry == NULL || !has_timed_out(entry))
    return;
  entry->flags &= (uint8_t)~FDT_FD_RETRIED;
  overcome(entry, fd);
}

void fdt_noted_at_first(const struct fdt_act *act, int fd, int error) {
  note(act, fd, error, true);
}
