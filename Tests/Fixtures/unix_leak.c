/* A local server that loses its sockets.
 *
 *   unix_leak serve PATH ROUNDS   leaks a socket with an unlinked path and one
 *                                 with an abstract name, in each round
 *   unix_leak rebind PATH ROUNDS  listens at the same path in each round, and leaks
 *                                 all but the last of these, which nobody can reach
 *   unix_leak clients PATH ROUNDS  keeps connections to a server that has ended
 *   unix_leak fork PATH           starts a worker that keeps the listener of a
 *                                 parent that is gone, until its input ends */
#include "fixture.h"

#include <stddef.h>
#include <sys/un.h>
#include <sys/wait.h>

static socklen_t unix_address(struct sockaddr_un *address, const char *name, size_t size) {
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  must(size <= sizeof address->sun_path, "name too long");
  memcpy(address->sun_path, name, size);
  return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size);
}

static void listen_at(int fd, const char *name, size_t size) {
  struct sockaddr_un address;
  socklen_t used = unix_address(&address, name, size);
  must(bind(fd, (struct sockaddr *)&address, used) == 0, "bind");
  must(listen(fd, 8) == 0, "listen");
}

static OUT_OF_LINE void reload_at_path(const char *path) {
  int fd = socket(AF_UNIX, SOCK_STREAM, 0); /* LEAK: unlinked */
  must(fd >= 0, "socket");
  listen_at(fd, path, strlen(path) + 1);
  must(unlink(path) == 0, "unlink");
}

static OUT_OF_LINE void take_path(const char *path) {
  int fd = socket(AF_UNIX, SOCK_STREAM, 0); /* LEAK: taken over */
  must(fd >= 0, "socket");
  unlink(path);
  listen_at(fd, path, strlen(path) + 1);
}

static OUT_OF_LINE void reload_abstract(int round) {
  char name[64] = "";
  int size = snprintf(name + 1, sizeof name - 1, "fdtrack-fixture-%d-%d", (int)getpid(), round);
  int fd = socket(AF_UNIX, SOCK_STREAM, 0); /* LEAK: abstract */
  must(fd >= 0, "socket");
  listen_at(fd, name, (size_t)size + 1);
}

static OUT_OF_LINE int open_shared(const char *path) {
  int fd = socket(AF_UNIX, SOCK_STREAM, 0); /* LEAK: shared */
  must(fd >= 0, "socket");
  listen_at(fd, path, strlen(path) + 1);
  return fd;
}

static OUT_OF_LINE void start_worker(void) {
  pid_t pid = fork(); /* START: fork */
  must(pid >= 0, "fork");
  if (pid > 0)
    return;
  printf("worker %d\n", (int)getpid());
  fflush(stdout);
  wait_for_end_of_input();
  exit(0);
}

static OUT_OF_LINE void dial(const char *path) {
  struct sockaddr_un address;
  socklen_t used = unix_address(&address, path, strlen(path) + 1);
  int fd = socket(AF_UNIX, SOCK_STREAM, 0); /* LEAK: client */
  must(fd >= 0 && connect(fd, (struct sockaddr *)&address, used) == 0, "connect");
}

static void outlive_server(const char *path, int clients) {
  int fd = open_shared(path);
  pid_t pid = fork();
  must(pid >= 0, "fork");
  if (pid == 0) {
    for (int i = 0; i < clients; i++)
      must(accept(fd, NULL, NULL) >= 0, "accept"); /* KEPT: accepted */
    _exit(0);
  }
  for (int i = 0; i < clients; i++)
    dial(path);
  must(waitpid(pid, NULL, 0) == pid, "waitpid");
}

int main(int argc, char **argv) {
  if (argc == 4 && strcmp(argv[1], "serve") == 0) {
    for (int round = 0; round < atoi(argv[3]); round++) {
      reload_at_path(argv[2]);
      reload_abstract(round);
      usleep(20 * 1000); /* or most of its life is its start */
    }
    return 0;
  }
  if (argc == 4 && strcmp(argv[1], "rebind") == 0) {
    for (int round = 0; round < atoi(argv[3]); round++)
      take_path(argv[2]);
    return 0;
  }
  if (argc == 4 && strcmp(argv[1], "clients") == 0) {
    outlive_server(argv[2], atoi(argv[3]));
    return 0;
  }
  must(argc == 3 && strcmp(argv[1], "fork") == 0,
       "usage: unix_leak serve|rebind|clients|fork PATH [ROUNDS]");
  int fd = open_shared(argv[2]);
  start_worker();
  close(fd);
  return 0;
}
