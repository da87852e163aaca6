#include "tests.h"

#include <string.h>

#define NULL_FILE "/dev/null"

OPENS(open, FILE, open(NULL_FILE, O_RDONLY))
OPENS(open64, FILE, open64(NULL_FILE, O_RDONLY | O_CLOEXEC))
OPENS(__open, FILE, __open(NULL_FILE, O_RDONLY))
OPENS(__open64, FILE, __open64(NULL_FILE, O_RDONLY))
OPENS(__open_2, FILE, __open_2(NULL_FILE, O_RDONLY))
OPENS(__open64_2, FILE, __open64_2(NULL_FILE, O_RDONLY | O_CLOEXEC))
OPENS(openat, DIR, openat(AT_FDCWD, "/", O_RDONLY | O_DIRECTORY))
OPENS(openat64, FILE, openat64(AT_FDCWD, NULL_FILE, O_RDONLY | O_CLOEXEC))
OPENS(__openat_2, FILE, __openat_2(AT_FDCWD, NULL_FILE, O_RDONLY))
OPENS(__openat64_2, FILE, __openat64_2(AT_FDCWD, NULL_FILE, O_RDONLY))
OPENS(creat, FILE, creat(NULL_FILE, 0600))
OPENS(creat64, FILE, creat64(NULL_FILE, 0600))

/* The made-up name is in the template afterwards, and in the trace. */
#define MAKES(name, ending, expression)                                                            \
  TEST(name) {                                                                                     \
    char template[] = "/tmp/fdtrack-XXXXXX" ending;                                                \
    int fd = expression;                                                                           \
    check_opened(fd, #name, FDT_KIND_FILE, FDT_OWNER_RAW);                                         \
    const struct fdt_detail *detail = detail_of(fd);                                               \
    CHECK(detail != NULL && detail->form == FDT_TEXT_PATH &&                                       \
          detail->text_size == strlen(template) &&                                                 \
          memcmp(detail->text, template, strlen(template)) == 0);                                  \
    unlink(template);                                                                              \
    CHECK(close(fd) == 0);                                                                         \
    check_closed(fd, "close");                                                                     \
  }

MAKES(mkstemp, "", mkstemp(template))
MAKES(mkstemp64, "", mkstemp64(template))
MAKES(mkostemp, "", mkostemp(template, O_CLOEXEC))
MAKES(mkostemp64, "", mkostemp64(template, O_CLOEXEC))
MAKES(mkstemps, ".c", mkstemps(template, 2))
MAKES(mkstemps64, ".c", mkstemps64(template, 2))
MAKES(mkostemps, ".c", mkostemps(template, 2, O_CLOEXEC))
MAKES(mkostemps64, ".c", mkostemps64(template, 2, O_CLOEXEC))

CASE(path_is_kept) {
  int fd = open(NULL_FILE, O_RDONLY);
  const struct fdt_detail *detail = detail_of(fd);
  CHECK(detail != NULL && detail->form == FDT_TEXT_PATH && detail->text_size == 9 &&
        memcmp(detail->text, NULL_FILE, 9) == 0);
  close(fd);
}

CASE(failed_open_leaves_nothing) {
  uint64_t opened = own_process()->opened;
  CHECK(open("/no/such/file", O_RDONLY) == -1 && errno == ENOENT);
  CHECK(fopen("/no/such/file", "r") == NULL && errno == ENOENT);
  CHECK(opendir("/no/such/file") == NULL && errno == ENOENT);
  CHECK_EQUAL(own_process()->opened, opened);
}

/* poll(2), which the shim looks around by, takes them for closed. */
CASE(path_descriptor_is_open) {
  struct legacy legacy = {open(".", O_PATH), open("/", O_PATH | O_CLOEXEC)};
  pid_t child = fork();
  if (child == 0)
    _exit(7);
  reap_unseen(child);
  const struct fdt_process *process = check_child(child, "fork", FDT_HOW_FORK, FDT_END_EXIT, 7);
  CHECK_EQUAL(process->vanished + process->unseen, 0);
  CHECK_EQUAL(process->snapshot_open, trace_live_count(process));
  check_inherited(process, legacy.kept, FDT_VIA_FORK);
  check_inherited(process, legacy.private, FDT_VIA_FORK);

  child = fork();
  if (child == 0) { /* the next program finds what it was left */
    execl("/bin/sh", "sh", "-c", "exit 5", (char *)NULL);
    _exit(1);
  }
  reap_unseen(child);
  process = trace_process(traced(), trace_find(traced(), child));
  CHECK(process != NULL && process->how == FDT_HOW_EXEC && process->end_code == 5);
  CHECK_EQUAL(process->vanished + process->unseen, 0);
  check_inherited(process, legacy.kept, FDT_VIA_EXEC);
  check_absent(process, legacy.private);
}
