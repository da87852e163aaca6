/* What docs/security.md promises: a trace is its user's alone, nothing that others
 * planted is followed or written to, privileged programs are left alone, and secrets
 * are not recorded. */
#include "run.h"

#include <sched.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/mount.h>

#define HOST "hazards/exit_handlers.O2"

static bool is_trace(const char *path) {
  struct trace trace;
  return trace_map(&trace, path);
}

static mode_t mode_of(const char *path) {
  struct stat about;
  return lstat(path, &about) == 0 ? about.st_mode & 07777 : 0;
}

static void owner_only(void) {
  static const mode_t masks[] = {0, 022, 0277, 0777};
  for (int i = 0; i < 4; i++) {
    mode_t before = umask(masks[i]);
    CHECK_EQUAL(finish(start(HOST, "mine", "1M")), 0);
    umask(before);
    CHECK_EQUAL(mode_of("mine"), 0600);
    unlink("mine");
  }
}

/* ---- what others may have planted under the name --------------------------------- */

static void check_untouched(const char *path, const char *text) {
  char found[64] = "";
  int fd = open(path, O_RDONLY);
  ssize_t size = read(fd, found, sizeof found - 1);
  close(fd);
  CHECK(size == (ssize_t)strlen(text) && strcmp(found, text) == 0);
}

static void put(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0644);
  CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
  close(fd);
}

static void planted(void) {
  put("precious", "mine");
  CHECK(symlink("precious", "soft") == 0 && link("precious", "hard") == 0);
  CHECK(symlink("nowhere", "dangling") == 0 && mkfifo("pipe", 0666) == 0);
  static const char *const names[] = {"soft", "hard", "dangling"};
  for (int i = 0; i < 3; i++) {
    char beside[32];
    snprintf(beside, sizeof beside, "%s.2", names[i]);
    CHECK_EQUAL(finish(start(HOST, names[i], "1M")), 0);
    CHECK(is_trace(beside));
  }
  CHECK_EQUAL(finish(start(HOST, "pipe", "1M")), 0);
  CHECK(access("pipe.2", F_OK) == -1);
  check_untouched("precious", "mine");
  CHECK(access("nowhere", F_OK) == -1);
  /* Only an old trace gives way to an old trace. */
  CHECK_EQUAL(finish(start(HOST, "again", "1M")), 0);
  put("again.old", "also mine");
  CHECK_EQUAL(finish(start(HOST, "again", "1M")), 0);
  check_untouched("again.old", "also mine");
  CHECK(is_trace("again") && is_trace("again.2"));
}

/* A trace of another user's is neither moved nor joined, even where root could. */
static void owned_by_another(void) {
  CHECK_EQUAL(finish(start(HOST, "theirs", "1M")), 0);
  CHECK(chown("theirs", 65534, 65534) == 0);
  CHECK_EQUAL(finish(start(HOST, "theirs", "1M")), 0);
  CHECK(is_trace("theirs.2") && access("theirs.old", F_OK) == -1);
}

/* ---- FDTRACK_JOIN ------------------------------------------------------------------ */

static void start_joining(const char *setting) {
  pid_t child = fork();
  if (child == 0) {
    setenv("FDTRACK_JOIN", setting, 1);
    _exit(finish(start(HOST, "unused", "1M")));
  }
  CHECK_EQUAL(finish(child), 0);
}

static void join_elsewhere(void) {
  struct trace trace;
  char setting[128];
  CHECK_EQUAL(finish(start(HOST, "joined", "1M")), 0);
  CHECK(trace_map(&trace, "joined"));
  unsigned long long id = trace.header->trace_id;
  uint64_t used = trace.header->processes_next;
  snprintf(setting, sizeof setting, "%llx:joined", id);
  start_joining(setting);
  CHECK(trace.header->processes_next > used); /* so it is with the right one */
  used = trace.header->processes_next;
  snprintf(setting, sizeof setting, "%llx:joined", id + 1);
  start_joining(setting);
  CHECK(symlink("joined", "way") == 0);
  snprintf(setting, sizeof setting, "%llx:way", id);
  start_joining(setting);
  static const char *const hostile[] = {"",
                                        ":",
                                        "1",
                                        "1:",
                                        "1:/etc/passwd",
                                        "1:/dev/zero",
                                        "x",
                                        "1:pipe",
                                        "ffffffffffffffffffff:.",
                                        "1:/proc/self/mem"};
  for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++)
    start_joining(hostile[i]);
  if (geteuid() == 0) {
    CHECK(chown("joined", 65534, 65534) == 0);
    snprintf(setting, sizeof setting, "%llx:joined", id);
    start_joining(setting);
  }
  CHECK_EQUAL(trace.header->processes_next, used);
  munmap((void *)trace.base, trace.size);
  /* A header that promises sections elsewhere. */
  int fd = open("joined", O_RDWR);
  uint64_t far = UINT64_C(1) << 40;
  CHECK(chown("joined", geteuid(), getegid()) == 0);
  CHECK(pwrite(fd, &far, sizeof far, offsetof(struct fdt_header, sections[3].offset)) == 8);
  snprintf(setting, sizeof setting, "%llx:joined", id);
  start_joining(setting);
  /* A file that is shorter than its header says. */
  CHECK(ftruncate(fd, 1 << 20 | 4096) == 0);
  start_joining(setting);
  close(fd);
}

