/* Descriptors of which new programs are told by their environment. */
#include "tests.h"

#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { TOLD = 40, OTHER = 41, PRIVATE = 42 };

static char *const arguments[] = {"sh", "-c", "exit 5", NULL};

static void open_all(void) {
  CHECK_EQUAL(dup2(STDIN_FILENO, TOLD), TOLD);
  CHECK_EQUAL(dup2(STDIN_FILENO, OTHER), OTHER);
  CHECK_EQUAL(dup3(STDIN_FILENO, PRIVATE, O_CLOEXEC), PRIVATE);
}

/* Whether what the process has, or had, under `fd` is marked. */
static bool is_told(const struct fdt_process *process, int fd) {
  const struct fdt_live *entry = process == NULL ? NULL : trace_live(traced(), process, fd);
  return entry != NULL && (entry->flags & FDT_FD_TOLD) != 0;
}

CASE(told_by_environment) {
  static const struct {
    const char *variable;
    bool told; /* of 40 */
  } cases[] = {
      {"CONTROL_FD=40", true},
      {"NOTIFY_FDS=39,40", true},
      {"PIPE_FDS=in=3 out=40", true},
      {"A=type=m;fd=40;pid=7", true},
      {"A=unix:fd:40", true},
      {"A=fds=39,40", true},
      {"A=/dev/fd/40", true},
      {"A=39:/proc/self/fd/40", true},
      {"A_FD=/dev/fd/40", true},
      {"NGINX=39;40;", true},
      {"MAKEFLAGS= -j2 --jobserver-auth=39,40", true},
      {"LISTEN_FDS=38", true},
      {"COLUMNS=40", false},
      {"COLORFGBG=15;40", false},
      {"A=39,40", false},
      {"A=;", false},
      {"A=fd=400", false},
      {"A=fd=40.5", false},
      {"A=fd=18446744073709551656", false},
      {"A=fd=", false},
      {"A=/tmp/fd/40", false},
      {"A_FD=v40", false},
      {"A_FD", false},
      {"LISTEN_FDS=37", false},
      {"LISTEN_FDS=18446744073709551615", true},
      {"FDTRACK_SIZE=40", false},
      {"", false},
  };
  open_all();
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char *const environment[] = {(char *)cases[i].variable, NULL};
    pid_t child = 0;
    CHECK_EQUAL(posix_spawn(&child, "/bin/sh", NULL, NULL, arguments, environment), 0);
    CHECK_EQUAL(reap_unseen(child), 5 << 8);
    const struct fdt_process *process = trace_process(traced(), trace_find(traced(), child));
    if (is_told(process, TOLD) != cases[i].told)
      dprintf(2, "%s:\n", cases[i].variable);
    CHECK_EQUAL(is_told(process, TOLD), cases[i].told);
    CHECK(!is_told(own_process(), TOLD));
  }
}

/* Ends the child by an exec with `setting` in its environment. */
static void become(const char *setting, bool by_path) {
  CHECK(putenv((char *)setting) == 0);
  if (by_path)
    execl("/bin/sh", "sh", "-c", "exit 5", NULL);
  else
    syscall(SYS_execve, "/bin/sh", arguments, environ);
  _exit(99);
}

static void check_told_over_exec(pid_t child) {
  CHECK_EQUAL(reap_unseen(child), 5 << 8);
  const struct fdt_process *after = trace_process(traced(), trace_find(traced(), child));
  CHECK(after != NULL && after->how == FDT_HOW_EXEC);
  CHECK(is_told(after, TOLD) && !is_told(after, OTHER));
  check_absent(after, PRIVATE);
  CHECK(!is_told(own_process(), TOLD)); /* of its parent, which told nobody */
}

CASE(told_over_exec) {
  open_all();
  for (int by_path = 0; by_path < 2; by_path++) {
    pid_t child = fork();
    if (child == 0)
      become("CONTROL_FDS=1,2,40,42", by_path == 1);
    check_told_over_exec(child);
  }
  pid_t child = vfork();
  if (child == 0)
    become("CONTROL_FDS=1,2,40,42", true);
  check_told_over_exec(child);
}

CASE(told_in_vain) {
  open_all();
  CHECK(setenv("CONTROL_FD", "40", 1) == 0);
  CHECK(execv("/no/such/program", arguments) == -1 && errno == ENOENT);
  CHECK(!is_told(own_process(), TOLD));
  /* What a program was told itself stays so, whatever it fails to tell others. */
  pid_t child = fork();
  if (child == 0) {
    execl("/bin/bash", "bash", "-c", "shopt -s execfail; exec /no/such/program; exit 5", NULL);
    _exit(99);
  }
  check_told_over_exec(child);
}

CASE(told_by_system) {
  open_all();
  CHECK(setenv("CONTROL_FD", "40", 1) == 0);
  CHECK_EQUAL(system("exit 5"), 5 << 8);
  CHECK(is_told(trace_process(traced(), own_ref() + 1), TOLD));
  FILE *stream = popen("exit 5", "r");
  CHECK(stream != NULL && pclose(stream) == 5 << 8);
  CHECK(is_told(trace_process(traced(), own_ref() + 2), TOLD));
}

/* A program that was told of a number may open something else under it. */
CASE(told_of_another) {
  static const struct {
    const char *script;
    bool told; /* of 40, to what the shell goes on as */
  } cases[] = {
      {"exec /bin/sh -c 'exit 5'", true}, /* what the shell was started with */
      {"exec 40</dev/null; exec /bin/sh -c 'exit 5'", false},
      {"exec 41</dev/null; MY_FD=41 exec /bin/sh -c 'exit 5'", true},
  };
  open_all();
  CHECK(setenv("CONTROL_FD", "40", 1) == 0);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char *const shell[] = {"bash", "-c", (char *)cases[i].script, NULL};
    pid_t child = 0;
    CHECK_EQUAL(posix_spawn(&child, "/bin/bash", NULL, NULL, shell, environ), 0);
    CHECK_EQUAL(reap_unseen(child), 5 << 8);
    const struct fdt_process *process = trace_process(traced(), trace_find(traced(), child));
    CHECK(process != NULL && process->how == FDT_HOW_EXEC);
    CHECK_EQUAL(is_told(process, i == 2 ? OTHER : TOLD), cases[i].told);
  }
}
