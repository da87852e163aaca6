/* Programs that take the preload out of their environment, or throw all of it away:
 * what they start gets exactly the environment that they made, by every call that
 * starts a program, and runs without the shim. */
#include "host.h"

#include <spawn.h>

extern char **environ;

/* ---- the environment that a child was given, as one text --------------------------------- */

static int tell(void) {
  for (char **entry = environ; entry != NULL && *entry != NULL; entry++)
    printf("%s\n", *entry);
  FILE *maps = fopen("/proc/self/maps", "re");
  char line[512];
  while (maps != NULL && fgets(line, sizeof line, maps) != NULL)
    if (strstr(line, "libfdtrack") != NULL) {
      printf("(shim)\n");
      break;
    }
  return fflush(stdout);
}

static char *const arguments[] = {"environment_cut", "tell", NULL};

/* ---- the calls ----------------------------------------------------------------------------- */

static void by_execv(void) { execv("/proc/self/exe", arguments); }
static void by_execvp(void) { execvp("/proc/self/exe", arguments); }
static void by_execl(void) { execl("/proc/self/exe", "environment_cut", "tell", (char *)NULL); }
static void by_execlp(void) { execlp("/proc/self/exe", "environment_cut", "tell", (char *)NULL); }
/* What the program made is what these are told, not what its environment is then. */
static char **made(void) {
  static char *other[] = {"OTHER=1", NULL};
  char **vector = environ;
  environ = other;
  return vector;
}

static void by_execve(void) { execve("/proc/self/exe", arguments, made()); }
static void by_execvpe(void) { execvpe("/proc/self/exe", arguments, made()); }
static void by_execle(void) {
  execle("/proc/self/exe", "environment_cut", "tell", (char *)NULL, made());
}
static void by_fexecve(void) { /* which refuses no environment at all */
  static char *none[] = {NULL};
  char **vector = made();
  fexecve(open("/proc/self/exe", O_RDONLY), arguments, vector == NULL ? none : vector);
}
static void by_execveat(void) { execveat(AT_FDCWD, "/proc/self/exe", arguments, made(), 0); }
static void by_vfork(void) {
  pid_t child = vfork();
  if (child == 0) {
    execve("/proc/self/exe", arguments, made());
    _exit(99);
  }
  _exit(reap(child));
}
static void by_spawn(void) {
  pid_t child;
  if (posix_spawn(&child, "/proc/self/exe", NULL, NULL, arguments, made()) == 0)
    _exit(reap(child));
}
static void by_spawnp(void) {
  pid_t child;
  if (posix_spawnp(&child, "/proc/self/exe", NULL, NULL, arguments, made()) == 0)
    _exit(reap(child));
}
static char shell_command[4200];
static void by_system(void) { _exit(WEXITSTATUS(system(shell_command))); }
static void by_popen(void) {
  char line[4096];
  FILE *stream = popen(shell_command, "r");
  while (fgets(line, sizeof line, stream) != NULL)
    fputs(line, stdout);
  fflush(stdout);
  _exit(WEXITSTATUS(pclose(stream)));
}

/* ---- what the program makes of its environment ----------------------------------------------- */

static void unset(void) { CHECK(unsetenv("LD_PRELOAD") == 0 && setenv("KEPT", "1", 1) == 0); }
static void cleared(void) { CHECK(clearenv() == 0); }
static void cleared_and_put(void) {
  CHECK(clearenv() == 0 && putenv("A=1") == 0 && setenv("B", "", 1) == 0);
}
static void null(void) { environ = NULL; }
static void own(void) {
  static char *vector[] = {"B=2", "A=1", "A=3", "no equals sign", NULL};
  environ = vector;
}
static void put_empty(void) {
  CHECK(clearenv() == 0 && putenv("LD_PRELOAD=") == 0 && putenv("A=1") == 0);
}
static void put_by_name(void) {
  CHECK(clearenv() == 0 && putenv("A=1") == 0 && putenv("C=1") == 0 && putenv("A") == 0);
}

/* The shell adds some of its own, and what tells of the trace stays where all stays. */
static bool is_added(const char *line) {
  return strncmp(line, "FDTRACK_", 8) == 0 || strncmp(line, "PWD=", 4) == 0 ||
         strncmp(line, "SHLVL=", 6) == 0 || strncmp(line, "OLDPWD=", 7) == 0 ||
         strncmp(line, "_=", 2) == 0;
}

static void started(const char *name, void (*start)(void), void (*make)(void), const char *expected,
                    bool adds) {
  int ends[2];
  CHECK(pipe2(ends, O_CLOEXEC) == 0);
  pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], 1);
    make();
    start();
    _exit(99);
  }
  CHECK(close(ends[1]) == 0);
  char got[65536] = "", line[8192];
  FILE *stream = fdopen(ends[0], "r");
  while (fgets(line, sizeof line, stream) != NULL)
    if (!adds || !is_added(line))
      strcat(got, line);
  CHECK(fclose(stream) == 0);
  int status = reap(child);
  CHECK_EQUAL(status, 0);
  if (status != 0 || strcmp(got, expected) != 0) {
    CHECK(!"the environment that the program made");
    dprintf(2, "by %s: <%s> instead of <%s>\n", name, got, expected);
  }
}

static const struct {
  const char *name;
  void (*start)(void);
  bool shell;
} starts[] = {{"execv", by_execv, false},       {"execvp", by_execvp, false},
              {"execl", by_execl, false},       {"execlp", by_execlp, false},
              {"execve", by_execve, false},     {"execvpe", by_execvpe, false},
              {"execle", by_execle, false},     {"fexecve", by_fexecve, false},
              {"execveat", by_execveat, false}, {"vfork", by_vfork, false},
              {"posix_spawn", by_spawn, false}, {"posix_spawnp", by_spawnp, false},
              {"system", by_system, true},      {"popen", by_popen, true}};

int main(int argc, char **argv) {
  if (argc > 1)
    return tell();
  char path[4096] = "";
  CHECK(readlink("/proc/self/exe", path, sizeof path - 1) > 0 && argv[0] != NULL);
  snprintf(shell_command, sizeof shell_command, "exec '%s' tell", path);
  /* What an environment that keeps the rest is to look like. */
  char kept[65536] = "";
  for (char **entry = environ; *entry != NULL; entry++)
    if (strncmp(*entry, "LD_PRELOAD=", 11) != 0 && strncmp(*entry, "KEPT=", 5) != 0 &&
        !is_added(*entry))
      strcat(strcat(kept, *entry), "\n");
  strcat(kept, "KEPT=1\n");
  for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
    const char *name = starts[i].name;
    bool shell = starts[i].shell;
    started(name, starts[i].start, cleared, "", shell);
    started(name, starts[i].start, cleared_and_put, "A=1\nB=\n", shell);
    started(name, starts[i].start, null, "", shell);
    started(name, starts[i].start, put_by_name, "C=1\n", shell);
    if (!shell) { /* which drops some and sorts the rest */
      started(name, starts[i].start, put_empty, "LD_PRELOAD=\nA=1\n", shell);
      started(name, starts[i].start, own, "B=2\nA=1\nA=3\nno equals sign\n", shell);
      started(name, starts[i].start, unset, kept, true);
    }
  }
  return CHECKED();
}
