/* Processes as descriptors: pidfd_open(2), pidfd_getfd(2), a socket's peer. */
#include "after.h"

#include "arrivals.h"
#include "kernel_numbers.h"
#include "option_places.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

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
    fdt_received(act, fd, &(struct fdt_birthmark){.kind = FDT_KIND_OTHER, .cloexec = true});
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

/* ---- options of sockets that are descriptors ------------------------------------ */

void fdt_after_getsockopt(const struct fdt_act *act, int level, int option, const void *value,
                          int result) {
  struct fdt_option_place place = fdt_option_place(level, option);
  int fd;
  if (place.place < 0)
    return;
  if (result < 0) {
    fdt_open_failed(act, errno);
    return;
  }
  memcpy(&fd, (const char *)value + place.place, sizeof fd);
  fdt_arrived(act, fd,
              &(struct fdt_birthmark){.kind = place.kind, .cloexec = place.kind == FDT_KIND_PIDFD},
              0);
}

FDT_EXPORT int getsockopt(int fd, int level, int option, void *value, socklen_t *size) {
  fdt_enter();
  int result = fdt_real.getsockopt(fd, level, option, value, size);
  if (fdt_unlikely(fdt_option_place(level, option).place >= 0) && fdt_recording())
    fdt_after_getsockopt(FDT_ACT(getsockopt), level, option, value, result);
  return result;
}
