/* A sandbox that allows open, close, socket, recvmsg and the end, installed while running.
 * Whatever else is called from then on is counted.
 * audit: sound - a program under such a filter cannot be compared with /proc. */
#include "passing.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

struct report {
  int refused;
  int numbers[64];
};
static struct report *report;

static void refused(int number, siginfo_t *info, void *context) {
  (void)number;
  (void)context;
  if (report->refused < 64)
    report->numbers[report->refused] = info->si_syscall;
  report->refused++;
}

#define ALLOW(name)                                                                                \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1),                                           \
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static bool install(bool by_prctl) {
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      ALLOW(openat),
      ALLOW(close),
      ALLOW(socket),
      ALLOW(recvmsg),
      ALLOW(exit_group),
      ALLOW(rt_sigreturn),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
  };
  struct sock_fprog program = {sizeof filter / sizeof filter[0], filter};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return false;
  return by_prctl ? prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0
                  : syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

static void sandboxed(bool by_prctl) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) != 0)
    _exit(1);
  send_fd(pair[1], pair[1]);
  if (!install(by_prctl))
    _exit(1);
  if (receive_fd(pair[0]) < 0)
    _exit(3);
  for (int i = 0; i < 20000; i++) {
    int fd = open("/dev/null", O_RDONLY), sock = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0 || sock < 0 || close(fd) != 0 || close(sock) != 0)
      _exit(2);
  }
  if (by_prctl)
    exit(0);
  _exit(0);
}

int main(void) {
  report = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  struct sigaction action = {.sa_sigaction = refused, .sa_flags = SA_SIGINFO};
  CHECK(sigaction(SIGSYS, &action, NULL) == 0);
  for (int way = 0; way < 2; way++) {
    pid_t child = fork();
    if (child == 0)
      sandboxed(way == 0);
    CHECK_EQUAL(reap(child), 0);
  }
  CHECK_EQUAL(report->refused, 0);
  for (int i = 0; i < report->refused && i < 64; i++)
    dprintf(2, "system call %d was made\n", report->numbers[i]);
  return CHECKED();
}
