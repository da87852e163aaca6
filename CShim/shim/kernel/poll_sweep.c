#include "poll_sweep.h"

#include "syscall.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <time.h>

/* 32 at once: poll's array stays small on small stacks, and the kernel takes it
 * without allocating. */
#define FDT_SWEEP 32

static uint64_t sweep(int first) {
  struct pollfd fds[FDT_SWEEP];
  struct timespec now = {0, 0};
  uint64_t open = 0;
  for (int i = 0; i < FDT_SWEEP; i++)
    fds[i] = (struct pollfd){.fd = first + i, .events = 0};
  bool refused = fdt_failed(fdt_syscall5(SYS_ppoll, fds, FDT_SWEEP, &now, 0, 0));
  for (int i = 0; i < FDT_SWEEP; i++) {
    /* poll refuses more fds than RLIMIT_NOFILE allows: then one by one. */
    bool is_open = refused ? fdt_fd_is_open(first + i) : (fds[i].revents & POLLNVAL) == 0;
    open |= (uint64_t)is_open << i;
  }
  return open;
}

uint64_t fdt_fds_open(int first) { return sweep(first) | sweep(first + FDT_SWEEP) << FDT_SWEEP; }

bool fdt_fd_is_open(int fd) { return !fdt_failed(fdt_syscall2(SYS_fcntl, fd, F_GETFD)); }

long fdt_fds_count(void) {
  struct stat about;
  if (fdt_failed(fdt_syscall4(SYS_newfstatat, AT_FDCWD, "/proc/self/fd", &about, 0)))
    return -1;
  return about.st_size > 0 ? (long)about.st_size : -1;
}
