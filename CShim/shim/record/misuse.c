#include "misuse.h"

#include "kernel/clock.h"
#include "process/process.h"
#include "trace/live.h"
#include "trace/misuses.h"

static void remember_opening(struct fdt_misuse *what, const struct fdt_live *entry) {
  what->opened_stack = entry->stack;
  what->opened_call = entry->call;
  what->opened_thread = entry->thread;
  what->opened_ticks = entry->opened_ticks;
  what->site = entry->site;
  what->owner = entry->owner;
}

/* Copies what the entry of a closed number tells, if it stays closed meanwhile. */
static bool remember_close(struct fdt_misuse *what, const struct fdt_live *entry) {
  uint32_t word = fdt_live_state(entry);
  if (FDT_LIVE_STATE(word) != FDT_LIVE_CLOSED)
    return false;
  remember_opening(what, entry);
  what->closed_stack = entry->note_stack;
  what->closed_call = entry->note_call;
  what->closed_thread = entry->note_thread;
  what->closed_ticks = entry->note_ticks;
  __atomic_thread_fence(__ATOMIC_ACQUIRE); /* the members before the state once more */
  return fdt_live_state(entry) == word;
}

static struct fdt_misuse misuse_of(const struct fdt_act *act, enum fdt_misuse_kind kind,
                                   uint32_t stack) {
  return (struct fdt_misuse){.process = fdt_process_here(),
                             .stack = stack,
                             .call = act->call,
                             .kind = (uint8_t)kind,
                             .thread = fdt_thread.tid};
}

void fdt_misuse_close(const struct fdt_act *act, int fd, uint32_t stack, uint64_t ticks) {
  struct fdt_misuse what = misuse_of(act, FDT_MISUSE_CLOSE_AGAIN, stack);
  if (what.process == 0 || fd < 0)
    return;
  const struct fdt_live *entry = fdt_live_peek(fdt_process_at(what.process), fd);
  if (entry == NULL || fdt_live_state(entry) == 0)
    what.kind = FDT_MISUSE_CLOSE_UNKNOWN;
  else if (!remember_close(&what, entry))
    return; /* opened by another thread by now, or closed unseen: nobody to name */
  fdt_misuse_add(&what, fd, ticks);
}

void fdt_misuse_use(const struct fdt_act *act, int fd) {
  uint32_t process = fdt_process_here();
  if (process == 0 || fd < 0)
    return;
  const struct fdt_live *entry = fdt_live_peek(fdt_process_at(process), fd);
  if (entry == NULL || FDT_LIVE_STATE(fdt_live_state(entry)) != FDT_LIVE_CLOSED)
    return;
  struct fdt_misuse what = misuse_of(act, FDT_MISUSE_USE_CLOSED, fdt_capture(&act->caller));
  if (remember_close(&what, entry))
    fdt_misuse_add(&what, fd, fdt_ticks());
}

void fdt_misuse_owned(const struct fdt_act *act, int fd, struct fdt_closing closing) {
  struct fdt_misuse what = misuse_of(act, FDT_MISUSE_CLOSE_OWNED, closing.entry->note_stack);
  /* Marked as closing by this thread: nobody else writes the entry now. */
  remember_opening(&what, closing.entry);
  fdt_misuse_add(&what, fd, closing.entry->note_ticks);
}

void fdt_misuse_cut(const struct fdt_act *act, int fd) {
  uint32_t process = fdt_process_here();
  const struct fdt_live *entry = process == 0 ? NULL : fdt_live_peek(fdt_process_at(process), fd);
  if (entry == NULL || FDT_LIVE_STATE(fdt_live_state(entry)) != FDT_LIVE_OPEN ||
      entry->kind != FDT_KIND_UNIX)
    return;
  struct fdt_misuse what = misuse_of(act, FDT_MISUSE_CUT_MESSAGE, fdt_capture(&act->caller));
  remember_opening(&what, entry);
  fdt_misuse_add(&what, fd, fdt_ticks());
}
