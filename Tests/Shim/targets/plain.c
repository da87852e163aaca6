/* A program that is built in ways in which the shim has no part: what it sees of the
 * numbers, and its own effective user, on stdout; 7 as its exit status. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  int fd = open("/dev/null", O_RDONLY), copy = dup(fd), status = 0, ends[2];
  pid_t child = fork();
  if (child == 0)
    _exit(close(copy) == 0 ? 3 : 4);
  if (waitpid(child, &status, 0) != child || pipe(ends) != 0)
    return 1;
  printf("%d %d %d %d, %d of %u\n", fd, copy, ends[0], ends[1], WEXITSTATUS(status),
         (unsigned)geteuid());
  return 7;
}
