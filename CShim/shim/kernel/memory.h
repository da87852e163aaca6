/* How much memory a file may take that is made of it. */
#ifndef FDT_KERNEL_MEMORY_H
#define FDT_KERNEL_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

/* Whether the file system of `fd` keeps its files in memory, so that they count against the limits
 * of control groups. */
bool fdt_is_memory(int fd);

/* Returns how many bytes of memory the control groups of this process leave it, those that the
 * kernel would take back from its page cache among them; UINT64_MAX where none has a limit, or
 * nobody tells: /proc or /sys/fs/cgroup are not there. Knows that it is not asked for more than
 * `enough`, and looks no closer where there is more. Not reentrant: for the start. */
uint64_t fdt_memory_left(uint64_t enough);

#endif
