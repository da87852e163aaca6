/* Cancels threads in calls, and looks at what that leaves. */
#ifndef FDTRACK_TESTS_CANCELLING_H
#define FDTRACK_TESTS_CANCELLING_H

#include "host.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/syscall.h>

static inline void discard(long result) { (void)result; }

/* A call, and what became of the thread that made it. */
struct point {
  void (*call)(void);
  pid_t tid; /* once the thread is about to make the call */
  bool on_entry;
  int cleaned, destroyed;
};

static pthread_key_t cancelling_key;

static inline void cleanup(void *point) { ((struct point *)point)->cleaned++; }
static inline void destroy(void *point) { ((struct point *)point)->destroyed++; }

static inline void *run_point(void *argument) {
  struct point *point = argument;
  pthread_setspecific(cancelling_key, point);
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
static inline void await_blocked(const struct point *point) {
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
static inline uint64_t open_now(void) {
  uint64_t open = 0;
  for (int fd = 0; fd < 64; fd++)
    open |= (uint64_t)(fcntl(fd, F_GETFD) != -1) << fd;
  return open;
}

/* Cancels a thread in `call`, once it blocks there or before it begins. */
static inline void cancelled(const char *name, void (*call)(void), bool on_entry) {
  struct point point = {.call = call, .on_entry = on_entry};
  unsigned failures = check_failures;
  uint64_t before = open_now();
  pthread_t thread;
  void *result = NULL;
  CHECK(pthread_create(&thread, NULL, run_point, &point) == 0);
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

/* Before any of these. */
static inline void cancelling_starts(void) {
  CHECK(pthread_key_create(&cancelling_key, destroy) == 0);
}

static inline int listening(int backlog) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  CHECK(bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, backlog) == 0);
  return fd;
}

#endif
