/* A handler leaves open and close by siglongjmp, wherever they are.
 * audit: sound - a call that never returned may or may not have happened. */
#include "host.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/time.h>

static sigjmp_buf back;
static volatile sig_atomic_t armed, jumps;

static void handler(int number) {
  (void)number;
  if (armed) {
    jumps++;
    siglongjmp(back, 1);
  }
}

int main(void) {
  struct sigaction action = {.sa_handler = handler};
  struct itimerval every = {{0, 300}, {0, 300}};
  struct itimerval never = {{0, 0}, {0, 0}};
  CHECK(sigaction(SIGALRM, &action, NULL) == 0);
  CHECK(setitimer(ITIMER_REAL, &every, NULL) == 0);
  while (jumps < 2000) {
    if (sigsetjmp(back, 1) == 0) {
      armed = 1;
      for (;;)
        close(dup(0));
    }
    armed = 0;
    closefrom(3);
  }
  CHECK(setitimer(ITIMER_REAL, &never, NULL) == 0);
  closefrom(3);
  CHECK_EQUAL(open_null(), 3);
  CHECK_EQUAL(count_fds(), 4);
  return CHECKED();
}
