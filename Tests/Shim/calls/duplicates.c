#include "tests.h"

#include <string.h>
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

/* The one place where `site`'s descriptors were closed, by `call`. */
static const struct fdt_closer *closer_of(uint32_t site, const char *call) {
  const struct fdt_closer *found = NULL;
  for (uint32_t i = 0; i < traced()->header->sections[FDT_SECTION_CLOSERS].count; i++) {
    const struct fdt_closer *closer = trace_at(traced(), FDT_SECTION_CLOSERS, i);
    if (closer->state == FDT_RECORD_READY && closer->site == site &&
        strcmp(trace_call(traced(), closer->call), call) == 0)
      found = closer;
  }
  return found;
}

CASE(dup2_site) {
  int source = opened(), fd = opened();
  uint32_t site = entry_of(fd)->site;
  CHECK(dup2(source, fd) == fd);
  const struct fdt_closer *closer = closer_of(site, "dup2");
  CHECK(closer != NULL);
  if (closer == NULL)
    return;
  CHECK_EQUAL(closer->count, 1);
  CHECK_EQUAL(closer->stack, entry_of(fd)->stack); /* where the new one was opened */
  CHECK(dup3(source, fd, O_CLOEXEC) == fd);
  CHECK(closer_of(entry_of(source)->site, "dup3") == NULL);
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
