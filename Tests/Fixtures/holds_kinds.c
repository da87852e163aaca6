/* Holds a descriptor of every kind that a look from outside tells apart.
 *
 *   holds_kinds FOLDER     opens all, says which is which, and waits for the end
 *                          of its input
 *   holds_kinds grow       opens an eventfd every few milliseconds and says so,
 *                          until its input ends
 *   holds_kinds worker     listens, and starts a worker that keeps the listener
 *   holds_kinds zombie     starts a child that ends at once, and does not ask how
 *   holds_kinds headless   ends its first thread; another holds one more eventfd
 *   holds_kinds stale      lets an epoll instance watch a number that is closed */
#include "fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>

enum { BACKLOG = 7, WAITING = 2, SECONDS = 3600, EVENTS = 5 };

/* Says a descriptor's role and number, so that nobody has to guess it. */
static int told(const char *role, int fd) {
  must(fd >= 0, role);
  printf("%s %d\n", role, fd);
  return fd;
}

static struct sockaddr *address_of(struct sockaddr_in *address) {
  return (struct sockaddr *)address;
}

static int listen_on_loopback(void) {
  struct sockaddr_in address = loopback(0);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  must(fd >= 0 && bind(fd, address_of(&address), sizeof address) == 0, "bind");
  must(listen(fd, BACKLOG) == 0, "listen");
  return fd;
}

static int connect_to(int listener) {
  struct sockaddr_in address = loopback(bound_port(listener));
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  must(fd >= 0 && connect(fd, address_of(&address), sizeof address) == 0, "connect");
  return fd;
}

static void hold_tcp(void) {
  int listener = told("listener", listen_on_loopback());
  told("client", connect_to(listener));
  told("accepted", accept4(listener, NULL, NULL, SOCK_CLOEXEC));
  int gone = connect_to(listener);
  int abandoned = told("close_wait", accept4(listener, NULL, NULL, SOCK_CLOEXEC));
  close(gone);
  /* The state has changed when the end can be read. */
  struct pollfd end = {.fd = abandoned, .events = POLLIN};
  must(poll(&end, 1, -1) == 1, "poll");
  for (int i = 0; i < WAITING; i++)
    told("waiting", connect_to(listener));
  told("unbound", socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static void hold_others_of_internet(void) {
  struct sockaddr_in6 loopback6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
  int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd >= 0 && bind(fd, (struct sockaddr *)&loopback6, sizeof loopback6) == 0) {
    must(listen(fd, BACKLOG) == 0, "listen");
    told("listener6", fd);
  } else {
    puts("no_ipv6 -1");
  }
  struct sockaddr_in address = loopback(0);
  int udp = told("udp", socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  must(bind(udp, address_of(&address), sizeof address) == 0, "bind");
}

/* `size` is that of the name with what stands before or after it. */
static int listen_at(const char *name, size_t size) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  must(size <= sizeof address.sun_path, "name too long");
  memcpy(address.sun_path, name, size);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size);
  must(fd >= 0 && bind(fd, (struct sockaddr *)&address, length) == 0, "bind");
  must(listen(fd, BACKLOG) == 0, "listen");
  return fd;
}

static void hold_unix(const char *folder) {
  char name[100];
  int size = snprintf(name, sizeof name, "%s/linked.sock", folder);
  told("unix_linked", listen_at(name, (size_t)size + 1));
  size = snprintf(name, sizeof name, "%s/gone.sock", folder);
  told("unix_unlinked", listen_at(name, (size_t)size + 1));
  must(unlink(name) == 0, "unlink");
  size = snprintf(name, sizeof name, "%s/replaced.sock", folder);
  told("unix_replaced", listen_at(name, (size_t)size + 1));
  must(unlink(name) == 0, "unlink");
  told("unix_replacing", listen_at(name, (size_t)size + 1));
  size = snprintf(name, sizeof name, "_fdtrack-holds-%d", (int)getpid());
  name[0] = 0;
  told("unix_abstract", listen_at(name, (size_t)size));

  int pair[2];
  must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0, "socketpair");
  told("pair_one", pair[0]);
  told("pair_other", pair[1]);
  must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0, "socketpair");
  told("unix_alone", pair[0]);
  close(pair[1]);
}

