/* Every cancellation point that the shim wraps, cancelled while a thread blocks in
 * it, and on entry: the thread ends there, its cleanup handlers and destructors run,
 * and the descriptors that are open afterwards are those that were open before. That
 * the record says so too is left to the audit. */
#include "cancelling.h"

#include <poll.h>
#include <signal.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/uio.h>

#define ROUNDS 3

/* Two of its ends have nothing to read, the third no room, the fourth no backlog. */
static int empty[2], datagrams[2], full[2], listener, held;
static struct sockaddr_in crowded = {.sin_family = AF_INET};
static char bytes[1 << 16];
static struct iovec part = {bytes, sizeof bytes};
static struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
static struct mmsghdr messages = {.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}};
static struct pollfd silent = {.fd = -1};
static siginfo_t about;

/* What headers declare only for _FORTIFY_SOURCE, or not at all. */
int __open(const char *, int, ...);
int __open64(const char *, int, ...);
int __open_2(const char *, int);
int __open64_2(const char *, int);
int __openat_2(int, const char *, int);
int __openat64_2(int, const char *, int);
int __fcntl(int, int, ...);
int __connect(int, const struct sockaddr *, socklen_t);
ssize_t __read(int, void *, size_t);
ssize_t __write(int, const void *, size_t);
ssize_t __send(int, const void *, size_t, int);
#ifdef __aarch64__
__asm__(".symver __send, __send@GLIBC_2.17"); /* no longer linked against */
#endif
ssize_t __read_chk(int, void *, size_t, size_t);
ssize_t __recv_chk(int, void *, size_t, size_t, int);
ssize_t __recvfrom_chk(int, void *, size_t, size_t, int, struct sockaddr *, socklen_t *);
int __poll_chk(struct pollfd *, nfds_t, int, size_t);
int __ppoll_chk(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *, size_t);

static void close_it(void *fd) { close(*(int *)fd); }

static int connect_by(int (*call)(int, const struct sockaddr *, socklen_t)) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  pthread_cleanup_push(close_it, &fd);
  call(fd, (struct sockaddr *)&crowded, sizeof crowded);
  pthread_cleanup_pop(1);
  return 0;
}

static int lock_by(int (*call)(int, int, ...)) {
  struct flock all = {.l_type = F_WRLCK};
  return call(held, F_SETLKW, &all);
}

#define FIFO "fifo", O_RDONLY
#define POINT(name, ...)                                                                           \
  static void in_##name(void) { discard((long)name(__VA_ARGS__)); }
