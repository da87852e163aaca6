/* What an open fd is of, as far as the kernel knows without asking a file system that may not
 * answer: a server that is away, or one in user space that is the program itself. */
#ifndef FDT_KERNEL_INODE_H
#define FDT_KERNEL_INODE_H

#include <stdbool.h>
#include <stdint.h>

struct fdt_inode {
  uint64_t number;
  uint32_t mode; /* st_mode */
  uint32_t links;
};

/* False when `fd` is not open. Async-signal-safe. */
bool fdt_inode_of(int fd, struct fdt_inode *inode);

#endif
