/* A program that has the processor's counter taken away, as recorders of executions
 * do: nobody reads it on the program's behalf, in its threads or in its children. (What
 * it becomes by exec would die in the loader, also alone.)
 * audit: sound - nothing can be timed from then on, so nothing is recorded. */
#include "host.h"

#include <pthread.h>
#include <sys/prctl.h>

static void *open_and_close(void *argument) {
  for (int i = 0; i < 300; i++)
    CHECK(close(open_null()) == 0);
  CHECK(open("/proc/nowhere/at/all", O_RDONLY) == -1 && errno == ENOENT);
  return argument;
}

int main(void) {
  pthread_t thread;
  open_and_close(NULL);
  if (prctl(PR_SET_TSC, PR_TSC_SIGSEGV) != 0)
    SKIP("PR_SET_TSC");
  open_and_close(NULL);
  CHECK(pthread_create(&thread, NULL, open_and_close, NULL) == 0 &&
        pthread_join(thread, NULL) == 0);
  pid_t child = fork();
  if (child == 0) {
    open_and_close(NULL);
    exit(CHECKED() == 0 ? 21 : 1);
  }
  CHECK_EQUAL(reap(child), 21);
  return CHECKED();
}
