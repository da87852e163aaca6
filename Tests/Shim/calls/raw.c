/* syscall(2): every number in hooks/raw.c does what the named call does. */
#include "tests.h"

#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>

#define CALL(...) ((int)syscall(__VA_ARGS__))

#define RAW_OPENS(name, kind, ...)                                                                 \
  RAW_TEST(name) {                                                                                 \
    int fd = or_skip(CALL(SYS_##name __VA_OPT__(, ) __VA_ARGS__), #name);                          \
    check_opened(fd, "syscall", FDT_KIND_##kind, FDT_OWNER_RAW);                                   \
    CHECK(CALL(SYS_close, fd) == 0);                                                               \
    check_closed(fd, "syscall");                                                                   \
  }

static const uint64_t signal_set = 1u << (SIGUSR2 - 1);

RAW_OPENS(openat, FILE, AT_FDCWD, "/dev/null", O_RDONLY | O_CLOEXEC)
RAW_OPENS(openat2, FILE, AT_FDCWD, "/dev/null", &(struct open_how){.flags = O_CLOEXEC},
          sizeof(struct open_how))
RAW_OPENS(socket, UDP, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)
RAW_OPENS(eventfd2, EVENTFD, 0, EFD_CLOEXEC)
RAW_OPENS(epoll_create1, EPOLL, EPOLL_CLOEXEC)
RAW_OPENS(timerfd_create, TIMERFD, CLOCK_MONOTONIC, TFD_CLOEXEC)
RAW_OPENS(signalfd4, SIGNALFD, -1, &signal_set, sizeof signal_set, SFD_CLOEXEC)
RAW_OPENS(inotify_init1, INOTIFY, IN_CLOEXEC)
RAW_OPENS(memfd_create, MEMFD, "raw", MFD_CLOEXEC)
RAW_OPENS(pidfd_open, PIDFD, getpid(), 0)
#ifdef SYS_open
RAW_OPENS(open, FILE, "/dev/null", O_RDONLY | O_CLOEXEC, 0)
RAW_OPENS(creat, FILE, "/dev/null", 0600)
RAW_OPENS(eventfd, EVENTFD, 0)
RAW_OPENS(epoll_create, EPOLL, 1)
RAW_OPENS(signalfd, SIGNALFD, -1, &signal_set, sizeof signal_set)
RAW_OPENS(inotify_init, INOTIFY)
#else
RAW_TEST(open) {}
RAW_TEST(creat) {}
RAW_TEST(eventfd) {}
RAW_TEST(epoll_create) {}
RAW_TEST(signalfd) {}
RAW_TEST(inotify_init) {}
#endif

static int opened(void) { return open("/dev/null", O_RDONLY); }

RAW_TEST(close) {
  int fd = opened();
  CHECK(CALL(SYS_close, fd) == 0);
  check_closed(fd, "syscall");
  CHECK(CALL(SYS_close, fd) == -1 && errno == EBADF);
}

RAW_TEST(close_range) {
  int first = opened(), second = opened();
  CHECK(CALL(SYS_close_range, first, first, CLOSE_RANGE_CLOEXEC) == 0);
  CHECK((entry_of(first)->flags & FDT_FD_CLOEXEC) != 0);
  CHECK(CALL(SYS_close_range, first, second, 0) == 0);
  check_closed(first, "syscall");
  check_closed(second, "syscall");
}

RAW_TEST(dup) {
  int source = opened();
  check_duplicate(CALL(SYS_dup, source), source, "syscall");
}

RAW_TEST(dup2) {
#ifdef SYS_dup2
  int source = opened();
  check_duplicate(CALL(SYS_dup2, source, 100), source, "syscall");
#endif
}

RAW_TEST(dup3) {
  int source = opened();
  check_duplicate(CALL(SYS_dup3, source, 100, O_CLOEXEC), source, "syscall");
}

RAW_TEST(fcntl) {
  int source = opened();
  check_duplicate(CALL(SYS_fcntl, source, F_DUPFD_CLOEXEC, 100), source, "syscall");
  CHECK(CALL(SYS_fcntl, source, F_SETFD, FD_CLOEXEC) == 0);
  CHECK((entry_of(source)->flags & FDT_FD_CLOEXEC_LATE) != 0);
}

static void check_pair(int result, const int pair[2], enum fdt_kind kind) {
  CHECK(result == 0);
  check_opened(pair[0], "syscall", kind, FDT_OWNER_RAW);
  check_opened(pair[1], "syscall", kind, FDT_OWNER_RAW);
}

RAW_TEST(pipe) {
#ifdef SYS_pipe
  int pair[2];
  check_pair(CALL(SYS_pipe, pair), pair, FDT_KIND_PIPE);
#endif
}

RAW_TEST(pipe2) {
  int pair[2];
  check_pair(CALL(SYS_pipe2, pair, O_CLOEXEC), pair, FDT_KIND_PIPE);
}

RAW_TEST(socketpair) {
  int pair[2];
  check_pair(CALL(SYS_socketpair, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), pair,
             FDT_KIND_UNIX);
}

/* A listening socket on the loopback, by raw calls alone. */
static int listener(struct sockaddr_in *address) {
  int fd = CALL(SYS_socket, AF_INET, SOCK_STREAM, 0);
  socklen_t size = sizeof *address;
  *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  CHECK(CALL(SYS_bind, fd, address, sizeof *address) == 0);
  CHECK(CALL(SYS_listen, fd, 4) == 0);
  CHECK(getsockname(fd, (struct sockaddr *)address, &size) == 0);
  return fd;
}

RAW_TEST(bind) {
  struct sockaddr_in here;
  int fd = listener(&here);
  CHECK_EQUAL(detail_of(fd)->local_size, sizeof here);
  CHECK(CALL(SYS_bind, fd, &here, sizeof here) == -1 && errno == EINVAL);
  CHECK_EQUAL(entry_of(fd)->note_error, EINVAL);
}

RAW_TEST(listen) {
  struct sockaddr_in here;
  CHECK((entry_of(listener(&here))->flags & FDT_FD_LISTENING) != 0);
}

RAW_TEST(connect) {
  struct sockaddr_in here;
  int fd = listener(&here), client = CALL(SYS_socket, AF_INET, SOCK_STREAM, 0);
  CHECK(CALL(SYS_connect, client, &here, sizeof here) == 0);
  CHECK((entry_of(client)->flags & FDT_FD_CONNECTED) != 0);
  CHECK_EQUAL(detail_of(client)->remote_size, sizeof here);
  close(fd);
  int refused = CALL(SYS_socket, AF_INET, SOCK_STREAM, 0);
  CHECK(CALL(SYS_connect, refused, &here, sizeof here) == -1 && errno == ECONNREFUSED);
  CHECK_EQUAL(entry_of(refused)->note_error, ECONNREFUSED);
}

static int connected_client(const struct sockaddr_in *here) {
  int client = CALL(SYS_socket, AF_INET, SOCK_STREAM, 0);
  CHECK(CALL(SYS_connect, client, here, sizeof *here) == 0);
  return client;
}

RAW_TEST(accept) {
  struct sockaddr_in here;
  int fd = listener(&here);
  connected_client(&here);
  check_opened(CALL(SYS_accept, fd, NULL, NULL), "syscall", FDT_KIND_TCP, FDT_OWNER_RAW);
}

RAW_TEST(accept4) {
  struct sockaddr_in here, peer;
  socklen_t size = sizeof peer;
  int fd = listener(&here);
  connected_client(&here);
  int accepted = CALL(SYS_accept4, fd, &peer, &size, SOCK_CLOEXEC);
  check_opened(accepted, "syscall", FDT_KIND_TCP, FDT_OWNER_RAW);
  CHECK(detail_of(accepted) != NULL && detail_of(accepted)->remote_size == sizeof peer);
}

static void check_raw_exec(long number) {
  char *const arguments[] = {"sh", "-c", "exit 5", NULL};
  struct legacy legacy = legacy_make();
  pid_t child = fork();
  if (child == 0) {
    if (number == SYS_execve)
      syscall(number, "/bin/sh", arguments, environ);
    else
      syscall(number, AT_FDCWD, "/bin/sh", arguments, environ, 0);
    _exit(99);
  }
  CHECK_EQUAL(reap_unseen(child), 5 << 8);
  const struct fdt_process *after = trace_process(traced(), trace_find(traced(), child));
  CHECK_EQUAL(after->how, FDT_HOW_EXEC);
  CHECK(is_call(after->born_call, "syscall"));
  check_inherited(after, legacy.kept, FDT_VIA_EXEC);
  check_absent(after, legacy.private);
  CHECK(CALL(number, number == SYS_execve ? (long)"/no/such" : AT_FDCWD,
             number == SYS_execve ? (long)arguments : (long)"/no/such", arguments, environ,
             0) == -1);
  CHECK_EQUAL(own_process()->flags & FDT_PROCESS_EXEC_PENDING, 0);
}

RAW_TEST(execve) { check_raw_exec(SYS_execve); }
RAW_TEST(execveat) { check_raw_exec(SYS_execveat); }

RAW_TEST(exit_group) {
  pid_t child = fork();
  if (child == 0)
    syscall(SYS_exit_group, 9);
  CHECK_EQUAL(reap_unseen(child), 9 << 8);
  check_child(child, "fork", FDT_HOW_FORK, FDT_END_EXIT, 9);
}

/* After a filter, a process is not looked at any more when it ends. */
static void check_filtered(int (*install)(struct sock_fprog *program)) {
  struct sock_filter allow_all = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  struct sock_fprog program = {1, &allow_all};
  pid_t child = fork();
  if (child == 0) {
    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && install(&program) == 0);
    _exit(CHECKED() + 6);
  }
  CHECK_EQUAL(reap_unseen(child), 6 << 8);
  const struct fdt_process *process = check_child(child, "fork", FDT_HOW_FORK, FDT_END_EXIT, 6);
  CHECK_EQUAL(process->flags & FDT_PROCESS_SNAPSHOT, 0);
}

static int by_prctl(struct sock_fprog *program) {
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0);
}

static int by_raw_prctl(struct sock_fprog *program) {
  return CALL(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0);
}

static int by_raw_seccomp(struct sock_fprog *program) {
  return CALL(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, program);
}

TEST(prctl) { check_filtered(by_prctl); }
RAW_TEST(prctl) { check_filtered(by_raw_prctl); }
RAW_TEST(seccomp) { check_filtered(by_raw_seccomp); }

TEST(syscall) {
  errno = 0;
  CHECK(syscall(SYS_getpid) == getpid() && errno == 0);
  CHECK(syscall(SYS_close, -1) == -1 && errno == EBADF);
  CHECK(syscall(100000) == -1 && errno == ENOSYS);
  CHECK(syscall(-1) == -1 && errno == ENOSYS);
  /* Six arguments reach the kernel, the last one among them. */
  long page = syscall(SYS_mmap, 0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(page != -1 && *(char *)page == 0);
}
