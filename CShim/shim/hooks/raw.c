/* syscall(2) for the calls that make, move or end descriptors. Those that make processes
 * are raw_clones.c's; all other numbers go straight on: see syscall_*.S. */
#include "after.h"

#include "kernel_numbers.h"
#include "process/exec.h"
#include "record/misuse.h"
#include "record/reads.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

long fdt_hook_syscall(long number, long a, long b, long c, long d, long e, long f);

/* For the assembly: where the original is kept. */
long (*const *const fdt_real_syscall)(long, ...) = &fdt_real.syscall;

/* Which numbers are not to go straight on: 1, fdt_hook_syscall is for them; 2, it is
 * fdt_hook_clone where fdt_clone_is_hooked says so. */
const uint8_t fdt_syscall_hooked[512] = {
#ifdef SYS_open
    [SYS_open] = 1,
    [SYS_creat] = 1,
    [SYS_dup2] = 1,
    [SYS_pipe] = 1,
    [SYS_eventfd] = 1,
    [SYS_epoll_create] = 1,
    [SYS_signalfd] = 1,
    [SYS_inotify_init] = 1,
    [SYS_fork] = 2,
    [SYS_vfork] = 2,
#endif
    [SYS_clone] = 2,
    [SYS_clone3] = 2,
    [SYS_openat] = 1,
    [SYS_openat2] = 1,
    [SYS_open_by_handle_at] = 1,
    [SYS_close] = 1,
    [SYS_close_range] = 1,
    [SYS_dup] = 1,
    [SYS_dup3] = 1,
    [SYS_fcntl] = 1,
    [SYS_ioctl] = 1,
    [SYS_socket] = 1,
    [SYS_socketpair] = 1,
    [SYS_accept] = 1,
    [SYS_accept4] = 1,
    [SYS_connect] = 1,
    [SYS_bind] = 1,
    [SYS_listen] = 1,
    [SYS_getsockopt] = 1,
    [SYS_setsockopt] = 1,
    [SYS_recvmsg] = 1,
    [SYS_recvmmsg] = 1,
    [SYS_read] = 1,
    [SYS_readv] = 1,
    [SYS_preadv2] = 1,
    [SYS_pipe2] = 1,
    [SYS_eventfd2] = 1,
    [SYS_epoll_create1] = 1,
    [SYS_timerfd_create] = 1,
    [SYS_signalfd4] = 1,
    [SYS_inotify_init1] = 1,
    [SYS_fanotify_init] = 1,
    [SYS_userfaultfd] = 1,
    [SYS_memfd_create] = 1,
    [SYS_memfd_secret] = 1,
    [SYS_mq_open] = 1,
    [SYS_pidfd_open] = 1,
    [SYS_pidfd_getfd] = 1,
    [SYS_perf_event_open] = 1,
    [SYS_io_uring_setup] = 1,
    [SYS_landlock_create_ruleset] = 1,
    [SYS_bpf] = 1,
    [SYS_fsopen] = 1,
    [SYS_fsmount] = 1,
    [SYS_fspick] = 1,
    [SYS_open_tree] = 1,
    [SYS_open_tree_attr] = 1,
    [SYS_execve] = 1,
    [SYS_execveat] = 1,
    [SYS_exit_group] = 1,
    [SYS_prctl] = 1,
    [SYS_rt_sigaction] = 1,
    [SYS_unshare] = 1,
    [SYS_setrlimit] = 1,
    [SYS_prlimit64] = 1,
    [SYS_seccomp] = 1,
};
_Static_assert(sizeof fdt_syscall_hooked > SYS_open_tree_attr,
               "the table reaches every number in it");

