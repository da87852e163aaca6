#include "marks.h"

#include "kernel/clock.h"
#include "process/process.h"
#include "trace/losses.h"
#include "trace/strings.h"

#include <string.h>

uint32_t fdt_mark_in_force(uint32_t process) {
  const struct fdt_process *record = fdt_process_at(process);
  if (fdt_thread.mark != 0 && fdt_thread.mark_process == process)
    return fdt_thread.mark;
  uint32_t own = __atomic_load_n(&record->mark_now, __ATOMIC_RELAXED);
  return own != 0 ? own : record->mark;
}

static uint64_t opened_by(uint32_t process) {
  return __atomic_load_n(&fdt_process_at(process)->opened, __ATOMIC_RELAXED);
}

/* A fresh record, not yet published, for a mark that begins at `ticks`; 0 when there is
 * no room: what is opened from now on then belongs to none. */
static uint32_t take(uint32_t process, uint32_t thread, uint64_t ticks) {
  uint64_t index = __atomic_fetch_add(&fdt_trace.header->marks_next, 1, __ATOMIC_RELAXED);
  if (index >= fdt_trace.mark_count) {
    fdt_lose(FDT_LOSS_MARKS);
    return 0;
  }
  struct fdt_mark *mark = &fdt_trace.marks[index];
  mark->process = process;
  mark->thread = thread;
  mark->begin_ticks = ticks;
  if (thread == 0)
    mark->opened_before = opened_by(process);
  return (uint32_t)index + 1;
}

static void publish(uint32_t ref, uint32_t name) {
  struct fdt_mark *mark = fdt_mark_known(ref);
  if (mark == NULL)
    return;
  mark->name = name;
  /* Release: a reader that sees the state sees the rest. */
  __atomic_store_n(&mark->state, FDT_RECORD_READY, __ATOMIC_RELEASE);
}

static uint32_t begin(uint32_t process, uint32_t thread, const char *name, uint64_t ticks) {
  if (name == NULL || *name == '\0')
    return 0;
  uint32_t ref = take(process, thread, ticks);
  if (ref != 0)
    publish(ref, fdt_string(name, strlen(name), FDT_MARK_NAME_MAX));
  return ref;
}

static void end(uint32_t ref, uint64_t ticks) {
  struct fdt_mark *mark = fdt_mark_known(ref);
  if (mark == NULL)
    return;
  if (mark->thread == 0 && fdt_process_known(mark->process) != NULL)
    mark->opened_after = opened_by(mark->process);
  /* Of two threads, the one that read the clock first may be here last. */
  uint64_t least = mark->begin_ticks;
  __atomic_store_n(&mark->end_ticks, ticks > least ? ticks : least, __ATOMIC_RELEASE);
}

void fdt_mark_process(const char *name) {
  uint32_t process = fdt_process_here();
  if (process == 0)
    return;
  uint64_t ticks = fdt_ticks();
  uint32_t fresh = begin(process, 0, name, ticks);
  /* An exchange: of two threads, or of a handler and what it interrupted, each ends the
   * mark that it took the place of. Release and acquire pair with each other: who ends a
   * mark sees what its beginner wrote. */
  end(__atomic_exchange_n(&fdt_process_at(process)->mark_now, fresh, __ATOMIC_ACQ_REL), ticks);
}

void fdt_mark_thread(const char *name) {
  uint32_t process = fdt_process_here();
  if (process == 0)
    return;
  if (fdt_thread.process != process)
    fdt_thread_enter(process);
  uint64_t ticks = fdt_ticks();
  uint32_t before = fdt_thread.mark_process == process ? fdt_thread.mark : 0;
  fdt_thread.mark = begin(process, fdt_thread.tid, name, ticks);
  fdt_thread.mark_process = process;
  end(before, ticks);
}

void fdt_mark_by_setting(uint32_t process, const char *name) {
  struct fdt_process *record = fdt_process_at(process);
  const struct fdt_process *maker = fdt_process_known(record->parent);
  uint32_t known = maker == NULL ? 0 : maker->mark_setting;
  record->mark_setting = 0;
  if (name == NULL || *name == '\0')
    return;
  if (fdt_string_is(known, name, strlen(name), FDT_MARK_NAME_MAX)) {
    record->mark_setting = known;
    return;
  }
  uint32_t ref = take(process, 0, record->start_ticks);
  record->mark_setting = fdt_string(name, strlen(name), FDT_MARK_NAME_MAX);
  publish(ref, record->mark_setting);
  record->mark = ref;
}
