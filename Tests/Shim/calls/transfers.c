/* Transfers leave no trace while they go well; an end or a failure is the last
 * notable event of its descriptor. */
#include "tests.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>

extern ssize_t __read(int fd, void *data, size_t room);
extern ssize_t __write(int fd, const void *data, size_t length);
extern ssize_t __send(int fd, const void *data, size_t length, int flags);
#ifdef __aarch64__
__asm__(".symver __send, __send@GLIBC_2.17"); /* no longer linked against */
#endif
extern ssize_t __read_chk(int fd, void *data, size_t room, size_t known);
extern ssize_t __recv_chk(int fd, void *data, size_t room, size_t known, int flags);
extern ssize_t __recvfrom_chk(int fd, void *data, size_t room, size_t known, int flags,
                              struct sockaddr *from, socklen_t *from_size);

static char buffer[8];
static struct iovec part = {buffer, sizeof buffer};

/* A read that brings something, one that finds nothing yet, one at the end. */
#define READS(name, expression)                                                                    \
  TEST(name) {                                                                                     \
    int pair[2];                                                                                   \
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);                                         \
    int fd = pair[0];                                                                              \
    CHECK(fcntl(fd, F_SETFL, O_NONBLOCK) == 0);                                                    \
    CHECK((expression) == -1 && errno == EAGAIN);                                                  \
    check_no_note(fd);                                                                             \
    CHECK(write(pair[1], "x", 1) == 1);                                                            \
    CHECK((expression) == 1);                                                                      \
    check_no_note(fd);                                                                             \
    CHECK(close(pair[1]) == 0);                                                                    \
    CHECK((expression) == 0);                                                                      \
    check_note(fd, #name, 0);                                                                      \
    CHECK(close(fd) == 0);                                                                         \
  }

READS(read, read(fd, buffer, sizeof buffer))
READS(__read, __read(fd, buffer, sizeof buffer))
READS(__read_chk, __read_chk(fd, buffer, sizeof buffer, sizeof buffer))
READS(readv, readv(fd, &part, 1))
READS(preadv2, preadv2(fd, &part, 1, -1, 0))
READS(preadv64v2, preadv64v2(fd, &part, 1, -1, 0))
READS(recv, recv(fd, buffer, sizeof buffer, 0))
READS(__recv_chk, __recv_chk(fd, buffer, sizeof buffer, sizeof buffer, 0))
READS(recvfrom, recvfrom(fd, buffer, sizeof buffer, 0, NULL, NULL))
READS(__recvfrom_chk, __recvfrom_chk(fd, buffer, sizeof buffer, sizeof buffer, 0, NULL, NULL))

#define WRITES(name, expression)                                                                   \
  TEST(name) {                                                                                     \
    int pair[2];                                                                                   \
    CHECK(signal(SIGPIPE, SIG_IGN) != SIG_ERR);                                                    \
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);                                         \
    int fd = pair[0];                                                                              \
    CHECK((expression) == 1);                                                                      \
    check_no_note(fd);                                                                             \
    CHECK(close(pair[1]) == 0);                                                                    \
    CHECK((expression) == -1 && errno == EPIPE);                                                   \
    check_note(fd, #name, EPIPE);                                                                  \
    CHECK(close(fd) == 0);                                                                         \
  }

static struct iovec byte = {buffer, 1};
static const struct msghdr message = {.msg_iov = &byte, .msg_iovlen = 1};

WRITES(write, write(fd, "x", 1))
WRITES(__write, __write(fd, "x", 1))
WRITES(writev, writev(fd, &byte, 1))
WRITES(send, send(fd, "x", 1, 0))
WRITES(__send, __send(fd, "x", 1, 0))
WRITES(sendto, sendto(fd, "x", 1, 0, NULL, 0))
WRITES(sendmsg, sendmsg(fd, &message, 0))

static struct mmsghdr several[] = {{.msg_hdr = {.msg_iov = &byte, .msg_iovlen = 1}}};

WRITES(sendmmsg, sendmmsg(fd, several, 1, 0))

