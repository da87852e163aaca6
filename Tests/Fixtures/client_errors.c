/* A client that closes its connection on the good path only.
 *
 *   client_errors ECHO RESET SILENT REFUSED ROUNDS     (ports, see tcp_peer)
 *
 * Prints "done" after ROUNDS requests to each, then waits for the end of its
 * input, so that its peer can hang up on what was leaked. */
#include "fixture.h"

#include <errno.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/time.h>

/* A socket for every request: all sites of this program meet here, and only
 * the callers tell them apart. */
static OUT_OF_LINE int new_socket(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0); /* OPEN: request */
  must(fd >= 0, "socket");
  return fd;
}

static OUT_OF_LINE int dial(int fd, int port) {
  struct sockaddr_in address = loopback(port);
  return connect(fd, (struct sockaddr *)&address, sizeof address); /* CAUSE: refused */
}

static OUT_OF_LINE int request_refused(int port) {
  int fd = new_socket(); /* LEAK: refused */
  if (dial(fd, port) < 0)
    return errno;
  close(fd);
  return 0;
}

static OUT_OF_LINE int request_unsent(int port) {
  int fd = new_socket(); /* LEAK: unsent */
  must(dial(fd, port) == 0, "connect");
  struct pollfd reset = {.fd = fd};
  poll(&reset, 1, -1); /* until the reset has arrived */
  if (send(fd, "request", 7, MSG_NOSIGNAL) < 0)
    return errno;
  close(fd);
  return 0;
}

static OUT_OF_LINE int request_reset(int port) {
  int error = 0;
  socklen_t size = sizeof error;
  int fd = new_socket(); /* LEAK: reset */
  must(dial(fd, port) == 0, "connect");
  struct pollfd reset = {.fd = fd};
  poll(&reset, 1, -1);
  must(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0, "SO_ERROR"); /* CAUSE: reset */
  if (error != 0)
    return error;
  close(fd);
  return 0;
}

/* For the end of this program only, which comes after their peer's. */
static struct pollfd unanswered[64];
static int unanswered_count;

/* Not by poll(): what is waited for again was not given up. */
static void wait_for_their_peers(void) {
  for (int i = 0; i < unanswered_count; i++)
    must(syscall(SYS_ppoll, &unanswered[i], 1, NULL, NULL, 0) == 1, "ppoll");
}

static OUT_OF_LINE int request_unanswered(int port) {
  char answer[64];
  const struct timeval patience = {.tv_usec = 20000};
  int fd = new_socket(); /* LEAK: unanswered */
  must(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0, "SO_RCVTIMEO");
  unanswered[unanswered_count++] = (struct pollfd){.fd = fd, .events = POLLRDHUP};
  must(dial(fd, port) == 0 && send(fd, "request", 7, MSG_NOSIGNAL) == 7, "request");
  if (recv(fd, answer, sizeof answer, 0) < 0) /* CAUSE: unanswered */
    return errno;
  close(fd);
  return 0;
}

/* Connects, and asks whether there is an answer yet. */
static OUT_OF_LINE int wait_for_answer(int fd, int port) {
  must(dial(fd, port) == 0 && send(fd, "request", 7, MSG_NOSIGNAL) == 7, "request");
  struct pollfd answer = {.fd = fd, .events = POLLIN};
  return poll(&answer, 1, 20); /* CAUSE: silent */
}

static OUT_OF_LINE int request_silent(int port) {
  int fd = new_socket(); /* LEAK: silent */
  unanswered[unanswered_count++] = (struct pollfd){.fd = fd, .events = POLLRDHUP};
  if (wait_for_answer(fd, port) == 0) /* CALLER: silent */
    return ETIMEDOUT;
  close(fd);
  return 0;
}

static OUT_OF_LINE void request_good(int port) {
  char answer[64];
  int fd = new_socket(); /* CLEAN: good */
  must(dial(fd, port) == 0 && send(fd, "request", 7, MSG_NOSIGNAL) == 7, "request");
  must(recv(fd, answer, sizeof answer, MSG_WAITALL) >= 0, "recv");
  close(fd); /* CLOSE: good */
}

int main(int argc, char **argv) {
  must(argc == 6 && atoi(argv[5]) <= 32, "usage: client_errors ECHO RESET SILENT REFUSED ROUNDS");
  for (int round = 0; round < atoi(argv[5]); round++) {
    request_good(atoi(argv[1]));
    int unsent = request_unsent(atoi(argv[2]));
    must(unsent == EPIPE || unsent == ECONNRESET, "send should fail");
    must(request_reset(atoi(argv[2])) == ECONNRESET, "SO_ERROR should tell of the reset");
    must(request_unanswered(atoi(argv[3])) == EAGAIN, "recv should time out");
    must(request_silent(atoi(argv[3])) == ETIMEDOUT, "poll should time out");
    must(request_refused(atoi(argv[4])) == ECONNREFUSED, "connect should be refused");
  }
  puts("done");
  fflush(stdout);
  wait_for_end_of_input();
  wait_for_their_peers();
  return 0;
}
