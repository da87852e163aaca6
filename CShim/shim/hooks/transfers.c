/* Reads and writes. Those that go well cost one predicted branch: nothing is
 * recorded of them. A peer that closed, or a transfer that failed, is the last
 * notable event of its descriptor. */
#include "after.h"

#include "kernel/syscall.h"
#include "record/reads.h"
#include "snapshot/snapshot.h"

#include <errno.h>
#include <fcntl.h>

/* Which sockets were given a time after which calls on them give up, socket(7): a bit for each,
 * which others may share. */
static uint64_t with_timeout[8];

static uint64_t *timeout_word(int fd) {
  return &with_timeout[(unsigned)fd / 64 % (sizeof with_timeout / sizeof *with_timeout)];
}

void fdt_watch_timeout(int fd) {
  __atomic_fetch_or(timeout_word(fd), UINT64_C(1) << fd % 64, __ATOMIC_RELAXED);
}

/* Nobody asks the kernel of those that have none, most of what is read without waiting. */
bool fdt_has_timeout(int fd) {
  if ((__atomic_load_n(timeout_word(fd), __ATOMIC_RELAXED) >> fd % 64 & 1) == 0 ||
      fdt_snapshot_forbidden())
    return false;
  long flags = fdt_syscall2(SYS_fcntl, fd, F_GETFL);
  return !fdt_failed(flags) && (flags & O_NONBLOCK) == 0;
}

static void after_failure(const struct fdt_act *act, int fd, int error, int flags) {
  if (error == EINTR)
    return;
  if (error != EAGAIN)
    fdt_noted(act, fd, error);
  else if ((flags & MSG_DONTWAIT) == 0 && fdt_has_timeout(fd))
    fdt_timed_out(act, fd);
}

void fdt_after_read(const struct fdt_act *act, int fd, ssize_t size, size_t wanted, int flags) {
  if (size < 0)
    after_failure(act, fd, errno, flags);
  else if (size == 0 && wanted != 0 && fdt_ends_by_peer(fd))
    fdt_noted(act, fd, 0);
  else if (size > 0 && fdt_is_awaited(fd))
    fdt_went_on(fd);
}

void fdt_after_transfer(const struct fdt_act *act, int fd, ssize_t size, size_t wanted,
                        const struct iovec *parts, int count) {
  fdt_after_read(act, fd, size, wanted, 0);
  if (size > 0)
    fdt_after_events(act, fd, parts, count, (size_t)size);
}

/* Parts for a call that fills one place. */
#define ONE(data, room) (&(const struct iovec){data, room}), 1

/* Reads that may bring descriptors, once the process has one that brings them. */
#define READ_EVENTS(name, parameters, arguments, wanted, ...)                                      \
  FDT_EXPORT ssize_t name parameters {                                                             \
    fdt_enter();                                                                                   \
    ssize_t size = fdt_real.name arguments;                                                        \
    if (fdt_read_is_watched(fd, size) && fdt_recording())                                          \
      fdt_after_transfer(FDT_ACT(name), fd, size, wanted, __VA_ARGS__);                            \
    return size;                                                                                   \
  }

#define RECEIVE(name, parameters, arguments)                                                       \
  FDT_EXPORT ssize_t name parameters {                                                             \
    fdt_enter();                                                                                   \
    ssize_t size = fdt_real.name arguments;                                                        \
    if (fdt_read_is_watched(fd, size) && fdt_recording())                                          \
      fdt_after_read(FDT_ACT(name), fd, size, room, flags);                                        \
    return size;                                                                                   \
  }

READ_EVENTS(read, (int fd, void *data, size_t room), (fd, data, room), room, ONE(data, room))
READ_EVENTS(__read, (int fd, void *data, size_t room), (fd, data, room), room, ONE(data, room))
READ_EVENTS(readv, (int fd, const struct iovec *parts, int count), (fd, parts, count),
            (size_t)count, parts, count)
