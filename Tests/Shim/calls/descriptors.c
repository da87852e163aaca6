#include "tests.h"

#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>

#define PIPES(name, ...)                                                                           \
  TEST(name) {                                                                                     \
    int pair[2];                                                                                   \
    CHECK(name(pair __VA_ARGS__) == 0);                                                            \
    check_opened(pair[0], #name, FDT_KIND_PIPE, FDT_OWNER_RAW);                                    \
    check_opened(pair[1], #name, FDT_KIND_PIPE, FDT_OWNER_RAW);                                    \
    CHECK(close(pair[1]) == 0);                                                                    \
    check_closed(pair[1], "close");                                                                \
  }

PIPES(pipe)
PIPES(__pipe)
PIPES(pipe2, , O_CLOEXEC)

static int signals(int existing, int flags) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  return signalfd(existing, &set, flags);
}

OPENS(eventfd, EVENTFD, eventfd(0, EFD_CLOEXEC))
OPENS(epoll_create, EPOLL, epoll_create(1))
OPENS(epoll_create1, EPOLL, epoll_create1(EPOLL_CLOEXEC))
OPENS(timerfd_create, TIMERFD, timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC))
OPENS(inotify_init, INOTIFY, inotify_init())
OPENS(inotify_init1, INOTIFY, inotify_init1(IN_CLOEXEC))
OPENS(memfd_create, MEMFD, memfd_create("test", MFD_CLOEXEC))
OPENS(posix_openpt, PTY, posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC))
OPENS(getpt, PTY, getpt())

TEST(signalfd) {
  int fd = signals(-1, SFD_CLOEXEC);
  check_opened(fd, "signalfd", FDT_KIND_SIGNALFD, FDT_OWNER_RAW);
  uint64_t opened = own_process()->opened;
  CHECK(signals(fd, 0) == fd); /* changes the mask, opens nothing */
  CHECK_EQUAL(own_process()->opened, opened);
  CHECK(close(fd) == 0);
  check_closed(fd, "close");
}

CASE(memfd_name) {
  const struct fdt_detail *detail = detail_of(memfd_create("a name", 0));
  CHECK(detail != NULL && detail->text_size == 6 && memcmp(detail->text, "a name", 6) == 0);
}
