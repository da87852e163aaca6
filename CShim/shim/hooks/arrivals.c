#include "arrivals.h"

#include "kernel/syscall.h"
#include "snapshot/snapshot.h"

#include <fcntl.h>

/* Fills in FD_CLOEXEC; false when there is no such descriptor. */
static bool look(int fd, struct fdt_birthmark *mark) {
  if (fd < 0)
    return false;
  if (fdt_snapshot_forbidden())
    return true;
  long flags = fdt_syscall2(SYS_fcntl, fd, F_GETFD);
  if (fdt_failed(flags))
    return false;
  mark->cloexec = (flags & FD_CLOEXEC) != 0;
  return true;
}

void fdt_arrived(const struct fdt_act *act, int fd, const struct fdt_birthmark *mark,
                 uint64_t since) {
  struct fdt_birthmark checked = *mark;
  if (!fdt_is_told(fd, since) && look(fd, &checked))
    fdt_opened(act, fd, &checked);
}

void fdt_arrived_from_outside(const struct fdt_act *act, int fd, const struct fdt_birthmark *mark) {
  struct fdt_birthmark checked = *mark;
  if (look(fd, &checked))
    fdt_received(act, fd, &checked);
}
