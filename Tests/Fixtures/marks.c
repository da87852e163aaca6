/* A test runner whose tests leak. Several dial without closing where that is refused, one
 * by a child that keeps files, two side by side on threads. Then so much happens that the
 * ring has forgotten all of it. */
#include "fdtrack.h"
#include "fixture.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/wait.h>

OUT_OF_LINE static void dial(int times) {
  struct sockaddr_in nobody = loopback(1);
  for (int i = 0; i < times; i++) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); /* LEAK: dial */
    if (connect(fd, (struct sockaddr *)&nobody, sizeof nobody) == 0)
      close(fd);
  }
}

/* A child of the test, which calls no other program. */
OUT_OF_LINE static void load(int times) {
  pid_t child = fork();
  if (child == 0) {
    for (int i = 0; i < times; i++)
      must(open("/etc/hostname", O_RDONLY | O_CLOEXEC) >= 0, "open"); /* LEAK: load */
    exit(0);
  }
  must(child > 0 && waitpid(child, NULL, 0) == child, "fork");
}

OUT_OF_LINE static void tidy(int times) {
  for (int i = 0; i < times; i++)
    close(open("/etc/hostname", O_RDONLY));
}

static const struct test {
  const char *name; /* NULL: between tests */
  void (*run)(int times);
  int times;
} tests[] =
    {
        {"connect refused", dial, 7}, {NULL, dial, 2},   {"retries", dial, 3},
        {"forks", load, 6},           {"tidy", tidy, 4},
},
  beside[] = {{"beside one", dial, 4}, {"beside two", dial, 5}};

OUT_OF_LINE static void run_all(void) {
  for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
    fdtrack_mark(tests[i].name);
    tests[i].run(tests[i].times);
  }
}

static void *run_aside(void *argument) {
  const struct test *test = argument;
  fdtrack_mark_thread(test->name);
  test->run(test->times);
  fdtrack_mark_thread(NULL);
  return NULL;
}

int main(void) {
  pthread_t threads[2];
  run_all();
  for (int i = 0; i < 2; i++)
    must(pthread_create(&threads[i], NULL, run_aside, (void *)&beside[i]) == 0, "pthread_create");
  for (int i = 0; i < 2; i++)
    pthread_join(threads[i], NULL);
  fdtrack_mark(NULL);
  for (int i = 0; i < 100000; i++)
    close(dup(0));
  return 0;
}