#define POINTS                                                                                     \
  POINT(open, FIFO)                                                                                \
  POINT(open64, FIFO)                                                                              \
  POINT(__open, FIFO)                                                                              \
  POINT(__open64, FIFO)                                                                            \
  POINT(__open_2, FIFO)                                                                            \
  POINT(__open64_2, FIFO)                                                                          \
  POINT(openat, AT_FDCWD, FIFO)                                                                    \
  POINT(openat64, AT_FDCWD, FIFO)                                                                  \
  POINT(__openat_2, AT_FDCWD, FIFO)                                                                \
  POINT(__openat64_2, AT_FDCWD, FIFO)                                                              \
  POINT(creat, "fifo", 0600)                                                                       \
  POINT(creat64, "fifo", 0600)                                                                     \
  POINT(fopen, "fifo", "r")                                                                        \
  POINT(fopen64, "fifo", "r")                                                                      \
  POINT(accept, listener, NULL, NULL)                                                              \
  POINT(accept4, listener, NULL, NULL, SOCK_CLOEXEC)                                               \
  POINT(connect_by, connect)                                                                       \
  POINT(lock_by, fcntl)                                                                            \
  POINT(read, empty[0], bytes, 1)                                                                  \
  POINT(__read, empty[0], bytes, 1)                                                                \
  POINT(__read_chk, empty[0], bytes, 1, sizeof bytes)                                              \
  POINT(readv, empty[0], &part, 1)                                                                 \
  POINT(preadv2, empty[0], &part, 1, -1, 0)                                                        \
  POINT(preadv64v2, empty[0], &part, 1, -1, 0)                                                     \
  POINT(recv, empty[0], bytes, 1, 0)                                                               \
  POINT(__recv_chk, empty[0], bytes, 1, sizeof bytes, 0)                                           \
  POINT(recvfrom, datagrams[0], bytes, 1, 0, NULL, NULL)                                           \
  POINT(__recvfrom_chk, datagrams[0], bytes, 1, sizeof bytes, 0, NULL, NULL)                       \
  POINT(recvmsg, empty[0], &message, 0)                                                            \
  POINT(recvmmsg, datagrams[0], &messages, 1, 0, NULL)                                             \
  POINT(write, full[0], bytes, sizeof bytes)                                                       \
  POINT(__write, full[0], bytes, sizeof bytes)                                                     \
  POINT(writev, full[0], &part, 1)                                                                 \
  POINT(send, full[0], bytes, sizeof bytes, 0)                                                     \
  POINT(__send, full[0], bytes, sizeof bytes, 0)                                                   \
  POINT(sendto, full[0], bytes, sizeof bytes, 0, NULL, 0)                                          \
  POINT(sendmsg, full[0], &message, 0)                                                             \
  POINT(sendmmsg, full[0], &messages, 1, 0)                                                        \
  POINT(poll, &silent, 1, -1)                                                                      \
  POINT(__poll_chk, &silent, 1, -1, sizeof silent)                                                 \
  POINT(ppoll, &silent, 1, NULL, NULL)                                                             \
  POINT(__ppoll_chk, &silent, 1, NULL, NULL, sizeof silent)                                        \
  POINT(select, 0, NULL, NULL, NULL, NULL)                                                         \
  POINT(pselect, 0, NULL, NULL, NULL, NULL, NULL)                                                  \
  POINT(wait, NULL)                                                                                \
  POINT(waitpid, -1, NULL, 0)                                                                      \
  POINT(wait3, NULL, 0, NULL)                                                                      \
  POINT(wait4, -1, NULL, 0, NULL)                                                                  \
  POINT(system, "exec sleep 1000")                                                                 \
  POINT(waitid, P_ALL, 0, &about, WEXITED)
POINTS
#undef POINT

static void in_connect(void) { connect_by(__connect); }
static void in_fcntl64(void) { lock_by(fcntl64); }
static void in_fcntl(void) { lock_by(__fcntl); }

/* ---- what they block on ----------------------------------------------------------------- */

/* A server whose queue is full: nobody answers to one connection more. */
static int crowd(int clients[2]) {
  int server = listening(0);
  socklen_t size = sizeof crowded;
  CHECK(getsockname(server, (struct sockaddr *)&crowded, &size) == 0);
  for (int i = 0; i < 2; i++) {
    clients[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    connect(clients[i], (struct sockaddr *)&crowded, size);
  }
  return server;
}

/* Another process holds the lock, and is the child that is waited for. */
static pid_t holder(void) {
  struct flock all = {.l_type = F_WRLCK};
  int ready[2];
  char byte;
  CHECK(pipe(ready) == 0);
  pid_t child = fork();
  if (child == 0) {
    CHECK(fcntl(held, F_SETLK, &all) == 0 && write(ready[1], "", 1) == 1);
    pause();
    _exit(0);
  }
  CHECK(read(ready[0], &byte, 1) == 1 && close(ready[0]) == 0 && close(ready[1]) == 0);
  return child;
}

int main(void) {
  int clients[2];
  CHECK(mkfifo("fifo", 0600) == 0);
  cancelling_starts();
  CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, empty) == 0);
  CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, full) == 0);
  CHECK(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, datagrams) == 0);
  while (send(full[0], bytes, sizeof bytes, MSG_DONTWAIT) > 0)
    continue;
  while (send(full[0], bytes, 1, MSG_DONTWAIT) > 0)
    continue;
  listener = listening(5);
  int server = crowd(clients);
  held = open("held", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  pid_t child = holder();
  for (int round = 0; round < 2 * ROUNDS; round++) {
    bool on_entry = round % 2 != 0;
#define POINT(name, ...) cancelled(#name, in_##name, on_entry);
    POINTS
    cancelled("__connect", in_connect, on_entry);
    cancelled("fcntl64", in_fcntl64, on_entry);
    cancelled("__fcntl", in_fcntl, on_entry);
  }
  CHECK(kill(child, SIGTERM) == 0);
  CHECK_EQUAL(reap(child), 1000 + SIGTERM);
  CHECK(close(server) == 0 && close(clients[0]) == 0 && close(clients[1]) == 0);
  return CHECKED();
}
