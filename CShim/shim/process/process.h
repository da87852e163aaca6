/* The process table: which process of the tree the caller is, and how
 * processes come and go. */
#ifndef FDT_PROCESS_PROCESS_H
#define FDT_PROCESS_PROCESS_H

#include "fdtrack_format.h"
#include "process/thread.h"
#include "trace/trace.h"

#include <stdint.h>

struct rlimit;

/* Bytes of a program's arguments that are kept. */
#define FDT_ARGV_MAX 4096

/* A page that the kernel wipes in every fork child (MADV_WIPEONFORK), so that
 * a child is noticed at its first event, whatever made it. */
struct fdt_self {
  uint32_t process;       /* process_ref of this process; 0 in a child not yet recorded */
  uint32_t snapshot_busy; /* 1 while a thread takes a snapshot */
};
extern struct fdt_self *fdt_self;

/* Chooses where fdt_self lives; called once, while starting. */
void fdt_self_start(void);

/* Makes this process, whose program begins, the record `process`. */
void fdt_self_become(uint32_t process);

/* Records the calling process as a fork child of what it was before and
 * returns its process_ref; UINT32_MAX when the table is full (counted: it goes
 * unrecorded). */
uint32_t fdt_process_forked(void);

/* The same for the child that fdt_thread.birth speaks of, unless it was noticed already. */
void fdt_process_met_forked(void);

/* Returns the process_ref of the caller, or 0 when it is not recorded. */
static inline uint32_t fdt_process_here(void) {
  uint32_t process = fdt_thread.vfork_process;
  if (fdt_likely(process == 0))
    process = __atomic_load_n(&fdt_self->process, __ATOMIC_RELAXED);
  if (fdt_unlikely(process == 0))
    process = fdt_process_forked();
  return process == UINT32_MAX ? 0 : process;
}

/* How many descriptors the process has open, as far as the trace knows. */
static inline uint32_t fdt_process_live(const struct fdt_process *process) {
  uint64_t live = process->inherited + __atomic_load_n(&process->opened, __ATOMIC_RELAXED) -
                  __atomic_load_n(&process->closed, __ATOMIC_RELAXED);
  return (int32_t)live > 0 ? (uint32_t)live : 0;
}

/* Takes a fresh record, not yet published; 0 when the table is full (counted). */
uint32_t fdt_process_take(void);

/* Publishes a record. */
void fdt_process_publish(uint32_t process);

/* Fills pid, ppid, uid and fd limits of the calling process. Where it may not ask for
 * them, what its parent's record had stays, and the pid is libc's if that knows it; else
 * the parent fills that in (fdt_process_pid_known). */
void fdt_process_identify(struct fdt_process *process);

/* Publishes it, its pid being known, unless the child itself did or it stands for nothing: a
 * child that has not run yet holds what it inherited all the same. */
void fdt_process_exists(uint32_t child);

/* The parent's side: the child's pid, unless the child found it out itself. */
void fdt_process_pid_known(uint32_t child, uint32_t pid);

/* Reads RLIMIT_NOFILE anew, if that may be asked: another process may have changed it. */
void fdt_process_limits(struct fdt_process *process);

/* The caller set that limit, of itself (`pid` is 0 or its own) or of a process that is
 * followed where it is the caller's child. */
void fdt_process_limited(uint32_t pid, const struct rlimit *limit);

/* Starts `child` as a descendant of `parent` with its name, its directory, its limits and
 * the fds that `parent` has open now: `via` says how they come to it, `cloexec`
 * whether those flagged FD_CLOEXEC go along. */
void fdt_process_inherit(uint32_t child, uint32_t parent, enum fdt_via via, bool cloexec);

/* Makes the record of a child that `parent` is about to fork, with all that can be said
 * before it has run: its table is copied before the fork, for afterwards both go on opening
 * and closing. Returns 0 when there is no room. */
uint32_t fdt_process_before_fork(uint32_t parent);

/* The fork failed: the record stands for nothing. */
void fdt_process_unborn(uint32_t child);

/* In a child of a process with several threads: holds the record against what
 * is really open, since other threads may have opened and closed between the copy,
 * at `ticks`, and the fork. Only counted where that may not be asked. */
void fdt_process_recheck(uint32_t child, uint32_t parent, uint64_t ticks);

/* In a child whose record was made after it began: what its parent had by then may be
 * something else here. */
void fdt_process_doubt(uint32_t child);

/* Returns the latest record of `pid` that has not ended, or 0. Other namespaces may
 * have other processes of that pid. */
uint32_t fdt_process_find(uint32_t pid);

/* Returns the record that the caller, `pid`, a program that just began, left by exec;
 * 0 where there is none. */
uint32_t fdt_process_find_before_exec(uint32_t pid, uint32_t ppid);

/* Keeps what the exec of a process, or the spawn that makes it, is given to run: nothing of NULL
 * and of what can't be read. Async-signal-safe. */
void fdt_process_asked(struct fdt_process *process, const char *path);

/* Records the end of the caller's process, unless one is recorded already. */
void fdt_process_ended(uint32_t process, enum fdt_end kind, int code);

/* The same of another one, as who waited for it learnt: `status` is wait's. */
void fdt_process_told_ended(uint32_t process, int status);

/* Records the end that wait(2) told the caller of a child, `status` being wait's. */
void fdt_process_reaped(uint32_t pid, int status);

#endif
