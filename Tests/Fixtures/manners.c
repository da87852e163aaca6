/* A program whose behaviour a runner must not change.
 *
 *   manners exit CODE      ends with CODE
 *   manners signal NUMBER  dies of a signal
 *   manners copy           copies its input to its output, then says "copied" on stderr
 *   manners wait           prints "ready", then exits 42 when SIGTERM arrives
 *   manners leak           leaks ten sockets after a failed connect, exits 0
 *   manners fds            prints the descriptors that it was born with */
#include "fixture.h"

#include <signal.h>
#include <sys/stat.h>

static void on_term(int number) {
  (void)number;
  _exit(42);
}

static void copy(void) {
  char bytes[4096];
  ssize_t size;
  while ((size = read(STDIN_FILENO, bytes, sizeof bytes)) > 0)
    must(write(STDOUT_FILENO, bytes, (size_t)size) == size, "write");
  fputs("copied\n", stderr);
}

static OUT_OF_LINE void leak(void) {
  for (int i = 0; i < 10; i++) {
    struct sockaddr_in address = loopback(1);
    int fd = socket(AF_INET, SOCK_STREAM, 0); /* LEAK: manners */
    must(fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) < 0, "connect");
  }
}

static void print_fds(void) {
  struct stat status;
  for (int fd = 0; fd < 1024; fd++)
    if (fstat(fd, &status) == 0)
      printf("%d\n", fd);
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  if (strcmp(what, "exit") == 0 && argc == 3)
    return atoi(argv[2]);
  if (strcmp(what, "signal") == 0 && argc == 3)
    raise(atoi(argv[2]));
  else if (strcmp(what, "copy") == 0)
    copy();
  else if (strcmp(what, "leak") == 0)
    leak();
  else if (strcmp(what, "fds") == 0)
    print_fds();
  else if (strcmp(what, "wait") == 0) {
    signal(SIGTERM, on_term);
    puts("ready");
    fflush(stdout);
    for (;;)
      pause();
  } else
    return 2;
  return 0;
}
