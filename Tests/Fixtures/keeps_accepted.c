/* Accepts connections and closes none of them, and goes on.
 *
 *   keeps_accepted COUNT
 *
 * COUNT clients connect and leave, one more stays. Says "ready" when the kernel knows that those
 * have left, and goes on until the end of its input. */
#include "fixture.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

/* Another program than the server: who is connected to itself has nobody to wait for. */
static pid_t start_client(int port, int stays) {
  pid_t child = fork();
  must(child >= 0, "fork");
  if (child != 0)
    return child;
  must(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0, "prctl");
  const struct sockaddr_in address = loopback(port);
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  must(fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0, "connect");
  while (stays)
    pause();
  close(fd);
  _exit(0);
}

static OUT_OF_LINE int take_connection(int listener) {
  struct sockaddr_in peer;
  socklen_t size = sizeof peer;
  int fd = accept(listener, (struct sockaddr *)&peer, &size); /* LEAK: accepted */
  must(fd >= 0, "accept");
  return fd;
}

/* Without a read, which would find the end. */
static void wait_until_left(int fd) {
  struct pollfd wait = {.fd = fd, .events = POLLRDHUP};
  must(poll(&wait, 1, -1) == 1, "poll");
}

int main(int argc, char **argv) {
  struct sockaddr_in address = loopback(0);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  must(argc == 2 && listener >= 0 &&
           bind(listener, (struct sockaddr *)&address, sizeof address) == 0 &&
           listen(listener, 64) == 0,
       "listen");
  for (int i = atoi(argv[1]); i >= 0; i--) {
    pid_t client = start_client(bound_port(listener), i == 0);
    int fd = take_connection(listener);
    if (i == 0)
      break;
    wait_until_left(fd);
    must(waitpid(client, NULL, 0) == client, "waitpid");
  }
  puts("ready");
  fflush(stdout);
  wait_for_end_of_input();
  return 0;
}
