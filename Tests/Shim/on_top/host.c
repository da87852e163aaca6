/* A small program of many sorts of descriptors, for tools that look into programs or
 * take their place in libc: what it says and how it ends is the same under each. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void *open_and_close(void *argument) {
  long good = 0;
  for (int i = 0; i < 200; i++) {
    int fd = open("/dev/null", O_RDWR), pair[2];
    char *memory = malloc((size_t)i * 100 + 1);
    memset(memory, i, (size_t)i * 100 + 1);
    good +=
        fd >= 0 && pipe(pair) == 0 && close(pair[0]) == 0 && close(pair[1]) == 0 && close(fd) == 0;
    free(memory);
  }
  *(long *)argument = good;
  return NULL;
}

static int child_status(pid_t child) {
  int status = 0;
  return waitpid(child, &status, 0) == child ? WEXITSTATUS(status) : -1;
}

int main(void) {
  pthread_t threads[3];
  long good[3];
  char line[64] = "";
  int pair[2];
  FILE *stream = fopen("/dev/zero", "r");
  int copy = dup2(fileno(stream), 50);
  printf("a stream and its copy: %d\n", copy);
  for (int i = 0; i < 3; i++)
    pthread_create(&threads[i], NULL, open_and_close, &good[i]);
  for (int i = 0; i < 3; i++)
    pthread_join(threads[i], NULL);
  printf("threads: %ld %ld %ld\n", good[0], good[1], good[2]);
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    open_and_close(&good[0]);
    _exit(good[0] == 200 ? 5 : 6);
  }
  printf("a child: %d\n", child_status(child));
  fflush(stdout);
  printf("a command: %d\n", WEXITSTATUS(system("exit 6")));
  FILE *command = popen("echo said", "r");
  printf("it: %s", fgets(line, sizeof line, command));
  printf("its status: %d\n", pclose(command));
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 && write(pair[0], "x", 1) == 1)
    printf("a message: %zd\n", read(pair[1], line, sizeof line));
  close(pair[0]);
  close(pair[1]);
  close(copy);
  fclose(stream);
  return 9;
}
