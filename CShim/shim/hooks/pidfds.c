/* Processes as descriptors: pidfd_open(2), pidfd_getfd(2), a socket's peer. */
#include "after.h"

#include "arrivals.h"
#include "kernel_numbers.h"

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

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif
/* linux/sctp.h: struct { sctp_assoc_t id; int sd; }, also at the start of the other. */
#define LEVEL_SCTP             132
#define OPTION_SCTP_PEEL       102
#define OPTION_SCTP_PEEL_FLAGS 122
#define SCTP_PEELED_PLACE      4

static bool option_is_descriptor(int level, int option) {
  return level == SOL_SOCKET ? option == SO_PEERPIDFD
                             : level == LEVEL_SCTP &&
                                   (option == OPTION_SCTP_PEEL || option == OPTION_SCTP_PEEL_FLAGS);
}

void fdt_after_getsockopt(const struct fdt_act *act, int level, int option, const void *value,
                          int result) {
  if (!option_is_descriptor(level, option))
    return;
  if (result < 0) {
    fdt_open_failed(act, errno);
    return;
  }
  struct fdt_birthmark mark = {.kind = FDT_KIND_PIDFD, .cloexec = true};
  int fd;
  if (level == LEVEL_SCTP)
    mark = (struct fdt_birthmark){.kind = FDT_KIND_OTHER};
  memcpy(&fd, (const char *)value + (level == LEVEL_SCTP ? SCTP_PEELED_PLACE : 0), sizeof fd);
  fdt_arrived(act, fd, &mark, 0);
}

FDT_EXPORT int getsockopt(int fd, int level, int option, void *value, socklen_t *size) {
  fdt_enter();
  int result = fdt_real.getsockopt(fd, level, option, value, size);
  if (fdt_unlikely(option_is_descriptor(level, option)) && fdt_recording())
    fdt_after_getsockopt(FDT_ACT(getsockopt), level, option, value, result);
  return result;
}
