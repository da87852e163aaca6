/* SIGKILL at any moment, under threads and forks: what was recorded stays a trace.
 * killed [SEED] */
#include "run.h"

#include <pthread.h>
#include <time.h>

#define KILLS 20

/* Kills the whole process group of a host so long after its start, or after its first event. */
static void kill_after(useconds_t delay, bool once_recorded) {
  pid_t child = fork();
  if (child == 0) {
    setpgid(0, 0);
    char *const host[] = {"killed", "host", NULL};
    preload(getenv("SHIM"), "killed.bin", "4M");
    execv("/proc/self/exe", host);
    _exit(99);
  }
  setpgid(child, child);
  struct trace trace;
  if (once_recorded && await_trace(&trace, "killed.bin"))
    while (__atomic_load_n(&trace.header->ring_next, __ATOMIC_RELAXED) == 0)
      usleep(1000);
  usleep(delay);
  CHECK(kill(-child, SIGKILL) == 0);
  CHECK_EQUAL(finish(child), 1000 + SIGKILL);
}

/* ---- the host: four threads that open, fork and spawn without end -------------- */

static void have_child(bool by_vfork) {
  pid_t child = by_vfork ? vfork() : fork();
  if (child == 0) {
    close(open("/dev/null", O_RDONLY));
    _exit(0);
  }
  waitpid(child, NULL, 0);
}

static void *churn(void *argument) {
  for (unsigned i = 0;; i++) {
    int pair[2], fd = open("/dev/null", O_RDONLY), other = fcntl(fd, F_DUPFD, 100 + i % 3000);
    if (pipe(pair) == 0) {
      dup2(fd, pair[0]);
      close(pair[0]);
      close(pair[1]);
    }
    close(fd);
    close(other);
    if (i % 64 != 0)
      continue;
    have_child(argument != NULL);
  }
  return NULL;
}

static int host(void) {
  pthread_t id;
  for (int i = 0; i < 3; i++)
    pthread_create(&id, NULL, churn, i % 2 == 0 ? NULL : &id);
  churn(NULL);
  return 0;
}

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "host") == 0)
    return host();
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  unsigned seed = argc > 1 ? (unsigned)atol(argv[1]) : (unsigned)now.tv_nsec;
  fprintf(stderr, "seed %u\n", seed);
  unsigned recorded = 0;
  for (int i = 0; i < KILLS; i++) {
    struct trace trace;
    unlink("killed.bin");
    kill_after((useconds_t)(rand_r(&seed) % 100000), i % 4 == 0);
    /* Killed before there was a trace, it left none, or one that was not ready. */
    if (!trace_map(&trace, "killed.bin"))
      continue;
    recorded += trace.header->ring_next != 0;
    CHECK_EQUAL(trace_unsound(&trace), 0);
  }
  CHECK(recorded > 0);
  return CHECKED();
}
