/* A trace in a file system that is memory, in a control group that has little of it: the trace
 * takes an eighth of what is left at most, so that the kernel has no reason to kill the host. Needs
 * root for a mount, and for the second half for a control group of its own. */
#include "run.h"

#include <limits.h>
#include <sched.h>
#include <sys/mount.h>

#define HOST "hazards/fd_numbers.O2"
#define MIB  (1l << 20)

static void run(int status) {
  unlink("disk/trace");
  CHECK_EQUAL(finish(start(HOST, "disk/trace", "64M")), status);
}

static off_t size_of_trace(void) {
  struct stat about;
  return stat("disk/trace", &about) == 0 ? about.st_size : -1;
}

static bool put(const char *folder, const char *name, const char *text) {
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  bool done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
  return fd >= 0 && close(fd) == 0 && done;
}

/* ---- what files say that stand where the kernel's do ------------------------------- */

#define GROUPS "/sys/fs/cgroup"

static bool tells_of_unified(void) {
  char line[4096];
  bool tells = false;
  FILE *groups = fopen("/proc/self/cgroup", "r");
  while (groups != NULL && fgets(line, sizeof line, groups) != NULL)
    tells = tells || strncmp(line, "0::", 3) == 0;
  if (groups != NULL)
    fclose(groups);
  return tells;
}

static void told(void) {
  if (!tells_of_unified() || mount("tmpfs", GROUPS, "tmpfs", 0, NULL) != 0)
    return;
  CHECK(put(GROUPS, "memory.max", "max\n") && put(GROUPS, "memory.current", "1048576\n"));
  run(0);
  CHECK_EQUAL(size_of_trace(), 64 * MIB);
  CHECK(put(GROUPS, "memory.max", "67108864\n"));
  CHECK(put(GROUPS, "memory.current", "33554432\n"));
  run(0);
  CHECK_EQUAL(size_of_trace(), 4 * MIB);
  CHECK(put(GROUPS, "memory.high", "50331648\n"));
  run(0);
  CHECK_EQUAL(size_of_trace(), 2 * MIB);
  /* What is cached is no reason to take less. */
  CHECK(put(GROUPS, "memory.stat", "anon 1\nfile 2\ninactive_file 8388608\nactive_file 8388608\n"));
  run(0);
  CHECK_EQUAL(size_of_trace(), 4 * MIB);
  CHECK(put(GROUPS, "memory.current", "50331648\n") && put(GROUPS, "memory.stat", "anon 1\n"));
  run(0);
  CHECK_EQUAL(size_of_trace(), -1);
  /* More is used than there may be, by what was lowered since. */
  CHECK(put(GROUPS, "memory.current", "67108864\n"));
  run(0);
  CHECK_EQUAL(size_of_trace(), -1);
  CHECK(umount2(GROUPS, MNT_DETACH) == 0);
}

/* ---- the kernel's own ----------------------------------------------------------------- */

static char group[PATH_MAX];

/* Under the group that this process is in, where the kernel has them of the first kind; else under
 * the root of all, which may have processes beside it. Returns the name of the file with the limit,
 * NULL where no group can be made. */
static const char *make_group(void) {
  char line[4096], own[2048] = "";
  FILE *groups = fopen("/proc/self/cgroup", "r");
  while (groups != NULL && fgets(line, sizeof line, groups) != NULL)
    if (sscanf(line, "%*d:memory:%2047s", own) == 1)
      break;
  if (groups != NULL)
    fclose(groups);
  snprintf(group, sizeof group, "/sys/fs/cgroup%s%s/fdtrack-test-%d", own[0] ? "/memory" : "", own,
           getpid());
  const char *limit = own[0] ? "memory.limit_in_bytes" : "memory.max";
  char file[PATH_MAX + 32];
  snprintf(file, sizeof file, "%s/%s", group, limit);
  if (mkdir(group, 0755) != 0)
    return NULL;
  if (access(file, F_OK) == 0)
    return limit;
  rmdir(group);
  return NULL;
}

/* A child in the group makes the trace and stays the host's parent. */
static void run_in_group(const char *limit, const char *size) {
  char pid[32];
  if (!put(group, limit, size))
    return;
  pid_t child = fork();
  if (child == 0) {
    snprintf(pid, sizeof pid, "%d", getpid());
    CHECK(put(group, "cgroup.procs", pid));
    run(0);
    _exit(CHECKED());
  }
  CHECK_EQUAL(finish(child), 0);
}

static bool limited(void) {
  const char *limit = make_group();
  if (limit == NULL)
    return false;
  run_in_group(limit, "33554432");
  CHECK(size_of_trace() >= MIB && size_of_trace() <= 4 * MIB);
  struct trace trace = {0};
  CHECK(trace_map(&trace, "disk/trace") && trace_unsound(&trace) == 0);
  run_in_group(limit, "8000000");
  CHECK_EQUAL(size_of_trace(), -1);
  for (int tries = 0; rmdir(group) != 0 && tries < 1000; tries++)
    usleep(1000); /* until the last process is gone for the kernel, too */
  CHECK(access(group, F_OK) == -1);
  return true;
}

int main(void) {
  if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
    SKIP("unshare");
  mkdir("disk", 0755);
  if (mount("tmpfs", "disk", "tmpfs", 0, NULL) != 0)
    SKIP("mount");
  told();
  bool was_limited = limited();
  CHECK(umount2("disk", MNT_DETACH) == 0);
  if (check_failures == 0 && !was_limited)
    SKIP("control group");
  return CHECKED();
}
