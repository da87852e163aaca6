/* A voice server that wants a port which another one has.
 *
 *   retry_bind PORT ROUNDS
 *
 * The one that gets the port (0: any) prints it and serves until its input
 * ends. The one that finds it busy tries again at every tick, up to ROUNDS
 * times, and forgets the socket of each attempt. Whoever comes second leaks. */
#include "fixture.h"

#include <errno.h>
#include <time.h>

/* Returns a listening socket, or -1 with errno. */
static OUT_OF_LINE int claim_port(int port) {
  struct sockaddr_in address = loopback(port);
  int fd = socket(AF_INET, SOCK_STREAM, 0); /* LEAK: retry */
  if (fd < 0)
    return -1;
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) /* CAUSE: busy */
    return -1;                                                   /* and fd is forgotten */
  must(listen(fd, 8) == 0, "listen");
  return fd;
}

static OUT_OF_LINE int on_tick(int port) {
  int fd = claim_port(port);
  if (fd < 0)
    must(errno == EADDRINUSE, "bind");
  return fd;
}

static OUT_OF_LINE int run_timer(int port, int rounds) {
  const struct timespec tick = {.tv_nsec = 1000000};
  for (int round = 0; round < rounds; round++) {
    int fd = on_tick(port);
    if (fd >= 0)
      return fd;
    nanosleep(&tick, NULL);
  }
  return -1;
}

int main(int argc, char **argv) {
  must(argc == 3, "usage: retry_bind PORT ROUNDS");
  int fd = run_timer(atoi(argv[1]), atoi(argv[2]));
  if (fd < 0) {
    puts("busy");
    return 1;
  }
  printf("listening %d\n", bound_port(fd));
  fflush(stdout);
  wait_for_end_of_input();
  close(fd);
  return 0;
}
