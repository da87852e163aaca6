/* New processes of the same program: fork(2), vfork(2), daemon(3). */
#include "births.h"

#include "kernel/clock.h"
#include "kernel/syscall.h"
#include "process/process.h"
#include "snapshot/snapshot.h"
#include "trace/counters.h"
#include "trace/losses.h"
#include "trace/ring.h"

#include <errno.h>

/* What a child calls and its parent does not, each child would look up for itself, for its
 * memory goes with it. A program that forks a second time will go on so. */
static void look_ahead(void) {
  static uint32_t forks;
  if (fdt_unlikely(__atomic_load_n(&forks, __ATOMIC_RELAXED) < 2) &&
      __atomic_add_fetch(&forks, 1, __ATOMIC_RELAXED) == 2)
    fdt_originals_look_ahead();
}

struct fdt_birth fdt_birth_begin(const struct fdt_act *act, enum fdt_how how) {
  if (how == FDT_HOW_FORK)
    look_ahead();
  struct fdt_birth before = fdt_thread.birth;
  uint32_t parent = fdt_process_here();
  if (parent != 0 && fdt_thread.process != parent)
    fdt_thread_enter(parent); /* whose number the child must tell from its own */
  fdt_thread.birth = (struct fdt_birth){.how = how,
                                        .parent = parent,
                                        .child = parent == 0 ? 0 : fdt_process_before_fork(parent),
                                        .call = act->call,
                                        .threads = !fdt_alone(),
                                        .stack = fdt_capture(&act->caller)};
  if (fdt_thread.birth.child != 0) {
    struct fdt_process *record = fdt_process_at(fdt_thread.birth.child);
    record->how = how;
    record->born_call = act->call;
    record->born_stack = fdt_thread.birth.stack;
  }
  return before;
}

static void tell_forked(long pid) {
  uint32_t process = fdt_process_here();
  if (process == 0)
    return;
  fdt_ring_write(process, &(struct fdt_happening){.ticks = fdt_ticks(),
                                                  .stack = fdt_thread.birth.stack,
                                                  .call = fdt_thread.birth.call,
                                                  .event = FDT_EVENT_FORKED,
                                                  .fd = -1,
                                                  .result = (int)pid});
}

/* In the child a fresh record; in the parent an event. The wiped page tells
 * which of the two this is even where the result does not (daemon). */
FDT_FORKED void fdt_birth_end(long result, struct fdt_birth before) {
  if (result == 0) {
    fdt_process_met_forked();
  } else if (result > 0) {
    fdt_process_pid_known(fdt_thread.birth.child, (uint32_t)result);
    fdt_process_exists(fdt_thread.birth.child);
    tell_forked(result);
  } else if (fdt_thread.birth.child != 0) {
    fdt_process_unborn(fdt_thread.birth.child);
  }
  fdt_thread.birth = before;
}

#define FORK(name)                                                                                 \
  FDT_EXPORT FDT_FORKED pid_t name(void) {                                                         \
    fdt_enter();                                                                                   \
    if (!fdt_recording())                                                                          \
      return fdt_real.name();                                                                      \
    struct fdt_birth before = fdt_birth_begin(FDT_ACT(name), FDT_HOW_FORK);                        \
    pid_t pid = fdt_real.name();                                                                   \
    fdt_birth_end(pid, before);                                                                    \
    return pid;                                                                                    \
  }

FORK(fork)
FORK(__fork)
FORK(_Fork)

/* The caller goes on as the child of a fork inside libc, whose parent has left
 * through _exit(0) there. */
FDT_EXPORT int daemon(int keep_directory, int keep_streams) {
  fdt_enter();
  if (!fdt_recording())
    return fdt_real.daemon(keep_directory, keep_streams);
  uint32_t parent = fdt_process_here();
  struct fdt_birth before = fdt_birth_begin(FDT_ACT(daemon), FDT_HOW_FORK);
  int result = fdt_real.daemon(keep_directory, keep_streams);
  int saved = errno;
  if (result == 0)
    fdt_process_met_forked();
  uint32_t child = fdt_process_here();
  if (child == parent && fdt_thread.birth.child != 0)
    fdt_process_unborn(fdt_thread.birth.child); /* the fork itself failed */
  else if (child != parent && parent != 0)
    fdt_process_ended(parent, FDT_END_EXIT, 0);
  fdt_thread.birth = before;
  errno = saved;
  return result;
}

