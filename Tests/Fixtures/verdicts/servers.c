/* Servers and daemons that do all of it right, whatever they still hold at their end. */
#include "peer.h"

#include <fcntl.h>
#include <sys/pidfd.h>
#include <sys/wait.h>

static OUT_OF_LINE int listen_shared(int port) {
  int yes = 1;
  struct sockaddr_in address = loopback(port);
  int fd = socket(AF_INET, SOCK_STREAM, 0); /* KEPT: listeners */
  must(setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes) == 0, "setsockopt");
  must(bind(fd, (struct sockaddr *)&address, sizeof address) == 0, "bind");
  must(listen(fd, 64) == 0, "listen");
  return fd;
}

static OUT_OF_LINE void serve_one(int listener) {
  char byte;
  int fd = accept(listener, NULL, NULL); /* CLEAN: client */
  must(fd >= 0 && read(fd, &byte, 1) == 1 && write(fd, &byte, 1) == 1, "serve");
  must(read(fd, &byte, 1) == 0, "read");
  close(fd);
}

/* One listener for each of eight loops, all at one port. */
static void listener_group(void) {
  int port = bound_port(listen_shared(0));
  for (int i = 1; i < 8; i++)
    listen_shared(port); /* KEPT: group */
  pause_ms(20);
}

/* Workers that were forked in advance share the listener. */
static void prefork(void) {
  int listener = listen_shared(0);
  for (int worker = 0; worker < 4; worker++) {
    pid_t pid = fork();
    must(pid >= 0, "fork");
    if (pid != 0)
      continue;
    for (int client = 0; client < 3; client++)
      serve_one(listener);
    exit(0);
  }
  start_peer("brief", listener);
  for (int worker = 0; worker < 4; worker++)
    must(wait(NULL) > 0, "wait");
}

/* A child for each client, which closes what is not its own. */
static void fork_server(void) {
  int listener = listen_shared(0);
  start_peer("brief", listener);
  for (int client = 0; client < 12; client++) {
    int fd = accept(listener, NULL, NULL); /* CLEAN: forked */
    must(fd >= 0, "accept");
    pid_t pid = fork();
    if (pid == 0) {
      char byte;
      close(listener);
      _exit(read(fd, &byte, 1) == 1 && write(fd, &byte, 1) == 1 ? 0 : 1);
    }
    close(fd);
    must(waitpid(pid, NULL, 0) == pid, "waitpid");
  }
}

/* Leaves its terminal, and goes on with a listener and a log. */
static void daemonize(void) {
  int told[2];
  must(pipe(told) == 0, "pipe");
  pid_t pid = fork();
  must(pid >= 0, "fork");
  if (pid > 0) {
    char byte;
    close(told[1]);
    must(read(told[0], &byte, 1) == 0, "read");
    close(told[0]);
    return;
  }
  close(told[0]);
  must(daemon(1, 0) == 0, "daemon");
  must(open("daemon.log", O_CREAT | O_WRONLY, 0600) >= 0, "open"); /* KEPT: daemon */
  listen_shared(0);
  for (int i = 0; i < 20; i++) {
    close(open("/dev/zero", O_RDONLY));
    pause_ms(2);
  }
}

static OUT_OF_LINE int welcome(int listener) {
  char byte;
  int fd = accept(listener, NULL, NULL); /* KEPT: clients */
  must(fd >= 0 && read(fd, &byte, 1) == 1 && write(fd, &byte, 1) == 1, "welcome");
  return fd;
}

/* Clients come one after the other, and all of them stay. */
static void keep_alive(void) {
  int listener = listen_shared(0);
  start_peer("loyal", listener);
  for (int client = 0; client < 12; client++)
    welcome(listener);
}

static OUT_OF_LINE void ask(int listener) {
  char byte;
  int fd = accept(listener, NULL, NULL); /* KEPT: askers */
  must(fd >= 0 && read(fd, &byte, 1) == 1, "read");
  pid_t pid = fork();
  must(pid >= 0, "fork");
  if (pid == 0)
    _exit(0);
  must(waitpid(pid, NULL, 0) == pid && write(fd, &byte, 1) == 1, "write");
}

