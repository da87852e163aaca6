#include "exec.h"

#include "kernel/clock.h"
#include "kernel/syscall.h"
#include "process/marks.h"
#include "process/process.h"
#include "process/told.h"
#include "snapshot/snapshot.h"
#include "trace/live.h"
#include "trace/losses.h"
#include "trace/ring.h"
#include "trace/sites.h"

#include <string.h>

static void tell(uint32_t process, enum fdt_event event, uint16_t call, uint32_t stack,
                 int result) {
  fdt_ring_write(process, &(struct fdt_happening){.ticks = fdt_ticks(),
                                                  .stack = stack,
                                                  .call = call,
                                                  .event = (uint8_t)event,
                                                  .fd = -1,
                                                  .result = result});
}

void fdt_exec_begin(const struct fdt_act *act, const char *path, char *const *environment) {
  uint32_t process = fdt_process_here();
  if (process == 0)
    return;
  struct fdt_process *record = fdt_process_at(process);
  record->exec_stack = fdt_capture(&act->caller);
  record->exec_call = act->call;
  record->exec_mark = fdt_mark_in_force(process);
  record->end_ticks = fdt_ticks();
  fdt_process_asked(record, path);
  fdt_told_by_exec(record, environment, false);
  __atomic_fetch_or(&record->flags, FDT_PROCESS_EXEC_PENDING, __ATOMIC_RELEASE);
  tell(process, FDT_EVENT_EXEC, act->call, record->exec_stack, 0);
}

void fdt_exec_failed(char *const *environment) {
  uint32_t process = fdt_process_here();
  if (process == 0)
    return;
  struct fdt_process *record = fdt_process_at(process);
  record->end_ticks = 0;
  fdt_told_by_exec(record, environment, true);
  __atomic_fetch_and(&record->flags, ~(uint32_t)FDT_PROCESS_EXEC_PENDING, __ATOMIC_RELEASE);
}

/* ---- the new program ---------------------------------------------------------- */

struct succession {
  uint32_t process; /* before exec */
  uint32_t next;    /* after it    */
};

static void end_by_exec(void *context, int first_fd, const struct fdt_live *entries) {
  const struct succession *plan = context;
  const struct fdt_process *next = fdt_process_at(plan->next);
  struct fdt_process *record = fdt_process_at(plan->process);
  for (int i = 0; i < FDT_BLOCK_FDS; i++) {
    uint32_t word = fdt_live_state(&entries[i]);
    const struct fdt_live *kept = fdt_live_peek(next, first_fd + i);
    if (FDT_LIVE_STATE(word) != FDT_LIVE_OPEN ||
        (kept != NULL && FDT_LIVE_STATE(fdt_live_state(kept)) == FDT_LIVE_OPEN))
      continue;
    struct fdt_live *entry = fdt_live_find(record, first_fd + i);
    if (entry == NULL)
      continue;
    if (entry->site != 0 && entry->origin == plan->process)
      fdt_site_closed(entry->site, record->exec_stack, record->exec_call, record->end_ticks,
                      record->end_ticks - entry->opened_ticks);
    record->closed++;
    entry->note_call = record->exec_call;
    entry->note_stack = record->exec_stack;
    entry->note_error = 0;
    entry->note_ticks = record->end_ticks;
    __atomic_store_n(&entry->state, (FDT_LIVE_GENERATION(word) << 8) | FDT_LIVE_CLOSED,
                     __ATOMIC_RELEASE);
  }
}

/* The exec of `before` came to pass: the caller is its new program. */
static uint32_t succeed(uint32_t before) {
  uint32_t next = fdt_process_take();
  if (next == 0)
    return 0;
  struct fdt_process *old = fdt_process_at(before);
  struct fdt_process *record = fdt_process_at(next);
  fdt_process_inherit(next, before, FDT_VIA_EXEC, true);
  if ((old->flags & FDT_PROCESS_EXEC_PENDING) != 0)
    record->mark = old->exec_mark; /* of the thread that called exec, perhaps */
  record->how = FDT_HOW_EXEC;
  record->born_call = old->exec_call;
  record->born_stack = old->exec_stack;
  fdt_self_become(next);
  struct fdt_difference difference = fdt_reconcile_start(next);
  if ((old->flags & FDT_PROCESS_EXEC_PENDING) == 0)
    old->end_ticks = record->start_ticks; /* an exec that no wrapper saw */
  struct succession plan = {before, next};
  fdt_live_blocks(old, end_by_exec, &plan);
  old->unseen += difference.unseen;
  old->snapshot_open = difference.open;
  old->snapshot_ticks = record->start_ticks;
  __atomic_fetch_or(&old->flags, FDT_PROCESS_SNAPSHOT, __ATOMIC_RELAXED);
  old->end_code = 0;
  __atomic_store_n(&old->end_kind, FDT_END_EXEC, __ATOMIC_RELEASE);
  return next;
}

