/* A call that succeeds leaves errno alone, one that fails sets it as ever. */
#include "passing.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#define KEEPS(expression)                                                                          \
  do {                                                                                             \
    errno = 4711;                                                                                  \
    CHECK((expression) >= 0);                                                                      \
    CHECK_EQUAL(errno, 4711);                                                                      \
  } while (0)

#define FAILS(expression, error)                                                                   \
  do {                                                                                             \
    errno = 0;                                                                                     \
    CHECK((expression) == -1);                                                                     \
    CHECK_EQUAL(errno, error);                                                                     \
  } while (0)

static void *volatile nowhere = (void *)8;

int main(void) {
  int fd, pair[2];
  for (int round = 0; round < 300; round++) { /* over the end of a ring chunk, too */
    KEEPS(fd = open("/dev/null", O_RDONLY));
    KEEPS(dup2(fd, 100));
    KEEPS(fcntl(fd, F_SETFD, FD_CLOEXEC));
    KEEPS(close(100));
    KEEPS(close(fd));
    KEEPS(pipe2(pair, O_CLOEXEC));
    KEEPS(close_range((unsigned)pair[0], (unsigned)pair[1], 0));
  }
  KEEPS(socket(AF_INET, SOCK_STREAM, 0));
  KEEPS(eventfd(0, 0));
  KEEPS(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
  send_fd(pair[1], pair[1]);
  KEEPS(receive_fd(pair[0]));
  KEEPS(epoll_create1(0));
  KEEPS(syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY));
  pid_t child;
  KEEPS(child = fork());
  if (child == 0)
    _exit(errno == 4711 ? 0 : 1);
  CHECK_EQUAL(reap(child), 0);
  KEEPS(child = vfork());
  if (child == 0)
    _exit(errno == 4711 ? 0 : 1);
  KEEPS(waitpid(child, NULL, 0));
  FAILS(close(-1), EBADF);
  FAILS(close(12345), EBADF);
  FAILS(dup(12345), EBADF);
  FAILS(dup3(0, 0, 0), EINVAL);
  FAILS(open("", O_RDONLY), ENOENT);
  FAILS(open((const char *)nowhere, O_RDONLY), EFAULT);
  FAILS(pipe((int *)nowhere), EFAULT);
  FAILS(socket(12345, 0, 0), EAFNOSUPPORT);
  FAILS(accept(0, NULL, NULL), ENOTSOCK);
  FAILS(connect(0, (struct sockaddr *)nowhere, 16), EFAULT);
  FAILS(bind(open_null(), (struct sockaddr *)nowhere, 4096), ENOTSOCK);
  FAILS(execl("/", "none", (char *)NULL), EACCES);
  FAILS(wait(NULL), ECHILD);
  FAILS(syscall(SYS_dup, -1), EBADF);
  struct rlimit limit = {0, 0};
  CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  FAILS(open("/dev/null", O_RDONLY), EMFILE);
  FAILS(socket(AF_UNIX, SOCK_STREAM, 0), EMFILE);
  return CHECKED();
}
