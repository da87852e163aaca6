/* Reads and writes. Those that go well cost one predicted branch: nothing is
 * recorded of them. A peer that closed, or a transfer that failed, is the last
 * notable event of its descriptor. */
#include "after.h"

#include "record/carriers.h"

#include <errno.h>

/* Not now is no failure, and neither is a signal. */
static bool is_failure(int error) {
  return error != EAGAIN && error != EWOULDBLOCK && error != EINTR;
}

void fdt_after_read(const struct fdt_act *act, int fd, ssize_t size, size_t wanted) {
  if (size < 0 ? is_failure(errno) : wanted != 0 && fdt_ends_by_peer(fd))
    fdt_noted(act, fd, size < 0 ? errno : 0);
}

void fdt_after_transfer(const struct fdt_act *act, int fd, ssize_t size, size_t wanted,
                        const struct iovec *parts, int count) {
  if (size <= 0)
    fdt_after_read(act, fd, size, wanted);
  else
    fdt_after_events(act, fd, parts, count, (size_t)size);
}

static void after_write(const struct fdt_act *act, int fd) {
  if (is_failure(errno))
    fdt_noted(act, fd, errno);
}

/* Parts for a call that fills one place. */
#define ONE(data, room) (&(const struct iovec){data, room}), 1

/* Reads that may bring descriptors, once the process has one that brings them. */
#define READ_EVENTS(name, parameters, arguments, wanted, ...)                                      \
  FDT_EXPORT ssize_t name parameters {                                                             \
    fdt_enter();                                                                                   \
    ssize_t size = fdt_real.name arguments;                                                        \
    if (fdt_read_is_watched(size) && fdt_recording())                                              \
      fdt_after_transfer(FDT_ACT(name), fd, size, wanted, __VA_ARGS__);                            \
    return size;                                                                                   \
  }

#define READ(name, parameters, arguments, wanted)                                                  \
  FDT_EXPORT ssize_t name parameters {                                                             \
    fdt_enter();                                                                                   \
    ssize_t size = fdt_real.name arguments;                                                        \
    if (fdt_unlikely(size <= 0) && fdt_recording())                                                \
      fdt_after_read(FDT_ACT(name), fd, size, wanted);                                             \
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
READ(recv, (int fd, void *data, size_t room, int flags), (fd, data, room, flags), room)
READ(recvfrom,
     (int fd, void *data, size_t room, int flags, struct sockaddr *from, socklen_t *from_size),
     (fd, data, room, flags, from, from_size), room)

/* What _FORTIFY_SOURCE calls: `size_known` is the compiler's for the buffer. */
READ_EVENTS(__read_chk, (int fd, void *data, size_t room, size_t size_known),
            (fd, data, room, size_known), room, ONE(data, room))
READ(__recv_chk, (int fd, void *data, size_t room, size_t size_known, int flags),
     (fd, data, room, size_known, flags), room)
READ(__recvfrom_chk,
     (int fd, void *data, size_t room, size_t size_known, int flags, struct sockaddr *from,
      socklen_t *from_size),
     (fd, data, room, size_known, flags, from, from_size), room)

#define WRITE(name, parameters, arguments)                                                         \
  FDT_EXPORT ssize_t name parameters {                                                             \
    fdt_enter();                                                                                   \
    ssize_t size = fdt_real.name arguments;                                                        \
    if (fdt_unlikely(size < 0) && fdt_recording())                                                 \
      after_write(FDT_ACT(name), fd);                                                              \
    return size;                                                                                   \
  }

WRITE(write, (int fd, const void *data, size_t length), (fd, data, length))
WRITE(__write, (int fd, const void *data, size_t length), (fd, data, length))
WRITE(writev, (int fd, const struct iovec *parts, int count), (fd, parts, count))
WRITE(send, (int fd, const void *data, size_t length, int flags), (fd, data, length, flags))
WRITE(__send, (int fd, const void *data, size_t length, int flags), (fd, data, length, flags))
WRITE(sendto,
      (int fd, const void *data, size_t length, int flags, const struct sockaddr *to,
       socklen_t to_size),
      (fd, data, length, flags, to, to_size))
WRITE(sendmsg, (int fd, const struct msghdr *message, int flags), (fd, message, flags))

/* What went well of several messages is no failure: the next call meets the error. */
FDT_EXPORT int sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags) {
  fdt_enter();
  int sent = fdt_real.sendmmsg(fd, messages, count, flags);
  if (fdt_unlikely(sent < 0) && fdt_recording())
    after_write(FDT_ACT(sendmmsg), fd);
  return sent;
}

/* Of the two descriptors it is the one written to that can fail for lack of a peer;
 * one that is not open is the one that the table does not have. */
#define SENDFILE(name, offset)                                                                     \
  FDT_EXPORT ssize_t name(int fd, int from, offset *place, size_t length) {                        \
    fdt_enter();                                                                                   \
    ssize_t size = fdt_real.name(fd, from, place, length);                                         \
    if (fdt_unlikely(size < 0) && fdt_recording())                                                 \
      after_write(FDT_ACT(name), errno == EBADF && fdt_is_told(fd, 0) ? from : fd);                \
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
