#include "inode.h"

#include "syscall.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

bool fdt_inode_of(int fd, struct fdt_inode *inode) {
  struct statx about;
  long result = fdt_syscall5(SYS_statx, fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC,
                             STATX_TYPE | STATX_MODE | STATX_INO | STATX_NLINK, &about);
  if (!fdt_failed(result)) {
    *inode = (struct fdt_inode){about.stx_ino, about.stx_mode, about.stx_nlink};
    return true;
  }
  /* Older than Linux 4.11, or a container's filter is. */
  struct stat old;
  if (result == -EBADF || fdt_failed(fdt_syscall2(SYS_fstat, fd, &old)))
    return false;
  *inode = (struct fdt_inode){old.st_ino, old.st_mode, (uint32_t)old.st_nlink};
  return true;
}
