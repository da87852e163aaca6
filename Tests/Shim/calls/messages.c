/* Descriptors that arrive in messages. */
#include "tests.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#ifndef SCM_PIDFD
#define SCM_PIDFD 4
#endif
#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD 76
#endif

#define MOST 5 /* descriptors in one message */

/* Sends them through `sender`, with one byte. */
static void send_these(int sender, const int *fds, int count) {
  union {
    struct cmsghdr header;
    char room[CMSG_SPACE(MOST * sizeof(int))];
  } control = {.header = {CMSG_LEN((size_t)count * sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
  memcpy(CMSG_DATA(&control.header), fds, (size_t)count * sizeof *fds);
  struct msghdr message = {.msg_iov = &(struct iovec){"x", 1},
                           .msg_iovlen = 1,
                           .msg_control = &control,
                           .msg_controllen = CMSG_SPACE((size_t)count * sizeof(int))};
  CHECK_EQUAL(sendmsg(sender, &message, 0), 1);
}

static void send_descriptors(int sender, int count) {
  int fds[MOST];
  for (int i = 0; i < count; i++)
    fds[i] = open("/dev/null", O_RDONLY);
  send_these(sender, fds, count);
}

/* A socket in whose queue a message with `count` descriptors waits. */
static int with_descriptors(int count) {
  int pair[2];
  CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
  send_descriptors(pair[1], count);
  return pair[0];
}

struct received {
  struct cmsghdr header;
  int fds[MOST];
  char more[CMSG_SPACE(sizeof(int))];
};

static char byte;
static struct iovec part = {&byte, 1};

#define RECEIVES(test, name, expression)                                                           \
  test {                                                                                           \
    struct received control = {.fds = {-1}};                                                       \
    struct mmsghdr messages[1] = {{.msg_hdr = {.msg_iov = &part,                                   \
                                               .msg_iovlen = 1,                                    \
                                               .msg_control = &control,                            \
                                               .msg_controllen = sizeof control}}};                \
    int fd = with_descriptors(1), come;                                                            \
    CHECK_EQUAL(expression, 1);                                                                    \
    come = control.fds[0];                                                                         \
    CHECK(come > fd);                                                                              \
    check_opened(come, name, FDT_KIND_FILE, FDT_OWNER_RAW);                                        \
    CHECK(close(come) == 0);                                                                       \
    check_closed(come, "close");                                                                   \
    CHECK(shutdown(fd, SHUT_RDWR) == 0 && close(fd) == 0);                                         \
    CHECK((expression) == -1 && errno == EBADF);                                                   \
  }

RECEIVES(TEST(recvmsg), "recvmsg", recvmsg(fd, &messages[0].msg_hdr, MSG_CMSG_CLOEXEC))
RECEIVES(TEST(recvmmsg), "recvmmsg", recvmmsg(fd, messages, 1, 0, NULL))
RECEIVES(RAW_TEST(recvmsg), "syscall",
         syscall(SYS_recvmsg, fd, &messages[0].msg_hdr, MSG_CMSG_CLOEXEC))
RECEIVES(RAW_TEST(recvmmsg), "syscall", syscall(SYS_recvmmsg, fd, messages, 1, 0, NULL))

/* Receives with room for `room` bytes of control data; returns the number of
 * descriptors that they list. */
static int receive(int fd, struct received *control, size_t room, int flags, bool cut) {
  memset(control, 0xff, sizeof *control);
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = room};
  CHECK_EQUAL(recvmsg(fd, &message, flags), 1);
  CHECK_EQUAL((message.msg_flags & MSG_CTRUNC) != 0, cut);
  struct cmsghdr *part = CMSG_FIRSTHDR(&message);
  return part == NULL ? 0 : (int)((part->cmsg_len - CMSG_LEN(0)) / sizeof(int));
}

/* How often the trace has it that a message on `fd` was cut. */
static uint64_t cut_messages(int fd) {
  uint64_t count = 0;
  const struct fdt_misuse *misuse;
  for (uint64_t i = 0; (misuse = trace_at(traced(), FDT_SECTION_MISUSES, i)) != NULL; i++)
    if (misuse->state == FDT_RECORD_READY && misuse->kind == FDT_MISUSE_CUT_MESSAGE &&
        misuse->low_fd <= fd && fd <= misuse->high_fd)
      count++;
  return count;
}

CASE(messages_cut) {
  struct received control;
  for (int room = 0; room <= MOST; room++) {
    int fd = with_descriptors(MOST);
    uint64_t opened = own_process()->opened;
    int count = receive(fd, &control, CMSG_LEN((size_t)room * sizeof(int)), 0, room < MOST);
    CHECK_EQUAL(count, room);
    CHECK_EQUAL(own_process()->opened - opened, (uint64_t)room);
    check_table(); /* what had no room was never open here */
    CHECK_EQUAL(cut_messages(fd), room < MOST);
  }
  int fd = with_descriptors(1);
  CHECK_EQUAL(receive(fd, &control, sizeof(struct cmsghdr) - 1, 0, true), 0);
}

CASE(messages_peeked) {
  struct received control;
  int fd = with_descriptors(2);
  CHECK_EQUAL(receive(fd, &control, sizeof control, MSG_PEEK, false), 2);
  int peeked = control.fds[0];
  check_table();
  CHECK_EQUAL(receive(fd, &control, sizeof control, 0, false), 2);
  CHECK(control.fds[0] != peeked);
  check_opened(control.fds[1], "recvmsg", FDT_KIND_FILE, FDT_OWNER_RAW);
}

CASE(messages_kinds) {
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof here;
  struct received control;
  int pair[2], listener = socket(AF_INET, SOCK_STREAM, 0);
  CHECK(bind(listener, (struct sockaddr *)&here, size) == 0 && listen(listener, 1) == 0);
  CHECK(getsockname(listener, (struct sockaddr *)&here, &size) == 0);
  CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0);
  const int sent[MOST] = {listener, pair[0], eventfd(0, 0), memfd_create("a name", 0),
                          open("/", O_RDONLY)};
  const enum fdt_kind kinds[MOST] = {FDT_KIND_TCP, FDT_KIND_UNIX, FDT_KIND_EVENTFD, FDT_KIND_MEMFD,
                                     FDT_KIND_DIR};
  send_these(pair[1], sent, MOST);
  CHECK_EQUAL(receive(pair[0], &control, sizeof control, 0, false), MOST);
  for (int i = 0; i < MOST; i++) {
    const struct fdt_live *entry = entry_of(control.fds[i]);
    CHECK_EQUAL(entry->kind, kinds[i]);
    CHECK_EQUAL((entry->flags & FDT_FD_LISTENING) != 0, i == 0);
  }
  CHECK(memcmp(detail_of(control.fds[0])->local, &here, sizeof here) == 0);
  CHECK(memcmp(detail_of(control.fds[3])->text, "/memfd:a name", 13) == 0);
  /* What passes is not asked for, and nobody may take it for the state at the end. */
  CHECK_EQUAL(detail_of(control.fds[0])->tcp_state, 0);
  CHECK_EQUAL(detail_of(control.fds[1])->ends, 0);
  CHECK(detail_of(control.fds[0])->checked_ticks == 0);
}

/* Receives on `fd`; the table tells who sent, as `sender`. */
static void check_sender(int fd, pid_t sender) {
  struct received control;
  CHECK_EQUAL(receive(fd, &control, sizeof control, 0, false), 1);
  const struct fdt_live *entry = entry_of(control.fds[0]);
  CHECK((entry->flags & FDT_FD_RECEIVED) != 0);
  CHECK_EQUAL(entry->source, sender);
}

CASE(messages_senders) {
  int pair[2];
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  send_descriptors(pair[1], 1);
  check_sender(pair[0], 0); /* whoever has the other half may have sent it */

  struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "socket"};
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  CHECK(bind(listener, (struct sockaddr *)&name, sizeof name) == 0);
  CHECK(listen(listener, 1) == 0);
  pid_t child = fork();
  if (child == 0) {
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK(connect(fd, (struct sockaddr *)&name, sizeof name) == 0);
    send_descriptors(fd, 1);
    _exit(CHECKED());
  }
  int accepted = accept(listener, NULL, NULL);
  check_sender(accepted, child);
  CHECK_EQUAL(reap_unseen(child), 0);
  CHECK(unlink("socket") == 0);
}

CASE(messages_of_processes) {
  int pair[2], on = 1, pidfd = -1, received = 0;
  char room[128] __attribute__((aligned(8)));
  CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
  or_skip(setsockopt(pair[0], SOL_SOCKET, SO_PASSPIDFD, &on, sizeof on), "SO_PASSPIDFD");
  send_descriptors(pair[1], 2);
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
  CHECK_EQUAL(recvmsg(pair[0], &message, 0), 1);
  for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part != NULL;
       part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_type == SCM_PIDFD)
      memcpy(&pidfd, CMSG_DATA(part), sizeof pidfd);
    received += part->cmsg_type == SCM_RIGHTS;
  }
  check_opened(pidfd, "recvmsg", FDT_KIND_PIDFD, FDT_OWNER_RAW);
  CHECK_EQUAL(received, 1);
}