static void after(const struct fdt_act *act, long number, const long arguments[6], long size) {
  long a = arguments[0], b = arguments[1], c = arguments[2], d = arguments[3];
  int result = (int)size;
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
  case SYS_signalfd:
    if ((int)a == -1)
      fdt_after_descriptor(act, result, FDT_KIND_SIGNALFD, 0, NULL);
    break;
#endif
  case SYS_openat:
    fdt_after_open(act, result, (const char *)b, (int)c);
    break;
  case SYS_openat2:
    fdt_after_openat2(act, result, (const char *)b, (const struct open_how *)c);
    break;
  case SYS_open_by_handle_at:
    fdt_after_open_by_handle(act, result, (int)c);
    break;
  case SYS_open_tree:
  case SYS_open_tree_attr:
    fdt_after_open_tree(act, result, (const char *)b, (unsigned)c);
    break;
  case SYS_mq_open:
    fdt_after_queue(act, result, (const char *)a);
    break;
  case SYS_pidfd_getfd:
    fdt_after_pidfd_getfd(act, result);
    break;
  case SYS_ioctl:
    fdt_after_ioctl(act, (int)a, (uint32_t)b, (const void *)c, result);
    break;
  case SYS_getsockopt:
    fdt_after_getsockopt(act, (int)a, (int)b, (int)c, (const void *)d,
                         (const socklen_t *)arguments[4], result);
    break;
  case SYS_setsockopt:
    fdt_after_setsockopt(act, (int)a, (int)b, (int)c, result);
    break;
  case SYS_recvmsg:
    fdt_after_message(act, (int)a, (struct msghdr *)b, (int)c, size);
    break;
  case SYS_recvmmsg:
    fdt_after_messages(act, (int)a, (struct mmsghdr *)b, result, (int)d);
    break;
  case SYS_read:
    if (fdt_read_is_watched((int)a, size))
      fdt_after_transfer(act, (int)a, size, (size_t)c, &(struct iovec){(void *)b, (size_t)c}, 1);
    break;
  case SYS_readv:
  case SYS_preadv2:
    if (fdt_read_is_watched((int)a, size))
      fdt_after_transfer(act, (int)a, size, (size_t)c, (const struct iovec *)b, (int)c);
    break;
  case SYS_unshare:
    fdt_after_unshare(a, result);
    break;
  case SYS_setrlimit:
    fdt_after_limit(0, a, (const void *)b, result);
    break;
  case SYS_prlimit64:
    fdt_after_limit((pid_t)a, b, (const void *)c, result);
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
  case SYS_signalfd4:
    if ((int)a == -1)
      fdt_after_descriptor(act, result, FDT_KIND_SIGNALFD, (int)d, NULL);
    break;
  case SYS_memfd_create:
    fdt_after_descriptor(act, result, FDT_KIND_MEMFD, (b & MFD_CLOEXEC) != 0 ? O_CLOEXEC : 0,
                         (const char *)a);
    break;
  case SYS_prctl:
    fdt_after_prctl(a, b, result);
    break;
  case SYS_seccomp:
    if (a == SECCOMP_SET_MODE_STRICT || a == SECCOMP_SET_MODE_FILTER)
      fdt_after_filter(a == SECCOMP_SET_MODE_STRICT, result);
    fdt_after_maker(act, number, arguments, result);
    break;
  case SYS_execve:
    fdt_exec_failed((char *const *)c);
    break;
  case SYS_execveat:
    fdt_exec_failed((char *const *)d);
    break;
  default:
    fdt_after_maker(act, number, arguments, result);
    break;
  }
}

/* All seven register and stack slots of syscall(2) are passed on as they are,
 * whatever their number: it reads them no other way itself. */
long fdt_hook_syscall(long number, long a, long b, long c, long d, long e, long f) {
  fdt_enter();
  if (number == SYS_rt_sigaction && fdt_guard_concerns((int)a))
    return fdt_raw_sigaction((const struct fdt_kernel_action *)b, (struct fdt_kernel_action *)c,
                             (size_t)d);
  if (!fdt_recording())
    return fdt_real.syscall(number, a, b, c, d, e, f);
  struct fdt_act act = *FDT_ACT(syscall);
  struct fdt_closing closing = {.entry = NULL};
  if (number == SYS_close) {
    closing = fdt_close_begin(&act, (int)a);
    if (closing.owner != FDT_OWNER_RAW)
      fdt_misuse_owned(&act, (int)a, closing);
  } else if (number == SYS_execve)
    fdt_exec_begin(&act, (const char *)a, (char *const *)c);
  else if (number == SYS_execveat)
    fdt_exec_begin(&act, (const char *)b, (char *const *)d);
  else if (number == SYS_exit_group)
    fdt_before_exit(&act, (int)a);
  else if (number == SYS_seccomp || (number == SYS_prctl && a == PR_SET_SECCOMP))
    fdt_before_filter();
  long result = fdt_real.syscall(number, a, b, c, d, e, f);
  if (number == SYS_close)
    fdt_close_end(&act, (int)a, closing, result == 0 ? 0 : errno);
  else
    after(&act, number, (const long[6]){a, b, c, d, e, f}, result);
  return result;
}
