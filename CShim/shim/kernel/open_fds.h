/* Asks the kernel which fds are open, without opening one and without touching what they are of:
 * poll(2) would ask for many at once, but files of which it tells changes (/proc/self/mountinfo)
 * take the question for having been told, and a file system in user space has to answer it. */
#ifndef FDT_KERNEL_OPEN_FDS_H
#define FDT_KERNEL_OPEN_FDS_H

#include <stdbool.h>

/* True when `fd` is open in the calling process. Async-signal-safe. */
bool fdt_fd_is_open(int fd);

/* The number of open fds, where the kernel tells it (Linux 6.2: st_size of
 * /proc/self/fd); -1 elsewhere. Numbers that calls under way wait with count, too. Opens nothing.
 * Async-signal-safe. */
long fdt_fds_count(void);

#endif