READ_EVENTS(preadv2, (int fd, const struct iovec *parts, int count, off_t place, int flags),
            (fd, parts, count, place, flags), (size_t)count, parts, count)
READ_EVENTS(preadv64v2, (int fd, const struct iovec *parts, int count, off64_t place, int flags),
            (fd, parts, count, place, flags), (size_t)count, parts, count)
RECEIVE(recv, (int fd, void *data, size_t room, int flags), (fd, data, room, flags))
RECEIVE(recvfrom,
        (int fd, void *data, size_t room, int flags, struct sockaddr *from, socklen_t *from_size),
        (fd, data, room, flags, from, from_size))

/* What _FORTIFY_SOURCE calls: `size_known` is the compiler's for the buffer. */
READ_EVENTS(__read_chk, (int fd, void *data, size_t room, size_t size_known),
            (fd, data, room, size_known), room, ONE(data, room))
RECEIVE(__recv_chk, (int fd, void *data, size_t room, size_t size_known, int flags),
        (fd, data, room, size_known, flags))
RECEIVE(__recvfrom_chk,
        (int fd, void *data, size_t room, size_t size_known, int flags, struct sockaddr *from,
         socklen_t *from_size),
        (fd, data, room, size_known, flags, from, from_size))

#define WRITE(name, parameters, arguments, flags)                                                  \
  FDT_EXPORT ssize_t name parameters {                                                             \
    fdt_enter();                                                                                   \
    ssize_t size = fdt_real.name arguments;                                                        \
    if (fdt_unlikely(size < 0) && fdt_recording())                                                 \
      after_failure(FDT_ACT(name), fd, errno, flags);                                              \
    return size;                                                                                   \
  }

WRITE(write, (int fd, const void *data, size_t length), (fd, data, length), 0)
WRITE(__write, (int fd, const void *data, size_t length), (fd, data, length), 0)
WRITE(writev, (int fd, const struct iovec *parts, int count), (fd, parts, count), 0)
WRITE(send, (int fd, const void *data, size_t length, int flags), (fd, data, length, flags), flags)
WRITE(__send, (int fd, const void *data, size_t length, int flags), (fd, data, length, flags),
      flags)
WRITE(sendto,
      (int fd, const void *data, size_t length, int flags, const struct sockaddr *to,
       socklen_t to_size),
      (fd, data, length, flags, to, to_size), flags)
WRITE(sendmsg, (int fd, const struct msghdr *message, int flags), (fd, message, flags), flags)

/* What went well of several messages is no failure: the next call meets the error. */
FDT_EXPORT int sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags) {
  fdt_enter();
  int sent = fdt_real.sendmmsg(fd, messages, count, flags);
  if (fdt_unlikely(sent < 0) && fdt_recording())
    after_failure(FDT_ACT(sendmmsg), fd, errno, flags);
  return sent;
}

/* Of the two descriptors it is the one written to that can fail for lack of a peer;
 * one that is not open is the one that the table does not have. */
#define SENDFILE(name, offset)                                                                     \
  FDT_EXPORT ssize_t name(int fd, int from, offset *place, size_t length) {                        \
    fdt_enter();                                                                                   \
    ssize_t size = fdt_real.name(fd, from, place, length);                                         \
    if (fdt_unlikely(size < 0) && fdt_recording())                                                 \
      after_failure(FDT_ACT(name), errno == EBADF && fdt_is_told(fd, 0) ? from : fd, errno, 0);    \
    return size;                                                                                   \
  }

SENDFILE(sendfile, off_t)
SENDFILE(sendfile64, off64_t)

FDT_EXPORT int shutdown(int fd, int how) {
  fdt_enter();
  int result = fdt_real.shutdown(fd, how);
  if (fdt_recording())
    fdt_noted(FDT_ACT(shutdown), fd, result == 0 ? 0 : errno);
  return result;
}
