/* The line that says why there is no trace must not be a danger to the host: whatever its stderr
 * is, it runs as it would alone. */
#include "run.h"

#include <pty.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <termios.h>

#define NOWHERE "/no/such/directory/trace"

/* For a child: the host with this trace, in the place of the caller. */
static void become_host(const char *out) {
  _exit(finish(start("hazards/contexts.O2", out, "1M")) % 256);
}

static void without_stderr(void) {
  close(2);
  become_host(NOWHERE);
}

static void pipe_without_reader(void) {
  int pair[2];
  signal(SIGPIPE, SIG_DFL);
  if (pipe(pair) == 0 && close(pair[0]) == 0)
    dup2(pair[1], 2);
  become_host(NOWHERE);
}

/* Its reader does not read. */
static void full_pipe(void) {
  int pair[2];
  char page[4096] = "";
  if (pipe(pair) == 0 && fcntl(pair[1], F_SETFL, O_NONBLOCK) == 0)
    while (write(pair[1], page, sizeof page) > 0)
      ;
  fcntl(pair[1], F_SETFL, 0);
  dup2(pair[1], 2);
  become_host(NOWHERE);
}

/* A path so long that the line is more than a page, of which the pipe has one left. */
static void nearly_full_pipe(void) {
  int pair[2];
  char page[4096] = "", drained[4096], path[4096] = "/no/such/directory/";
  memset(path + strlen(path), 'a', sizeof path - 1 - strlen(path));
  if (pipe(pair) == 0 && fcntl(pair[1], F_SETFL, O_NONBLOCK) == 0)
    while (write(pair[1], page, sizeof page) > 0)
      ;
  fcntl(pair[1], F_SETFL, 0);
  if (read(pair[0], drained, sizeof drained) == sizeof drained)
    dup2(pair[1], 2);
  become_host(path);
}

static void file_that_may_not_grow(void) {
  struct rlimit none = {0, 0};
  dup2(open("growing", O_RDWR | O_CREAT, 0600), 2);
  setrlimit(RLIMIT_FSIZE, &none);
  become_host("small");
}

/* Writes of jobs in the background stop them there. */
static void terminal_of_another_job(void) {
  int master, terminal, status = 0;
  struct termios settings;
  if (openpty(&master, &terminal, NULL, NULL, NULL) != 0 || setsid() == -1 ||
      ioctl(terminal, TIOCSCTTY, 0) != 0 || tcgetattr(terminal, &settings) != 0)
    _exit(SKIPPED);
  settings.c_lflag |= TOSTOP;
  tcsetattr(terminal, TCSANOW, &settings);
  pid_t job = fork();
  if (job == 0) {
    setpgid(0, 0);
    dup2(terminal, 2);
    char path[4096];
    snprintf(path, sizeof path, "%s/hazards/contexts.O2", getenv("TEST_BUILD"));
    preload(getenv("SHIM"), NOWHERE, "1M");
    execl(path, "contexts", (char *)NULL);
    _exit(99);
  }
  waitpid(job, &status, WUNTRACED);
  if (WIFSTOPPED(status)) {
    kill(job, SIGKILL);
    waitpid(job, NULL, 0);
  }
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 98);
}

int main(void) {
  static void (*const ways[])(void) = {
      without_stderr,   pipe_without_reader,    full_pipe,
      nearly_full_pipe, file_that_may_not_grow, terminal_of_another_job};
  for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
    pid_t child = fork();
    if (child == 0)
      ways[i]();
    int status = finish(child);
    if (status != SKIPPED)
      CHECK_EQUAL(status, 0);
  }
  CHECK(access("small", F_OK) == -1);
  return CHECKED();
}
