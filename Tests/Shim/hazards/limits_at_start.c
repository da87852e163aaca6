/* Programs started under limits that leave them little: they get as many
 * descriptors, as much memory and as long files as they would alone, and are told
 * so in the same way. Joined to a trace, and beginning one.
 * audit: none - under some of the limits there can be no trace. */
#include "host.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>

/* ---- under the limit -------------------------------------------------------------- */

static int descriptors(long limit) {
  CHECK_EQUAL(count_fds(), 3);
  for (long fd = 3; fd < limit; fd++)
    CHECK_EQUAL(open_null(), fd);
  CHECK(open_null() == -1 && errno == EMFILE);
  CHECK(dup(0) == -1 && errno == EMFILE);
  CHECK(fopen("/dev/null", "r") == NULL && errno == EMFILE);
  CHECK(opendir("/") == NULL && errno == EMFILE);
  CHECK(dup2(0, (int)limit) == -1 && errno == EBADF);
  CHECK(close(3) == 0);
  int pair[2];
  CHECK(pipe(pair) == -1 && errno == EMFILE);
  CHECK_EQUAL(system("exit 5"), 5 << 8);
  CHECK_EQUAL(open_null(), 3);
  return CHECKED();
}

/* The most that a file can hold, and SIGXFSZ for one byte more. */
static int file_size(long limit) {
  char name[] = "file-XXXXXX";
  int fd = mkstemp(name);
  CHECK(fd == 3 && unlink(name) == 0);
  CHECK(ftruncate(fd, limit) == 0);
  if (limit > 0)
    CHECK_EQUAL(pwrite(fd, "", 1, limit - 1), 1);
  pid_t child = fork();
  if (child == 0)
    _exit(pwrite(fd, "", 1, limit) == 1);
  CHECK_EQUAL(reap(child), 1000 + SIGXFSZ);
  signal(SIGXFSZ, SIG_IGN);
  CHECK(pwrite(fd, "", 1, limit) == -1 && errno == EFBIG);
  CHECK(close(fd) == 0);
  CHECK_EQUAL(open_null(), 3);
  return CHECKED();
}

static void *nothing(void *argument) { return argument; }

/* Three quarters of what the limit allows can be had, a thread besides, and
 * descriptors. */
static int memory(long limit) {
  size_t size = (size_t)limit / 4 * 3;
  void *much = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(much != MAP_FAILED);
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 64 << 10);
  CHECK(pthread_create(&thread, &attributes, nothing, NULL) == 0 &&
        pthread_join(thread, NULL) == 0);
  for (int i = 0; i < 100; i++)
    CHECK_EQUAL(open_null(), 3 + i);
  CHECK(mmap(NULL, (size_t)limit, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED &&
        errno == ENOMEM);
  return CHECKED();
}

/* ---- from the outside ---------------------------------------------------------------- */

static const struct test {
  const char *name;
  int resource;
  int (*run)(long limit);
} tests[] = {{"descriptors", RLIMIT_NOFILE, descriptors},
             {"file size", RLIMIT_FSIZE, file_size},
             {"memory", RLIMIT_AS, memory}};

static void limited(int which, long value, bool joins) {
  char index[] = {(char)('0' + which), '\0'}, text[24];
  snprintf(text, sizeof text, "%ld", value);
  pid_t child = fork();
  if (child == 0) {
    struct rlimit limit = {(rlim_t)value, (rlim_t)value};
    setenv("FDTRACK_OUT", "limited.bin", 1);
    if (!joins)
      unsetenv("FDTRACK_JOIN");
    if (setrlimit(tests[which].resource, &limit) == 0)
      execl("/proc/self/exe", "limits_at_start", index, text, (char *)NULL);
    _exit(99);
  }
  int status = reap(child);
  CHECK_EQUAL(status, 0);
  if (status != 0)
    dprintf(2, "with %ld of %s, %s\n", value, tests[which].name, joins ? "joined" : "not joined");
}

int main(int argc, char **argv) {
  if (argc > 2)
    return tests[argv[1][0] - '0'].run(strtol(argv[2], NULL, 10));
  closefrom(3);
  for (int joins = 0; joins < 2; joins++) {
    limited(0, 4, joins);
    limited(0, 5, joins);
    limited(0, 8, joins);
    limited(0, 64, joins);
    limited(1, 0, joins);
    limited(1, 1, joins);
    limited(1, 4096, joins);
    limited(1, 1 << 20, joins);
    limited(2, 24 << 20, joins);
    limited(2, 64 << 20, joins);
    limited(2, 128 << 20, joins);
    limited(2, 512 << 20, joins);
  }
  return CHECKED();
}
