/* Asks a service whether it is well, again and again, and does not wait for long.
 *
 *   prober ROUNDS
 *
 * The service's port stands in the file `port`. */
#include "fixture.h"

#include <poll.h>
#include <stdbool.h>

/* Whether there is something to read within so many milliseconds. */
static OUT_OF_LINE bool wait_for(int fd, int time) {
  struct pollfd answer = {.fd = fd, .events = POLLIN};
  return poll(&answer, 1, time) > 0;
}

static OUT_OF_LINE bool is_well(int port) {
  char answer[16];
  struct sockaddr_in address = loopback(port);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  must(fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0, "connect");
  must(send(fd, "well?\n", 6, MSG_NOSIGNAL) == 6, "send");
  if (!wait_for(fd, 40))
    return false; /* it hangs */
  bool has_answered = recv(fd, answer, sizeof answer, 0) > 0;
  close(fd);
  return has_answered;
}

static int read_port(void) {
  int port = 0;
  FILE *file = fopen("port", "r");
  must(file != NULL && fscanf(file, "%d", &port) == 1 && fclose(file) == 0, "port");
  return port;
}

int main(int argc, char **argv) {
  must(argc == 2, "usage: prober ROUNDS");
  int well = 0, rounds = atoi(argv[1]), port = read_port();
  for (int round = 0; round < rounds; round++)
    well += is_well(port);
  printf("prober: %d of %d times it was well\n", well, rounds);
  return 0;
}