/* Takes over the record that the parent made before it started the caller. */
static bool adopt(uint32_t child) {
  struct fdt_process *record = fdt_process_at(child);
  uint32_t flags = __atomic_load_n(&record->flags, __ATOMIC_ACQUIRE);
  if (record->how != FDT_HOW_SPAWN || (flags & FDT_PROCESS_ATTACHED) != 0 ||
      !__atomic_compare_exchange_n(&record->flags, &flags, flags | FDT_PROCESS_ATTACHED, false,
                                   __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
    return false;
  fdt_self_become(child);
  fdt_reconcile_start(child);
  return true;
}

static bool is_of_parent(const struct fdt_process *record, uint32_t ppid) {
  const struct fdt_process *parent = fdt_process_known(record->parent);
  return parent != NULL && parent->pid == ppid && parent->end_kind == FDT_END_NONE;
}

static bool is_waiting(const struct fdt_process *record) {
  return __atomic_load_n(&record->state, __ATOMIC_ACQUIRE) == FDT_RECORD_READY &&
         record->how == FDT_HOW_SPAWN && (record->flags & FDT_PROCESS_ATTACHED) == 0 &&
         record->end_kind == FDT_END_NONE;
}

/* A spawned record that nobody took over yet: the caller's by its number, or of the parent that
 * the caller has now; one made for the caller's very command line rather than another. */
static uint32_t find_spawned(uint32_t ppid, int argc, char *const *argv) {
  uint32_t hash = argc == 3 && strcmp(argv[1], "-c") == 0 ? fdt_command_hash(argv[2]) : 0;
  uint64_t used = fdt_trace.header->processes_next;
  uint32_t pid = (uint32_t)fdt_syscall0(SYS_getpid);
  uint32_t same = 0, found = 0, candidates = 0;
  if (used > fdt_trace.process_count)
    used = fdt_trace.process_count;
  for (uint64_t i = used; i-- > 0;) {
    const struct fdt_process *record = &fdt_trace.processes[i];
    if (!is_waiting(record))
      continue;
    if (record->pid == pid)
      return (uint32_t)i + 1; /* though a later one was made for the same command */
    if (same != 0 || record->pid != 0 || !is_of_parent(record, ppid))
      continue;
    if (hash != 0 && record->command_hash == hash)
      same = (uint32_t)i + 1;
    if (hash != 0 && record->command_hash != 0)
      continue; /* another command's */
    candidates++;
    found = (uint32_t)i + 1;
  }
  if (same != 0)
    return same;
  if (candidates > 1)
    fdt_lose(FDT_LOSS_SPAWN_AMBIGUOUS);
  return found;
}

static uint32_t join_unseen(uint32_t parent) {
  uint32_t process = fdt_process_take();
  if (process == 0)
    return 0;
  fdt_process_at(process)->how = FDT_HOW_ATTACH;
  fdt_process_at(process)->parent = parent;
  if (fdt_process_known(parent) != NULL)
    fdt_process_at(process)->mark = fdt_mark_in_force(parent);
  fdt_self_become(process);
  fdt_reconcile_start(process);
  return process;
}

uint32_t fdt_process_join(uint32_t hint, int argc, char *const *argv) {
  if (hint != 0 && hint <= fdt_trace.process_count && adopt(hint))
    return hint;
  uint32_t pid = (uint32_t)fdt_syscall0(SYS_getpid);
  uint32_t ppid = (uint32_t)fdt_syscall0(SYS_getppid);
  uint32_t same = fdt_process_find_before_exec(pid, ppid);
  if (same != 0)
    return succeed(same);
  uint32_t spawned = find_spawned(ppid, argc, argv);
  if (spawned != 0 && adopt(spawned))
    return spawned;
  return join_unseen(fdt_process_find(ppid));
}
