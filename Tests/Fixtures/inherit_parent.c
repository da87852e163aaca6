/* A server that starts a helper program while it holds a listening socket.
 *
 *   inherit_parent system|spawn|popen|fork|cleared keep|cloexec|killed|waits HELPER GATE
 *
 * Prints "listening PORT", starts HELPER (see inherit_child), passes on the line
 * by which the helper says that it runs, and dies: with `killed` by SIGKILL, with `waits`
 * not before the helper. Unless it has close-on-exec the helper has the listener and a log
 * file for the rest of its life, and the port stays busy. */
#include "fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

extern char **environ;

static OUT_OF_LINE int open_listener(int cloexec) {
  struct sockaddr_in address = loopback(0);
  int fd = socket(AF_INET, SOCK_STREAM | (cloexec ? SOCK_CLOEXEC : 0), 0); /* LEAK: listener */
  must(fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0, "bind");
  must(listen(fd, 8) == 0, "listen");
  return fd;
}

static OUT_OF_LINE int open_log(const char *gate, int cloexec) {
  char path[4096];
  snprintf(path, sizeof path, "%s.log", gate);
  int fd = open(path, O_CREAT | O_WRONLY | (cloexec ? O_CLOEXEC : 0), 0600); /* LEAK: log */
  must(fd >= 0, "open");
  return fd;
}

static OUT_OF_LINE void start_by_system(const char *helper, const char *gate) {
  char command[8192];
  snprintf(command, sizeof command, "'%s' '%s' &", helper, gate);
  must(system(command) == 0, "system"); /* START: system */
}

static OUT_OF_LINE void start_by_spawn(char *helper, char *gate) {
  pid_t pid;
  char *argv[] = {helper, gate, NULL};
  must(posix_spawn(&pid, helper, NULL, NULL, argv, environ) == 0, "spawn"); /* START: spawn */
}

static OUT_OF_LINE void start_by_popen(const char *helper, const char *gate) {
  char command[8192], line[64];
  snprintf(command, sizeof command, "exec '%s' '%s'", helper, gate);
  FILE *output = popen(command, "r"); /* START: popen */
  must(output != NULL, "popen");
  must(fgets(line, sizeof line, output) != NULL, "helper");
  fputs(line, stdout);
}

/* With an empty environment the helper is not traced, whatever it is. */
static OUT_OF_LINE void start_by_fork(char *helper, char *gate, int cleared) {
  char *argv[] = {helper, gate, NULL}, *none[] = {NULL};
  pid_t pid = fork();
  must(pid >= 0, "fork");
  if (pid == 0) {
    execve(helper, argv, cleared ? none : environ); /* START: exec */
    _exit(127);
  }
}

int main(int argc, char **argv) {
  must(argc == 5, "usage: inherit_parent system|spawn|popen|fork|cleared keep|cloexec|killed|waits "
                  "HELPER GATE");
  int cloexec = strcmp(argv[2], "cloexec") == 0;
  int listener = open_listener(cloexec);
  int log = open_log(argv[4], cloexec);
  printf("listening %d\n", bound_port(listener));
  dprintf(log, "listening\n");
  fflush(stdout);

  if (strcmp(argv[1], "system") == 0)
    start_by_system(argv[3], argv[4]);
  else if (strcmp(argv[1], "spawn") == 0)
    start_by_spawn(argv[3], argv[4]);
  else if (strcmp(argv[1], "popen") == 0)
    start_by_popen(argv[3], argv[4]);
  else
    start_by_fork(argv[3], argv[4], strcmp(argv[1], "cleared") == 0);
  if (strcmp(argv[2], "killed") == 0)
    raise(SIGKILL);
  if (strcmp(argv[2], "waits") == 0)
    must(wait(NULL) > 0, "wait");
  return 0;
}
