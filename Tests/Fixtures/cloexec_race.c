/* A file is opened without O_CLOEXEC and flagged by fcntl afterwards; in between a
 * thread starts another program, which keeps it. Barriers make the order certain.
 *
 *   cloexec_race fork|spawn other|same        which thread starts it */
#include "fixture.h"

#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/wait.h>

extern char **environ;

static pthread_barrier_t opened, started;
static int by_spawn;

static OUT_OF_LINE void start(void) {
  char *argv[] = {"/bin/true", NULL};
  pid_t pid;
  int status;
  if (by_spawn) {
    must(posix_spawn(&pid, argv[0], NULL, NULL, argv, environ) == 0, "spawn"); /* START: spawn */
  } else {
    pid = fork();
    must(pid >= 0, "fork");
    if (pid == 0) {
      execv(argv[0], argv);
      _exit(127);
    }
  }
  must(waitpid(pid, &status, 0) == pid && status == 0, "helper");
}

static void *starter(void *unused) {
  pthread_barrier_wait(&opened);
  start();
  pthread_barrier_wait(&started);
  return unused;
}

int main(int argc, char **argv) {
  must(argc == 3, "usage: cloexec_race fork|spawn other|same");
  by_spawn = strcmp(argv[1], "spawn") == 0;
  int by_other = strcmp(argv[2], "other") == 0;
  pthread_t thread;
  must(pthread_barrier_init(&opened, NULL, 2) == 0, "barrier");
  must(pthread_barrier_init(&started, NULL, 2) == 0, "barrier");
  if (by_other)
    must(pthread_create(&thread, NULL, starter, NULL) == 0, "thread");
  int fd = open("late", O_CREAT | O_RDWR, 0600); /* LEAK: late */
  must(fd >= 0, "open");
  if (by_other) {
    pthread_barrier_wait(&opened);
    pthread_barrier_wait(&started);
  } else {
    start();
  }
  must(fcntl(fd, F_SETFD, FD_CLOEXEC) == 0, "fcntl");
  if (by_other)
    pthread_join(thread, NULL);
  return 0;
}
