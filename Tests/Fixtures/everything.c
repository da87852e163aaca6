/* Everything at once: threads that leak files, a pipe end and a duplicate that
 * are forgotten, and at last no descriptor left to open.
 *
 *   everything FOLDER
 *
 * Leaks FILES_PER_THREAD * THREADS files, PIPES read ends and DUPS duplicates
 * under a limit of LIMIT, closes all else, and exits 0. */
#include "fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>

enum { THREADS = 4, FILES_PER_THREAD = 5, PIPES = 3, DUPS = 2, LIMIT = 64 };

static OUT_OF_LINE int write_report(const char *folder, long thread, int number) {
  char path[4096];
  snprintf(path, sizeof path, "%s/report-%ld-%d", folder, thread, number);
  int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600); /* LEAK: thread file */
  return fd >= 0 && write(fd, "report\n", 7) == 7;
}

struct job {
  const char *folder;
  long thread;
};

static OUT_OF_LINE void *work(void *argument) {
  const struct job *job = argument;
  for (int number = 0; number < FILES_PER_THREAD; number++)
    must(write_report(job->folder, job->thread, number), "report");
  return NULL;
}

static OUT_OF_LINE void run_threads(const char *folder) {
  pthread_t threads[THREADS];
  struct job jobs[THREADS];
  for (long i = 0; i < THREADS; i++) {
    jobs[i] = (struct job){folder, i};
    must(pthread_create(&threads[i], NULL, work, &jobs[i]) == 0, "pthread_create");
  }
  for (int i = 0; i < THREADS; i++)
    pthread_join(threads[i], NULL);
}

/* Calls a function some times from one call site: an argument that the compiler
 * does not know keeps the loop a loop. */
static OUT_OF_LINE void repeat(int times, void (*function)(void)) {
  while (times-- > 0)
    function();
}

static OUT_OF_LINE void leak_pipe(void) {
  int ends[2];
  must(pipe2(ends, O_CLOEXEC) == 0, "pipe2"); /* LEAK: pipe */
  close(ends[1]);
}

static OUT_OF_LINE void leak_duplicate(void) {
  int original = open("/dev/null", O_RDWR | O_CLOEXEC); /* CLEAN: original */
  int copy = fcntl(original, F_DUPFD_CLOEXEC, 0);       /* LEAK: duplicate */
  must(original >= 0 && copy >= 0, "duplicate");
  close(original);
}

/* Opens until nothing is left, then gives everything back. */
static OUT_OF_LINE void reach_limit(void) {
  int pool[LIMIT], count = 0;
  while (count < LIMIT &&
         (pool[count] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0) /* CAUSE: limit */
    count++;
  must(count < LIMIT && errno == EMFILE, "limit");
  while (count > 0)
    close(pool[--count]);
}

int main(int argc, char **argv) {
  const struct rlimit limit = {LIMIT, LIMIT};
  must(argc == 2, "usage: everything FOLDER");
  must(setrlimit(RLIMIT_NOFILE, &limit) == 0, "setrlimit");
  run_threads(argv[1]);
  repeat(PIPES, leak_pipe);
  repeat(DUPS, leak_duplicate);
  reach_limit();
  return 0;
}
