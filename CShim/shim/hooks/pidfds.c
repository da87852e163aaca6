/* Processes as descriptors: pidfd_open(2), pidfd_getfd(2). */
#include "after.h"

#include "arrivals.h"
#include "kernel_numbers.h"

#include <errno.h>
#include <fcntl.h>

/* Always with FD_CLOEXEC. */
FDT_EXPORT int pidfd_open(pid_t pid, unsigned flags) {
  fdt_enter();
  int fd = FDT_REAL_OR_RAW(pidfd_open, pid, flags);
  if (fdt_recording())
    fdt_after_descriptor(FDT_ACT(pidfd_open), fd, FDT_KIND_PIDFD, O_CLOEXEC, NULL);
  return fd;
}

void fdt_after_pidfd_getfd(const struct fdt_act *act, int fd) {
  if (fd >= 0)
    fdt_arrived_untold(act, fd, &(struct fdt_birthmark){.kind = FDT_KIND_OTHER, .cloexec = true});
  else
    fdt_open_failed(act, errno);
}

FDT_EXPORT int pidfd_getfd(int process, int theirs, unsigned flags) {
  fdt_enter();
  int fd = FDT_REAL_OR_RAW(pidfd_getfd, process, theirs, flags);
  if (fdt_recording())
    fdt_after_pidfd_getfd(FDT_ACT(pidfd_getfd), fd);
  return fd;
}
