/* Cancellation points stay cancellation points: in accept, open and close, with
 * the cleanup handlers run and the thread's result PTHREAD_CANCELED.
 * audit: sound - a close that is cancelled may or may not have happened. */
#include "host.h"

#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

static int cleaned;
static pthread_barrier_t barrier;

static void cleanup(void *fd) {
  cleaned++;
  if (*(int *)fd >= 0)
    close(*(int *)fd);
}

static void *in_accept(void *argument) {
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  (void)argument;
  bind(fd, (struct sockaddr *)&name, sizeof(sa_family_t)); /* autobind */
  listen(fd, 1);
  pthread_cleanup_push(cleanup, &fd);
  pthread_barrier_wait(&barrier);
  accept(fd, NULL, NULL);
  pthread_cleanup_pop(0);
  return NULL;
}

static void *in_open(void *argument) {
  int none = -1;
  pthread_cleanup_push(cleanup, &none);
  pthread_barrier_wait(&barrier);
  open(argument, O_RDONLY); /* blocks: nobody opens the other end */
  pthread_cleanup_pop(0);
  return NULL;
}

static void *in_close(void *argument) {
  int fd = open_null();
  (void)argument;
  pthread_cleanup_push(cleanup, &fd);
  pthread_barrier_wait(&barrier);
  while (close(fd) == 0)
    fd = open_null();
  pthread_cleanup_pop(0);
  return NULL;
}

/* Cancelled before it begins: the call is never made. */
static void *pending(void *argument) {
  int fd = *(int *)argument, none = -1;
  pthread_cleanup_push(cleanup, &none);
  pthread_barrier_wait(&barrier);
  pthread_cancel(pthread_self());
  close(fd);
  pthread_cleanup_pop(0);
  return NULL;
}

static void cancelled(void *(*run)(void *), void *argument, bool self) {
  pthread_t thread;
  void *result = NULL;
  cleaned = 0;
  CHECK(pthread_create(&thread, NULL, run, argument) == 0);
  pthread_barrier_wait(&barrier);
  usleep(1000);
  if (!self)
    CHECK(pthread_cancel(thread) == 0);
  CHECK(pthread_join(thread, &result) == 0);
  CHECK(result == PTHREAD_CANCELED);
  CHECK_EQUAL(cleaned, 1);
}

int main(void) {
  CHECK(mkfifo("fifo", 0600) == 0);
  pthread_barrier_init(&barrier, NULL, 2);
  for (int round = 0; round < 50; round++) {
    cancelled(in_accept, NULL, false);
    cancelled(in_open, "fifo", false);
    cancelled(in_close, NULL, false);
  }
  int fd = open_null();
  cancelled(pending, &fd, true);
  CHECK_EQUAL(fcntl(fd, F_GETFD), FD_CLOEXEC); /* still open */
  CHECK(close(fd) == 0);
  return CHECKED();
}
