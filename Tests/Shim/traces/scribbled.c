/* Somebody writes over the trace while its hosts run: garbage, as a stray dd would,
 * and small numbers, which pass for references. The hosts get the right results, do
 * not crash, and end. scribbled [SEED] */
#include "run.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>

#define ROUNDS 20

/* ---- the host ------------------------------------------------------------------- */

static void check_pair(void) {
  int pair[2];
  char byte = 'a';
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  CHECK(write(pair[0], &byte, 1) == 1 && read(pair[1], &byte, 1) == 1 && byte == 'a');
  CHECK(close(pair[0]) == 0 && read(pair[1], &byte, 1) == 0 && close(pair[1]) == 0);
}

static void have_child(unsigned kind) {
  if (kind == 3) {
    CHECK_EQUAL(WEXITSTATUS(system("exit 7")), 7);
    return;
  }
  pid_t child = kind == 0 ? vfork() : fork();
  if (child == 0 && kind == 1)
    _exit(close(open("/dev/null", O_RDONLY)) == 0 ? 7 : 8);
  if (child == 0)
    execl("/bin/sh", "sh", "-c", "exec 9</dev/null; exit 7", (char *)NULL);
  CHECK_EQUAL(finish(child), 7);
}

static void *churn(void *argument) {
  for (unsigned i = 0; i < 1500; i++) {
    int fd = open("/dev/null", O_RDWR | O_CLOEXEC),
        high = fcntl(fd, F_DUPFD_CLOEXEC, 100 + i % 2500);
    CHECK(fd >= 0 && high >= 100 && fcntl(high, F_GETFD) == FD_CLOEXEC);
    check_pair();
    FILE *stream = fdopen(fd, "r+");
    CHECK(stream != NULL && fclose(stream) == 0 && close(high) == 0);
    errno = 0;
    CHECK(connect(-1, NULL, 0) == -1 && errno == EBADF);
    if (i % 128 == 127)
      have_child(i / 128 % 4);
  }
  return argument;
}

static int host(void) {
  pthread_t ids[3];
  for (int i = 0; i < 3; i++)
    CHECK(pthread_create(&ids[i], NULL, churn, NULL) == 0);
  churn(NULL);
  for (int i = 0; i < 3; i++)
    CHECK(pthread_join(ids[i], NULL) == 0);
  return CHECKED();
}

/* ---- whoever writes over it -------------------------------------------------------- */

static uint64_t garbage(unsigned *seed) {
  uint64_t value = (uint64_t)rand_r(seed) << 33 ^ (uint64_t)rand_r(seed);
  switch (rand_r(seed) % 4) {
  case 0:
    return value;
  case 1:
    return UINT64_MAX - value % 4096;
  case 2: /* two references */
    return (value % 8192) << 32 | (value >> 16) % 8192;
  default: /* an open entry and its site */
    return (value % 8192) << 32 | 1 | (value % 65536) << 8;
  }
}

static void scribble(uint8_t *base, size_t size, unsigned *seed) {
  /* The header and the process table first: the most is read from there. */
  size_t pages = rand_r(seed) % 2 == 0 ? 64 : size / 4096;
  uint64_t *page = (uint64_t *)(base + (size_t)rand_r(seed) % pages * 4096);
  int words = 1 << rand_r(seed) % 10;
  for (int i = 0; i < words; i++)
    __atomic_store_n(&page[rand_r(seed) % 512], garbage(seed), __ATOMIC_RELAXED);
}

static void check_round(unsigned *seed) {
  pid_t child = start_again("scribbled.bin", "4M", "host", NULL);
  struct trace trace;
  int status, fd = -1;
  CHECK(await_trace(&trace, "scribbled.bin"));
  fd = open("scribbled.bin", O_RDWR);
  uint8_t *base = mmap(NULL, trace.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  CHECK(base != MAP_FAILED);
  close(fd);
  while (base != MAP_FAILED && waitpid(child, &status, WNOHANG) == 0)
    scribble(base, trace.size, seed);
  munmap(base, trace.size);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  if (!WIFEXITED(status))
    fprintf(stderr, "ended by signal %d\n", WTERMSIG(status));
  unlink("scribbled.bin");
}

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "host") == 0)
    return host();
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  unsigned seed = argc > 1 ? (unsigned)atol(argv[1]) : (unsigned)now.tv_nsec;
  fprintf(stderr, "seed %u\n", seed);
  for (int i = 0; i < ROUNDS; i++)
    check_round(&seed);
  return CHECKED();
}
