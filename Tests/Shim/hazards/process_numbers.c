/* Namespaces of processes, in which the numbers 1 and 2 come again and again, also at
 * the same time: who execs, and who is waited for, is still told apart. */
#include "host.h"

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>

static void *open_and_close(void *argument) {
  for (int i = 0; i < 100; i++)
    CHECK(close(open_null()) == 0);
  return argument;
}

/* A child with a number that other namespaces have too, waiting for its end. */
static pid_t waiting_child(void) {
  int ready[2];
  char byte;
  CHECK(pipe2(ready, O_CLOEXEC) == 0);
  pid_t child = fork();
  if (child == 0) {
    open_null();
    CHECK(write(ready[1], "", 1) == 1);
    pause();
    _exit(1);
  }
  CHECK_EQUAL(child, 2);
  CHECK(read(ready[0], &byte, 1) == 1 && close(ready[0]) == 0 && close(ready[1]) == 0);
  return child;
}

static int after_exec(int files) {
  CHECK_EQUAL(getpid(), 1);
  for (int fd = 3; fd < 3 + files; fd++)
    CHECK_EQUAL(fcntl(fd, F_GETFD), 0);
  CHECK_EQUAL(open_null(), 3 + files);
  return CHECKED();
}

/* The first process of its namespace: waits to be told, and execs. */
static void first(int files, int told, int ready) {
  char byte, text[] = {(char)('0' + files), '\0'};
  pthread_t thread;
  if (getpid() != 1 || getppid() != 0)
    _exit(90);
  pid_t child = waiting_child();
  CHECK(pthread_create(&thread, NULL, open_and_close, NULL) == 0 &&
        pthread_join(thread, NULL) == 0);
  for (int i = 0; i < files; i++)
    CHECK(open("/dev/null", O_RDONLY) >= 0);
  CHECK(write(ready, "", 1) == 1 && read(told, &byte, 1) == 1);
  CHECK(kill(child, SIGKILL) == 0);
  CHECK_EQUAL(reap(child), 1000 + SIGKILL);
  CHECK_EQUAL(system("exit 5"), 5 << 8);
  if (CHECKED() != 0)
    _exit(92);
  execl("/proc/self/exe", "process_numbers", text, (char *)NULL);
  _exit(91);
}

int main(int argc, char **argv) {
  enum { SPACES = 3 };
  int told[SPACES][2], ready[2];
  pid_t helpers[SPACES];
  char byte;
  if (argc > 1)
    return after_exec(argv[1][0] - '0');
  closefrom(3);
  /* Above what the first processes open, and closed by their exec. */
  CHECK(pipe2(ready, O_CLOEXEC) == 0);
  for (int i = 0; i < 2; i++) {
    CHECK_EQUAL(fcntl(ready[i], F_DUPFD_CLOEXEC, 50), 50 + i);
    CHECK(close(ready[i]) == 0);
    ready[i] = 50 + i;
  }
  for (int i = 0; i < SPACES; i++) {
    CHECK(pipe2(told[i], O_CLOEXEC) == 0);
    for (int j = 0; j < 2; j++) {
      CHECK_EQUAL(fcntl(told[i][j], F_DUPFD_CLOEXEC, 60), 60 + 2 * i + j);
      CHECK(close(told[i][j]) == 0);
      told[i][j] = 60 + 2 * i + j;
    }
    helpers[i] = fork();
    if (helpers[i] == 0) {
      if (unshare(CLONE_NEWPID) != 0)
        _exit(SKIPPED);
      pid_t child = fork();
      if (child == 0)
        first(5 - i, told[i][0], ready[1]);
      _exit(reap(child));
    }
    /* Nobody writes where it could not be done. */
    struct pollfd answer = {.fd = ready[0], .events = POLLIN};
    while (poll(&answer, 1, 10) == 0)
      if (waitpid(helpers[i], NULL, WNOHANG) == helpers[i])
        SKIP("unshare(CLONE_NEWPID)");
    CHECK(read(ready[0], &byte, 1) == 1);
  }
  /* In the order of their start: each while later ones of the same number live. */
  for (int i = 0; i < SPACES; i++) {
    CHECK(write(told[i][1], "", 1) == 1);
    CHECK_EQUAL(reap(helpers[i]), 0);
  }
  return CHECKED();
}
