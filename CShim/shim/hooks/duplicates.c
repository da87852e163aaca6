/* dup(2) and its family, and the flags of a descriptor: fcntl(2). */
#include "after.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>

void fdt_after_duplicate(const struct fdt_act *act, int source, int fd, bool cloexec,
                         bool replaces) {
  if (fd >= 0)
    fdt_duplicated(act, source, fd, cloexec, replaces);
  else
    fdt_failed_from(act, source, errno);
}

FDT_EXPORT int dup(int source) {
  fdt_enter();
  int fd = fdt_real.dup(source);
  if (fdt_recording())
    fdt_after_duplicate(FDT_ACT(dup), source, fd, false, false);
  return fd;
}

#define DUP2(name)                                                                                 \
  FDT_EXPORT int name(int source, int target) {                                                    \
    fdt_enter();                                                                                   \
    int fd = fdt_real.name(source, target);                                                        \
    if (fdt_recording())                                                                           \
      fdt_after_duplicate(FDT_ACT(name), source, fd, false, true);                                 \
    return fd;                                                                                     \
  }

DUP2(dup2)
DUP2(__dup2)

FDT_EXPORT int dup3(int source, int target, int flags) {
  fdt_enter();
  int fd = fdt_real.dup3(source, target, flags);
  if (fdt_recording())
    fdt_after_duplicate(FDT_ACT(dup3), source, fd, (flags & O_CLOEXEC) != 0, true);
  return fd;
}

void fdt_after_fcntl(const struct fdt_act *act, int fd, int command, long argument, int result) {
  switch (command) {
  case F_DUPFD:
  case F_DUPFD_CLOEXEC:
    fdt_after_duplicate(act, fd, result, command == F_DUPFD_CLOEXEC, false);
    break;
  case F_SETFD:
    if (result == 0)
      fdt_cloexec_changed(act, fd, (argument & FD_CLOEXEC) != 0);
    break;
  default:
    break;
  }
}

/* The third argument may be an int, a long, a pointer or absent: a register's
 * worth is passed on untouched. */
#define FCNTL(name)                                                                                \
  FDT_EXPORT int name(int fd, int command, ...) {                                                  \
    va_list more;                                                                                  \
    va_start(more, command);                                                                       \
    long argument = va_arg(more, long);                                                            \
    va_end(more);                                                                                  \
    fdt_enter();                                                                                   \
    int result = fdt_real.name(fd, command, argument);                                             \
    if (fdt_unlikely(command == F_DUPFD || command == F_DUPFD_CLOEXEC || command == F_SETFD) &&    \
        fdt_recording())                                                                           \
      fdt_after_fcntl(FDT_ACT(name), fd, command, argument, result);                               \
    return result;                                                                                 \
  }

FCNTL(fcntl)
FCNTL(fcntl64)
FCNTL(__fcntl)
