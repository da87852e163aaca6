#include "tests.h"

#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static int opened(void) { return open("/dev/null", O_RDONLY); }

#define DUPLICATES(name, expression)                                                               \
  TEST(name) {                                                                                     \
    int source = opened();                                                                         \
    int fd = expression;                                                                           \
    check_duplicate(fd, source, #name);                                                            \
    CHECK(close(fd) == 0);                                                                         \
    check_closed(fd, "close");                                                                     \
    CHECK_EQUAL(FDT_LIVE_STATE(entry_of(source)->state), FDT_LIVE_OPEN);                           \
  }

DUPLICATES(dup, dup(source))
DUPLICATES(dup2, dup2(source, 200))
DUPLICATES(__dup2, __dup2(source, 4000))
DUPLICATES(dup3, dup3(source, 200, O_CLOEXEC))

/* FD_CLOEXEC set and cleared again by a later call. */
static void check_late_cloexec(int fd, int (*set)(int fd, int on)) {
  CHECK(set(fd, 1) == 0);
  CHECK_EQUAL(entry_of(fd)->flags & (FDT_FD_CLOEXEC | FDT_FD_CLOEXEC_LATE),
              FDT_FD_CLOEXEC | FDT_FD_CLOEXEC_LATE);
  CHECK(set(fd, 0) == 0);
  CHECK_EQUAL(entry_of(fd)->flags & (FDT_FD_CLOEXEC | FDT_FD_CLOEXEC_LATE), 0);
}

#define CONTROLS(name)                                                                             \
  static int name##_cloexec(int fd, int on) { return name(fd, F_SETFD, on ? FD_CLOEXEC : 0); }     \
  TEST(name) {                                                                                     \
    int source = opened();                                                                         \
    check_duplicate(name(source, F_DUPFD, 100), source, #name);                                    \
    check_duplicate(name(source, F_DUPFD_CLOEXEC, 100), source, #name);                            \
    check_late_cloexec(source, name##_cloexec);                                                    \
    CHECK_EQUAL(name(source, F_GETFL) & O_ACCMODE, O_RDONLY);                                      \
  }

CONTROLS(fcntl)
CONTROLS(fcntl64)
CONTROLS(__fcntl)

static int ioctl_cloexec(int fd, int on) { return ioctl(fd, on ? FIOCLEX : FIONCLEX); }

TEST(ioctl) {
  int fd = opened(), pair[2], unread = -1;
  check_late_cloexec(fd, ioctl_cloexec);
  CHECK(pipe(pair) == 0 && write(pair[1], "abc", 3) == 3);
  CHECK(ioctl(pair[0], FIONREAD, &unread) == 0);
  CHECK_EQUAL(unread, 3);
}

CASE(dup2_onto_live) {
  int source = opened(), pair[2];
  CHECK(pipe(pair) == 0);
  uint32_t site = entry_of(pair[0])->site;
  const struct fdt_site *record = trace_at(traced(), FDT_SECTION_SITES, site - 1);
  uint64_t closed = record->closed;
  uint32_t live = trace_live_count(own_process());
  CHECK(dup2(source, pair[0]) == pair[0]);
  check_duplicate(pair[0], source, "dup2");
  CHECK_EQUAL(record->closed, closed + 1);
  CHECK_EQUAL(trace_live_count(own_process()), live);
  CHECK_EQUAL(own_process()->vanished, 0);
}

CASE(dup2_onto_itself) {
  int fd = opened();
  uint64_t opened_before = own_process()->opened;
  CHECK(dup2(fd, fd) == fd);
  check_opened(fd, "open", FDT_KIND_FILE, FDT_OWNER_RAW);
  CHECK_EQUAL(own_process()->opened, opened_before);
}

CASE(dup_of_no_fd) {
  int fd = opened();
  uint64_t opened_before = own_process()->opened;
  CHECK(dup(999) == -1 && errno == EBADF);
  CHECK(dup2(999, fd) == -1 && errno == EBADF);
  check_opened(fd, "open", FDT_KIND_FILE, FDT_OWNER_RAW);
  CHECK_EQUAL(own_process()->opened, opened_before);
}
