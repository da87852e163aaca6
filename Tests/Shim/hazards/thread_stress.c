/* Eight threads open, duplicate and close at random for a second; at the end the
 * trace must have the very fds that are open, and count every call. */
#include "host.h"

#include <pthread.h>
#include <sys/socket.h>
#include <time.h>

#define HELD 40

static time_t end;

static int open_any(unsigned choice, int held) {
  int pair[2];
  switch (choice) {
  case 0:
    return open_null();
  case 1:
    return socket(AF_UNIX, SOCK_DGRAM, 0);
  case 2:
    return held >= 0 ? dup(held) : open_null();
  case 3:
    return held >= 0 ? fcntl(held, F_DUPFD_CLOEXEC, 100) : open_null();
  case 4:
    return held >= 0 ? dup2(0, held) : open_null(); /* onto one of the thread's own */
  default:
    if (pipe2(pair, O_CLOEXEC) != 0)
      return -1;
    close(pair[1]);
    return pair[0];
  }
}

static void *churn(void *argument) {
  unsigned seed = (unsigned)(uintptr_t)argument;
  int held[HELD];
  memset(held, -1, sizeof held);
  struct timespec now;
  do {
    for (int i = 0; i < 200; i++) {
      int *slot = &held[rand_r(&seed) % HELD];
      if (*slot >= 0 && rand_r(&seed) % 4 != 0) {
        CHECK(close(*slot) == 0);
        *slot = -1;
      } else if (*slot >= 0) {
        int fd = open_any(2 + rand_r(&seed) % 3, *slot);
        CHECK(fd >= 0);
        if (fd != *slot)
          CHECK(close(fd) == 0);
      } else {
        *slot = open_any(rand_r(&seed) % 6, -1);
        CHECK(*slot >= 0);
      }
    }
    clock_gettime(CLOCK_MONOTONIC, &now);
  } while (now.tv_sec < end);
  return NULL; /* what is held stays open: the table must have it */
}

int main(void) {
  pthread_t threads[8];
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  end = now.tv_sec + 2;
  dprintf(2, "seed %ld\n", (long)now.tv_nsec);
  for (int i = 0; i < 8; i++)
    CHECK(pthread_create(&threads[i], NULL, churn, (void *)(uintptr_t)(now.tv_nsec + i)) == 0);
  for (int i = 0; i < 8; i++)
    CHECK(pthread_join(threads[i], NULL) == 0);
  return CHECKED();
}