/* ---- vfork -----------------------------------------------------------------------
 * The child runs in the parent's memory and on its stack, so a C function cannot
 * return twice from it: the assembly in vfork_*.S keeps the return address in a
 * register, makes the system call, and lets fdt_vfork_return see to the thread. Nested
 * calls (a vfork child that calls vfork) stack up; from a depth that no sane program
 * reaches, children go unrecorded. */

struct fdt_vfork_result {
  long value;
  uintptr_t return_address;
};

/* Called by the trampolines; `call` tells under which name. */
void fdt_vfork_enter(const struct fdt_caller *caller, uint16_t call);
struct fdt_vfork_result fdt_vfork_return(long result, uintptr_t return_address);

void fdt_vfork_enter(const struct fdt_caller *caller, uint16_t call) {
  struct fdt_thread *self = &fdt_thread;
  fdt_enter();
  uint32_t level = self->vfork_depth++;
  if (level <= FDT_VFORK_DEPTH)
    self->vfork[level] = fdt_vfork_frame();
  if (!fdt_recording())
    return;
  fdt_birth_begin(&(struct fdt_act){call, *caller}, FDT_HOW_VFORK);
  if (level < FDT_VFORK_DEPTH)
    return;
  fdt_lose(FDT_LOSS_TABLES);
  if (self->birth.child != 0)
    fdt_process_unborn(self->birth.child);
  self->birth.child = 0;
}

/* Until the parent wakes and takes the thread back, its memory knows of the child
 * only through vfork_process. */
void fdt_vfork_child(uint32_t child) {
  struct fdt_thread *self = &fdt_thread;
  if (child == 0) {
    self->vfork_process = UINT32_MAX;
    return;
  }
  struct fdt_process *record = fdt_process_at(child);
  uint32_t parent = record->parent;
  if (!fdt_alone() && fdt_process_known(parent) != NULL)
    fdt_process_recheck(child, parent, record->start_ticks);
  fdt_process_identify(record);
  record->how = FDT_HOW_VFORK;
  fdt_process_publish(child);
  self->vfork_process = child;
  fdt_thread_enter(child);
}

struct fdt_vfork_frame fdt_vfork_frame(void) {
  const struct fdt_thread *self = &fdt_thread;
  return (struct fdt_vfork_frame){.process = self->vfork_process,
                                  .owner = self->process,
                                  .chunk = self->chunk,
                                  .sequence = self->sequence,
                                  .position = self->position,
                                  .tid = self->tid,
                                  .mark = self->mark,
                                  .mark_process = self->mark_process};
}

void fdt_vfork_frame_restore(const struct fdt_vfork_frame *frame) {
  struct fdt_thread *self = &fdt_thread;
  self->vfork_process = frame->process;
  self->process = frame->owner;
  self->chunk = frame->chunk;
  self->sequence = frame->sequence;
  self->position = frame->position;
  self->tid = frame->tid;
  self->mark = frame->mark;
  self->mark_process = frame->mark_process;
  self->writing = 0;
  if (self->vfork_scratch != NULL) {
    fdt_syscall2(SYS_munmap, self->vfork_scratch, self->vfork_scratch_size);
    self->vfork_scratch = NULL;
  }
}

struct fdt_vfork_result fdt_vfork_return(long result, uintptr_t return_address) {
  struct fdt_thread *self = &fdt_thread;
  struct fdt_vfork_result go = {result, return_address};
  if (result == 0) {
    if (fdt_recording()) {
      uint32_t child = self->birth.child;
      self->birth.child = 0;
      fdt_vfork_child(child);
    }
    return go;
  }
  uint32_t level = --self->vfork_depth;
  uint32_t child = self->vfork_process;
  /* The children of what goes unrecorded leave the thread as it was. */
  struct fdt_vfork_frame frame = level <= FDT_VFORK_DEPTH ? self->vfork[level] : fdt_vfork_frame();
  fdt_vfork_frame_restore(&frame);
  if (fdt_failed(result)) {
    if (self->birth.child != 0)
      fdt_process_unborn(self->birth.child);
    errno = (int)-result;
    go.value = -1;
  } else if (fdt_recording()) {
    fdt_process_pid_known(child, (uint32_t)result);
    tell_forked(result);
  }
  self->birth = (struct fdt_birth){0};
  return go;
}

const uint16_t fdt_call_vfork = FDT_CALL_vfork;
const uint16_t fdt_call___vfork = FDT_CALL___vfork;
