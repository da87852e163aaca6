/* The other end of a scenario's connections: a program of its own, which is not
 * traced and dies with the one that started it. */
#ifndef PEER_H
#define PEER_H

#include "scenario.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>

/* A fork that dies with its parent and that the shim has no part in. Returns in
 * the child only after an exec of this program as `peer HABIT FD`, with `fd` left
 * open; it begins at run_peer(). */
static inline void start_peer(const char *habit, int fd) {
  char number[16];
  snprintf(number, sizeof number, "%d", fd);
  pid_t pid = fork();
  must(pid >= 0, "fork");
  if (pid > 0)
    return;
  must(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0, "prctl");
  unsetenv("LD_PRELOAD");
  execl("/proc/self/exe", "peer", "peer", habit, number, (char *)NULL);
  must(0, "exec");
}

/* A server that treats its clients by `habit`; returns its port.
 *   close  hangs up at once        keep  keeps all and says nothing
 *   reset  breaks the connection   echo  answers each byte, until the client leaves
 *   fickle  breaks every third connection, and hangs up on the others */
static inline int start_server(const char *habit) {
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = loopback(0);
  must(bind(listener, (struct sockaddr *)&address, sizeof address) == 0, "bind");
  must(listen(listener, 512) == 0, "listen");
  int port = bound_port(listener);
  start_peer(habit, listener);
  close(listener);
  return port;
}

static inline int connect_to(int port) {
  struct sockaddr_in address = loopback(port);
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  must(fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0, "connect");
  return fd;
}

static inline void echo(int listener) {
  struct pollfd fds[600] = {{.fd = listener, .events = POLLIN}};
  for (nfds_t count = 1;;) {
    must(poll(fds, count, -1) >= 0, "poll");
    for (nfds_t i = 1; i < count; i++) {
      char bytes[512];
      if (fds[i].revents == 0)
        continue;
      ssize_t size = read(fds[i].fd, bytes, sizeof bytes);
      if (size > 0 && write(fds[i].fd, bytes, (size_t)size) == size)
        continue;
      close(fds[i].fd);
      fds[i--] = fds[--count];
    }
    if (fds[0].revents != 0 && count < 600)
      fds[count++] = (struct pollfd){.fd = accept(listener, NULL, NULL), .events = POLLIN};
  }
}

static inline void be_server(const char *habit, int listener) {
  if (strcmp(habit, "echo") == 0)
    echo(listener);
  for (int client = 0;; client++) {
    int fd = accept(listener, NULL, NULL);
    must(fd >= 0, "accept");
    struct linger abrupt = {.l_onoff = 1};
    if (strcmp(habit, "reset") == 0 || (strcmp(habit, "fickle") == 0 && client % 3 == 0)) {
      setsockopt(fd, SOL_SOCKET, SO_LINGER, &abrupt, sizeof abrupt);
      pause_ms(5); /* or its connect may not have returned, and fails */
    }
    if (strcmp(habit, "keep") != 0)
      close(fd);
  }
}

/* Clients of the server that listens at `listener`.
 *   rude   each says something wrong and leaves
 *   brief  each says ?, waits for the answer and leaves
 *   loyal  each comes a little later than the one before, says + and stays
 *   mixed  every tenth of many is loyal, the others are brief */
static inline void be_clients(const char *habit, int listener) {
  int port = bound_port(listener);
  close(listener);
  int mixed = strcmp(habit, "mixed") == 0;
  for (int client = 0; client < (mixed ? 60 : 12); client++) {
    char byte;
    int stays = strcmp(habit, "loyal") == 0 || (mixed && client % 10 == 1);
    int fd = connect_to(port);
    must(write(fd, stays ? "+" : "?", 1) == 1, "write");
    if (strcmp(habit, "rude") != 0)
      must(read(fd, &byte, 1) == 1, "read");
    if (!stays)
      close(fd);
    pause_ms(5);
  }
  pause();
}

/* To be called first: where this is a peer's process, it does not return. */
static inline void run_peer(int argc, char **argv) {
  if (argc != 4 || strcmp(argv[1], "peer") != 0)
    return;
  signal(SIGPIPE, SIG_IGN);
  int fd = atoi(argv[3]);
  const char *clients[] = {"rude", "brief", "loyal", "mixed"};
  for (size_t i = 0; i < sizeof clients / sizeof *clients; i++) {
    if (strcmp(argv[2], clients[i]) == 0)
      be_clients(argv[2], fd);
  }
  be_server(argv[2], fd);
}

#define SCENARIOS_WITH_PEERS(...)                                                                  \
  static const struct scenario scenarios[] = {__VA_ARGS__};                                        \
  int main(int argc, char **argv) {                                                                \
    run_peer(argc, argv);                                                                          \
    must(argc == 2, "usage: PROGRAM SCENARIO");                                                    \
    signal(SIGPIPE, SIG_IGN);                                                                      \
    run_scenario(argv[1], scenarios, sizeof scenarios / sizeof *scenarios);                        \
    return 0;                                                                                      \
  }

#endif