static void hold_files(const char *folder) {
  char path[200];
  snprintf(path, sizeof path, "%s/a name\n\033[31m", folder);
  told("hostile", open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600));
  snprintf(path, sizeof path, "%s/deleted", folder);
  int fd = told("deleted", open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600));
  char block[4096];
  memset(block, 'x', sizeof block);
  must(write(fd, block, sizeof block) == (ssize_t)sizeof block && unlink(path) == 0, "deleted");
  snprintf(path, sizeof path, "%s/kept (deleted)", folder);
  told("not_deleted", open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  told("folder", open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  told("inherited", open("/dev/null", O_RDONLY));
  told("memfd", memfd_create("fdtrack", MFD_CLOEXEC));
}

static void hold_others(const char *folder) {
  int ends[2];
  must(pipe2(ends, O_CLOEXEC) == 0, "pipe2");
  told("pipe_read", ends[0]);
  told("pipe_write", ends[1]);

  int event = told("eventfd", eventfd(EVENTS, EFD_CLOEXEC));
  int timer = told("timerfd", timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC));
  const struct itimerspec time = {.it_value = {SECONDS, 0}, .it_interval = {SECONDS, 0}};
  must(timerfd_settime(timer, 0, &time, NULL) == 0, "timerfd_settime");

  int epoll = told("epoll", epoll_create1(EPOLL_CLOEXEC));
  struct epoll_event readable = {.events = EPOLLIN};
  must(epoll_ctl(epoll, EPOLL_CTL_ADD, event, &readable) == 0, "epoll_ctl");
  must(epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &readable) == 0, "epoll_ctl");

  int watcher = told("inotify", inotify_init1(IN_CLOEXEC));
  must(inotify_add_watch(watcher, folder, IN_CREATE) >= 0, "inotify_add_watch");
  must(inotify_add_watch(watcher, "/", IN_CREATE) >= 0, "inotify_add_watch");

  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGUSR1);
  sigaddset(&signals, SIGTERM);
  told("signalfd", signalfd(-1, &signals, SFD_CLOEXEC));
  told("pidfd", (int)syscall(SYS_pidfd_open, getpid(), 0));
}

static void say_ready(void) {
  puts("ready");
  fflush(stdout);
}

static void grow(void) {
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  say_ready();
  while (poll(&input, 1, 5) == 0)
    must(eventfd(0, EFD_CLOEXEC) >= 0, "eventfd");
}

static void start_worker(void) {
  int listener = listen_on_loopback();
  pid_t pid = fork();
  must(pid >= 0, "fork");
  if (pid == 0) {
    wait_for_end_of_input();
    exit(0);
  }
  printf("worker %d\nport %d\nlistener %d\n", (int)pid, bound_port(listener), listener);
  say_ready();
  wait_for_end_of_input();
}

static void leave_zombie(void) {
  pid_t pid = fork();
  must(pid >= 0, "fork");
  if (pid == 0)
    _exit(0);
  siginfo_t end;
  must(waitid(P_PID, (id_t)pid, &end, WEXITED | WNOWAIT) == 0, "waitid");
  printf("zombie %d\n", (int)pid);
  say_ready();
  wait_for_end_of_input();
}

static void *go_on(void *leader) {
  must(pthread_join(*(pthread_t *)leader, NULL) == 0, "pthread_join");
  told("eventfd", eventfd(0, EFD_CLOEXEC));
  say_ready();
  wait_for_end_of_input();
  exit(0);
}

static void lose_leader(void) {
  static pthread_t leader;
  pthread_t other;
  leader = pthread_self();
  must(pthread_create(&other, NULL, go_on, &leader) == 0, "pthread_create");
  pthread_exit(NULL);
}

static void watch_closed(void) {
  int epoll = told("epoll", epoll_create1(EPOLL_CLOEXEC));
  int event = told("closed", eventfd(0, EFD_CLOEXEC));
  struct epoll_event readable = {.events = EPOLLIN};
  must(epoll_ctl(epoll, EPOLL_CTL_ADD, event, &readable) == 0, "epoll_ctl");
  told("duplicate", dup(event));
  close(event);
  say_ready();
  wait_for_end_of_input();
}

int main(int argc, char **argv) {
  must(argc == 2, "usage: holds_kinds FOLDER|grow|worker|zombie|headless|stale");
  const struct {
    const char *name;
    void (*run)(void);
  } modes[] = {{"grow", grow},
               {"worker", start_worker},
               {"zombie", leave_zombie},
               {"headless", lose_leader},
               {"stale", watch_closed}};
  for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
    if (strcmp(argv[1], modes[i].name) != 0)
      continue;
    modes[i].run();
    return 0;
  }
  hold_tcp();
  hold_others_of_internet();
  hold_unix(argv[1]);
  hold_files(argv[1]);
  hold_others(argv[1]);
  say_ready();
  wait_for_end_of_input();
  return 0;
}
