/* Where a trace goes, what happens to what stands there, and that a host without
 * one runs as ever, with one line on stderr. */
#include "run.h"

#include <sys/utsname.h>
#include <time.h>

#define HOST "hazards/exit_handlers.O2"
#define LATE "hazards/contexts.O2"

/* Runs `program` with its stderr in the file `said`; returns the number of lines. */
static int lines_said(const char *program, const char *out) {
  unlink("said"); /* perhaps another user's */
  pid_t child = fork();
  if (child == 0) {
    dup2(open("said", O_RDWR | O_CREAT | O_TRUNC, 0600), 2);
    _exit(finish(start(program, out, "1M")));
  }
  CHECK_EQUAL(finish(child), 0);
  char text[8192] = "";
  int fd = open("said", O_RDONLY), lines = 0;
  CHECK(read(fd, text, sizeof text - 1) >= 0);
  close(fd);
  for (const char *c = text; *c != '\0'; c++)
    lines += *c == '\n';
  CHECK(lines == 0 || strncmp(text, "fdtrack: no trace: ", 19) == 0);
  CHECK(strstr(text, ": error ") == NULL);
  return lines;
}

static bool is_trace(const char *path) {
  struct trace trace;
  return trace_map(&trace, path);
}

static void write_file(const char *path, const char *text, off_t size) {
  int fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0644);
  CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
  CHECK(ftruncate(fd, size) == 0);
  close(fd);
}

static void refuses_what_is_no_trace(void) {
  struct stat before, after;
  write_file("precious", "mine\n", 2 << 20);
  CHECK(stat("precious", &before) == 0);
  CHECK_EQUAL(lines_said(HOST, "precious"), 0);
  CHECK(stat("precious", &after) == 0 && before.st_ino == after.st_ino &&
        before.st_mtim.tv_nsec == after.st_mtim.tv_nsec && before.st_size == after.st_size);
  CHECK(is_trace("precious.2"));
  /* A link is not followed. */
  CHECK(symlink("target", "link") == 0);
  CHECK_EQUAL(lines_said(HOST, "link"), 0);
  CHECK(access("target", F_OK) == -1 && is_trace("link.2"));
  /* Nobody meant to have a trace beside these. */
  CHECK(mkdir("directory", 0700) == 0 && mkfifo("fifo", 0600) == 0);
  CHECK(symlink("/dev/null", "device") == 0);
  CHECK(lines_said(HOST, "directory") == 1 && access("directory.2", F_OK) == -1);
  CHECK(lines_said(HOST, "fifo") == 1 && access("fifo.2", F_OK) == -1);
  CHECK(lines_said(HOST, "device") == 1 && access("device.2", F_OK) == -1);
}

static void rotates_old_traces(void) {
  CHECK_EQUAL(finish(start(HOST, "again", "1M")), 0);
  struct stat first, old, made;
  CHECK(stat("again", &first) == 0 && (first.st_mode & 07777) == 0600);
  CHECK_EQUAL(finish(start(HOST, "again", "1M")), 0);
  CHECK(stat("again.old", &old) == 0 && old.st_ino == first.st_ino);
  CHECK(stat("again", &made) == 0 && made.st_ino != first.st_ino);
  CHECK(is_trace("again") && is_trace("again.old"));
  /* One in use is not moved. */
  pid_t running = start("hazards/signal_storm.O2", "busy", "1M");
  struct trace busy;
  CHECK(await_trace(&busy, "busy"));
  /* However long the other one takes. */
  CHECK(kill(running, SIGSTOP) == 0);
  CHECK_EQUAL(finish(start(HOST, "busy", "1M")), 0);
  CHECK(kill(running, SIGCONT) == 0);
  CHECK(is_trace("busy.2") && access("busy.old", F_OK) == -1);
  CHECK_EQUAL(finish(running), 0);
}

static void expands_names(void) {
  struct utsname name;
  char expected[512];
  uname(&name);
  pid_t child = start(HOST, "out-%p-%e-%h-%%-%x", "1M");
  CHECK_EQUAL(finish(child), 0);
  snprintf(expected, sizeof expected, "out-%d-exit_handlers.O2-%s-%%-x", child, name.nodename);
  CHECK(is_trace(expected));
  time_t before = time(NULL);
  CHECK_EQUAL(finish(start(HOST, "at-%t", "1M")), 0);
  bool found = false;
  /* time(2) tells of the last tick, the name of the very moment. */
  for (time_t t = before; t <= time(NULL) + 1; t++) {
    snprintf(expected, sizeof expected, "at-%ld", (long)t);
    found = found || is_trace(expected);
  }
  CHECK(found);
  CHECK_EQUAL(finish(start(HOST, NULL, "1M")), 0);
  CHECK(is_trace("trace.bin"));
}

static void without_a_place(void) {
  CHECK_EQUAL(lines_said(HOST, "/no/such/directory/trace"), 1);
  CHECK_EQUAL(lines_said(HOST, "/proc/trace"), 1);
  CHECK_EQUAL(lines_said(HOST, "/dev/null/trace"), 1);
  CHECK_EQUAL(lines_said(HOST, "no-such-folder/"), 1);
  char *endless = malloc(10000);
  memset(endless, 'a', 9999);
  endless[9999] = '\0';
  CHECK_EQUAL(lines_said(HOST, endless), 1);
  endless[300] = '\0';
  CHECK_EQUAL(lines_said(LATE, endless), 1);
  CHECK(mkdir("locked", 0755) == 0 && chmod("locked", 0555) == 0);
  pid_t child = fork();
  if (child == 0) {
    if (geteuid() == 0 && (chmod(".", 0777) != 0 || setuid(65534) != 0))
      _exit(1);
    CHECK_EQUAL(lines_said(HOST, "locked/trace"), 1);
    _exit(CHECKED());
  }
  CHECK_EQUAL(finish(child), 0);
}

int main(void) {
  refuses_what_is_no_trace();
  rotates_old_traces();
  expands_names();
  without_a_place();
  return CHECKED();
}
