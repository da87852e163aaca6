/* The other side of client_errors: a port for each way a connection can go.
 *
 * Prints "ports ECHO RESET SILENT REFUSED" and serves until its input ends:
 * echo answers, reset accepts and resets, silent accepts and says nothing,
 * refused is bound but does not listen. Its end closes what silent held. */
#include "fixture.h"

#include <poll.h>

enum { ECHO, RESET, SILENT, REFUSED, PORTS };

static int open_port(int listening) {
  struct sockaddr_in address = loopback(0);
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  must(fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0, "bind");
  must(!listening || listen(fd, 64) == 0, "listen");
  return fd;
}

static void echo(int client) {
  char text[64];
  ssize_t size = recv(client, text, sizeof text, 0);
  if (size > 0)
    send(client, text, (size_t)size, MSG_NOSIGNAL);
  close(client);
}

static void reset(int client) {
  const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
  setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close(client);
}

/* Takes the request, so that the end sends a FIN and no reset, and keeps the
 * connection. */
static void listen_silently(int client) {
  char text[64];
  must(recv(client, text, sizeof text, 0) > 0, "recv");
}

int main(void) {
  struct pollfd waits[PORTS + 1];
  for (int i = 0; i < PORTS; i++)
    waits[i] = (struct pollfd){.fd = open_port(i != REFUSED), .events = i == REFUSED ? 0 : POLLIN};
  waits[PORTS] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
  printf("ports %d %d %d %d\n", bound_port(waits[ECHO].fd), bound_port(waits[RESET].fd),
         bound_port(waits[SILENT].fd), bound_port(waits[REFUSED].fd));
  fflush(stdout);

  /* A bound socket that does not listen is always "hung up". */
  waits[REFUSED].fd = ~waits[REFUSED].fd;
  while (poll(waits, PORTS + 1, -1) >= 0 && !waits[PORTS].revents) {
    if (waits[ECHO].revents)
      echo(accept(waits[ECHO].fd, NULL, NULL));
    if (waits[RESET].revents)
      reset(accept(waits[RESET].fd, NULL, NULL));
    if (waits[SILENT].revents)
      listen_silently(accept(waits[SILENT].fd, NULL, NULL));
  }
  return 0;
}
