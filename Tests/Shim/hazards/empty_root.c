/* A program that moves into an empty folder, where nothing can be found by name any
 * more, neither itself nor /proc: all goes on as without the shim, and nothing is left
 * there.
 * audit: sound - without /proc there is nothing to compare with. */
#include "host.h"

#include <pthread.h>
#include <sys/stat.h>

static void *open_and_close(void *fd) {
  for (int i = 0; i < 100; i++) {
    int copy = dup(*(int *)fd), pair[2];
    CHECK(copy >= 0 && close(copy) == 0);
    CHECK(pipe(pair) == 0 && close(pair[0]) == 0 && close(pair[1]) == 0);
  }
  return NULL;
}

static int count_entries(const char *path) {
  int entries = -2; /* . and .. */
  DIR *directory = opendir(path);
  CHECK(directory != NULL);
  while (directory != NULL && readdir(directory) != NULL)
    entries++;
  CHECK(directory != NULL && closedir(directory) == 0);
  return entries;
}

int main(void) {
  pthread_t thread;
  int fd = open_null();
  if (mkdir("empty", 0700) != 0 || chroot("empty") != 0 || chdir("/") != 0)
    SKIP("chroot");
  CHECK(open("/proc/self/fd", O_RDONLY) == -1 && errno == ENOENT);
  CHECK(open_null() == -1 && errno == ENOENT);
  int made = open("file", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  CHECK_EQUAL(made, fd + 1);
  CHECK(pthread_create(&thread, NULL, open_and_close, &fd) == 0 && pthread_join(thread, NULL) == 0);
  pid_t child = fork();
  if (child == 0) {
    open_and_close(&fd);
    exit(CHECKED());
  }
  CHECK_EQUAL(reap(child), 0);
  CHECK_EQUAL(system("true"), 127 << 8); /* there is no shell */
  CHECK(execl("/bin/true", "true", (char *)NULL) == -1 && errno == ENOENT);
  CHECK(close(made) == 0 && unlink("file") == 0 && close(fd) == 0);
  CHECK_EQUAL(count_entries("/"), 0);
  return CHECKED();
}
