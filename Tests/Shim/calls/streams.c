#include "tests.h"

#include <string.h>
#include <sys/wait.h>

#define STREAM(name, kind, owner, expression, end)                                                 \
  TEST(name) {                                                                                     \
    FILE *stream = expression;                                                                     \
    CHECK(stream != NULL);                                                                         \
    int fd = fileno(stream);                                                                       \
    check_opened(fd, #name, FDT_KIND_##kind, FDT_OWNER_##owner);                                   \
    CHECK_EQUAL(end(stream), 0);                                                                   \
    check_closed(fd, #end);                                                                        \
  }

STREAM(fopen, FILE, FILE, fopen("/dev/null", "r"), fclose)
STREAM(fopen64, FILE, FILE, fopen64("/dev/null", "r+e"), fclose)
STREAM(_IO_fopen, FILE, FILE, _IO_fopen("/dev/null", "re"), _IO_fclose)
STREAM(tmpfile, FILE, FILE, tmpfile(), fclose)
STREAM(tmpfile64, FILE, FILE, tmpfile64(), fclose)
STREAM(popen, PIPE, POPEN, popen("true", "r"), pclose)
STREAM(_IO_popen, PIPE, POPEN, _IO_popen("true", "re"), pclose)

#define OWNS(name, end)                                                                            \
  TEST(name) {                                                                                     \
    int fd = open("/dev/null", O_RDONLY);                                                          \
    FILE *stream = name(fd, "r");                                                                  \
    check_opened(fd, "open", FDT_KIND_FILE, FDT_OWNER_FILE);                                       \
    CHECK(end(stream) == 0);                                                                       \
    check_closed(fd, #end);                                                                        \
    int other = open("/dev/null", O_RDONLY);                                                       \
    CHECK(name(other, "?") == NULL && errno == EINVAL);                                            \
    CHECK(is_call(entry_of(other)->note_call, #name));                                             \
    CHECK_EQUAL(entry_of(other)->note_error, EINVAL);                                              \
    CHECK_EQUAL(entry_of(other)->owner, FDT_OWNER_RAW);                                            \
  }

OWNS(fdopen, fclose)
OWNS(_IO_fdopen, fclose)

#define CLOSES(name)                                                                               \
  TEST(name) {                                                                                     \
    FILE *stream = fopen("/dev/null", "w");                                                        \
    int fd = fileno(stream);                                                                       \
    CHECK(name(stream) == 0);                                                                      \
    check_closed(fd, #name);                                                                       \
    char memory[8] = "";                                                                           \
    CHECK(name(fmemopen(memory, sizeof memory, "r")) == 0); /* has no fd */                        \
  }

CLOSES(fclose)
CLOSES(_IO_fclose)

TEST(pclose) {
  FILE *stream = popen("exit 3", "r");
  int fd = fileno(stream);
  CHECK_EQUAL(pclose(stream), 3 << 8);
  check_closed(fd, "pclose");
  const struct fdt_process *child = trace_process(traced(), trace_process_count(traced()));
  CHECK_EQUAL(child->how, FDT_HOW_SPAWN);
  CHECK_EQUAL(child->end_kind, FDT_END_EXIT);
  CHECK_EQUAL(child->end_code, 3);
}

CASE(killed_popen_child) {
  FILE *first = popen("kill -9 $$", "r"), *second = popen("exit 0", "r");
  uint32_t count = trace_process_count(traced());
  CHECK_EQUAL(pclose(first), 9);
  CHECK_EQUAL(trace_process(traced(), count - 1)->end_kind, FDT_END_SIGNAL);
  CHECK_EQUAL(trace_process(traced(), count - 1)->end_code, 9);
  CHECK_EQUAL(pclose(second), 0);
}

/* Each child finds its record by its command, however many wait for theirs. */
CASE(popens_at_once) {
  enum { COUNT = 6 };
  FILE *streams[COUNT];
  uint32_t first = trace_process_count(traced()) + 1;
  for (int i = 0; i < COUNT; i++) {
    char command[] = "exit 0";
    command[5] = (char)('0' + i);
    CHECK((streams[i] = popen(command, "r")) != NULL);
  }
  for (int i = 0; i < COUNT; i++)
    CHECK_EQUAL(WEXITSTATUS(pclose(streams[i])), i);
  for (uint32_t i = 0; i < COUNT; i++) {
    const struct fdt_process *child = trace_process(traced(), first + i);
    CHECK(child != NULL && (child->flags & FDT_PROCESS_ATTACHED) != 0 &&
          child->end_code == (int32_t)i);
  }
  CHECK_EQUAL(traced()->header->losses[FDT_LOSS_SPAWN_AMBIGUOUS], 0);
}

/* Without the shim in it, nobody but the parent tells. */
CASE(popen_child_known) {
  unsetenv("LD_PRELOAD");
  FILE *stream = popen("echo $$", "r");
  int pid = 0;
  CHECK_EQUAL(fscanf(stream, "%d", &pid), 1);
  const struct fdt_process *child = trace_process(traced(), trace_process_count(traced()));
  CHECK_EQUAL(child->flags & FDT_PROCESS_ATTACHED, 0);
  CHECK_EQUAL(child->pid, (uint32_t)pid);
  CHECK_EQUAL(pclose(stream), 0);
}

CASE(popen_stream_closed_before) {
  FILE *stream = popen("exit 0", "r");
  int fd = fileno(stream);
  CHECK(close(fd) == 0);
  CHECK(pclose(stream) == -1 && errno == EBADF);
  const struct fdt_misuse *misuse = NULL, *found = NULL;
  for (uint32_t i = 0; (misuse = trace_at(traced(), FDT_SECTION_MISUSES, i)) != NULL; i++)
    if (misuse->state == FDT_RECORD_READY && misuse->kind == FDT_MISUSE_CLOSE_AGAIN)
      found = misuse;
  CHECK(found != NULL && is_call(found->call, "pclose") && found->low_fd == fd);
}

#define REOPENS(name)                                                                              \
  TEST(name) {                                                                                     \
    FILE *stream = fopen("/dev/null", "r");                                                        \
    int fd = fileno(stream);                                                                       \
    uint32_t live = trace_live_count(own_process());                                               \
    uint32_t site = entry_of(fd)->site;                                                            \
    const struct fdt_site *record = trace_at(traced(), FDT_SECTION_SITES, site - 1);               \
    CHECK(name("/dev/zero", "re", stream) == stream);                                              \
    CHECK_EQUAL(fileno(stream), fd); /* the number stays, the file is another */                   \
    check_opened(fd, #name, FDT_KIND_FILE, FDT_OWNER_FILE);                                        \
    CHECK_EQUAL(trace_live_count(own_process()), live);                                            \
    CHECK_EQUAL(record->closed, 1);                                                                \
    CHECK(memcmp(detail_of(fd)->text, "/dev/zero", 9) == 0);                                       \
    CHECK(name("/no/such/file", "r", stream) == NULL && errno == ENOENT);                          \
    check_closed(fd, #name);                                                                       \
    CHECK_EQUAL(trace_live_count(own_process()), live - 1);                                        \
    CHECK_EQUAL(own_process()->vanished, 0);                                                       \
  }

REOPENS(freopen)
REOPENS(freopen64)

/* libc remembers the "e" where it moves the new file onto the old number. */
CASE(reopened_keeps_cloexec) {
  static const char *const modes[] = {"r", "re"};
  for (int i = 0; i < 4; i++) {
    FILE *stream = fopen("/dev/null", modes[i % 2]);
    CHECK(freopen("/dev/zero", modes[i / 2], stream) == stream);
    bool kept = (fcntl(fileno(stream), F_GETFD) & FD_CLOEXEC) != 0;
    CHECK_EQUAL((entry_of(fileno(stream))->flags & FDT_FD_CLOEXEC) != 0, kept);
    fclose(stream);
  }
}

/* ---- directories --------------------------------------------------------------- */

TEST(opendir) {
  DIR *stream = opendir("/");
  int fd = dirfd(stream);
  check_opened(fd, "opendir", FDT_KIND_DIR, FDT_OWNER_DIR);
  CHECK(closedir(stream) == 0);
  check_closed(fd, "closedir");
}

TEST(fdopendir) {
  int fd = open("/", O_RDONLY | O_DIRECTORY);
  CHECK(fdopendir(fd) != NULL);
  const struct fdt_live *entry = entry_of(fd);
  CHECK(is_call(entry->call, "open"));
  CHECK_EQUAL(entry->owner, FDT_OWNER_DIR);
  CHECK_EQUAL((entry->flags & FDT_FD_CLOEXEC) != 0, (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
  int file = open("/dev/null", O_RDONLY);
  CHECK(fdopendir(file) == NULL && errno == ENOTDIR);
  CHECK(is_call(entry_of(file)->note_call, "fdopendir"));
  CHECK_EQUAL(entry_of(file)->owner, FDT_OWNER_RAW);
}

TEST(closedir) {
  int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  CHECK(closedir(fdopendir(fd)) == 0);
  check_closed(fd, "closedir");
  DIR *volatile none = NULL;
  CHECK(closedir(none) == -1 && errno == EINVAL);
}

CASE(raw_close_of_a_stream) {
  FILE *stream = fopen("/dev/null", "r");
  int fd = fileno(stream);
  CHECK(close(fd) == 0);
  check_closed(fd, "close");
  CHECK_EQUAL(entry_of(fd)->owner, FDT_OWNER_FILE);
  CHECK(fclose(stream) == EOF && errno == EBADF);
}
