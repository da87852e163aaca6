/* Sockets: where they come from, what they are bound and connected to. */
#include "after.h"

#include "kernel/syscall.h"
#include "snapshot/look.h"
#include "snapshot/snapshot.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

static struct fdt_birthmark birthmark(int domain, int type) {
  const int plain = type & ~(SOCK_CLOEXEC | SOCK_NONBLOCK);
  return (struct fdt_birthmark){.kind = (uint8_t)fdt_look_socket_kind(domain, plain),
                                .cloexec = (type & SOCK_CLOEXEC) != 0,
                                .domain = (uint16_t)domain,
                                .type = (uint16_t)plain};
}

void fdt_after_socket(const struct fdt_act *act, int fd, int domain, int type) {
  struct fdt_birthmark mark = birthmark(domain, type);
  if (fd >= 0)
    fdt_opened(act, fd, &mark);
  else
    fdt_open_failed(act, errno);
}

void fdt_after_socketpair(const struct fdt_act *act, int result, const int fds[2], int domain,
                          int type) {
  struct fdt_birthmark mark = birthmark(domain, type);
  if (result == 0)
    fdt_opened_pair(act, fds, &mark);
  else
    fdt_open_failed(act, errno);
}

void fdt_after_accept(const struct fdt_act *act, int listener, int fd,
                      const struct sockaddr *address, const socklen_t *size, int flags) {
  if (fd < 0) {
    fdt_failed_from(act, listener, errno);
    return;
  }
  struct fdt_birthmark mark = fdt_birthmark_of_socket(listener);
  mark.cloexec = (flags & SOCK_CLOEXEC) != 0;
  mark.connected = true;
  struct sockaddr_in6 peer;
  socklen_t peer_size = sizeof peer;
  if (address != NULL && size != NULL && *size <= sizeof(struct sockaddr)) {
    mark.remote = address;
    mark.remote_size = *size;
  } else if (mark.kind == FDT_KIND_TCP && address != NULL && !fdt_snapshot_forbidden() &&
             !fdt_failed(fdt_syscall3(SYS_getpeername, fd, &peer, &peer_size))) {
    /* *size is the address's, not the room that the program had for it. */
    mark.remote = &peer;
    mark.remote_size = peer_size < sizeof peer ? peer_size : sizeof peer;
  }
  fdt_opened(act, fd, &mark);
}

/* A connection under way is no failure; EINTR leaves one under way as well. */
static bool goes_on(int error) {
  return error == EINPROGRESS || error == EALREADY || error == EINTR;
}

/* Errors after which the address is known to have been readable. */
static bool address_was_read(int error) {
  switch (error) {
  case 0:
  case EACCES:
  case EADDRINUSE:
  case EADDRNOTAVAIL:
  case ECONNREFUSED:
  case EHOSTUNREACH:
  case ENETUNREACH:
  case ETIMEDOUT:
    return true;
  default:
    return goes_on(error);
  }
}

void fdt_after_connect(const struct fdt_act *act, int fd, const struct sockaddr *address,
                       socklen_t size, int result) {
  int error = result == 0 ? 0 : errno;
  if (address_was_read(error))
    fdt_connected(fd, address, size, error != 0 && !goes_on(error));
  if (error != 0 && !goes_on(error))
    fdt_noted(act, fd, error);
  else if (error == EINPROGRESS && fdt_has_timeout(fd))
    fdt_timed_out(act, fd);
}

void fdt_after_bind(const struct fdt_act *act, int fd, const struct sockaddr *address,
                    socklen_t size, int result) {
  int error = result == 0 ? 0 : errno;
  if (address_was_read(error))
    fdt_bound(fd, address, size, error != 0);
  if (error != 0)
    fdt_noted(act, fd, error);
}

void fdt_after_listen(const struct fdt_act *act, int fd, int result) {
  if (result == 0)
    fdt_listening(fd);
  else
    fdt_noted(act, fd, errno);
}

FDT_EXPORT int socket(int domain, int type, int protocol) {
  fdt_enter();
  int fd = fdt_real.socket(domain, type, protocol);
  if (fdt_recording())
    fdt_after_socket(FDT_ACT(socket), fd, domain, type);
  return fd;
}

FDT_EXPORT int socketpair(int domain, int type, int protocol, int fds[2]) {
  fdt_enter();
  int result = fdt_real.socketpair(domain, type, protocol, fds);
  if (fdt_recording())
    fdt_after_socketpair(FDT_ACT(socketpair), result, fds, domain, type);
  return result;
}

FDT_EXPORT int accept(int listener, struct sockaddr *address, socklen_t *size) {
  fdt_enter();
  int fd = fdt_real.accept(listener, address, size);
  if (fdt_recording())
    fdt_after_accept(FDT_ACT(accept), listener, fd, address, size, 0);
  return fd;
}

FDT_EXPORT int accept4(int listener, struct sockaddr *address, socklen_t *size, int flags) {
  fdt_enter();
  int fd = fdt_real.accept4(listener, address, size, flags);
  if (fdt_recording())
    fdt_after_accept(FDT_ACT(accept4), listener, fd, address, size, flags);
  return fd;
}

#define CONNECT(name)                                                                              \
  FDT_EXPORT int name(int fd, const struct sockaddr *address, socklen_t size) {                    \
    fdt_enter();                                                                                   \
    int result = fdt_real.name(fd, address, size);                                                 \
    if (fdt_recording())                                                                           \
      fdt_after_connect(FDT_ACT(name), fd, address, size, result);                                 \
    return result;                                                                                 \
  }

CONNECT(connect)
CONNECT(__connect)

FDT_EXPORT int bind(int fd, const struct sockaddr *address, socklen_t size) {
  fdt_enter();
  int result = fdt_real.bind(fd, address, size);
  if (fdt_recording())
    fdt_after_bind(FDT_ACT(bind), fd, address, size, result);
  return result;
}

FDT_EXPORT int listen(int fd, int backlog) {
  fdt_enter();
  int result = fdt_real.listen(fd, backlog);
  if (fdt_recording())
    fdt_after_listen(FDT_ACT(listen), fd, result);
  return result;
}
