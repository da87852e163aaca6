/* What a program makes for its children, or as one. */
#include "message.h"
#include "peer.h"

#include <fcntl.h>
#include <pty.h>
#include <sys/un.h>
#include <sys/wait.h>

/* The program that the next scenario starts. */
static void service(void) { pause_ms(20); }

/* A supervisor puts each service's pipes where that looks for them. */
static void supervisor(void) {
  int ends[6][2];
  for (int i = 0; i < 6; i++)
    must(pipe2(ends[i], O_CLOEXEC) == 0, "pipe");
  for (int child = 0; child < 3; child++) {
    pid_t pid = fork();
    must(pid >= 0, "fork");
    if (pid > 0)
      continue;
    for (int i = 0; i < 6; i++)
      must(dup2(ends[i][0], 50 + i) >= 0, "dup2"); /* KEPT: placed */
    execl("/proc/self/exe", "children", "service", (char *)NULL);
    _exit(127);
  }
  for (int child = 0; child < 3; child++)
    must(wait(NULL) > 0, "wait");
}

static OUT_OF_LINE void grow(void) {
  must(socket(AF_INET, SOCK_STREAM, 0) >= 0, "socket"); /* LEAK: before exec */
}

/* Leaks, and then starts its next version with all of it. */
static void upgrade(void) {
  serve(grow);
  execl("/proc/self/exe", "children", "service", (char *)NULL);
  must(0, "exec");
}

/* Keeps the numbers busy that its children are to get. */
static void reserve(void) {
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int i = 0; i < 8; i++)
    must(dup(null) >= 0, "dup"); /* KEPT: numbers */
  pause_ms(1100);
}

static OUT_OF_LINE void copy_null(void) {
  static int null = -1;
  if (null < 0)
    null = open("/dev/null", O_RDWR | O_CLOEXEC);
  must(dup(null) >= 0, "dup"); /* LEAK: null */
}

static void lose_null(void) { serve(copy_null); }

/* A terminal for each of six children, three of which are closed. */
static void multiplexer(void) {
  int masters[6];
  pid_t pids[6];
  for (int i = 0; i < 6; i++) {
    pids[i] = forkpty(&masters[i], NULL, NULL, NULL); /* KEPT: terminals */
    must(pids[i] >= 0, "forkpty");
    char byte = 'x';
    if (pids[i] == 0) {
      must(write(1, &byte, 1) == 1, "write");
      for (;;)
        pause();
    }
    must(read(masters[i], &byte, 1) == 1, "read");
  }
  for (int i = 0; i < 3; i++) {
    // Those that came later have copies of its terminal, which does not hang up.
    must(kill(pids[i], SIGKILL) == 0, "kill");
    close(masters[i]);
    must(waitpid(pids[i], NULL, 0) == pids[i], "waitpid");
  }
  pause_ms(300);
}

static OUT_OF_LINE void make_stream(int ends[2]) {
  must(pipe2(ends, O_CLOEXEC) == 0, "pipe"); /* KEPT: worker streams */
}

/* A worker for each tenant, started when that first comes: it reads its input to the end, and its
 * output and errors are read. */
static void workers(void) {
  for (int worker = 0; worker < ROUNDS; worker++) {
    int ends[3][2];
    for (int i = 0; i < 3; i++)
      make_stream(ends[i]);
    pid_t pid = fork();
    must(pid >= 0, "fork");
    if (pid == 0) {
      for (int i = 0; i < 3; i++)
        must(dup2(ends[i][i > 0], i) >= 0, "dup2");
      execlp("cat", "cat", (char *)NULL);
      _exit(127);
    }
    for (int i = 0; i < 3; i++)
      close(ends[i][i > 0]);
    pause_ms(20);
  }
}

/* Makes a child of its own for each descriptor that it is sent, which reads that to its end. */
static void serve_forks(int listener) {
  int fd, requests = accept(listener, NULL, NULL);
  must(requests >= 0, "accept");
  close(listener);
  must(signal(SIGCHLD, SIG_IGN) != SIG_ERR, "signal");
  while ((fd = receive_descriptor(requests)) >= 0) {
    pid_t pid = fork();
    must(pid >= 0, "fork");
    if (pid == 0) {
      char byte;
      close(requests);
      while (read(fd, &byte, 1) > 0)
        ;
      exit(0);
    }
    close(fd);
  }
  exit(0);
}

/* Workers that another process forks, as a small one does that faster. */
static void fork_server(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  socklen_t size = sizeof address.sun_family; /* the kernel chooses the rest: unix(7) */
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  must(bind(listener, (struct sockaddr *)&address, size) == 0, "bind");
  must(listen(listener, 1) == 0, "listen");
  size = sizeof address;
  must(getsockname(listener, (struct sockaddr *)&address, &size) == 0, "getsockname");
  pid_t pid = fork();
  must(pid >= 0, "fork");
  if (pid == 0)
    serve_forks(listener);
  close(listener);
  int requests = socket(AF_UNIX, SOCK_STREAM, 0);
  must(connect(requests, (struct sockaddr *)&address, size) == 0, "connect");
  for (int worker = 0; worker < ROUNDS; worker++) {
    int ends[2];
    must(pipe2(ends, O_CLOEXEC) == 0, "pipe"); /* KEPT: remote worker */
    send_descriptor(requests, ends[0]);
    close(ends[0]);
    pause_ms(50);
  }
}

/* A child for each client, which ends when that leaves. */
static void sessions(void) {
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = loopback(0);
  must(bind(listener, (struct sockaddr *)&address, sizeof address) == 0, "bind");
  must(listen(listener, 64) == 0, "listen");
  start_peer("brief", listener);
  for (int client = 0; client < 12; client++) {
    int fd = accept(listener, NULL, NULL);
    must(fd >= 0, "accept");
    if (fork() == 0) {
      char byte;
      int own = dup(fd); /* KEPT: session */
      close(fd);
      close(listener);
      while (read(own, &byte, 1) > 0)
        must(write(own, &byte, 1) == 1, "write");
      exit(0);
    }
    close(fd);
  }
  for (int client = 0; client < 12; client++)
    must(wait(NULL) > 0, "wait");
}

SCENARIOS_WITH_PEERS({"service", service}, {"supervisor", supervisor}, {"upgrade", upgrade},
                     {"reserve", reserve}, {"lose_null", lose_null}, {"multiplexer", multiplexer},
                     {"sessions", sessions}, {"workers", workers}, {"fork_server", fork_server})
