/* fork while other threads open and close: the child's table is compared with its
 * own /proc/self/fd when it ends.
 * audit: sound - whose the fd is that another thread was just changing, only the
 * kernel knows; that nothing is missed is checked by the programs in traces. */
#include "host.h"

#include <pthread.h>

static volatile int stop;

static void *churn(void *argument) {
  (void)argument;
  while (!stop) {
    int fd = open_null(), other = dup(fd);
    close(fd);
    close(other);
  }
  return NULL;
}

int main(void) {
  pthread_t threads[4];
  for (int i = 0; i < 4; i++)
    CHECK(pthread_create(&threads[i], NULL, churn, NULL) == 0);
  int kept = open_null();
  for (int round = 0; round < 300; round++) {
    pid_t child = fork();
    if (child == 0) {
      int fd = open_null();
      bool fine = fd >= 0 && fcntl(kept, F_GETFD) == FD_CLOEXEC && close(fd) == 0;
      _exit(fine ? 0 : 1);
    }
    CHECK_EQUAL(reap(child), 0);
  }
  stop = 1;
  for (int i = 0; i < 4; i++)
    CHECK(pthread_join(threads[i], NULL) == 0);
  return CHECKED();
}
