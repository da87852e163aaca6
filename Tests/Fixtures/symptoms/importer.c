/* Imports jobs on a thread, and closes those that it cannot parse twice.
 *
 *   importer FILE...
 *
 * Between the two closes the main thread opens its log, which gets the number, and
 * loses it by the second one. The barrier makes happen each time what happens to
 * others under load. */
#include "fixture.h"

#include <fcntl.h>
#include <pthread.h>

static pthread_barrier_t turn;

static void take_turns(void) { pthread_barrier_wait(&turn); }

static OUT_OF_LINE int parse(int fd) {
  char magic[4];
  if (read(fd, magic, sizeof magic) == 4 && memcmp(magic, "JOB1", 4) == 0)
    return 0;
  close(fd);
  return -1;
}

static OUT_OF_LINE void import(const char *path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  must(fd >= 0, path);
  int result = parse(fd);
  take_turns();
  take_turns();
  if (result < 0)
    fprintf(stderr, "importer: %s is no job\n", path);
  close(fd);
}

static OUT_OF_LINE void write_log(const char *path) {
  take_turns();
  int log = open("importer.log", O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  must(log >= 0, "importer.log");
  take_turns();
  take_turns();
  if (dprintf(log, "imported %s\n", path) < 0)
    perror("importer: importer.log");
  close(log);
}

static void *run(void *path) {
  import(path);
  take_turns();
  return NULL;
}

int main(int argc, char **argv) {
  pthread_t thread;
  pthread_barrier_init(&turn, NULL, 2);
  for (int i = 1; i < argc; i++) {
    must(pthread_create(&thread, NULL, run, argv[i]) == 0, "pthread_create");
    write_log(argv[i]);
    pthread_join(thread, NULL);
  }
  return 0;
}
