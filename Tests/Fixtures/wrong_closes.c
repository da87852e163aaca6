/* Every wrong close and use that is told of, one after the other. */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static pthread_barrier_t turn;

static void take_turns(void) { pthread_barrier_wait(&turn); }

static void *worker(void *unused) {
  (void)unused;
  int fd = open("/dev/null", O_RDONLY); /* MARK: culprit's own */
  take_turns();
  close(fd); /* MARK: first close */
  take_turns();
  take_turns();
  close(fd); /* MARK: second close */
  take_turns();
  return NULL;
}

/* Another thread gets the number in between. */
static void race(void) {
  pthread_t thread;
  pthread_barrier_init(&turn, NULL, 2);
  pthread_create(&thread, NULL, worker, NULL);
  take_turns();
  take_turns();
  int fd = socket(AF_INET, SOCK_STREAM, 0); /* MARK: victim's open */
  take_turns();
  take_turns();
  pthread_join(thread, NULL);
  char byte;
  for (int i = 0; i < 5; i++)
    if (read(fd, &byte, 1) >= 0) /* MARK: victim's read */
      puts("a stolen descriptor was read");
  close(fd);
}

static void close_twice(void) {
  int fd = open("/dev/zero", O_RDONLY); /* MARK: opened once */
  close(fd);                            /* MARK: closed once */
  close(fd);                            /* MARK: closed twice */
}

static void use_after_close(void) {
  char byte;
  int fd = open("/dev/zero", O_RDONLY); /* MARK: opened for use */
  close(fd);                            /* MARK: closed before use */
  if (read(fd, &byte, 1) >= 0)          /* MARK: used */
    puts("a closed descriptor was read");
}

static void close_owned(void) {
  FILE *stream = fopen("/dev/null", "r"); /* MARK: a stream */
  close(fileno(stream));                  /* MARK: raw close */
  fclose(stream);
}

/* What daemons do. */
static void close_all(void) {
  for (int fd = 3; fd < 64; fd++)
    close(fd);
}

/* What others do instead: the folder's own number is among those that it lists. */
static void close_listed(bool again) {
  int numbers[64];
  int count = 0;
  for (int i = 0; i < 2; i++)
    open("/dev/null", O_RDONLY | O_CLOEXEC);
  DIR *folder = opendir("/proc/self/fd");
  if (folder == NULL)
    exit(1);
  for (struct dirent *entry; count < 64 && (entry = readdir(folder)) != NULL;)
    if (entry->d_name[0] != '.')
      numbers[count++] = atoi(entry->d_name);
  closedir(folder);
  for (int i = 0; i < count; i++)
    if (numbers[i] > 2)
      close(numbers[i]);
  /* The folder's number is another's now. */
  if (again)
    for (int i = 0; i < 3; i++)
      open("/dev/null", O_RDONLY | O_CLOEXEC);
}

int main(int argc, char **argv) {
  const char *only = argc > 1 ? argv[1] : "";
  if (strncmp(only, "listed", 6) == 0) {
    close_listed(strcmp(only, "listed") != 0);
    return 0;
  }
  if (strcmp(only, "daemon") != 0) {
    race();
    close_twice();
    use_after_close();
    close_owned();
  }
  close_all();
  return 0;
}
