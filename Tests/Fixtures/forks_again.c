/* A server forks workers in two lines of one function, as at its start and for a new configuration,
 * and another one in a function of its own. Each worker forgets what it opens. */
#include "fixture.h"

#include <fcntl.h>
#include <sys/wait.h>

enum { COUNT = 20 };

static OUT_OF_LINE int forget(void) { return open("/dev/null", O_RDONLY); /* LEAK: worker */ }

static OUT_OF_LINE void work(void) {
  for (int i = 0; i < COUNT; i++)
    must(forget() >= 0, "open");
}

static int spawned;

static OUT_OF_LINE void spawn(void) {
  pid_t worker = fork();
  must(worker >= 0, "fork");
  if (worker == 0) {
    work();
    exit(0);
  }
  waitpid(worker, NULL, 0);
}

/* Two calls of one function, of which none is a jump. */
static OUT_OF_LINE void serve(void) {
  spawn();
  spawn();
  __atomic_add_fetch(&spawned, 2, __ATOMIC_RELAXED);
}

static OUT_OF_LINE void upgrade(void) { spawn(); }

int main(void) {
  serve();
  upgrade();
  return 0;
}
