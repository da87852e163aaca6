/* What the test programs share: how they end, wait, and name loopback. The
 * tests find the interesting lines by their marker comments, never by number. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* For a set-up step that has to work: says which did not and ends the program. */
static inline void must(int ok, const char *step) {
  if (ok)
    return;
  perror(step);
  exit(3);
}

/* Blocks until whoever drives this program closes its standard input. */
static inline void wait_for_end_of_input(void) {
  char byte;
  while (read(STDIN_FILENO, &byte, 1) > 0)
    ;
}

/* Blocks until a program that was started has made a file, which shows that it runs. */
static inline void wait_for_file(const char *path) {
  while (access(path, F_OK) != 0)
    usleep(1000);
}

static inline struct sockaddr_in loopback(int port) {
  struct sockaddr_in address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = htons((uint16_t)port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/* The port that the kernel chose for a socket bound to port 0. */
static inline int bound_port(int fd) {
  struct sockaddr_in address;
  socklen_t size = sizeof address;
  must(getsockname(fd, (struct sockaddr *)&address, &size) == 0, "getsockname");
  return ntohs(address.sin_port);
}

/* A function that stays one, called from where it is written: not inlined, not
 * copied, and no loop around it unrolled into several call sites. */
#define OUT_OF_LINE __attribute__((noipa))

#endif
