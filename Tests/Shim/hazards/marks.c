/* Marks, set in every way there is. The files that stay open are named for the mark they
 * belong to ("none": to none), which traces/marks.c holds against the trace. Alone, the
 * calls do nothing. */
#include "fdtrack.h"
#include "host.h"

#include <pthread.h>
#include <signal.h>
#include <spawn.h>

extern char **environ;

/* Opens a file named for the mark that it is to belong to. */
static void leave_open(const char *mark) {
  CHECK(open(mark, O_RDWR | O_CREAT | O_CLOEXEC, 0600) >= 0);
}

/* What the recorder does is none of the host's business. */
static void mark(const char *name) {
  int next = dup(0);
  close(next);
  errno = 1234;
  fdtrack_mark(name);
  CHECK_EQUAL(errno, 1234);
  CHECK_EQUAL(dup(0), next);
  close(next);
}

static void *aside(void *argument) {
  leave_open("process mark");
  fdtrack_mark_thread("thread mark");
  leave_open("thread mark");
  pid_t child = fork();
  if (child == 0) {
    leave_open("thread mark");
    fdtrack_mark_thread(NULL);
    leave_open("thread mark");
    _exit(0);
  }
  CHECK_EQUAL(reap(child), 0);
  fdtrack_mark_thread("thread mark, again");
  leave_open("thread mark, again");
  fdtrack_mark_thread("");
  leave_open("process mark");
  return argument;
}

static void threads(void) {
  pthread_t thread;
  mark("process mark");
  CHECK(pthread_create(&thread, NULL, aside, NULL) == 0 && pthread_join(thread, NULL) == 0);
  leave_open("process mark");
}

static void children(void) {
  mark("around fork");
  pid_t child = fork();
  if (child == 0) {
    leave_open("around fork");
    mark("in the child");
    leave_open("in the child");
    mark(NULL);
    leave_open("around fork");
    _exit(CHECKED());
  }
  CHECK_EQUAL(reap(child), 0);
  leave_open("around fork");
  mark("around vfork");
  child = vfork();
  if (child == 0) {
    int fd = open("around vfork", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    fdtrack_mark_thread("of the vfork child");
    int other = open("of the vfork child", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    _exit(fd >= 0 && other >= 0 ? 0 : 1);
  }
  CHECK_EQUAL(reap(child), 0);
  leave_open("around vfork");
}

static void programs(char *self) {
  pid_t child;
  char *arguments[] = {self, (char *)"around spawn", NULL};
  mark("around spawn");
  CHECK(posix_spawn(&child, "/proc/self/exe", NULL, NULL, arguments, environ) == 0);
  CHECK_EQUAL(reap(child), 0);
  /* What is set anew says more; what was set before the marks says less. */
  arguments[1] = (char *)"from the environment";
  setenv("FDTRACK_MARK", "from the environment", 1);
  CHECK(posix_spawn(&child, "/proc/self/exe", NULL, NULL, arguments, environ) == 0);
  CHECK_EQUAL(reap(child), 0);
  child = fork();
  if (child == 0) {
    unsetenv("FDTRACK_MARK");
    arguments[1] = (char *)"around exec";
    fdtrack_mark_thread("around exec");
    execv("/proc/self/exe", arguments);
    _exit(99);
  }
  CHECK_EQUAL(reap(child), 0);
}

static void in_handler(int number) {
  (void)number;
  fdtrack_mark("in a handler");
}

static void handlers(void) {
  mark("before a handler");
  leave_open("before a handler");
  signal(SIGUSR1, in_handler);
  CHECK(raise(SIGUSR1) == 0);
  leave_open("in a handler");
}

/* More than a ring keeps of what happened. */
static void forget(void) {
  for (int i = 0; i < 200000; i++)
    CHECK(close(dup(0)) == 0);
}

int main(int argc, char **argv) {
  if (argc > 1) {
    leave_open(argv[1]);
    if (strcmp(argv[1], "from the environment") == 0) {
      mark("over the environment");
      char *arguments[] = {argv[0], (char *)"over the environment", NULL};
      pid_t child;
      CHECK(posix_spawn(&child, "/proc/self/exe", NULL, NULL, arguments, environ) == 0);
      CHECK_EQUAL(reap(child), 0);
      mark(NULL);
      leave_open("from the environment");
    }
    return CHECKED();
  }
  char long_name[400] = "";
  memset(long_name, 'x', sizeof long_name - 1);
  leave_open("none");
  mark("one");
  leave_open("one");
  mark("two");
  leave_open("two");
  mark(NULL);
  leave_open("none");
  mark(long_name);
  mark("");
  leave_open("none");
  threads();
  children();
  programs(argv[0]);
  handlers();
  mark("at the end");
  leave_open("at the end");
  forget();
  return CHECKED();
}
