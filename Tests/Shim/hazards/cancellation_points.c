/* Every cancellation point that the shim wraps, cancelled while a thread blocks in
 * it, and on entry: the thread ends there, its cleanup handlers and destructors run,
 * and the descriptors that are open afterwards are those that were open before. That
 * the record says so too is left to the audit. */
#include "host.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#define ROUNDS 3

/* Two of its ends have nothing to read, the third no room, the fourth no backlog. */
static int empty[2], datagrams[2], full[2], listener, held;
static struct sockaddr_in crowded = {.sin_family = AF_INET};
static char bytes[1 << 16];
static struct iovec part = {bytes, sizeof bytes};
static struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
static struct mmsghdr messages = {.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}};
static siginfo_t about;

/* What headers declare only for _FORTIFY_SOURCE, or not at all. */
int __open(const char *, int, ...);
int __open64(const char *, int, ...);
int __open_2(const char *, int);
int __open64_2(const char *, int);
int __openat_2(int, const char *, int);
int __openat64_2(int, const char *, int);
int __close(int);
int __fcntl(int, int, ...);
int __connect(int, const struct sockaddr *, socklen_t);
ssize_t __read(int, void *, size_t);
ssize_t __write(int, const void *, size_t);
ssize_t __send(int, const void *, size_t, int);
ssize_t __read_chk(int, void *, size_t, size_t);
ssize_t __recv_chk(int, void *, size_t, size_t, int);
ssize_t __recvfrom_chk(int, void *, size_t, size_t, int, struct sockaddr *, socklen_t *);

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

static void discard(long result) { (void)result; }

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

struct point {
  const char *name;
  void (*call)(void);
  pid_t tid; /* once the thread is about to make the call */
  bool on_entry;
  int cleaned, destroyed;
};

static pthread_key_t key;

static void cleanup(void *point) { ((struct point *)point)->cleaned++; }
static void destroy(void *point) { ((struct point *)point)->destroyed++; }

static void *run(void *argument) {
  struct point *point = argument;
  pthread_setspecific(key, point);
  pthread_cleanup_push(cleanup, point);
  if (point->on_entry)
    pthread_cancel(pthread_self());
  /* Release: what comes after is the call alone. */
  __atomic_store_n(&point->tid, (pid_t)syscall(SYS_gettid), __ATOMIC_RELEASE);
  point->call();
  pthread_cleanup_pop(0);
  return NULL;
}

/* Waits until the thread sleeps in a system call, which is the one that blocks. */
static void await_blocked(const struct point *point) {
  char path[64], state = '?';
  while (__atomic_load_n(&point->tid, __ATOMIC_ACQUIRE) == 0)
    usleep(100);
  snprintf(path, sizeof path, "/proc/self/task/%d/stat", point->tid);
  for (int tries = 0; state != 'S' && tries < 20000; tries++, usleep(100)) {
    char text[256] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    discard(read(fd, text, sizeof text - 1));
    close(fd);
    const char *end = strrchr(text, ')');
    state = end == NULL ? '?' : end[2];
  }
  CHECK_EQUAL(state, 'S');
}

/* Which of the first 64 are open. */
static uint64_t open_now(void) {
  uint64_t open = 0;
  for (int fd = 0; fd < 64; fd++)
    open |= (uint64_t)(fcntl(fd, F_GETFD) != -1) << fd;
  return open;
}

static void cancelled(const char *name, void (*call)(void), bool on_entry) {
  struct point point = {.name = name, .call = call, .on_entry = on_entry};
  unsigned failures = check_failures;
  uint64_t before = open_now();
  pthread_t thread;
  void *result = NULL;
  CHECK(pthread_create(&thread, NULL, run, &point) == 0);
  if (!on_entry) {
    await_blocked(&point);
    CHECK(pthread_cancel(thread) == 0);
  }
  CHECK(pthread_join(thread, &result) == 0);
  CHECK(result == PTHREAD_CANCELED);
  CHECK(point.cleaned == 1 && point.destroyed == 1);
  CHECK_EQUAL(open_now(), before);
  if (check_failures != failures)
    dprintf(2, "cancelled %s %s\n", on_entry ? "before" : "in", name);
}

/* ---- close: on entry it never happens; where it waits for the peer it has happened ---- */

static int closing;
static void in_close(void) { close(closing); }
static void in_other_close(void) { __close(closing); }

static void closes(void) {
  closing = open_null();
  cancelled("close", in_close, true);
  cancelled("__close", in_other_close, true);
  CHECK_EQUAL(fcntl(closing, F_GETFD), FD_CLOEXEC);
  CHECK(close(closing) == 0);
}

static void lingering_close(int server) {
  struct sockaddr_in address;
  socklen_t size = sizeof address;
  struct linger long_time = {1, 1000};
  struct point point = {.name = "close", .call = in_close};
  pthread_t thread;
  closing = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  CHECK(getsockname(server, (struct sockaddr *)&address, &size) == 0);
  CHECK(connect(closing, (struct sockaddr *)&address, size) == 0);
  int peer = accept4(server, NULL, NULL, SOCK_CLOEXEC);
  while (send(closing, bytes, sizeof bytes, MSG_DONTWAIT) > 0)
    continue;
  CHECK(setsockopt(closing, SOL_SOCKET, SO_LINGER, &long_time, sizeof long_time) == 0);
  CHECK(pthread_create(&thread, NULL, run, &point) == 0);
  await_blocked(&point);
  CHECK(pthread_cancel(thread) == 0 && pthread_join(thread, NULL) == 0);
  CHECK_EQUAL(point.cleaned, 1);
  CHECK(fcntl(closing, F_GETFD) == -1 && errno == EBADF);
  CHECK(close(peer) == 0);
}

/* ---- what they block on ----------------------------------------------------------------- */

static int listening(int backlog) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  CHECK(bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, backlog) == 0);
  return fd;
}

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
  CHECK(mkfifo("fifo", 0600) == 0 && pthread_key_create(&key, destroy) == 0);
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
    closes();
    lingering_close(listener);
  }
  CHECK(kill(child, SIGTERM) == 0);
  CHECK_EQUAL(reap(child), 1000 + SIGTERM);
  CHECK(close(server) == 0 && close(clients[0]) == 0 && close(clients[1]) == 0);
  return CHECKED();
}
