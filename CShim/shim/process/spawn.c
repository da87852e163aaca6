#include "exec.h"

#include "kernel/clock.h"
#include "kernel/readable.h"
#include "process/process.h"
#include "process/told.h"
#include "trace/live.h"
#include "trace/ring.h"

#include <sys/wait.h>

uint32_t fdt_command_hash(const char *command) {
  uint64_t hash = 0xcbf29ce484222325ULL;
  for (; command != NULL && *command != '\0'; command++)
    hash = (hash ^ (uint8_t)*command) * 0x100000001b3ULL;
  return (uint32_t)fdt_mix(hash) | 1;
}

/* ---- file actions -------------------------------------------------------------
 * libc carries them out in a child that runs none of our code, so they are read
 * as glibc lays them out since 2.29 (posix/spawn_int.h). Reading them wrongly
 * costs no more than a name: the child checks the result against what it holds. */

enum { ACTION_CLOSE, ACTION_DUP2, ACTION_OPEN, ACTION_CHDIR, ACTION_FCHDIR, ACTION_CLOSEFROM };

struct action {
  int tag;
  int padding;
  int fd; /* close: it; dup2: from; open: the new one; closefrom: the first */
  int newfd;
  char *path;
  int flags;
  unsigned mode;
};

struct actions {
  int allocated;
  int used;
  const struct action *list;
};

static void set_closed(struct fdt_process *child, int fd) {
  struct fdt_live *entry = fdt_live_find(child, fd);
  if (entry == NULL || FDT_LIVE_STATE(entry->state) != FDT_LIVE_OPEN)
    return;
  entry->state = (FDT_LIVE_GENERATION(entry->state) << 8) | FDT_LIVE_CLOSED;
  child->inherited--;
}

/* The source of a dup2 may be flagged FD_CLOEXEC, which the duplicate is not: so
 * it is looked for in the parent. */
static void set_duplicated(struct fdt_process *child, const struct fdt_process *parent, int from,
                           int to) {
  const struct fdt_live *source = fdt_live_find(child, from);
  if (source == NULL || FDT_LIVE_STATE(source->state) != FDT_LIVE_OPEN)
    source = fdt_live_peek(parent, from);
  struct fdt_live *entry = fdt_live_make(child, to);
  if (source == NULL || entry == NULL || FDT_LIVE_STATE(source->state) != FDT_LIVE_OPEN)
    return;
  if (from == to && FDT_LIVE_STATE(entry->state) == FDT_LIVE_OPEN)
    return; /* it is there already, without the flag */
  set_closed(child, to);
  uint32_t generation = FDT_LIVE_GENERATION(entry->state) + 1;
  *entry = *source;
  entry->via = FDT_VIA_EXEC;
  entry->flags &= (uint8_t)~FDT_FD_CLOEXEC;
  entry->source = from + 1;
  entry->state = (generation << 8) | FDT_LIVE_OPEN;
  child->inherited++;
}

struct closefrom {
  struct fdt_process *child;
  int first;
};

static void close_from(void *context, int first_fd, const struct fdt_live *entries) {
  const struct closefrom *plan = context;
  (void)entries;
  for (int fd = first_fd; fd < first_fd + FDT_BLOCK_FDS; fd++)
    if (fd >= plan->first)
      set_closed(plan->child, fd);
}

static void apply(struct fdt_process *child, const struct fdt_process *parent,
                  const struct actions *actions) {
  if (actions->used < 0 || actions->used > actions->allocated)
    return;
  for (int i = 0; i < actions->used; i++) {
    const struct action *action = &actions->list[i];
    switch (action->tag) {
    case ACTION_CLOSE:
    case ACTION_OPEN: /* the child lists what it holds there */
      set_closed(child, action->fd);
      break;
    case ACTION_DUP2:
      set_duplicated(child, parent, action->fd, action->newfd);
      break;
    case ACTION_CLOSEFROM:
      fdt_live_blocks(child, close_from, &(struct closefrom){child, action->fd});
      break;
    default: /* directories, the terminal's group */
      break;
    }
  }
}

uint32_t fdt_spawn_begin(const struct fdt_act *act, const struct fdt_spawned *spawned,
                         char *const *environment) {
  uint32_t parent = fdt_process_here();
  if (parent == 0)
    return 0;
  uint32_t child = fdt_process_take();
  if (child == 0)
    return 0;
  struct fdt_process *record = fdt_process_at(child);
  fdt_process_inherit(child, parent, FDT_VIA_EXEC, false);
  if (spawned->actions != NULL)
    apply(record, fdt_process_at(parent), (const struct actions *)spawned->actions);
  fdt_told_by_spawn(record, environment);
  record->how = FDT_HOW_SPAWN;
  record->born_call = act->call;
  record->born_stack = fdt_capture(&act->caller);
  bool told = spawned->command != NULL && fdt_readable_string(spawned->command);
  record->command_hash = told ? fdt_command_hash(spawned->command) : 0;
  fdt_process_asked(record, spawned->path);
  record->argv = 0;
  record->exe = 0;
  fdt_process_publish(child);
  return child;
}

void fdt_spawn_end(const struct fdt_act *act, uint32_t child, int pid, bool failed) {
  uint32_t parent = fdt_process_here();
  if (child == 0 || parent == 0)
    return;
  struct fdt_process *record = fdt_process_at(child);
  if (failed)
    fdt_process_unborn(child);
  else if (pid > 0)
    fdt_process_pid_known(child, (uint32_t)pid); /* unless it, or another, took that over before */
  fdt_ring_write(parent, &(struct fdt_happening){.ticks = fdt_ticks(),
                                                 .stack = record->born_stack,
                                                 .call = act->call,
                                                 .event = FDT_EVENT_SPAWNED,
                                                 .fd = -1,
                                                 .result = failed ? 0 : pid});
}

void fdt_spawn_has_stream(uint32_t child, int fd) {
  if (child != 0 && fd >= 0)
    fdt_process_at(child)->stream_fd = (uint32_t)fd + 1;
}

void fdt_spawn_stream_reaped(int fd, int status) {
  uint32_t parent = fdt_process_here();
  uint64_t used = __atomic_load_n(&fdt_trace.header->processes_next, __ATOMIC_RELAXED);
  if (used > fdt_trace.process_count)
    used = fdt_trace.process_count;
  for (uint32_t child = (uint32_t)used; parent != 0 && child > 0; child--) {
    struct fdt_process *record = fdt_process_at(child);
    if (record->parent != parent || record->stream_fd != (uint32_t)fd + 1)
      continue;
    record->stream_fd = 0;
    /* An exec gave it another record, and the end is that one's. */
    if (record->end_kind == FDT_END_EXEC && record->pid != 0)
      fdt_process_reaped(record->pid, status);
    else
      fdt_process_told_ended(child, status);
    return;
  }
}