/* A child for each request does the work, and the server goes on with the client. */
static void forked_work(void) {
  int listener = listen_shared(0);
  start_peer("loyal", listener);
  for (int client = 0; client < 12; client++)
    ask(listener);
}

static OUT_OF_LINE void answer(int listener) {
  char request, byte;
  int fd = accept(listener, NULL, NULL); /* KEPT: guests */
  must(fd >= 0 && read(fd, &request, 1) == 1 && write(fd, &request, 1) == 1, "answer");
  if (request == '+')
    return;
  must(read(fd, &byte, 1) == 0, "read");
  close(fd);
}

/* Most clients leave at once, every tenth stays. */
static void some_stay(void) {
  int listener = listen_shared(0);
  start_peer("mixed", listener);
  for (int client = 0; client < 60; client++)
    answer(listener);
}

static OUT_OF_LINE int begin_request(void) {
  return open("/dev/zero", O_RDONLY); /* KEPT: in flight */
}

/* Killed while three requests are in work, as many were before. */
static void killed(void) {
  int requests[3];
  for (int i = 0; i < 300; i++) {
    if (i >= 3)
      close(requests[i % 3]);
    requests[i % 3] = begin_request();
    if (i % 10 == 0)
      pause_ms(3);
  }
  raise(SIGKILL);
}

/* What a child program needs is handed to it by number. */
static void handed_to_child(void) {
  int fd = open("settings", O_CREAT | O_RDWR, 0600); /* KEPT: handed */
  char command[32];
  snprintf(command, sizeof command, "cat <&%d", fd);
  for (int i = 0; i < 4; i++)
    must(system(command) == 0, "system");
}

/* Pipes to workers that live as long as their master. */
static void worker_channels(void) {
  int ends[4][2];
  for (int worker = 0; worker < 4; worker++) {
    must(pipe(ends[worker]) == 0, "pipe"); /* KEPT: channels */
    if (fork() == 0) {
      char byte;
      for (int other = 0; other <= worker; other++)
        close(ends[other][1]);
      _exit(read(ends[worker][0], &byte, 1) == 0 ? 0 : 1);
    }
  }
  pause_ms(300);
}

/* The same, and the master closes its copies of the workers' ends, and waits for them. */
static void own_ends(void) {
  for (int worker = 0; worker < 6; worker++) {
    int ends[2];
    must(pipe(ends) == 0, "pipe"); /* KEPT: own ends */
    pid_t pid = fork();
    if (pid == 0) {
      char byte;
      close(ends[1]);
      _exit(read(ends[0], &byte, 1) == 0 ? 0 : 1);
    }
    close(ends[0]);
    must(pidfd_open(pid, 0) >= 0, "pidfd_open"); /* KEPT: own pidfds */
    pause_ms(2);
  }
  pause_ms(300);
}

/* A connection of a client which uses it for all of its life, beside short ones. */
static OUT_OF_LINE int call_server(int port) {
  char byte;
  int fd = connect_to(port); /* KEPT: session */
  must(write(fd, "x", 1) == 1 && read(fd, &byte, 1) == 1, "call");
  return fd;
}

static void long_sessions(void) {
  int port = start_server("echo");
  for (int request = 0; request < 300; request++) {
    int fd = call_server(port);
    if (request % 100 != 50)
      close(fd);
    if (request % 10 == 0)
      pause_ms(40);
  }
}

SCENARIOS_WITH_PEERS({"listener_group", listener_group}, {"prefork", prefork},
                     {"fork_server", fork_server}, {"daemonize", daemonize},
                     {"keep_alive", keep_alive}, {"forked_work", forked_work},
                     {"some_stay", some_stay}, {"killed", killed},
                     {"handed_to_child", handed_to_child}, {"worker_channels", worker_channels},
                     {"own_ends", own_ends}, {"long_sessions", long_sessions})
