/* close(2) as a cancellation point: cancelled on entry it never happens, and where it
 * waits for the peer it has happened. */
#include "cancelling.h"

#define ROUNDS 10

int __close(int);

static char bytes[1 << 16];
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
  struct point point = {.call = in_close};
  pthread_t thread;
  closing = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  CHECK(getsockname(server, (struct sockaddr *)&address, &size) == 0);
  CHECK(connect(closing, (struct sockaddr *)&address, size) == 0);
  int peer = accept4(server, NULL, NULL, SOCK_CLOEXEC);
  while (send(closing, bytes, sizeof bytes, MSG_DONTWAIT) > 0)
    continue;
  CHECK(setsockopt(closing, SOL_SOCKET, SO_LINGER, &long_time, sizeof long_time) == 0);
  CHECK(pthread_create(&thread, NULL, run_point, &point) == 0);
  await_blocked(&point);
  CHECK(pthread_cancel(thread) == 0 && pthread_join(thread, NULL) == 0);
  CHECK_EQUAL(point.cleaned, 1);
  CHECK(fcntl(closing, F_GETFD) == -1 && errno == EBADF);
  CHECK(close(peer) == 0);
}

int main(void) {
  cancelling_starts();
  int listener = listening(5);
  for (int round = 0; round < ROUNDS; round++) {
    closes();
    lingering_close(listener);
  }
  return CHECKED();
}
