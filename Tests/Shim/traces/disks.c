/* Disks that are full, fill up, allow little or nothing, and a trace that is deleted
 * under its host: the host runs as ever, and what could be kept is right. Needs root
 * for mounts of its own; another user sees the last two only. */
#include "run.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>

#define HOST "hazards/thread_stress.O2"

static void check_trace(const char *path, off_t least, off_t most) {
  struct trace trace;
  struct stat about;
  CHECK(trace_map(&trace, path));
  CHECK(stat(path, &about) == 0 && about.st_size >= least && about.st_size <= most);
  CHECK_EQUAL(trace_unsound(&trace), 0);
  CHECK_EQUAL(trace_inexact(&trace), 0);
}

static bool mount_disk(const char *options, unsigned long flags) {
  mkdir("disk", 0755);
  return mount("tmpfs", "disk", "tmpfs", flags, options) == 0;
}

static void full(void) {
  CHECK(mount_disk("size=6m", 0));
  CHECK_EQUAL(finish(start(HOST, "disk/trace", "64M")), 0);
  check_trace("disk/trace", 1 << 20, 6 << 20);
  CHECK(umount2("disk", MNT_DETACH) == 0 && mount_disk("size=512k", 0));
  CHECK_EQUAL(finish(start(HOST, "disk/trace", "64M")), 0);
  CHECK(access("disk/trace", F_OK) == -1); /* nothing is left behind */
  CHECK(umount2("disk", MNT_DETACH) == 0);
}

/* All of the trace has its place before the first event. */
static void filling_up(void) {
  static char block[65536];
  CHECK(mount_disk("size=12m", 0));
  pid_t host = start("hazards/signal_storm.O2", "disk/trace", "8M");
  struct trace trace;
  CHECK(await_trace(&trace, "disk/trace"));
  int fd = open("disk/filler", O_RDWR | O_CREAT, 0600);
  while (write(fd, block, sizeof block) > 0) {
  }
  CHECK(errno == ENOSPC && close(fd) == 0);
  CHECK_EQUAL(finish(host), 0);
  CHECK_EQUAL(trace_unsound(&trace), 0);
  CHECK(umount2("disk", MNT_DETACH) == 0);
}

static void over_quota(void) {
  if (!mount_disk("size=64m,mode=1777,usrquota,usrquota_block_hardlimit=3m", 0))
    return; /* Linux 6.6 */
  pid_t child = fork();
  if (child == 0) {
    CHECK(chmod(".", 0755) == 0 && setgid(65534) == 0 && setuid(65534) == 0);
    CHECK_EQUAL(finish(start("hazards/fd_numbers.O2", "disk/trace", "16M")), 0);
    check_trace("disk/trace", 1 << 20, 3 << 20);
    _exit(CHECKED());
  }
  CHECK_EQUAL(finish(child), 0);
  CHECK(umount2("disk", MNT_DETACH) == 0);
}

static void read_only(void) {
  CHECK(mount_disk("size=6m", MS_RDONLY));
  CHECK_EQUAL(finish(start(HOST, "disk/trace", "2M")), 0);
  CHECK(umount2("disk", MNT_DETACH) == 0);
}

static void small_files_only(void) {
  pid_t child = fork();
  if (child == 0) {
    struct rlimit limit = {3 << 20, 3 << 20};
    setrlimit(RLIMIT_FSIZE, &limit);
    CHECK_EQUAL(finish(start(HOST, "limited", "64M")), 0);
    check_trace("limited", 1 << 20, 3 << 20);
    _exit(CHECKED());
  }
  CHECK_EQUAL(finish(child), 0);
}

static void deleted(void) {
  struct trace trace = {0};
  pid_t host = start(HOST, "deleted", "8M");
  CHECK(await_trace(&trace, "deleted"));
  CHECK(unlink("deleted") == 0);
  CHECK_EQUAL(finish(host), 0);
  CHECK_EQUAL(trace_unsound(&trace), 0);
  CHECK_EQUAL(trace_inexact(&trace), 0);
}

int main(void) {
  deleted();
  small_files_only();
  if (geteuid() != 0 || unshare(CLONE_NEWNS) != 0 ||
      mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
    return CHECKED();
  full();
  filling_up();
  over_quota();
  read_only();
  return CHECKED();
}
