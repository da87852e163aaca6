/* A daemon with a control socket, which it makes anew at every reload, and a
 * connection to a logger that is not there.
 *
 *   panel RELOADS
 *
 * The old socket's path is gone, the socket is not; and the failed connection's is
 * neither bound nor connected. */
#include "fixture.h"

#include <sys/un.h>
#include <time.h>

static struct sockaddr_un at(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  return address;
}

static OUT_OF_LINE int open_control(const char *path) {
  struct sockaddr_un address = at(path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  must(fd >= 0, "socket");
  unlink(path);
  must(bind(fd, (struct sockaddr *)&address, sizeof address) == 0, "bind");
  must(listen(fd, 8) == 0, "listen");
  return fd;
}

static OUT_OF_LINE int log_remotely(const char *message) {
  struct sockaddr_in logger = loopback(1);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&logger, sizeof logger) < 0)
    return -1;
  dprintf(fd, "%s\n", message);
  return close(fd);
}

int main(int argc, char **argv) {
  must(argc == 2, "usage: panel RELOADS");
  const struct timespec pause = {.tv_nsec = 50000000};
  for (int left = atoi(argv[1]); left > 0; left--) {
    open_control("panel.sock");
    log_remotely("reloaded");
    nanosleep(&pause, NULL);
  }
  return 0;
}
