/* Under a filter that allows what this program itself calls and nothing else: new
 * threads, children of all sorts, the first failure for lack of descriptors, wrong
 * closes, and every end. In the kernel's strict mode: transfers alone.
 * audit: sound - a program under such a filter cannot be compared with /proc. */
#include "host.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

/* Shared with the children: what was called though it is not allowed. */
static struct {
  int count;
  int numbers[64];
} * refusals;

static void refused(int number, siginfo_t *info, void *context) {
  (void)number;
  (void)context;
  int index = __atomic_fetch_add(&refusals->count, 1, __ATOMIC_RELAXED);
  if (index < 64)
    refusals->numbers[index] = info->si_syscall;
}

#define ALLOW(name)                                                                                \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1),                                           \
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static void restrict_to_own(void) {
  static struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      /* the program's */
      ALLOW(openat),
      ALLOW(close),
      ALLOW(dup),
      ALLOW(socket),
      ALLOW(socketpair),
      ALLOW(pipe2),
      ALLOW(read),
      ALLOW(write),
      ALLOW(accept4),
      ALLOW(recvmsg),
      ALLOW(clone),
      ALLOW(wait4),
#ifdef SYS_vfork
      ALLOW(vfork),
#endif
      ALLOW(exit_group),
      /* libc's, for threads and children */
      ALLOW(clone3),
      ALLOW(set_robust_list),
      ALLOW(rseq),
      ALLOW(mmap),
      ALLOW(munmap),
      ALLOW(mprotect),
      ALLOW(madvise),
      ALLOW(futex),
      ALLOW(rt_sigprocmask),
      ALLOW(rt_sigaction),
      ALLOW(getrandom),
      ALLOW(brk),
      ALLOW(rt_sigreturn),
      ALLOW(exit),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
  };
  struct sock_fprog program = {sizeof filter / sizeof filter[0], filter};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
    _exit(90);
}

/* ---- what a restricted program does ------------------------------------------------- */

static void open_and_close(int times) {
  for (int i = 0; i < times; i++) {
    int fd = open_null(), pair[2], copy = dup(fd);
    if (fd < 0 || copy < 0 || pipe2(pair, O_CLOEXEC) != 0 || close(fd) != 0 || close(copy) != 0 ||
        close(pair[0]) != 0 || close(pair[1]) != 0)
      _exit(91);
  }
}

static void *thread_of_own(void *argument) {
  open_and_close(100);
  return argument;
}

static void threads(void) {
  pthread_t all[4];
  for (int i = 0; i < 4; i++)
    if (pthread_create(&all[i], NULL, thread_of_own, NULL) != 0)
      _exit(92);
  for (int i = 0; i < 4; i++)
    pthread_join(all[i], NULL);
}

static void forked(void) {
  pid_t child = fork();
  if (child == 0) {
    open_and_close(100);
    threads();
    _exit(5);
  }
  if (reap(child) != 5)
    _exit(93);
}

static void forked_among_threads(void) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, thread_of_own, NULL) != 0)
    _exit(92);
  forked();
  pthread_join(thread, NULL);
}

static int cloned(void *argument) {
  open_and_close(1);
  return argument != NULL;
}

static void children_of_other_sorts(void) {
  static char stack[65536] __attribute__((aligned(16)));
  pid_t child = vfork();
  if (child == 0) {
    close(open_null());
    _exit(6);
  }
  if (reap(child) != 6)
    _exit(94);
  child = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
  if (child == 0) {
    open_and_close(1);
    _exit(7);
  }
  if (reap(child) != 7)
    _exit(95);
  child = clone(cloned, stack + sizeof stack, SIGCHLD, NULL);
  if (child < 0 || reap(child) != 0)
    _exit(96);
  forked();
}

static void too_many(void) {
  int fd;
  while ((fd = open_null()) >= 0)
    continue;
  if (errno != EMFILE || socket(AF_UNIX, SOCK_STREAM, 0) != -1)
    _exit(97);
}

static void failures(void) {
  int pair[2];
  char byte;
  struct msghdr message = {.msg_name = NULL};
  if (close(900) != -1 || read(900, &byte, 1) != -1 || recvmsg(900, &message, 0) != -1 ||
      accept4(900, NULL, NULL, 0) != -1 || open("/proc/nowhere/at/all", O_RDONLY) != -1)
    _exit(98);
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0 || close(pair[0]) != 0 ||
      read(pair[1], &byte, 1) != 0 || close(pair[1]) != 0 || close(pair[1]) != -1)
    _exit(98);
}

static void nothing(void) {}

static void *ends(void *argument) {
  (void)argument;
  _exit(0);
}

static void end_in_thread(void) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, ends, NULL) == 0)
    for (;;)
      pthread_join(thread, NULL);
}

static void end_quickly(void) { quick_exit(0); }
static void end_at_once(void) { _Exit(0); }

/* ---- from the outside ------------------------------------------------------------------ */

static void sandboxed(const char *name, void (*run)(void)) {
  pid_t child = fork();
  if (child == 0) {
    struct rlimit few = {64, 64};
    if (setrlimit(RLIMIT_NOFILE, &few) != 0)
      _exit(89);
    restrict_to_own();
    run();
    exit(0);
  }
  int status = reap(child);
  CHECK_EQUAL(status, 0);
  CHECK_EQUAL(refusals->count, 0);
  for (int i = 0; i < refusals->count && i < 64; i++)
    dprintf(2, "%s: system call %d was made\n", name, refusals->numbers[i]);
  refusals->count = 0;
}

/* Nothing but read, write, exit and the return from a handler is allowed here, and
 * the kernel kills for anything else. */
static void strict(void) {
  int pair[2];
  CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
  pid_t child = fork();
  if (child == 0) {
    char byte = 'a';
    bool good = close(pair[1]) == 0;
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) == 0) {
      good = good && write(pair[0], &byte, 1) == 1 && read(pair[0], &byte, 1) == 1 && byte == 'b' &&
             read(900, &byte, 1) == -1 && errno == EBADF && write(900, &byte, 1) == -1 &&
             read(pair[0], &byte, 1) == 0;
      syscall(SYS_exit, good ? 11 : 12);
    }
    _exit(13);
  }
  char byte;
  CHECK(close(pair[0]) == 0 && read(pair[1], &byte, 1) == 1 && write(pair[1], "b", 1) == 1);
  CHECK(close(pair[1]) == 0);
  CHECK_EQUAL(reap(child), 11);
}

int main(void) {
  refusals = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  struct sigaction action = {.sa_sigaction = refused, .sa_flags = SA_SIGINFO};
  CHECK(sigaction(SIGSYS, &action, NULL) == 0);
  sandboxed("threads", threads);
  sandboxed("fork", forked);
  sandboxed("fork among threads", forked_among_threads);
  sandboxed("other children", children_of_other_sorts);
  sandboxed("EMFILE", too_many);
  sandboxed("failures", failures);
  sandboxed("exit", nothing);
  sandboxed("end in a thread", end_in_thread);
  sandboxed("quick_exit", end_quickly);
  sandboxed("_Exit", end_at_once);
  strict();
  return CHECKED();
}
