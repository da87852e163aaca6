/* Waits leave no trace while they end with something; a time that ran out is the last notable
 * event of what was waited for. */
#include "tests.h"

#include <errno.h>
#include <poll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>

int __poll_chk(struct pollfd *fds, nfds_t count, int timeout, size_t known);
int __ppoll_chk(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
                const sigset_t *mask, size_t known);

static void *volatile nowhere = (void *)8; /* which the compiler need not know */
static const struct timespec soon = {.tv_nsec = 1000000}, now;

/* One descriptor, waited for in vain, with no time to wait, and with something to read. */
#define POLLS(name, in_vain, at_once)                                                              \
  TEST(name) {                                                                                     \
    int ends[2];                                                                                   \
    CHECK(pipe(ends) == 0);                                                                        \
    struct pollfd one = {.fd = ends[0], .events = POLLIN};                                         \
    CHECK((at_once) == 0);                                                                         \
    check_no_note(ends[0]);                                                                        \
    CHECK((in_vain) == 0);                                                                         \
    check_note(ends[0], #name, EAGAIN);                                                            \
    CHECK(!retried(ends[0]) && (in_vain) == 0 && retried(ends[0]));                                \
    CHECK(write(ends[1], "x", 1) == 1);                                                            \
    CHECK((in_vain) == 1 && one.revents == POLLIN);                                                \
    check_no_note(ends[0]);                                                                        \
    CHECK(close(ends[0]) == 0 && close(ends[1]) == 0);                                             \
  }

POLLS(poll, poll(&one, 1, 1), poll(&one, 1, 0))
POLLS(__poll_chk, __poll_chk(&one, 1, 1, sizeof one), __poll_chk(&one, 1, 0, sizeof one))
POLLS(ppoll, ppoll(&one, 1, &soon, NULL), ppoll(&one, 1, &now, NULL))
POLLS(__ppoll_chk, __ppoll_chk(&one, 1, &soon, NULL, sizeof one),
      __ppoll_chk(&one, 1, &now, NULL, sizeof one))

static int select_for(int fd, long us) {
  struct timeval timeout = {.tv_usec = us};
  fd_set set;
  FD_ZERO(&set);
  FD_SET(fd, &set);
  return select(fd + 1, &set, NULL, NULL, &timeout);
}

static int pselect_for(int fd, long us) {
  struct timespec timeout = {.tv_nsec = us * 1000};
  fd_set reads, writes;
  FD_ZERO(&reads);
  FD_ZERO(&writes);
  FD_SET(fd, &reads);
  return pselect(FD_SETSIZE, &reads, &writes, NULL, &timeout, NULL);
}

#define SELECTS(name)                                                                              \
  TEST(name) {                                                                                     \
    int ends[2], high = 700;                                                                       \
    CHECK(pipe(ends) == 0 && dup2(ends[0], high) == high && close(ends[0]) == 0);                  \
    CHECK_EQUAL(name##_for(high, 0), 0);                                                           \
    check_no_note(high);                                                                           \
    CHECK_EQUAL(name##_for(high, 1000), 0);                                                        \
    check_note(high, #name, EAGAIN);                                                               \
    CHECK(!retried(high));                                                                         \
    CHECK(write(ends[1], "x", 1) == 1);                                                            \
    CHECK_EQUAL(name##_for(high, 1000), 1);                                                        \
    check_no_note(high);                                                                           \
    CHECK(close(high) == 0 && close(ends[1]) == 0);                                                \
  }

SELECTS(select)
SELECTS(pselect)

CASE(wait_in_vain) {
  int pair[2], datagrams[2];
  char byte;
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, datagrams) == 0);
  struct pollfd all[] = {{.fd = pair[0], .events = POLLIN},
                         {.fd = -1},
                         {.fd = datagrams[0], .events = POLLIN},
                         {.fd = pair[1], .events = POLLIN}};
  CHECK_EQUAL(poll(all, 4, 1), 0);
  for (int i = 0; i < 4; i++)
    if (all[i].fd >= 0)
      check_note(all[i].fd, "poll", EAGAIN);
  /* Waited for again, read, and neither of the two. */
  CHECK_EQUAL(select_for(pair[1], 1000), 0);
  check_note(pair[1], "select", EAGAIN);
  CHECK(retried(pair[1]));
  CHECK(send(datagrams[1], "x", 1, 0) == 1 && recv(datagrams[0], &byte, 1, 0) == 1);
  check_no_note(datagrams[0]);
  check_note(pair[0], "poll", EAGAIN);
  CHECK(!retried(pair[0]));
  /* In vain once more, the first time since. */
  CHECK(send(pair[0], "x", 1, 0) == 1 && read(pair[1], &byte, 1) == 1);
  check_no_note(pair[1]);
  CHECK_EQUAL(select_for(pair[1], 1000), 0);
  check_note(pair[1], "select", EAGAIN);
  CHECK(!retried(pair[1]));
  /* What fails then is the news. */
  CHECK(shutdown(pair[0], SHUT_RDWR) == 0 && send(pair[0], "x", 1, MSG_NOSIGNAL) == -1);
  check_note(pair[0], "send", EPIPE);
  CHECK(!retried(pair[0]));
  for (int i = 0; i < 2; i++)
    CHECK(close(pair[i]) == 0 && close(datagrams[i]) == 0);
}

/* Others were waited for in vain: reads are looked at. */
CASE(reads_after_waits) {
  int awaited[2], ends[2];
  char bytes[2];
  struct iovec part = {bytes, 1};
  CHECK(pipe(awaited) == 0 && pipe(ends) == 0);
  struct pollfd one = {.fd = awaited[0], .events = POLLIN};
  CHECK_EQUAL(poll(&one, 1, 1), 0);
  CHECK(write(ends[1], "abc", 3) == 3);
  CHECK(read(ends[0], bytes, 1) == 1 && readv(ends[0], &part, 1) == 1);
  check_no_note(ends[0]);
  CHECK_EQUAL(poll(&(struct pollfd){.fd = ends[0], .events = POLLIN}, 1, 1), 1);
  check_no_note(ends[0]);
  CHECK(close(ends[1]) == 0 && read(ends[0], bytes, 2) == 1 && read(ends[0], bytes, 2) == 0);
  check_note(ends[0], "read", 0);
  CHECK(!retried(awaited[0]));
  CHECK(close(ends[0]) == 0 && close(awaited[0]) == 0 && close(awaited[1]) == 0);
}

CASE(waits_of_none) {
  int fds[6];
  struct pollfd all[6];
  for (int i = 0; i < 6; i += 2)
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fds + i) == 0);
  for (int i = 0; i < 6; i++)
    all[i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
  CHECK_EQUAL(poll(all, 6, 1), 0);
  all[0].events = POLLOUT;
  CHECK_EQUAL(poll(all, 1, 1), 1);
  struct timeval timeout = {.tv_usec = 1000};
  fd_set many;
  FD_ZERO(&many);
  for (int i = 0; i < 6; i++)
    FD_SET(fds[i], &many);
  CHECK_EQUAL(select(FD_SETSIZE, &many, NULL, NULL, &timeout), 0);
  /* Elsewhere than on the stack, sets are not read. */
  fd_set *mapped = calloc(1, sizeof *mapped);
  FD_SET(fds[0], mapped);
  timeout.tv_usec = 1000;
  CHECK_EQUAL(select(fds[0] + 1, mapped, NULL, NULL, &timeout), 0);
  FD_SET(fds[0], mapped);
  timeout.tv_usec = 1000;
  CHECK(select(fds[0] + 1, mapped, nowhere, NULL, &timeout) == -1 && errno == EFAULT);
  CHECK(select(-1, mapped, NULL, NULL, &timeout) == -1 && errno == EINVAL);
  free(mapped);
  CHECK(poll(nowhere, 1, 1) == -1 && errno == EFAULT);
  CHECK_EQUAL(poll(NULL, 0, 1), 0);
  for (int i = 0; i < 6; i++) {
    check_no_note(fds[i]);
    CHECK(close(fds[i]) == 0);
  }
}
