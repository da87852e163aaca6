#include "tests.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

extern int __connect(int fd, const struct sockaddr *address, socklen_t size);

OPENS(socket, UDP, socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0))

TEST(socketpair) {
  int pair[2];
  CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
  check_opened(pair[0], "socketpair", FDT_KIND_UNIX, FDT_OWNER_RAW);
  check_opened(pair[1], "socketpair", FDT_KIND_UNIX, FDT_OWNER_RAW);
}

static struct sockaddr_in loopback(void) {
  return (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int listener(struct sockaddr_in *address) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  socklen_t size = sizeof *address;
  *address = loopback();
  CHECK(bind(fd, (struct sockaddr *)address, sizeof *address) == 0);
  CHECK(listen(fd, 4) == 0);
  CHECK(getsockname(fd, (struct sockaddr *)address, &size) == 0);
  return fd;
}

/* The peer's address is in the trace, as the call told it. */
static void check_remote(int fd, const struct sockaddr_in *address) {
  const struct fdt_detail *detail = detail_of(fd);
  CHECK(detail != NULL);
  if (detail == NULL)
    return;
  CHECK_EQUAL(detail->remote_size, sizeof *address);
  CHECK(memcmp(detail->remote, address, sizeof *address) == 0);
}

#define ACCEPTS(name, ...)                                                                         \
  TEST(name) {                                                                                     \
    struct sockaddr_in here, peer;                                                                 \
    socklen_t size = sizeof peer;                                                                  \
    int fd = listener(&here), client = socket(AF_INET, SOCK_STREAM, 0);                            \
    CHECK(connect(client, (struct sockaddr *)&here, sizeof here) == 0);                            \
    int accepted = name(fd, (struct sockaddr *)&peer, &size __VA_ARGS__);                          \
    check_opened(accepted, #name, FDT_KIND_TCP, FDT_OWNER_RAW);                                    \
    check_remote(accepted, &peer);                                                                 \
    CHECK(connect(client = socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&here,              \
                  sizeof here) == 0);                                                              \
    check_opened(name(fd, NULL, NULL __VA_ARGS__), #name, FDT_KIND_TCP, FDT_OWNER_RAW);            \
    CHECK(close(accepted) == 0);                                                                   \
    check_closed(accepted, "close");                                                               \
  }

ACCEPTS(accept)
ACCEPTS(accept4, , SOCK_CLOEXEC)

#define CONNECTS(name)                                                                             \
  TEST(name) {                                                                                     \
    struct sockaddr_in here;                                                                       \
    int fd = listener(&here), client = socket(AF_INET, SOCK_STREAM, 0);                            \
    CHECK(name(client, (struct sockaddr *)&here, sizeof here) == 0);                               \
    check_opened(client, "socket", FDT_KIND_TCP, FDT_OWNER_RAW);                                   \
    CHECK((entry_of(client)->flags & FDT_FD_CONNECTED) != 0);                                      \
    check_remote(client, &here);                                                                   \
    close(fd);                                                                                     \
    int refused = socket(AF_INET, SOCK_STREAM, 0);                                                 \
    CHECK(name(refused, (struct sockaddr *)&here, sizeof here) == -1 && errno == ECONNREFUSED);    \
    CHECK(is_call(entry_of(refused)->note_call, #name));                                           \
    CHECK_EQUAL(entry_of(refused)->note_error, ECONNREFUSED);                                      \
    CHECK_EQUAL(entry_of(refused)->flags &FDT_FD_CONNECTED, 0);                                    \
  }

CONNECTS(connect)
CONNECTS(__connect)

TEST(bind) {
  struct sockaddr_in here;
  int taken = listener(&here), fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in any = loopback();
  CHECK(detail_of(taken)->local_size == sizeof any);
  CHECK(memcmp(detail_of(taken)->local, &any, sizeof any) == 0);
  CHECK(bind(fd, (struct sockaddr *)&here, sizeof here) == -1 && errno == EADDRINUSE);
  CHECK(is_call(entry_of(fd)->note_call, "bind"));
  CHECK_EQUAL(entry_of(fd)->note_error, EADDRINUSE);
  CHECK_EQUAL(entry_of(fd)->flags & FDT_FD_RETRIED, 0);
  CHECK(bind(fd, (struct sockaddr *)&here, sizeof here) == -1 && errno == EADDRINUSE);
  CHECK((entry_of(fd)->flags & FDT_FD_RETRIED) != 0);
  CHECK(bind(fd, (struct sockaddr *)&any, sizeof any) == 0);
  CHECK_EQUAL(entry_of(fd)->note_call, 0); /* overcome */
  CHECK(bind(-1, (struct sockaddr *)&here, sizeof here) == -1 && errno == EBADF);
}

TEST(listen) {
  struct sockaddr_in here;
  int fd = listener(&here), datagrams = socket(AF_INET, SOCK_DGRAM, 0);
  CHECK((entry_of(fd)->flags & FDT_FD_LISTENING) != 0);
  CHECK(listen(datagrams, 1) == -1 && errno == EOPNOTSUPP);
  CHECK(is_call(entry_of(datagrams)->note_call, "listen"));
  CHECK_EQUAL(entry_of(datagrams)->note_error, EOPNOTSUPP);
  CHECK_EQUAL(entry_of(datagrams)->flags & FDT_FD_LISTENING, 0);
}

static int raw_setsockopt(int fd, int level, int option, const void *value, socklen_t size) {
  return (int)syscall(SYS_setsockopt, fd, level, option, value, size);
}

static void check_refused_option(const char *call,
                                 int (*set)(int, int, int, const void *, socklen_t)) {
  struct sockaddr_in here;
  int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
  CHECK(set(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0);
  CHECK_EQUAL(entry_of(fd)->note_call, 0);
  CHECK(set(fd, SOL_SOCKET, 9999, &on, sizeof on) == -1 && errno == ENOPROTOOPT);
  CHECK(is_call(entry_of(fd)->note_call, call));
  CHECK_EQUAL(entry_of(fd)->note_error, ENOPROTOOPT);
  CHECK(close(listener(&here)) == 0);
  CHECK(connect(fd, (struct sockaddr *)&here, sizeof here) == -1 && errno == ECONNREFUSED);
  CHECK(set(fd, SOL_SOCKET, 9999, &on, sizeof on) == -1 && errno == ENOPROTOOPT);
  CHECK(is_call(entry_of(fd)->note_call, "connect")); /* tells more */
  CHECK(close(fd) == 0);
  CHECK(set(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == -1 && errno == EBADF);
}

TEST(setsockopt) { check_refused_option("setsockopt", setsockopt); }
RAW_TEST(setsockopt) { check_refused_option("syscall", raw_setsockopt); }

/* A connect that goes on by itself fails later; SO_ERROR tells. */
CASE(outcome_of_connect) {
  struct sockaddr_in here;
  int server = listener(&here), error = 0;
  socklen_t size = sizeof error;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  CHECK(connect(fd, (struct sockaddr *)&here, sizeof here) == -1 && errno == EINPROGRESS);
  CHECK(poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, 5000) == 1);
  CHECK(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0);
  CHECK_EQUAL(entry_of(fd)->note_call, 0);
  CHECK(close(server) == 0);
  fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  CHECK(connect(fd, (struct sockaddr *)&here, sizeof here) == -1);
  if (errno == EINPROGRESS) {
    CHECK(poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, 5000) == 1);
    CHECK(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == ECONNREFUSED);
    CHECK(is_call(entry_of(fd)->note_call, "getsockopt"));
  } /* loopback may refuse at once */
  CHECK_EQUAL(entry_of(fd)->note_error, ECONNREFUSED);
  CHECK_EQUAL(detail_of(fd)->remote_size, sizeof here);
}

/* Clients beyond what the listener has room for wait until the kernel's patience ends, or theirs.
 */
CASE(timeout_of_connect) {
  struct sockaddr_in here;
  CHECK(listen(listener(&here), 0) == 0);
  const struct timeval soon = {.tv_usec = 20000};
  int fd = -1;
  for (int i = 0; i < 8; i++) {
    CHECK((fd = socket(AF_INET, SOCK_STREAM, 0)) >= 0);
    CHECK(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof soon) == 0);
    if (connect(fd, (struct sockaddr *)&here, sizeof here) != 0)
      break;
    check_no_note(fd);
  }
  CHECK(errno == EINPROGRESS);
  check_note(fd, "connect", EINPROGRESS);
  CHECK((fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) >= 0);
  CHECK(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof soon) == 0);
  CHECK(connect(fd, (struct sockaddr *)&here, sizeof here) == -1 && errno == EINPROGRESS);
  check_no_note(fd);
}

enum { FIRST = 3, SERVERS = 3 };

/* The server's ends of connections; what they are numbered in a process with nothing from FIRST
 * on. */
static int numbered(int server) { return FIRST + 2 + 2 * server; }

CASE(age_of_the_peers_end) {
  pid_t child = fork();
  if (child == 0) {
    CHECK(close_range(FIRST, ~0u, 0) == 0);
    struct sockaddr_in here;
    int fd = listener(&here), clients[SERVERS];
    for (int i = 0; i < SERVERS; i++) {
      clients[i] = socket(AF_INET, SOCK_STREAM, 0);
      CHECK(connect(clients[i], (struct sockaddr *)&here, sizeof here) == 0);
      CHECK_EQUAL(accept(fd, NULL, NULL), numbered(i));
    }
    CHECK(close(clients[0]) == 0);
    CHECK(poll(NULL, 0, 100) == 0); /* many ticks of the kernel's */
    CHECK(close(clients[1]) == 0);
    _exit(CHECKED());
  }
  CHECK_EQUAL(reap_unseen(child), 0);
  const struct fdt_process *process = trace_process(traced(), trace_find(traced(), child));
  const struct fdt_detail *details[SERVERS];
  for (int i = 0; i < SERVERS; i++) {
    const struct fdt_live *entry = trace_live(traced(), process, numbered(i));
    details[i] = entry == NULL ? NULL : trace_detail(traced(), process, numbered(i), entry);
    CHECK(details[i] != NULL);
    if (details[i] == NULL)
      return;
  }
  CHECK(details[0]->tcp_state == TCP_CLOSE_WAIT && details[1]->tcp_state == TCP_CLOSE_WAIT);
  CHECK(details[0]->text_ref > details[1]->text_ref && details[1]->text_ref != 0);
  CHECK(details[2]->tcp_state == TCP_ESTABLISHED && details[2]->text_ref == 0);
}

CASE(other_ends) {
  enum {
    GONE = FIRST,
    CLOSED,
    THERE,
    OTHER,
    LONE,
    DATAGRAM,
    DATAGRAM_CLOSED,
    UNWRITTEN,
    WRITER_CLOSED,
    READER_CLOSED,
    UNREAD,
    READER,
    WRITER,
    COUNT
  };
  static const uint8_t states[] = {
      [GONE] = FDT_UNIX_UNNAMED | FDT_OTHER_END_GONE,
      [THERE] = FDT_UNIX_UNNAMED | FDT_OTHER_END_OPEN,
      [OTHER] = FDT_UNIX_UNNAMED | FDT_OTHER_END_OPEN,
      [LONE] = FDT_UNIX_UNNAMED,
      [DATAGRAM] = FDT_UNIX_UNNAMED,
      [UNWRITTEN] = FDT_OTHER_END_GONE,
      [UNREAD] = FDT_OTHER_END_GONE,
      [READER] = FDT_OTHER_END_OPEN,
      [WRITER] = FDT_OTHER_END_OPEN,
  };
  pid_t child = fork();
  if (child == 0) {
    int pair[2];
    CHECK(close_range(FIRST, ~0u, 0) == 0);
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 && pair[0] == GONE);
    CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0 && pair[0] == THERE);
    CHECK_EQUAL(socket(AF_UNIX, SOCK_STREAM, 0), LONE);
    CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0 && pair[0] == DATAGRAM);
    CHECK(pipe(pair) == 0 && pair[0] == UNWRITTEN);
    CHECK(pipe2(pair, O_NONBLOCK) == 0 && pair[1] == UNREAD);
    CHECK(pipe(pair) == 0 && pair[1] == WRITER);
    CHECK(write(UNREAD, "unread", 6) == 6);
    CHECK(close(CLOSED) == 0 && close(DATAGRAM_CLOSED) == 0);
    CHECK(close(WRITER_CLOSED) == 0 && close(READER_CLOSED) == 0);
    _exit(CHECKED());
  }
  CHECK_EQUAL(reap_unseen(child), 0);
  const struct fdt_process *process = trace_process(traced(), trace_find(traced(), child));
  for (int fd = FIRST; fd < COUNT; fd++) {
    const struct fdt_live *entry = trace_live(traced(), process, fd);
    const struct fdt_detail *detail =
        entry == NULL ? NULL : trace_detail(traced(), process, fd, entry);
    if (fd != CLOSED && fd != DATAGRAM_CLOSED && fd != WRITER_CLOSED && fd != READER_CLOSED)
      CHECK(detail != NULL && detail->ends == states[fd]);
  }
}

CASE(unix_names) {
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  snprintf(name.sun_path + 1, 20, "fdtrack-%08d", getpid() % 100000000);
  socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 17);
  CHECK(bind(fd, (struct sockaddr *)&name, size) == 0);
  const struct fdt_detail *detail = detail_of(fd);
  CHECK(detail != NULL && detail->form == FDT_TEXT_SUN && detail->text_size == 17 &&
        memcmp(detail->text, name.sun_path, 17) == 0);
}
