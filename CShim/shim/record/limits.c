/* Descriptors that did not come into being: at the limit. */
#include "event.h"

#include "record/misuse.h"
#include "snapshot/snapshot.h"
#include "trace/counters.h"

#include <errno.h>

/* Who holds what, when there is no more: kept even if all is closed later. */
static void count_at_limit(void *context, int first_fd, const struct fdt_live *entries) {
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
  struct fdt_event_now event;
  if (!fdt_event_begin(&event, act))
    return;
  fdt_event_write(&event, act, FDT_EVENT_NOTED, -1, error, 0);
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
