/* Asks the kernel which fds are open without opening one: poll(2) answers
 * POLLNVAL for a number that is not. It answers so for one opened with O_PATH, too. */
#ifndef FDT_KERNEL_POLL_SWEEP_H
#define FDT_KERNEL_POLL_SWEEP_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

/* Asks poll(2) for what it answers at once; false when it refuses, as it does more fds than
 * RLIMIT_NOFILE allows. Async-signal-safe. */
bool fdt_poll(struct pollfd *fds, int count);

/* True when `fd` is open in the calling process. Async-signal-safe. */
bool fdt_fd_is_open(int fd);

/* Returns a mask with bit i set for each fds[i] of the first `count`, FDT_POLL_MOST at most,
 * that is open; those of O_PATH too. Async-signal-safe. */
#define FDT_POLL_MOST 32
uint32_t fdt_fds_open_of(const int *fds, int count);

/* Returns a mask with bit i set for each fd first + i that is open, for the 64
 * fds from `first`; those of O_PATH are missing. Async-signal-safe. */
uint64_t fdt_fds_open(int first);

/* The same, but for no more than it takes to find `wanted` of them, or somewhat more. */
uint64_t fdt_fds_open_few(int first, long wanted);

/* The same with those of O_PATH, by a system call for each number that is not open. */
uint64_t fdt_fds_open_all(int first);

/* Asks 64 at a time and remembers the last answer: for walks by rising fd. */
struct fdt_sweep {
  int first; /* -1: nothing asked yet */
  uint64_t open;
};
#define FDT_SWEEP_NEW ((struct fdt_sweep){.first = -1})
bool fdt_sweep_is_open(struct fdt_sweep *sweep, int fd);

/* The number of open fds, where the kernel tells it (Linux 6.2: st_size of
 * /proc/self/fd); -1 elsewhere. Opens nothing. */
long fdt_fds_count(void);

#endif
