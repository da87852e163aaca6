/* Calls made for the first time while another thread holds the loader's lock, as a
 * handler that interrupts dlopen finds it: none waits for that lock. */
#include "host.h"

#include <link.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>

static int to_holder[2], from_holder[2];

static int hold(struct dl_phdr_info *info, size_t size, void *context) {
  char byte = 0;
  (void)info;
  (void)size;
  (void)context;
  CHECK(write(from_holder[1], &byte, 1) == 1);
  CHECK(read(to_holder[0], &byte, 1) == 1);
  return 1;
}

static void *hold_lock(void *argument) {
  dl_iterate_phdr(hold, NULL);
  return argument;
}

int main(void) {
  pthread_t holder;
  char byte = 0;
  alarm(30); /* ends a wait that has no end */
  CHECK(pipe(to_holder) == 0 && pipe(from_holder) == 0);
  CHECK(pthread_create(&holder, NULL, hold_lock, NULL) == 0);
  CHECK(read(from_holder[0], &byte, 1) == 1);

  int fds[2], received[2];
  CHECK(close(dup(0)) == 0);
  CHECK(fcntl(0, F_GETFD) >= 0);
  CHECK(close(eventfd(0, EFD_CLOEXEC)) == 0);
  CHECK(close(epoll_create1(EPOLL_CLOEXEC)) == 0);
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
  CHECK(sendto(fds[0], &byte, 1, 0, NULL, 0) == 1 && recv(fds[1], &byte, 1, 0) == 1);
  CHECK(dup2(fds[0], fds[1]) == fds[1] && close(fds[0]) == 0 && close(fds[1]) == 0);
  CHECK(pipe2(received, O_CLOEXEC) == 0 && close(received[0]) == 0 && close(received[1]) == 0);
  /* Its mode is a variable argument. */
  struct stat about;
  fds[0] = openat(AT_FDCWD, "made", O_RDWR | O_CREAT | O_EXCL, 0400);
  CHECK(fstat(fds[0], &about) == 0 && (about.st_mode & 0777) == 0400);
  CHECK(close(fds[0]) == 0 && unlink("made") == 0);

  CHECK(write(to_holder[1], &byte, 1) == 1);
  CHECK(pthread_join(holder, NULL) == 0);
  return CHECKED();
}
