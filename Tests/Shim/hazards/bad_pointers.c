/* Addresses where there is nothing: a call that is passed one fails as the kernel says, and
 * the program goes on. */
#include "host.h"

#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>

static void *volatile nowhere = (void *)8; /* which the compiler need not know */

int execveat(int, const char *, char *const[], char *const[], int);

static char *const arguments[] = {"true", NULL};

/* Behind what is returned, a page ends and there is no other. */
static char *last_page_end(void) {
  char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(pages != MAP_FAILED && munmap(pages + 4096, 4096) == 0);
  return pages + 4096;
}

#define FAULTS(call)                                                                               \
  do {                                                                                             \
    errno = 0;                                                                                     \
    CHECK((call) == -1 && errno == EFAULT);                                                        \
  } while (0)

/* ---- programs with arguments or an environment that nobody can read ------------------ */

static void execs(char *const *argv, char *const *envp) {
  int fd = open("/bin/true", O_RDONLY | O_CLOEXEC);
  FAULTS(execve("/bin/true", argv, envp));
  FAULTS(execveat(fd, "", argv, envp, AT_EMPTY_PATH));
  FAULTS(fexecve(fd, argv, envp));
  FAULTS(execvpe("/bin/true", argv, envp));
  FAULTS(syscall(SYS_execve, "/bin/true", argv, envp));
  CHECK(execve("/no/such/program", argv, envp) == -1 && errno == ENOENT);
  CHECK(close(fd) == 0);
  pid_t pid = vfork();
  if (pid == 0) {
    execve("/bin/true", argv, envp);
    _exit(errno == EFAULT ? 5 : 6);
  }
  CHECK_EQUAL(reap(pid), 5);
}

/* libc itself reads the vector of arguments here. */
static void spawns(char *const *argv, char *const *envp) {
  pid_t pid;
  CHECK_EQUAL(posix_spawn(&pid, "/bin/true", NULL, NULL, argv, envp), EFAULT);
  CHECK_EQUAL(posix_spawnp(&pid, "true", NULL, NULL, argv, envp), EFAULT);
  CHECK_EQUAL(posix_spawn(&pid, "/no/such/program", NULL, NULL, argv, envp), ENOENT);
}

static void starts(char *const *argv, char *const *envp) {
  execs(argv, envp);
  spawns(argv, envp);
}

static void programs(void) {
  char **kept = environ, *unread[] = {"A=1", nowhere, NULL}, **vector, *string;
  starts(arguments, nowhere);
  execs(nowhere, environ);
  starts(arguments, unread);
  starts(unread, environ);
  starts(arguments, (char **)UINTPTR_MAX);
  starts(arguments, (char **)(UINTPTR_MAX / 2)); /* no address of the machine's */
  /* They begin well. */
  vector = (char **)last_page_end() - 2;
  vector[0] = vector[1] = "B=2";
  starts(arguments, vector);
  string = last_page_end() - 3;
  memcpy(string, "C=3", 3);
  starts(arguments, (char *[]){"A=1", string, NULL});
  environ = nowhere;
  FAULTS(execv("/bin/true", arguments));
  FAULTS(execl("/bin/true", "true", (char *)NULL));
  environ = kept;
  /* They end with the page, and are good. */
  vector[1] = NULL;
  memcpy(string - 1, "C=3", 4);
  vector[0] = string - 1;
  pid_t pid;
  CHECK(posix_spawn(&pid, "/bin/true", NULL, NULL, arguments, vector) == 0 && reap(pid) == 0);
}

static void commands(void) {
  CHECK_EQUAL(system(nowhere), 127 << 8);
  CHECK(popen(nowhere, "r") == NULL);
}

/* ---- what SIGBUS does, by a system call of the program's own ---------------------------- */

struct kernel_action {
  void (*handler)(int);
  unsigned long flags;
  void (*restorer)(void);
  uint64_t mask;
};

static void handler(int number) { (void)number; }

static void actions(void) {
  struct kernel_action action = {.handler = handler}, found;
  FAULTS(syscall(SYS_rt_sigaction, SIGBUS, nowhere, NULL, 8));
  FAULTS(syscall(SYS_rt_sigaction, SIGBUS, last_page_end() - 8, NULL, 8));
  FAULTS(syscall(SYS_rt_sigaction, SIGBUS, NULL, nowhere, 8));
  CHECK(syscall(SYS_rt_sigaction, SIGBUS, nowhere, NULL, 7) == -1 && errno == EINVAL);
  CHECK(syscall(SYS_rt_sigaction, SIGBUS, NULL, &found, 8) == 0 && found.handler == SIG_DFL);
  /* Set before the kernel finds out that it cannot tell what was before. */
  FAULTS(syscall(SYS_rt_sigaction, SIGBUS, &action, nowhere, 8));
  CHECK(syscall(SYS_rt_sigaction, SIGBUS, NULL, &found, 8) == 0 && found.handler == handler);
  action.handler = SIG_DFL;
  CHECK(syscall(SYS_rt_sigaction, SIGBUS, &action, &found, 8) == 0 && found.handler == handler);
  CHECK(syscall(SYS_rt_sigaction, SIGBUS, NULL, &action, 8) == 0 && action.handler == SIG_DFL);
}

/* ---- descriptors ---------------------------------------------------------------------- */

static void descriptors(void) {
  int pair[2], none = open_null();
  struct iovec piece = {nowhere, 1};
  struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
  CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0 &&
        write(pair[1], "ab", 2) == 2);
  FAULTS(open(nowhere, O_RDONLY));
  FAULTS(openat(AT_FDCWD, nowhere, O_RDONLY));
  FAULTS(creat(nowhere, 0600));
  FAULTS(syscall(SYS_openat2, AT_FDCWD, "/dev/null", nowhere, 24));
  FAULTS(pipe2(nowhere, O_CLOEXEC));
  FAULTS(socketpair(AF_UNIX, SOCK_STREAM, 0, nowhere));
  FAULTS(connect(pair[0], nowhere, 16));
  FAULTS(bind(pair[0], nowhere, 16));
  FAULTS(getsockopt(pair[0], SOL_SOCKET, SO_TYPE, nowhere, nowhere));
  FAULTS(recvmsg(pair[0], nowhere, 0));
  FAULTS(recvmsg(pair[0], &message, 0));
  FAULTS(readv(pair[0], nowhere, 1));
  FAULTS(syscall(SYS_memfd_create, nowhere, 0));
  CHECK(close(pair[0]) == 0 && close(pair[1]) == 0 && close(none) == 0);
}

/* libc makes a question of it, whose answer nobody wants. */
static void limits(void) {
  struct rlimit *const volatile none = NULL;
  CHECK_EQUAL(setrlimit(RLIMIT_NOFILE, none), 0);
  CHECK_EQUAL(setrlimit64(RLIMIT_NOFILE, (struct rlimit64 *)none), 0);
  CHECK_EQUAL(prlimit(0, RLIMIT_NOFILE, none, none), 0);
  FAULTS(setrlimit(RLIMIT_NOFILE, nowhere));
}

int main(void) {
  programs();
  commands();
  actions();
  descriptors();
  limits();
  return CHECKED();
}
