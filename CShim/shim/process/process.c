#include "process.h"

#include "kernel/clock.h"
#include "kernel/readable.h"
#include "kernel/syscall.h"
#include "snapshot/snapshot.h"
#include "trace/losses.h"
#include "trace/sites.h"
#include "unwind/capture.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#endif

static struct fdt_self plain_self;
struct fdt_self *fdt_self;

/* What the program began as. */
static uint32_t first_process;

void fdt_self_start(void) {
  fdt_self = &plain_self;
  long page =
      fdt_syscall6(SYS_mmap, 0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (fdt_failed(page))
    return;
  if (fdt_failed(fdt_syscall3(SYS_madvise, page, 4096, MADV_WIPEONFORK))) {
    /* Before Linux 4.14. As with emulators that only say that they wipe it (QEMU's of user
     * programs), the wrappers of fork alone notice a child. */
    fdt_syscall2(SYS_munmap, page, 4096);
    return;
  }
  fdt_self = (struct fdt_self *)page;
}

void fdt_self_become(uint32_t process) {
  first_process = process;
  __atomic_store_n(&fdt_self->process, process, __ATOMIC_RELAXED);
  fdt_thread_enter(process);
}

uint32_t fdt_process_take(void) {
  uint64_t index = __atomic_fetch_add(&fdt_trace.header->processes_next, 1, __ATOMIC_RELAXED);
  if (index >= fdt_trace.process_count) {
    fdt_lose(FDT_LOSS_PROCESSES);
    return 0;
  }
  struct fdt_process *process = &fdt_trace.processes[index];
  process->start_ticks = fdt_ticks();
  return (uint32_t)index + 1;
}

FDT_FORKED void fdt_process_publish(uint32_t process) {
  /* Release: pairs with the acquire of fdt_process_find and of the reader. */
  __atomic_store_n(&fdt_process_at(process)->state, FDT_RECORD_READY, __ATOMIC_RELEASE);
}

/* Relaxed, as whoever watches reads it: parent and child may do so at once. */
FDT_FORKED static void keep_limits(struct fdt_process *process, const struct rlimit *limit) {
  __atomic_store_n(&process->fd_limit, limit->rlim_cur, __ATOMIC_RELAXED);
  __atomic_store_n(&process->fd_limit_hard, limit->rlim_max, __ATOMIC_RELAXED);
}

FDT_FORKED void fdt_process_limits(struct fdt_process *process) {
  struct rlimit limit;
  if (!fdt_snapshot_forbidden() &&
      !fdt_failed(fdt_syscall4(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, &limit)))
    keep_limits(process, &limit);
}

FDT_FORKED void fdt_process_identify(struct fdt_process *process) {
  if (fdt_snapshot_forbidden()) {
    uint32_t tid = fdt_thread_libc_tid();
    /* What libc did not fork has its parent's number there. */
    if (fdt_thread.tid != 0 && tid != fdt_thread.tid)
      process->pid = tid;
    return;
  }
  process->pid = (uint32_t)fdt_syscall0(SYS_getpid);
  process->ppid = (uint32_t)fdt_syscall0(SYS_getppid);
  process->uid = (uint32_t)fdt_syscall0(SYS_geteuid);
  fdt_process_limits(process);
}

void fdt_process_asked(struct fdt_process *process, const char *path) {
  size_t size = path != NULL && fdt_readable_string(path) ? strlen(path) : 0;
  const size_t room = sizeof process->asked;
  const size_t kept = size < room ? size : room;
  memset(process->asked, 0, room);
  if (kept > 0)
    memcpy(process->asked, path + size - kept, kept);
}

void fdt_process_pid_known(uint32_t child, uint32_t pid) {
  struct fdt_process *process = fdt_process_known(child);
  uint32_t unknown = 0;
  if (process != NULL)
    __atomic_compare_exchange_n(&process->pid, &unknown, pid, false, __ATOMIC_RELAXED,
                                __ATOMIC_RELAXED);
}

void fdt_process_exists(uint32_t child) {
  struct fdt_process *process = fdt_process_known(child);
  uint32_t state = FDT_RECORD_EMPTY;
  /* Release: as in fdt_process_publish. */
  if (process != NULL)
    __atomic_compare_exchange_n(&process->state, &state, FDT_RECORD_READY, false, __ATOMIC_RELEASE,
                                __ATOMIC_RELAXED);
}

/* Whose child no wrapper saw made. The caller's thread knows, unless it never did anything
 * but that; then the kernel does. */
static uint32_t unseen_parent(void) {
  uint32_t parent = fdt_thread.process;
  if (parent == 0 && !fdt_snapshot_forbidden())
    parent = fdt_process_find((uint32_t)fdt_syscall0(SYS_getppid));
  return parent != 0 ? parent : first_process;
}

/* The pages that a child writes to are copies that the kernel has to make, so it writes
 * to few: its own thread's, the wiped one, and its record's, of which the parent's share. */
FDT_FORKED uint32_t fdt_process_forked(void) {
  struct fdt_birth *birth = &fdt_thread.birth;
  fdt_capture_forked();
  fdt_sites_forked();
  /* Made ready by the wrapper of fork; a child of a clone that went around it, or straight
   * on, comes without, and takes over what its parent has by now. */
  bool ready = birth->how != FDT_HOW_START;
  uint32_t parent = ready ? 0 : unseen_parent();
  uint32_t child = parent == 0 ? birth->child : fdt_process_before_fork(parent);
  if (child == 0) {
    /* Not recorded, and not asked again at every event. */
    __atomic_store_n(&fdt_self->process, UINT32_MAX, __ATOMIC_RELAXED);
    return UINT32_MAX;
  }
  struct fdt_process *process = fdt_process_at(child);
  if ((!ready || birth->threads) && fdt_process_known(process->parent) != NULL)
    fdt_process_recheck(child, process->parent, process->start_ticks);
  if (!ready)
    fdt_process_doubt(child);
  fdt_process_identify(process);
  /* Several threads of a child that comes without may have their first events at once: one
   * record stands for them all. Nothing else is ordered by this word. */
  uint32_t made = 0;
  if (!__atomic_compare_exchange_n(&fdt_self->process, &made, child, false, __ATOMIC_RELAXED,
                                   __ATOMIC_RELAXED)) {
    fdt_process_unborn(child);
    return made;
  }
  fdt_process_publish(child);
  /* The thread that forked is the first of its child, and that has the process's number. */
  if (ready && !fdt_snapshot_forbidden())
    fdt_thread_enter_as(child, process->pid);
  else
    fdt_thread_enter(child);
  return child;
}

FDT_FORKED void fdt_process_met_forked(void) {
  /* Written to before it is read: to read the wiped page first, and write then, would be
   * two page faults. */
  uint32_t process = 0;
  if (!__atomic_compare_exchange_n(&fdt_self->process, &process, 0, false, __ATOMIC_RELAXED,
                                   __ATOMIC_RELAXED)) {
    if (process != fdt_thread.birth.parent)
      return;
    *fdt_self = (struct fdt_self){0}; /* it was not wiped */
  }
  fdt_process_forked();
}

/* Returns the latest published record of `pid` before `below`, or 0. */
static uint32_t find_before(uint32_t below, uint32_t pid) {
  while (below > 1) {
    const struct fdt_process *process = fdt_process_at(--below);
    if (__atomic_load_n(&process->state, __ATOMIC_ACQUIRE) == FDT_RECORD_READY &&
        process->pid == pid)
      return below;
  }
  return 0;
}

static uint32_t past_last(void) {
  uint64_t used = __atomic_load_n(&fdt_trace.header->processes_next, __ATOMIC_RELAXED);
  return (uint32_t)(used < fdt_trace.process_count ? used : fdt_trace.process_count) + 1;
}

uint32_t fdt_process_find(uint32_t pid) {
  uint32_t found = find_before(past_last(), pid);
  return found != 0 && fdt_process_at(found)->end_kind == FDT_END_NONE ? found : 0;
}

uint32_t fdt_process_find_before_exec(uint32_t pid, uint32_t ppid) {
  /* Of several with this pid it is the one that is on its way. */
  for (uint32_t found = past_last(); (found = find_before(found, pid)) != 0;) {
    const struct fdt_process *process = fdt_process_at(found);
    if (process->end_kind == FDT_END_NONE && process->ppid == ppid &&
        (process->flags & FDT_PROCESS_EXEC_PENDING) != 0)
      return found;
  }
  uint32_t latest = fdt_process_find(pid);
  return latest != 0 && (fdt_process_at(latest)->flags & FDT_PROCESS_ATTACHED) != 0 ? latest : 0;
}

FDT_FORKED void fdt_process_ended(uint32_t ref, enum fdt_end kind, int code) {
  struct fdt_process *process = fdt_process_at(ref);
  if (process->end_kind != FDT_END_NONE)
    return;
  process->end_ticks = fdt_ticks();
  process->end_code = code;
  __atomic_store_n(&process->end_kind, kind, __ATOMIC_RELEASE);
}

void fdt_process_told_ended(uint32_t ref, int status) {
  struct fdt_process *process = fdt_process_at(ref);
  if (process->end_kind != FDT_END_NONE || !(WIFEXITED(status) || WIFSIGNALED(status)))
    return;
  __atomic_fetch_or(&process->flags, FDT_PROCESS_END_TOLD, __ATOMIC_RELAXED);
  if (WIFEXITED(status))
    fdt_process_ended(ref, FDT_END_EXIT, WEXITSTATUS(status));
  else
    fdt_process_ended(ref, FDT_END_SIGNAL, WTERMSIG(status));
}

/* The record with which the process `process` began: before its programs' execs. */
static uint32_t first_record(uint32_t process) {
  const struct fdt_process *record = fdt_process_known(process);
  while (record != NULL && record->how == FDT_HOW_EXEC && record->parent < process) {
    process = record->parent;
    record = fdt_process_known(process);
  }
  return process;
}

/* The caller's own child of that pid, or 0. */
static uint32_t find_child(uint32_t pid) {
  uint32_t here = first_record(fdt_process_here());
  for (uint32_t found = here == 0 ? 0 : past_last(); (found = find_before(found, pid)) != 0;) {
    const struct fdt_process *first = fdt_process_known(first_record(found));
    if (first != NULL && first_record(first->parent) == here)
      return found;
  }
  return 0;
}

void fdt_process_limited(uint32_t pid, const struct rlimit *limit) {
  uint32_t process = fdt_process_here();
  if (process == 0)
    return;
  uint32_t self = fdt_process_at(process)->pid;
  if (pid != 0 && pid != self) {
    process = find_child(pid);
    /* A child in a namespace of its own has another number there than its parent knows. */
    if (process == 0 || fdt_process_at(process)->ppid != self ||
        fdt_process_at(process)->end_kind != FDT_END_NONE)
      return;
  }
  keep_limits(fdt_process_at(process), limit);
}

void fdt_process_reaped(uint32_t pid, int status) {
  uint32_t process = find_child(pid);
  if (process == 0)
    process = fdt_process_find(pid); /* somebody else's */
  if (process == 0)
    return;
  fdt_process_told_ended(process, status);
}
