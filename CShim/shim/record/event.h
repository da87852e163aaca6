/* One event in the making: who it befell, at which stack, when. */
#ifndef FDT_RECORD_EVENT_H
#define FDT_RECORD_EVENT_H

#include "record.h"

#include "kernel/clock.h"
#include "process/process.h"
#include "trace/live.h"
#include "trace/ring.h"
#include "trace/sites.h"

struct fdt_event_now {
  uint32_t process;
  struct fdt_process *record;
  uint32_t stack;
  uint64_t ticks;
};

/* Fills `event` for the caller's process; false when that is not recorded. */
static inline bool fdt_event_begin(struct fdt_event_now *event, const struct fdt_act *act) {
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

/* Adds it to the ring. */
static inline void fdt_event_write(const struct fdt_event_now *event, const struct fdt_act *act,
                                   enum fdt_event kind, int fd, int result, int other) {
  fdt_ring_write(event->process, &(struct fdt_happening){.ticks = event->ticks,
                                                         .stack = event->stack,
                                                         .call = act->call,
                                                         .event = (uint8_t)kind,
                                                         .fd = fd,
                                                         .result = result,
                                                         .other = other});
}

/* Counts the end of what `entry` describes. */
static inline void fdt_event_counts_end(const struct fdt_event_now *event,
                                        const struct fdt_live *entry, uint16_t call) {
  fdt_count(&event->record->closed);
  /* An inherited descriptor is the opener's to count: this is only a copy of its reference. */
  if (entry->site != 0 && entry->origin == event->process)
    fdt_site_closed(entry->site, event->stack, call, event->ticks,
                    event->ticks - entry->opened_ticks);
}

/* What the caller's table has open at `fd`, to look at, or NULL. */
static inline const struct fdt_live *fdt_entry_seen(int fd) {
  uint32_t process = fdt_process_here();
  if (process == 0)
    return NULL;
  const struct fdt_live *entry = fdt_live_peek(fdt_process_at(process), fd);
  if (entry == NULL || FDT_LIVE_STATE(fdt_live_state(entry)) != FDT_LIVE_OPEN)
    return NULL;
  return entry;
}

/* The same to change it. */
static inline struct fdt_live *fdt_entry_of(int fd) {
  uint32_t process = fdt_process_here();
  if (process == 0)
    return NULL;
  struct fdt_live *entry = fdt_live_find(fdt_process_at(process), fd);
  if (entry == NULL || FDT_LIVE_STATE(fdt_live_state(entry)) != FDT_LIVE_OPEN)
    return NULL;
  return entry;
}

#endif
