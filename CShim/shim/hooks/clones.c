/* clone(2) and unshare(2): who shares a table of descriptors with whom.
 *
 *   CLONE_VM  CLONE_FILES
 *      -          -        a fork: the child takes a copy of the table
 *      yes        yes      a thread, or as good as one
 *      yes        -        a copy of the table in shared memory, as after vfork
 *      -          yes      another process at the same table: it goes unrecorded, and
 *                          what it opens or closes shows in the next snapshot
 *
 * With CLONE_VM the child may also share the caller's thread-local storage. Unless
 * the caller waits (CLONE_VFORK), neither of the two can be recorded then. */
#include "after.h"
#include "births.h"

#include "kernel/syscall.h"
#include "kernel/threads.h"
#include "process/process.h"
#include "snapshot/snapshot.h"
#include "trace/counters.h"
#include "trace/losses.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <unistd.h>

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x1000
#endif

bool fdt_shares_table(void) {
  return fdt_thread.vfork_process == 0 && !fdt_alone() && !fdt_snapshot_forbidden() &&
         fdt_threads_count() > 1;
}

/* Nor is what starts from it. */
void fdt_leave_table(void) {
  fdt_thread.vfork_process = UINT32_MAX;
  fdt_lose(FDT_LOSS_TABLES);
}

/* A process's only thread has a table of its own anyway. */
void fdt_after_unshare(long flags, int result) {
  if (result == 0 && (flags & CLONE_FILES) != 0 && fdt_shares_table())
    fdt_leave_table();
}

FDT_EXPORT int unshare(int flags) {
  fdt_enter();
  int result = fdt_real.unshare(flags);
  if (fdt_recording())
    fdt_after_unshare(flags, result);
  return result;
}

/* ---- a clone that takes a copy of the memory, or waits ------------------------------ */

static bool has(uint64_t flags, uint64_t flag) { return (flags & flag) != 0; }

struct fdt_birth fdt_clone_begin(const struct fdt_act *act, uint64_t flags) {
  struct fdt_birth before = fdt_birth_begin(act, FDT_HOW_FORK);
  if (has(flags, CLONE_FILES) && fdt_thread.birth.child != 0) {
    fdt_process_unborn(fdt_thread.birth.child);
    fdt_thread.birth.child = 0;
  }
  return before;
}

FDT_FORKED void fdt_clone_child(uint64_t flags, struct fdt_birth before) {
  if (has(flags, CLONE_FILES)) {
    __atomic_store_n(&fdt_self->process, UINT32_MAX, __ATOMIC_RELAXED);
    fdt_lose(FDT_LOSS_TABLES);
  } else {
    fdt_process_met_forked();
  }
  fdt_thread.birth = before;
}

void fdt_clone_parent(const struct fdt_act *act, uint64_t flags, long result, const int *pidfd,
                      struct fdt_birth before) {
  fdt_birth_end(result, before);
  if (result > 0 && has(flags, CLONE_PIDFD) && pidfd != NULL)
    fdt_opened(act, *pidfd, &(struct fdt_birthmark){.kind = FDT_KIND_PIDFD, .cloexec = true});
}

/* What the child is to do first. */
struct errand {
  int (*function)(void *);
  void *argument;
  int flags;
  uint32_t child; /* process_ref made ready for it, or 0 */
};

static int run(void *given) {
  const struct errand errand = *(const struct errand *)given;
  if (has(errand.flags, CLONE_VM))
    fdt_vfork_child(errand.child);
  else
    fdt_clone_child(errand.flags, (struct fdt_birth){0});
  int status = errand.function(errand.argument);
  /* libc ends it without an exit function. */
  fdt_before_exit(&(struct fdt_act){.call = FDT_CALL_clone}, status);
  return status;
}

FDT_EXPORT int clone(int (*function)(void *), void *stack, int flags, void *argument, ...) {
  va_list more;
  va_start(more, argument);
  pid_t *parent_tid = va_arg(more, pid_t *);
  void *storage = va_arg(more, void *);
  pid_t *child_tid = va_arg(more, pid_t *);
  va_end(more);
  fdt_enter();
  bool shares_storage = has(flags, CLONE_VM) && !has(flags, CLONE_SETTLS);
  bool recorded = fdt_recording() && fdt_process_here() != 0 && function != NULL && stack != NULL;
  if (recorded && shares_storage && !has(flags, CLONE_VFORK)) {
    uint32_t before = fdt_thread.vfork_process;
    fdt_leave_table(); /* before the child runs */
    int pid = fdt_real.clone(function, stack, flags, argument, parent_tid, storage, child_tid);
    if (pid < 0)
      fdt_thread.vfork_process = before;
    return pid;
  }
  if (!recorded || (has(flags, CLONE_VM) && has(flags, CLONE_FILES)))
    return fdt_real.clone(function, stack, flags, argument, parent_tid, storage, child_tid);

  const struct fdt_act act = *FDT_ACT(clone);
  struct fdt_vfork_frame frame = fdt_vfork_frame();
  struct fdt_birth before = fdt_clone_begin(&act, (uint64_t)flags);
  /* On the child's stack, for the parent may leave this function first; aligned
   * as both ABIs want it. */
  struct errand *errand = (struct errand *)(((uintptr_t)stack - sizeof *errand) & ~(uintptr_t)15);
  *errand = (struct errand){function, argument, flags, fdt_thread.birth.child};
  int pid = fdt_real.clone(run, errand, flags, errand, parent_tid, storage, child_tid);
  int saved = errno;
  if (shares_storage)
    fdt_vfork_frame_restore(&frame);
  fdt_clone_parent(&act, (uint64_t)flags, pid, parent_tid, before);
  errno = saved;
  return pid;
}
