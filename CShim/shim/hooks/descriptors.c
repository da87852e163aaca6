/* Descriptors that name no file: pipes, events, timers, memory, terminals. */
#include "after.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

_Static_assert(EFD_CLOEXEC == O_CLOEXEC && TFD_CLOEXEC == O_CLOEXEC && SFD_CLOEXEC == O_CLOEXEC &&
                   IN_CLOEXEC == O_CLOEXEC && EPOLL_CLOEXEC == O_CLOEXEC,
               "one flag under many names");

void fdt_after_descriptor(const struct fdt_act *act, int fd, enum fdt_kind kind, int flags,
                          const char *path) {
  if (fd >= 0)
    fdt_opened(act, fd,
               &(struct fdt_birthmark){
                   .kind = (uint8_t)kind, .cloexec = (flags & O_CLOEXEC) != 0, .path = path});
  else
    fdt_open_failed(act, errno);
}

void fdt_after_pipe(const struct fdt_act *act, int result, const int fds[2], int flags) {
  if (result == 0)
    fdt_opened_pair(
        act, fds,
        &(struct fdt_birthmark){.kind = FDT_KIND_PIPE, .cloexec = (flags & O_CLOEXEC) != 0});
  else
    fdt_open_failed(act, errno);
}

#define PIPE(name)                                                                                 \
  FDT_EXPORT int name(int fds[2]) {                                                                \
    fdt_enter();                                                                                   \
    int result = fdt_real.name(fds);                                                               \
    if (fdt_recording())                                                                           \
      fdt_after_pipe(FDT_ACT(name), result, fds, 0);                                               \
    return result;                                                                                 \
  }

PIPE(pipe)
PIPE(__pipe)

FDT_EXPORT int pipe2(int fds[2], int flags) {
  fdt_enter();
  int result = fdt_real.pipe2(fds, flags);
  if (fdt_recording())
    fdt_after_pipe(FDT_ACT(pipe2), result, fds, flags);
  return result;
}

/* One fd: its kind, the flags it is born with, and its name if any. */
#define DESCRIPTOR(name, parameters, arguments, kind, flags, path)                                 \
  FDT_EXPORT int name parameters {                                                                 \
    fdt_enter();                                                                                   \
    int fd = fdt_real.name arguments;                                                              \
    if (fdt_recording())                                                                           \
      fdt_after_descriptor(FDT_ACT(name), fd, FDT_KIND_##kind, flags, path);                       \
    return fd;                                                                                     \
  }

#define MEMFD_FLAGS(flags) (((flags)&MFD_CLOEXEC) != 0 ? O_CLOEXEC : 0)

DESCRIPTOR(eventfd, (unsigned count, int flags), (count, flags), EVENTFD, flags, NULL)
DESCRIPTOR(epoll_create, (int size), (size), EPOLL, 0, NULL)
DESCRIPTOR(epoll_create1, (int flags), (flags), EPOLL, flags, NULL)
DESCRIPTOR(timerfd_create, (int clock, int flags), (clock, flags), TIMERFD, flags, NULL)
DESCRIPTOR(inotify_init, (void), (), INOTIFY, 0, NULL)
DESCRIPTOR(inotify_init1, (int flags), (flags), INOTIFY, flags, NULL)
DESCRIPTOR(memfd_create, (const char *name, unsigned flags), (name, flags), MEMFD,
           MEMFD_FLAGS(flags), name)
DESCRIPTOR(posix_openpt, (int flags), (flags), PTY, flags, "/dev/ptmx")
DESCRIPTOR(getpt, (void), (), PTY, 0, "/dev/ptmx")

/* With an fd of its own, signalfd changes that one and makes none. */
FDT_EXPORT int signalfd(int existing, const sigset_t *mask, int flags) {
  fdt_enter();
  int fd = fdt_real.signalfd(existing, mask, flags);
  if (existing == -1 && fdt_recording())
    fdt_after_descriptor(FDT_ACT(signalfd), fd, FDT_KIND_SIGNALFD, flags, NULL);
  return fd;
}
