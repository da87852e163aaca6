#include "tests.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/syscall.h>

/* The one misuse of `kind` that this process has; NULL when there is none, or two. */
static const struct fdt_misuse *misuse_of(enum fdt_misuse_kind kind) {
  const struct fdt_misuse *found = NULL;
  for (uint32_t i = 0; i < traced()->header->sections[FDT_SECTION_MISUSES].count; i++) {
    const struct fdt_misuse *misuse = trace_at(traced(), FDT_SECTION_MISUSES, i);
    if (misuse->state != FDT_RECORD_READY || misuse->process != own_ref() || misuse->kind != kind)
      continue;
    if (found != NULL)
      return NULL;
    found = misuse;
  }
  return found;
}

static int opened_and_closed(void) {
  int fd = open("/dev/null", O_RDONLY);
  CHECK(close(fd) == 0);
  return fd;
}

CASE(misuse_close_again) {
  int fd = opened_and_closed();
  for (int i = 0; i < 3; i++)
    CHECK(close(fd) == -1 && errno == EBADF);
  const struct fdt_misuse *misuse = misuse_of(FDT_MISUSE_CLOSE_AGAIN);
  CHECK(misuse != NULL);
  if (misuse == NULL)
    return;
  const struct fdt_live *entry = entry_of(fd);
  CHECK_EQUAL(misuse->count, 3);
  CHECK_EQUAL(misuse->low_fd, fd);
  CHECK_EQUAL(misuse->high_fd, fd);
  CHECK_EQUAL(misuse->opened_stack, entry->stack);
  CHECK_EQUAL(misuse->closed_stack, entry->note_stack);
  CHECK_EQUAL(misuse->site, entry->site);
  CHECK(is_call(misuse->call, "close") && is_call(misuse->closed_call, "close"));
  CHECK(is_call(misuse->opened_call, "open"));
  CHECK(misuse->stack != 0 && misuse->stack != misuse->closed_stack);
  CHECK_EQUAL(misuse->thread, (uint32_t)gettid());
  CHECK(misuse->opened_ticks < misuse->closed_ticks && misuse->closed_ticks < misuse->first_ticks);
  CHECK(misuse->first_ticks < misuse->last_ticks);
}

CASE(misuse_close_unknown) {
  for (int fd = 500; fd < 520; fd++)
    CHECK(close(fd) == -1 && errno == EBADF);
  CHECK(close(-1) == -1 && errno == EBADF);
  const struct fdt_misuse *misuse = misuse_of(FDT_MISUSE_CLOSE_UNKNOWN);
  CHECK(misuse != NULL);
  if (misuse == NULL)
    return;
  CHECK_EQUAL(misuse->count, 20);
  CHECK_EQUAL(misuse->low_fd, 500);
  CHECK_EQUAL(misuse->high_fd, 519);
  CHECK_EQUAL(misuse->opened_stack, 0);
}

static void close_owned(long (*close_it)(int)) {
  FILE *stream = fopen("/dev/null", "r");
  int fd = fileno(stream);
  CHECK(close_it(fd) == 0);
  const struct fdt_misuse *misuse = misuse_of(FDT_MISUSE_CLOSE_OWNED);
  CHECK(misuse != NULL);
  if (misuse != NULL) {
    CHECK_EQUAL(misuse->owner, FDT_OWNER_FILE);
    CHECK_EQUAL(misuse->low_fd, fd);
    CHECK_EQUAL(misuse->opened_stack, entry_of(fd)->stack);
    CHECK_EQUAL(misuse->stack, entry_of(fd)->note_stack);
  }
  CHECK(fclose(stream) == EOF && errno == EBADF);
  CHECK(misuse_of(FDT_MISUSE_CLOSE_AGAIN) != NULL);
}

static long by_name(int fd) { return close(fd); }
static long by_number(int fd) { return syscall(SYS_close, fd); }

CASE(misuse_close_owned) { close_owned(by_name); }

CASE(misuse_close_owned_raw) { close_owned(by_number); }

CASE(misuse_close_owned_in_child) {
  FILE *stream = fopen("/dev/null", "r");
  pid_t child = fork();
  if (child == 0)
    _exit(close(fileno(stream)) == 0 && misuse_of(FDT_MISUSE_CLOSE_OWNED) == NULL ? 0 : 1);
  CHECK_EQUAL(reap_unseen(child), 0);
  CHECK(fclose(stream) == 0);
  CHECK(misuse_of(FDT_MISUSE_CLOSE_OWNED) == NULL);
}

static void check_use(const char *call, int fd, long result) {
  CHECK(result == -1 && errno == EBADF);
  const struct fdt_misuse *misuse = misuse_of(FDT_MISUSE_USE_CLOSED);
  CHECK(misuse != NULL);
  if (misuse == NULL)
    return;
  CHECK(is_call(misuse->call, call));
  CHECK_EQUAL(misuse->low_fd, fd);
  CHECK_EQUAL(misuse->closed_stack, entry_of(fd)->note_stack);
}

CASE(misuse_read) {
  char byte;
  int fd = opened_and_closed();
  check_use("read", fd, read(fd, &byte, 1));
}

CASE(misuse_write) {
  int fd = opened_and_closed();
  check_use("write", fd, write(fd, "", 1));
}

CASE(misuse_dup) {
  int fd = opened_and_closed();
  check_use("dup", fd, dup(fd));
}

CASE(misuse_accept) {
  int fd = opened_and_closed();
  check_use("accept", fd, accept(fd, NULL, NULL));
}

CASE(misuse_of_no_fd) {
  char byte;
  CHECK(read(700, &byte, 1) == -1 && errno == EBADF);
  CHECK(dup(700) == -1 && errno == EBADF);
  CHECK(misuse_of(FDT_MISUSE_USE_CLOSED) == NULL);
}