static int zeros(void) {
  static int fd = -1;
  if (fd == -1) {
    fd = memfd_create("zeros", 0);
    CHECK(ftruncate(fd, 16) == 0);
  }
  return fd;
}

WRITES(sendfile, sendfile(fd, zeros(), NULL, 1))
WRITES(sendfile64, sendfile64(fd, zeros(), NULL, 1))

CASE(sendfile_from_no_fd) {
  int pair[2];
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  CHECK(sendfile(pair[0], 999, NULL, 1) == -1 && errno == EBADF);
  check_no_note(pair[0]);
}

TEST(shutdown) {
  int pair[2];
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  CHECK(shutdown(pair[0], SHUT_WR) == 0);
  check_note(pair[0], "shutdown", 0);
  CHECK(close(pair[0]) == 0 && close(pair[1]) == 0);
}

static void set_timeout(int fd, int option) {
  const struct timeval soon = {.tv_usec = 10000};
  CHECK(setsockopt(fd, SOL_SOCKET, option, &soon, sizeof soon) == 0);
}

CASE(timeouts) {
  int pair[2];
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  set_timeout(pair[0], SO_RCVTIMEO);
  CHECK(recv(pair[0], buffer, sizeof buffer, 0) == -1 && errno == EAGAIN);
  check_note(pair[0], "recv", EAGAIN);
  CHECK(!retried(pair[0]));
  const uint64_t ticks = entry_of(pair[0])->note_ticks;
  CHECK(read(pair[0], buffer, sizeof buffer) == -1 && errno == EAGAIN);
  check_note(pair[0], "read", EAGAIN);
  CHECK(entry_of(pair[0])->note_ticks > ticks);
  CHECK(retried(pair[0]));
  set_timeout(pair[1], SO_SNDTIMEO);
  static char many[65536];
  while (send(pair[1], many, sizeof many, 0) > 0) {
  }
  CHECK(errno == EAGAIN);
  check_note(pair[1], "send", EAGAIN);
  CHECK(close(pair[1]) == 0);
  while (read(pair[0], many, sizeof many) > 0) {
  }
  check_note(pair[0], "read", 0);
  CHECK(close(pair[0]) == 0);
}

CASE(timeouts_of_none) {
  int pair[2];
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  set_timeout(pair[0], SO_RCVTIMEO);
  CHECK(recv(pair[0], buffer, sizeof buffer, MSG_DONTWAIT) == -1 && errno == EAGAIN);
  check_no_note(pair[0]);
  CHECK(fcntl(pair[0], F_SETFL, O_NONBLOCK) == 0);
  CHECK(recv(pair[0], buffer, sizeof buffer, 0) == -1 && errno == EAGAIN);
  check_no_note(pair[0]);
  CHECK(fcntl(pair[0], F_SETFL, 0) == 0);
  CHECK(shutdown(pair[0], SHUT_WR) == 0);
  CHECK(recv(pair[0], buffer, sizeof buffer, 0) == -1 && errno == EAGAIN);
  check_note(pair[0], "shutdown", 0);
  CHECK(!retried(pair[0]));
  CHECK(close(pair[0]) == 0 && close(pair[1]) == 0);
}

/* Of the same call, which had not failed before it. */
CASE(failure_after_timeout) {
  int pair[2];
  CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
  set_timeout(pair[0], SO_RCVTIMEO);
  for (int i = 0; i < 2; i++)
    CHECK(recv(pair[0], buffer, sizeof buffer, 0) == -1 && errno == EAGAIN);
  CHECK(retried(pair[0]));
  CHECK(recv(pair[0], buffer, sizeof buffer, MSG_OOB) == -1 && errno == EOPNOTSUPP);
  check_note(pair[0], "recv", EOPNOTSUPP);
  CHECK(!retried(pair[0]));
  CHECK(close(pair[0]) == 0 && close(pair[1]) == 0);
}

CASE(end_of_file) {
  int fd = open("/dev/null", O_RDONLY);
  CHECK(read(fd, buffer, sizeof buffer) == 0);
  check_no_note(fd);
  CHECK(close(fd) == 0);
}
