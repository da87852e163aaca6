/* Leaks when it is told to, so that a test knows what there is to see.
 *
 *   leaks_on_demand
 *
 * Says "ready PID". Each line of its input is a letter and a number of times: `f` leaks a file,
 * `p` a pipe (both ends), `c` opens a file and closes it, `k` forks a child that leaks a file and
 * lives on, `u` leaks a file by an address that was asked of libc itself, `v` closes the highest
 * number so; each line is answered by "done". At the end of the input it exits 0; the kernel
 * kills its children. */
#include "fixture.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>

static OUT_OF_LINE void leak_file(void) {
  must(open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0, "open"); /* LEAK: file */
}

static OUT_OF_LINE void leak_pipe(void) {
  int ends[2];
  must(pipe2(ends, O_CLOEXEC) == 0, "pipe2"); /* LEAK: pipe */
}

static OUT_OF_LINE void open_and_close(void) {
  int fd = open("/dev/null", O_RDONLY | O_CLOEXEC); /* CLEAN: file */
  must(fd >= 0 && close(fd) == 0, "close");
}

static OUT_OF_LINE void fork_child(void) {
  pid_t child = fork();
  must(child >= 0, "fork");
  if (child != 0)
    return;
  /* Whatever becomes of its parent. */
  must(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0, "prctl");
  leak_file();
  for (;;)
    pause();
}

static void *libc_function(const char *name) {
  void *address = dlsym(dlopen("libc.so.6", RTLD_NOW), name);
  must(address != NULL, name);
  return address;
}

static void leak_unseen(void) {
  int (*libc_open)(const char *, int, ...) = (int (*)(const char *, int, ...))libc_function("open");
  must(libc_open("/dev/zero", O_RDONLY | O_CLOEXEC) >= 0, "open");
}

static void close_unseen(void) {
  int (*libc_close)(int) = (int (*)(int))libc_function("close");
  int highest = 1023;
  while (fcntl(highest, F_GETFD) < 0)
    highest--;
  must(libc_close(highest) == 0, "close");
}

static OUT_OF_LINE void repeat(int times, void (*function)(void)) {
  while (times-- > 0)
    function();
}

int main(void) {
  char what;
  int times;
  printf("ready %d\n", getpid());
  fflush(stdout);
  while (scanf(" %c %d", &what, &times) == 2) {
    repeat(times, what == 'f'   ? leak_file
                  : what == 'p' ? leak_pipe
                  : what == 'k' ? fork_child
                  : what == 'u' ? leak_unseen
                  : what == 'v' ? close_unseen
                                : open_and_close);
    puts("done");
    fflush(stdout);
  }
  return 0;
}
