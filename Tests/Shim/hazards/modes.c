/* The mode that open(2) and its like take only sometimes: passed on where the flags
 * ask for it and under any umask, not needed where they do not. */
#include "host.h"

#include <mqueue.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/stat.h>

int __open(const char *, int, ...);
int __open64(const char *, int, ...);

static const mode_t modes[] = {0, 0600, 0644, 0755, 0777, 01777, 02755, 04711, 06777, 07777};
static const mode_t masks[] = {0, 022, 027, 077, 0777};

static mode_t mode_of(int fd) {
  struct stat about;
  CHECK(fstat(fd, &about) == 0);
  return about.st_mode & 07777;
}

static void expect(const char *name, int fd, mode_t mode) {
  if (fd < 0 || mode_of(fd) != mode) {
    CHECK(!"the mode that was asked for");
    dprintf(2, "by %s: %o, not %o\n", name, fd < 0 ? 0 : mode_of(fd), mode);
  }
  CHECK(close(fd) == 0);
}

/* The file exists: no mode is given, and none is taken. */
#define WITHOUT(name, ...)                                                                         \
  do {                                                                                             \
    expect(#name " without a mode", name(__VA_ARGS__, O_RDONLY), wanted);                          \
    expect(#name " without a mode", name(__VA_ARGS__, O_RDWR | O_APPEND | O_CLOEXEC), wanted);     \
    CHECK(unlink("file") == 0);                                                                    \
  } while (0)
#define BOTH(name, ...)                                                                            \
  do {                                                                                             \
    expect(#name, name(__VA_ARGS__, O_RDWR | O_CREAT | O_EXCL, mode), wanted);                     \
    if (geteuid() == 0 || (wanted & 0600) == 0600)                                                 \
      WITHOUT(name, __VA_ARGS__);                                                                  \
    else                                                                                           \
      CHECK(unlink("file") == 0);                                                                  \
  } while (0)

static void files(mode_t mode, mode_t wanted) {
  BOTH(open, "file");
  BOTH(open64, "file");
  BOTH(__open, "file");
  BOTH(__open64, "file");
  BOTH(openat, AT_FDCWD, "file");
  BOTH(openat64, AT_FDCWD, "file");
  expect("creat", creat("file", mode), wanted);
  CHECK(unlink("file") == 0);
  expect("creat64", creat64("file", mode), wanted);
  CHECK(unlink("file") == 0);
}

/* O_TMPFILE asks for a mode, O_DIRECTORY, which it holds, does not. */
static void without_name(mode_t mode, mode_t wanted) {
  int fd = open(".", O_TMPFILE | O_RDWR, mode);
  if (fd == -1 && (errno == EOPNOTSUPP || errno == EISDIR))
    return;
  expect("open of a temporary file", fd, wanted);
  expect("open64 of a temporary file", open64(".", O_TMPFILE | O_WRONLY, mode), wanted);
  expect("openat of a temporary file", openat(AT_FDCWD, ".", O_TMPFILE | O_RDWR | O_EXCL, mode),
         wanted);
  expect("openat64 of a temporary file", openat64(AT_FDCWD, ".", O_TMPFILE | O_RDWR, mode), wanted);
  CHECK(close(open(".", O_DIRECTORY | O_RDONLY)) == 0);
  CHECK(open("no-such-directory", O_DIRECTORY | O_RDONLY) == -1 && errno == ENOENT);
}

static void objects(mode_t mode, mode_t wanted) {
  char name[64];
  snprintf(name, sizeof name, "/fdtrack-modes-%d", getpid());
  wanted &= 0777;
  mode &= 0777;
  expect("shm_open", shm_open(name, O_RDWR | O_CREAT | O_EXCL, mode), wanted);
  CHECK(shm_unlink(name) == 0);
  struct mq_attr attributes = {.mq_maxmsg = 3, .mq_msgsize = 17}, got;
  mqd_t queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL, mode, &attributes);
  if (queue == -1 && errno == ENOSYS)
    return;
  CHECK_EQUAL(mode_of(queue), wanted);
  CHECK(mq_getattr(queue, &got) == 0 && got.mq_maxmsg == 3 && got.mq_msgsize == 17);
  CHECK(mq_close(queue) == 0);
  if (geteuid() == 0 || (wanted & 0600) == 0600) {
    CHECK((queue = mq_open(name, O_RDONLY)) >= 0);
    CHECK(mq_getattr(queue, &got) == 0 && got.mq_maxmsg == 3 && got.mq_msgsize == 17);
    CHECK(mq_close(queue) == 0);
  }
  CHECK(mq_unlink(name) == 0);
}

/* Its modes must let the owner map it. */
static void semaphores(mode_t mode, mode_t wanted) {
  char name[64], path[96];
  struct stat about;
  int value;
  if ((mode & 0600) != 0600 || (wanted & 0600) != 0600)
    return;
  snprintf(name, sizeof name, "/fdtrack-modes-%d", getpid());
  snprintf(path, sizeof path, "/dev/shm/sem.%s", name + 1);
  sem_t *semaphore = sem_open(name, O_CREAT | O_EXCL, mode & 0777, 5);
  CHECK(semaphore != SEM_FAILED && sem_getvalue(semaphore, &value) == 0 && value == 5);
  CHECK(stat(path, &about) == 0);
  CHECK_EQUAL(about.st_mode & 07777, wanted & 0777);
  sem_t *again = sem_open(name, 0);
  CHECK(again == semaphore && sem_close(again) == 0 && sem_close(semaphore) == 0);
  CHECK(sem_unlink(name) == 0);
}

int main(void) {
  for (size_t i = 0; i < sizeof masks / sizeof masks[0]; i++) {
    umask(masks[i]);
    for (size_t j = 0; j < sizeof modes / sizeof modes[0]; j++) {
      mode_t wanted = modes[j] & ~masks[i];
      files(modes[j], wanted);
      without_name(modes[j], wanted);
      objects(modes[j], wanted);
      semaphores(modes[j], wanted);
    }
    CHECK_EQUAL(umask(masks[i]), masks[i]);
  }
  return CHECKED();
}
