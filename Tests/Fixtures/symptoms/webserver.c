/* A server that starts a helper and ends, as after a crash or for an update.
 *
 *   webserver PORT HELPER
 *
 * The helper inherits the listening socket, so the port stays busy. */
#include "fixture.h"

#include <errno.h>
#include <spawn.h>

extern char **environ;

static OUT_OF_LINE int listen_on(int port) {
  struct sockaddr_in address = loopback(port);
  int yes = 1;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  must(fd >= 0, "socket");
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 8) < 0) {
    fprintf(stderr, "webserver: port %d: %s\n", port, strerror(errno));
    exit(1);
  }
  return fd;
}

static OUT_OF_LINE void start_helper(char *path) {
  pid_t pid;
  char *argv[] = {path, NULL};
  must(posix_spawn(&pid, path, NULL, NULL, argv, environ) == 0, path);
  wait_for_file("mailer.pid");
}

int main(int argc, char **argv) {
  must(argc == 3, "usage: webserver PORT HELPER");
  int listener = listen_on(atoi(argv[1]));
  start_helper(argv[2]);
  puts("webserver: ready");
  close(listener); /* and whatever else it does until it ends */
  return 0;
}
