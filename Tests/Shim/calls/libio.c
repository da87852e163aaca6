/* Streams beyond fopen and fclose: what else opens, keeps and closes their descriptors. */
#include "tests.h"

#include <stdio_ext.h>
#include <string.h>
#include <wchar.h>

extern int _IO_file_close_it(FILE *stream);
extern int _IO_file_close(FILE *stream);
extern void _IO_file_finish(FILE *stream, int unused);
extern FILE *_IO_file_attach(FILE *stream, int fd);
extern FILE *_IO_file_fopen(FILE *stream, const char *path, const char *mode, int wide);
extern FILE *_IO_file_open(FILE *stream, const char *path, int flags, int mode, int state,
                           int wide);

/* A stream whose descriptor was closed, ready for another. */
static FILE *vacant(void) {
  FILE *stream = fopen("/dev/null", "r");
  CHECK(_IO_file_close_it(stream) == 0);
  return stream;
}

TEST(_IO_file_close_it) {
  FILE *stream = fopen("/dev/null", "r");
  int fd = fileno(stream);
  CHECK(_IO_file_close_it(stream) == 0);
  check_closed(fd, "_IO_file_close_it");
  CHECK(_IO_file_close_it(stream) == EOF); /* has none any more */
}

TEST(_IO_file_close) {
  FILE *stream = fopen("/dev/null", "r");
  CHECK(_IO_file_close(stream) == 0);
  check_closed(fileno(stream), "_IO_file_close");
}

TEST(_IO_file_finish) {
  FILE *stream = fopen("/dev/null", "r");
  int fd = fileno(stream);
  _IO_file_finish(stream, 0);
  check_closed(fd, "_IO_file_finish");
}

TEST(_IO_file_attach) {
  FILE *stream = vacant();
  int fd = open("/dev/null", O_RDONLY);
  CHECK(_IO_file_attach(stream, fd) == stream);
  check_opened(fd, "open", FDT_KIND_FILE, FDT_OWNER_FILE);
  CHECK(_IO_file_attach(stream, fd) == NULL);
}

TEST(_IO_file_fopen) {
  FILE *stream = vacant();
  CHECK(_IO_file_fopen(stream, "/dev/null", "re", 0) == stream);
  check_opened(fileno(stream), "_IO_file_fopen", FDT_KIND_FILE, FDT_OWNER_FILE);
  CHECK(fclose(stream) == 0);
  CHECK(_IO_file_fopen(vacant(), "/no/such/file", "r", 0) == NULL && errno == ENOENT);
}

TEST(_IO_file_open) {
  FILE *stream = vacant();
  CHECK(_IO_file_open(stream, "/dev/null", O_RDONLY | O_CLOEXEC, 0, 0, 0) == stream);
  check_opened(fileno(stream), "_IO_file_open", FDT_KIND_FILE, FDT_OWNER_FILE);
}

/* Letters count where fopen looks for them, and nowhere else. */
CASE(modes) {
  static const char *const modes[] = {"r",        "re",      "rb",          "rbe",          "r+be",
                                      "rbbbbbbe", "rbbbbbe", "r,ccs=UTF-8", "re,ccs=UTF-8", "rm",
                                      "rcemx"};
  for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
    FILE *stream = fopen("/dev/null", modes[i]);
    CHECK(stream != NULL);
    check_opened(fileno(stream), "fopen", FDT_KIND_FILE, FDT_OWNER_FILE);
    check_table(); /* also where a converter was loaded */
    CHECK(fclose(stream) == 0);
  }
  FILE *child = popen("true", "re");
  check_opened(fileno(child), "popen", FDT_KIND_PIPE, FDT_OWNER_POPEN);
  CHECK(pclose(child) == 0);
}

#define REOPENS(name)                                                                              \
  do {                                                                                             \
    FILE *stream = fopen("/dev/zero", "r");                                                        \
    int fd = fileno(stream);                                                                       \
    uint64_t opened = own_process()->opened, closed = own_process()->closed;                       \
    CHECK(name(NULL, "re", stream) == stream);                                                     \
    CHECK_EQUAL(fileno(stream), fd);                                                               \
    check_opened(fd, #name, FDT_KIND_FILE, FDT_OWNER_FILE);                                        \
    CHECK(memcmp(detail_of(fd)->text, "/dev/zero", 9) == 0);                                       \
    CHECK_EQUAL(own_process()->opened, opened + 1);                                                \
    CHECK_EQUAL(own_process()->closed, closed + 1);                                                \
  } while (0)

CASE(reopened_in_place) {
  REOPENS(freopen);
  REOPENS(freopen64);
  int pair[2];
  CHECK(pipe(pair) == 0);
  FILE *stream = fdopen(pair[0], "r");
  CHECK(freopen(NULL, "r", stream) == stream);
  check_opened(pair[0], "freopen", FDT_KIND_PIPE, FDT_OWNER_FILE);
}

static ssize_t read_nothing(void *cookie, char *data, size_t room) {
  (void)cookie, (void)data, (void)room;
  return 0;
}

CASE(streams_without_descriptor) {
  uint64_t opened = own_process()->opened, closed = own_process()->closed;
  char *text;
  size_t size;
  wchar_t *wide;
  CHECK(fclose(open_memstream(&text, &size)) == 0);
  CHECK(fclose(open_wmemstream(&wide, &size)) == 0);
  CHECK(fclose(fopencookie(NULL, "r", (cookie_io_functions_t){.read = read_nothing})) == 0);
  CHECK_EQUAL(own_process()->opened, opened);
  CHECK_EQUAL(own_process()->closed, closed);
}

CASE(fcloseall_closes_nothing) {
  FILE *stream = fopen("/dev/null", "r");
  CHECK(fcloseall() == 0);
  check_opened(fileno(stream), "fopen", FDT_KIND_FILE, FDT_OWNER_FILE);
  check_table();
}

CASE(fclose_of_a_popen) {
  int (*volatile close_stream)(FILE *) = fclose; /* the compiler would rather have pclose */
  FILE *stream = popen("true", "r");
  int fd = fileno(stream);
  CHECK(close_stream(stream) == 0);
  check_closed(fd, "fclose");
}
