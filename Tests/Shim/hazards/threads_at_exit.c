/* exit while other threads go on opening and closing.
 * audit: sound - they still do so while the last snapshot is taken. */
#include "host.h"

#include <pthread.h>

static void *churn(void *argument) {
  (void)argument;
  for (;;) {
    int fd = open_null(), other = dup(fd);
    close(other);
    close(fd);
  }
  return NULL;
}

int main(int argc, char **argv) {
  (void)argv;
  for (int round = 0; argc == 1 && round < 20; round++) {
    pid_t child = fork();
    if (child == 0)
      argc = 2;
    else
      CHECK_EQUAL(reap(child), 0);
  }
  for (int i = 0; i < 4; i++) {
    pthread_t id;
    CHECK(pthread_create(&id, NULL, churn, NULL) == 0);
  }
  usleep(5000);
  return CHECKED();
}
