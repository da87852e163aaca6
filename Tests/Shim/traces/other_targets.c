/* Programs that the shim cannot follow, started by one that it does: linked statically,
 * linked with musl, of 32 bits, and with another user's rights. They run as they would
 * alone (the loader says on stderr that it cannot preload into one of another class),
 * and the trace shows them as execs, and as spawned children, without a record of their
 * own. */
#include "run.h"

#include <spawn.h>
#include <sys/statvfs.h>

extern char **environ;

static const char *const targets[] = {"static", "musl", "32-bit", "set-user-id"};
enum { TARGETS = sizeof targets / sizeof targets[0], WAYS = 3, OTHER_USER = 65534 };

/* Whether there is one: compilers for it may be missing. */
static bool target_path(int target, char path[4096]) {
  if (target == 3)
    strcpy(path, "./set-user-id");
  else
    snprintf(path, 4096, "%s/targets/%s", getenv("TEST_BUILD"), targets[target]);
  return access(path, X_OK) == 0;
}

/* ---- the program that is followed ---------------------------------------------------- */

/* Starts the target with its stdout in `out`, in one of three ways. */
static pid_t start_target(char *path, int way, int out) {
  char *arguments[] = {path, NULL};
  pid_t child = -1;
  if (way == 2) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out, 1);
    CHECK(posix_spawn(&child, path, &actions, NULL, arguments, environ) == 0);
    posix_spawn_file_actions_destroy(&actions);
    return child;
  }
  child = way == 0 ? fork() : vfork();
  if (child == 0) {
    dup2(out, 1);
    execv(path, arguments);
    _exit(99);
  }
  return child;
}

/* One descriptor goes to each target, all others do not. */
static void run_target(char *path, int way) {
  int ends[2];
  char said[256] = "", expected[256];
  CHECK(pipe2(ends, O_CLOEXEC) == 0);
  pid_t child = start_target(path, way, ends[1]);
  CHECK(close(ends[1]) == 0 && read(ends[0], said, sizeof said - 1) > 0 && close(ends[0]) == 0);
  CHECK_EQUAL(finish(child), 7);
  snprintf(expected, sizeof expected, "4 5 6 7, 3 of %u\n",
           strstr(path, "set-user-id") != NULL ? 0 : (unsigned)geteuid());
  if (strcmp(said, expected) != 0) {
    CHECK(!"it ran as it would alone");
    dprintf(2, "%s said %s", path, said);
  }
}

static int host(void) {
  char path[4096];
  CHECK(open("/dev/null", O_RDONLY) == 3);
  for (int target = 0; target < TARGETS; target++)
    for (int way = 0; way < WAYS; way++)
      if (target_path(target, path))
        run_target(path, way);
  return CHECKED();
}

/* ---- its trace ---------------------------------------------------------------------- */

struct counts {
  uint32_t open; /* of what it inherited */
};

static void count_open(void *context, int fd, const struct fdt_live *entry) {
  struct counts *counts = context;
  counts->open += FDT_LIVE_STATE(entry->state) == FDT_LIVE_OPEN && fd == 3;
}

static void check_child(const struct trace *trace, uint32_t ref, bool spawned) {
  const struct fdt_process *child = trace_process(trace, ref);
  struct counts counts = {0};
  CHECK(child != NULL && child->parent == 1 && child->pid != 0);
  if (child == NULL)
    return;
  if (spawned)
    CHECK(child->how == FDT_HOW_SPAWN && (child->flags & FDT_PROCESS_ATTACHED) == 0);
  else
    CHECK((child->how == FDT_HOW_FORK || child->how == FDT_HOW_VFORK) &&
          (child->flags & FDT_PROCESS_EXEC_PENDING) != 0);
  CHECK(child->end_kind == FDT_END_EXIT && child->end_code == 7);
  trace_each_live(trace, child, count_open, &counts);
  CHECK_EQUAL(counts.open, 1);
}

/* One record for each start, and none that a target made. */
static void check_trace(int present) {
  struct trace trace;
  if (!trace_map(&trace, "host.bin")) {
    CHECK(!"there is a trace");
    return;
  }
  CHECK_EQUAL(trace_unsound(&trace), 0);
  CHECK_EQUAL(trace_inexact(&trace), 0);
  CHECK_EQUAL(trace_process_count(&trace), 1 + present * WAYS);
  for (int i = 0; i < present * WAYS; i++)
    check_child(&trace, 2 + (uint32_t)i, i % WAYS == 2);
}

/* The host starts with the shim at `shim`, and as `user`. */
static void run_host(const char *shim, uid_t user) {
  pid_t child = fork();
  if (child == 0) {
    char *const arguments[] = {"other_targets", "host", NULL};
    preload(shim, "host.bin", "1M");
    closefrom(3);
    if (user != 0 && (setgid(user) != 0 || setuid(user) != 0))
      _exit(98);
    execv("/proc/self/exe", arguments);
    _exit(99);
  }
  CHECK_EQUAL(finish(child), 0);
}

/* A set-user-id program gains root's rights only when another user starts it, who must
 * be able to reach it and the shim. */
static void as_another_user(void) {
  char place[] = "/tmp/fdtrack-user-XXXXXX", command[8300];
  struct statvfs system_of_files;
  CHECK(mkdtemp(place) != NULL && chmod(place, 0777) == 0);
  if (statvfs(place, &system_of_files) == 0 && (system_of_files.f_flag & ST_NOSUID) != 0) {
    CHECK(rmdir(place) == 0); /* no such programs there */
    return;
  }
  snprintf(command, sizeof command,
           "cp '%s/targets/plain' %s/set-user-id && chmod 4755 %s/set-user-id && "
           "cp '%s' %s/libfdtrack.so && chmod 755 %s/libfdtrack.so",
           getenv("TEST_BUILD"), place, place, getenv("SHIM"), place, place);
  CHECK(system(command) == 0 && chdir(place) == 0);
  setenv("TEST_BUILD", "/nowhere", 1);
  snprintf(command, sizeof command, "%s/libfdtrack.so", place);
  run_host(command, OTHER_USER);
  check_trace(1);
  snprintf(command, sizeof command, "rm -r %s", place);
  CHECK(chdir("/") == 0 && system(command) == 0);
}

int main(int argc, char **argv) {
  char path[4096];
  int present = 0;
  (void)argv;
  if (argc > 1)
    return host();
  for (int i = 0; i < TARGETS - 1; i++)
    if (target_path(i, path))
      present++;
    else
      dprintf(2, "not built: %s\n", targets[i]);
  run_host(getenv("SHIM"), 0);
  check_trace(present);
  if (geteuid() == 0)
    as_another_user();
  return CHECKED();
}