/* ---- privileges and secrets --------------------------------------------------------- */

static void copy(const char *path, const char *as, mode_t mode) {
  static char bytes[1 << 22];
  int from = open(path, O_RDONLY), to = open(as, O_WRONLY | O_CREAT | O_EXCL, 0755);
  ssize_t size = read(from, bytes, sizeof bytes);
  CHECK(size > 0 && write(to, bytes, (size_t)size) == size && fchmod(to, mode) == 0);
  CHECK(close(from) == 0 && close(to) == 0);
}

static void run_as_nobody(const char *program, const char *shim, const char *out) {
  pid_t child = fork();
  if (child == 0) {
    CHECK(chmod(".", 0777) == 0 && setgid(65534) == 0 && setuid(65534) == 0);
    if (shim != NULL)
      setenv("LD_PRELOAD", shim, 1);
    setenv("FDTRACK_OUT", out, 1);
    execl(program, program, (char *)NULL);
    _exit(99);
  }
  CHECK_EQUAL(finish(child), 0);
}

/* The loader drops the preload of a setuid program. Where it is loaded all the same,
 * by /etc/ld.so.preload, the shim itself stays out. */
static void set_user_id(void) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", getenv("TEST_BUILD"), HOST);
  copy(path, "plain", 0755);
  copy(path, "privileged", 04755);
  run_as_nobody("./privileged", getenv("SHIM"), "privileged.bin");
  CHECK(access("privileged.bin", F_OK) == -1);
  if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
      mount("tmpfs", "/etc", "tmpfs", 0, NULL) != 0)
    return;
  copy(getenv("SHIM"), "/etc/library.so", 0755);
  put("/etc/ld.so.preload", "/etc/library.so\n");
  CHECK(chmod("/etc", 0777) == 0);
  run_as_nobody("./privileged", NULL, "/etc/trace.bin");
  CHECK(access("/etc/trace.bin", F_OK) == -1);
  run_as_nobody("./plain", NULL, "/etc/trace.bin"); /* it was loaded indeed */
  CHECK(is_trace("/etc/trace.bin"));
}

static bool holds(const char *path, const char *text) {
  struct trace trace;
  return trace_map(&trace, path) && memmem(trace.base, trace.size, text, strlen(text)) != NULL;
}

static int talk(void) {
  static const char secret[] = "what-was-written-to-it";
  int pair[2];
  char buffer[64];
  CHECK(pipe(pair) == 0 && write(pair[1], secret, sizeof secret) == sizeof secret);
  CHECK(read(pair[0], buffer, sizeof buffer) == sizeof secret);
  return CHECKED();
}

static void secrets(void) {
  setenv("PASSWORD", "what-the-environment-holds", 1);
  CHECK_EQUAL(finish(start_again("secrets", NULL, "talk", "what-the-arguments-hold")), 0);
  CHECK(!holds("secrets", "what-was-written-to-it"));
  CHECK(!holds("secrets", "what-the-environment-holds"));
  CHECK(holds("secrets", "what-the-arguments-hold"));
}

/* Eight at once under one name: each has a trace, whole and its own. */
static void at_once(void) {
  pid_t children[8];
  struct trace trace;
  for (int i = 0; i < 8; i++)
    children[i] = start("hazards/spawn_actions.O2", "same", "1M");
  for (int i = 0; i < 8; i++)
    CHECK_EQUAL(finish(children[i]), 0);
  unsigned found = 0;
  for (int i = 0; i < 10; i++) {
    char name[16];
    snprintf(name, sizeof name, i == 0 ? "same.old" : i == 1 ? "same" : "same.%d", i);
    if (!trace_map(&trace, name))
      continue;
    found++;
    CHECK_EQUAL(trace_unsound(&trace), 0);
    CHECK(trace_process(&trace, 1)->end_kind == FDT_END_EXIT);
    /* Its children are there, not in another one's. */
    CHECK(trace_process_count(&trace) > 1);
    for (uint32_t ref = 2; ref <= trace_process_count(&trace); ref++)
      CHECK(trace_process(&trace, ref) == NULL || trace_process(&trace, ref)->parent != 0);
  }
  CHECK_EQUAL(found, 8);
}

int main(int argc, char **argv) {
  if (argc > 1)
    return argv[1][0] == 't' ? talk() : 2;
  owner_only();
  planted();
  join_elsewhere();
  secrets();
  at_once();
  if (geteuid() == 0) {
    owned_by_another();
    set_user_id();
  }
  return CHECKED();
}
