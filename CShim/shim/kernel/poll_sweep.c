#include "poll_sweep.h"

#include "syscall.h"
#include "trace/trace.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

bool fdt_poll(struct pollfd *fds, int count) {
  struct timespec now = {0, 0};
  return !fdt_failed(fdt_syscall5(SYS_ppoll, fds, count, &now, 0, 0));
}

/* FDT_POLL_MOST at once: the array stays small on small stacks, and the kernel takes it
 * without allocating. */
static uint32_t ask(struct pollfd *fds, int count) {
  uint32_t open = 0;
  bool is_answered = fdt_poll(fds, count);
  for (int i = 0; i < count; i++) {
    bool is_open = is_answered ? (fds[i].revents & POLLNVAL) == 0 : fdt_fd_is_open(fds[i].fd);
    open |= (uint32_t)is_open << i;
  }
  return open;
}

uint32_t fdt_fds_open_of(const int *fds, int count) {
  struct pollfd asked[FDT_POLL_MOST];
  for (int i = 0; i < count; i++)
    asked[i] = (struct pollfd){.fd = fds[i], .events = 0};
  uint32_t open = ask(asked, count);
  for (int i = 0; i < count; i++)
    if ((open >> i & 1) == 0)
      open |= (uint32_t)fdt_fd_is_open(fds[i]) << i;
  return open;
}

static uint64_t ask_from(int first) {
  struct pollfd fds[FDT_POLL_MOST];
  for (int i = 0; i < FDT_POLL_MOST; i++)
    fds[i] = (struct pollfd){.fd = first + i, .events = 0};
  return ask(fds, FDT_POLL_MOST);
}

uint64_t fdt_fds_open(int first) {
  return ask_from(first) | ask_from(first + FDT_POLL_MOST) << FDT_POLL_MOST;
}

uint64_t fdt_fds_open_few(int first, long wanted) {
  uint64_t open = ask_from(first);
  for (uint64_t rest = open; rest != 0; rest &= rest - 1)
    wanted--;
  return wanted <= 0 ? open : open | ask_from(first + FDT_POLL_MOST) << FDT_POLL_MOST;
}

uint64_t fdt_fds_open_all(int first) {
  uint64_t open = fdt_fds_open(first);
  for (uint64_t rest = ~open; rest != 0; rest &= rest - 1) {
    int bit = __builtin_ctzll(rest);
    open |= (uint64_t)fdt_fd_is_open(first + bit) << bit;
  }
  return open;
}

bool fdt_sweep_is_open(struct fdt_sweep *sweep, int fd) {
  int first = fd & ~63;
  if (sweep->first != first) {
    sweep->open = fdt_fds_open(first);
    sweep->first = first;
  }
  return (sweep->open >> (fd & 63) & 1) != 0 || fdt_fd_is_open(fd);
}

bool fdt_fd_is_open(int fd) { return !fdt_failed(fdt_syscall2(SYS_fcntl, fd, F_GETFD)); }

FDT_FORKED long fdt_fds_count(void) {
  /* Put together on the stack: as a constant it would be the one page of them that a forked
   * child reads. */
  char folder[] = "/proc/self/fd";
  struct stat about;
  if (fdt_failed(fdt_syscall4(SYS_newfstatat, AT_FDCWD, folder, &about, 0)))
    return -1;
  return about.st_size > 0 ? (long)about.st_size : -1;
}
