/* syscall(2) for the calls that are interposed by name. All other numbers, the
 * ones that return twice first of all, go straight on: see syscall_*.S. */
#include "after.h"

#include "process/exec.h"
#include "record/misuse.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

long fdt_hook_syscall(long number, long a, long b, long c, long d, long e, long f);

/* For the assembly: where the original is kept. */
long (*const *const fdt_real_syscall)(long, ...) = &fdt_real.syscall;

/* Which numbers fdt_hook_syscall is for. */
const uint8_t fdt_syscall_hooked[512] = {
#ifdef SYS_open
    [SYS_open] = 1,          [SYS_creat] = 1,          [SYS_dup2] = 1,      [SYS_pipe] = 1,
    [SYS_eventfd] = 1,       [SYS_epoll_create] = 1,   [SYS_signalfd] = 1,  [SYS_inotify_init] = 1,
#endif
    [SYS_openat] = 1,        [SYS_openat2] = 1,        [SYS_close] = 1,     [SYS_close_range] = 1,
    [SYS_dup] = 1,           [SYS_dup3] = 1,           [SYS_fcntl] = 1,     [SYS_socket] = 1,
    [SYS_socketpair] = 1,    [SYS_accept] = 1,         [SYS_accept4] = 1,   [SYS_connect] = 1,
    [SYS_bind] = 1,          [SYS_listen] = 1,         [SYS_pipe2] = 1,     [SYS_eventfd2] = 1,
    [SYS_epoll_create1] = 1, [SYS_timerfd_create] = 1, [SYS_signalfd4] = 1, [SYS_inotify_init1] = 1,
    [SYS_memfd_create] = 1,  [SYS_pidfd_open] = 1,     [SYS_execve] = 1,    [SYS_execveat] = 1,
    [SYS_exit_group] = 1,    [SYS_prctl] = 1,          [SYS_seccomp] = 1,
};
_Static_assert(sizeof fdt_syscall_hooked > SYS_openat2, "the table reaches every number in it");

/* struct open_how of <linux/openat2.h>, as far as it is of interest. */
struct open_flags {
  uint64_t flags;
};

static void after(const struct fdt_act *act, long number, long a, long b, long c, long d,
                  int result) {
  switch (number) {
#ifdef SYS_open
  case SYS_open:
    fdt_after_open(act, result, (const char *)a, (int)b);
    break;
  case SYS_creat:
    fdt_after_open(act, result, (const char *)a, O_CREAT);
    break;
  case SYS_dup2:
    fdt_after_duplicate(act, (int)a, result, false, true);
    break;
  case SYS_pipe:
    fdt_after_pipe(act, result, (const int *)a, 0);
    break;
  case SYS_eventfd:
    fdt_after_descriptor(act, result, FDT_KIND_EVENTFD, 0, NULL);
    break;
  case SYS_epoll_create:
    fdt_after_descriptor(act, result, FDT_KIND_EPOLL, 0, NULL);
    break;
  case SYS_signalfd:
    if ((int)a == -1)
      fdt_after_descriptor(act, result, FDT_KIND_SIGNALFD, 0, NULL);
    break;
  case SYS_inotify_init:
    fdt_after_descriptor(act, result, FDT_KIND_INOTIFY, 0, NULL);
    break;
#endif
  case SYS_openat:
    fdt_after_open(act, result, (const char *)b, (int)c);
    break;
  case SYS_openat2:
    fdt_after_open(act, result, (const char *)b,
                   result >= 0 ? (int)((const struct open_flags *)c)->flags : 0);
    break;
  case SYS_close_range:
    fdt_after_close_range(act, (unsigned)a, (unsigned)b, (int)c, result);
    break;
  case SYS_dup:
    fdt_after_duplicate(act, (int)a, result, false, false);
    break;
  case SYS_dup3:
    fdt_after_duplicate(act, (int)a, result, (c & O_CLOEXEC) != 0, true);
    break;
  case SYS_fcntl:
    fdt_after_fcntl(act, (int)a, (int)b, c, result);
    break;
  case SYS_socket:
    fdt_after_socket(act, result, (int)a, (int)b);
    break;
  case SYS_socketpair:
    fdt_after_socketpair(act, result, (const int *)d, (int)a, (int)b);
    break;
  case SYS_accept:
  case SYS_accept4:
    fdt_after_accept(act, (int)a, result, (const struct sockaddr *)b, (const socklen_t *)c,
                     number == SYS_accept4 ? (int)d : 0);
    break;
  case SYS_connect:
    fdt_after_connect(act, (int)a, (const struct sockaddr *)b, (socklen_t)c, result);
    break;
  case SYS_bind:
    fdt_after_bind(act, (int)a, (const struct sockaddr *)b, (socklen_t)c, result);
    break;
  case SYS_listen:
    fdt_after_listen(act, (int)a, result);
    break;
  case SYS_pipe2:
    fdt_after_pipe(act, result, (const int *)a, (int)b);
    break;
  case SYS_eventfd2:
    fdt_after_descriptor(act, result, FDT_KIND_EVENTFD, (int)b, NULL);
    break;
  case SYS_epoll_create1:
    fdt_after_descriptor(act, result, FDT_KIND_EPOLL, (int)a, NULL);
    break;
  case SYS_timerfd_create:
    fdt_after_descriptor(act, result, FDT_KIND_TIMERFD, (int)b, NULL);
    break;
  case SYS_signalfd4:
    if ((int)a == -1)
      fdt_after_descriptor(act, result, FDT_KIND_SIGNALFD, (int)d, NULL);
    break;
  case SYS_inotify_init1:
    fdt_after_descriptor(act, result, FDT_KIND_INOTIFY, (int)a, NULL);
    break;
  case SYS_memfd_create:
    fdt_after_descriptor(act, result, FDT_KIND_MEMFD, (b & MFD_CLOEXEC) != 0 ? O_CLOEXEC : 0,
                         (const char *)a);
    break;
  case SYS_pidfd_open:
    fdt_after_descriptor(act, result, FDT_KIND_PIDFD, O_CLOEXEC, NULL); /* always, pidfd_open(2) */
    break;
  case SYS_prctl:
    if (a == PR_SET_SECCOMP)
      fdt_after_filter(result);
    break;
  case SYS_seccomp:
    if (a == SECCOMP_SET_MODE_STRICT || a == SECCOMP_SET_MODE_FILTER)
      fdt_after_filter(result);
    break;
  case SYS_execve:
  case SYS_execveat:
    fdt_exec_failed();
    break;
  default:
    break;
  }
}

/* All seven register and stack slots of syscall(2) are passed on as they are,
 * whatever their number: it reads them no other way itself. */
long fdt_hook_syscall(long number, long a, long b, long c, long d, long e, long f) {
  fdt_enter();
  if (!fdt_recording())
    return fdt_real.syscall(number, a, b, c, d, e, f);
  struct fdt_act act = *FDT_ACT(syscall);
  struct fdt_closing closing = {.entry = NULL};
  if (number == SYS_close) {
    closing = fdt_close_begin(&act, (int)a);
    if (closing.owner != FDT_OWNER_RAW)
      fdt_misuse_owned(&act, (int)a, closing);
  } else if (number == SYS_execve || number == SYS_execveat)
    fdt_exec_begin(&act);
  else if (number == SYS_exit_group)
    fdt_before_exit(&act, (int)a);
  long result = fdt_real.syscall(number, a, b, c, d, e, f);
  if (number == SYS_close)
    fdt_close_end(&act, (int)a, closing, result == 0 ? 0 : errno);
  else
    after(&act, number, a, b, c, d, (int)result);
  return result;
}
