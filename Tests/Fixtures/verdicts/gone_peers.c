/* Connections that nobody closes after the peer has hung up, broken off or failed
 * to answer. */
#include "peer.h"

#include <sys/time.h>
#include <sys/wait.h>

static int port;

static OUT_OF_LINE void read_answer(void) {
  char bytes[64];
  int fd = connect_to(port); /* LEAK: end */
  ssize_t size = read(fd, bytes, sizeof bytes);
  if (size == 0)
    return;
  close(fd);
}

static void read_end(void) {
  port = start_server("close");
  serve(read_answer);
}

static OUT_OF_LINE void receive_answer(void) {
  char bytes[64];
  int fd = connect_to(port); /* LEAK: reset */
  if (recv(fd, bytes, sizeof bytes, 0) < 0)
    return;
  close(fd);
}

static void receive_reset(void) {
  port = start_server("reset");
  serve(receive_answer);
}

static OUT_OF_LINE void receive_some(void) {
  char bytes[64];
  int fd = connect_to(port); /* LEAK: either */
  if (recv(fd, bytes, sizeof bytes, 0) <= 0)
    return;
  close(fd);
}

static void receive_either(void) {
  port = start_server("fickle");
  serve(receive_some);
}

static OUT_OF_LINE void send_all(void) {
  char bytes[64] = {0};
  int fd = connect_to(port); /* LEAK: broken */
  struct pollfd end = {.fd = fd, .events = POLLIN};
  must(poll(&end, 1, -1) == 1, "poll");
  for (int block = 0; block < 1000; block++) {
    if (write(fd, bytes, sizeof bytes) < 0)
      return;
    pause_ms(1);
  }
  close(fd);
}

static void write_broken(void) {
  port = start_server("close");
  serve(send_all);
}

static OUT_OF_LINE void await_answer(void) {
  char byte;
  struct timeval patience = {.tv_usec = 2000};
  int fd = connect_to(port); /* LEAK: timeout */
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (recv(fd, &byte, 1, 0) < 0)
    return;
  close(fd);
}

static void timed_out(void) {
  port = start_server("keep");
  serve(await_answer);
}

static int listener;

static OUT_OF_LINE void serve_client(void) {
  char request = 0;
  int fd = accept(listener, NULL, NULL); /* LEAK: bad request */
  must(fd >= 0, "accept");
  if (read(fd, &request, 1) == 1 && request == '?')
    return;
  close(fd);
}

static void listen_here(void) {
  struct sockaddr_in address = loopback(0);
  listener = socket(AF_INET, SOCK_STREAM, 0); /* KEPT: listener */
  must(bind(listener, (struct sockaddr *)&address, sizeof address) == 0, "bind");
  must(listen(listener, 16) == 0, "listen");
}

static void expect_clients(const char *habit) {
  listen_here();
  start_peer(habit, listener);
}

/* A server and its client in one process, as in a test: the server waits for what comes. */
static OUT_OF_LINE void ask_itself(void) {
  int fd = connect_to(port);                         /* LEAK: itself */
  must(accept(listener, NULL, NULL) >= 0, "accept"); /* KEPT: own clients */
  struct pollfd answer = {.fd = fd, .events = POLLIN};
  if (poll(&answer, 1, 1) == 0)
    return;
  close(fd);
}

static void asks_itself(void) {
  listen_here();
  port = bound_port(listener);
  serve(ask_itself);
}

static void bad_request(void) {
  expect_clients("rude");
  serve(serve_client);
  pause_ms(50);
}

/* The child closes its copy by its end, the parent forgets its own. */
static OUT_OF_LINE void serve_by_child(void) {
  int fd = accept(listener, NULL, NULL); /* LEAK: copy */
  must(fd >= 0, "accept");
  pid_t pid = fork();
  must(pid >= 0, "fork");
  if (pid == 0) {
    char byte;
    _exit(read(fd, &byte, 1) == 1 && write(fd, &byte, 1) == 1 ? 0 : 1);
  }
  must(waitpid(pid, NULL, 0) == pid, "waitpid");
}

static void forgotten_copies(void) {
  expect_clients("brief");
  serve(serve_by_child);
  pause_ms(50);
}

static void killed_with_copies(void) {
  forgotten_copies();
  raise(SIGKILL);
}

/* The same with clients that wait for an end, which the parent's copy keeps from them. */
static OUT_OF_LINE void serve_patient(void) {
  int fd = accept(listener, NULL, NULL); /* LEAK: patient */
  must(fd >= 0, "accept");
  pid_t pid = fork();
  must(pid >= 0, "fork");
  if (pid == 0) {
    char byte;
    must(read(fd, &byte, 1) == 1 && write(fd, &byte, 1) == 1, "serve");
    close(fd);
    _exit(0);
  }
  must(waitpid(pid, NULL, 0) == pid, "waitpid");
}

static void patient_clients(void) {
  expect_clients("loyal");
  serve(serve_patient);
}

SCENARIOS_WITH_PEERS({"read_end", read_end}, {"receive_reset", receive_reset},
                     {"receive_either", receive_either}, {"write_broken", write_broken},
                     {"timed_out", timed_out}, {"asks_itself", asks_itself},
                     {"bad_request", bad_request}, {"forgotten_copies", forgotten_copies},
                     {"patient_clients", patient_clients},
                     {"killed_with_copies", killed_with_copies})
