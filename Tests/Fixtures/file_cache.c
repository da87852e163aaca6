/* Opens by one line, in many ways, what postgres' functions would keep and what others forget: run
 * under the name of postgres it is half a known holder. */
#include "fixture.h"

#include <fcntl.h>

/* Through a pointer, so that nothing would tell of what jumped. */
static int opened;

static OUT_OF_LINE int open_file(const char *path) {
  int fd = open(path, O_RDONLY);
  __atomic_add_fetch(&opened, 1, __ATOMIC_RELAXED);
  return fd;
}

OUT_OF_LINE int PathNameOpenFilePerm(const char *path) {
  int fd = open_file(path);
  __atomic_add_fetch(&opened, 1, __ATOMIC_RELAXED);
  return fd;
}

typedef int opener(const char *);

static int left(int way, opener *open_it, const char *path);
static int right(int way, opener *open_it, const char *path);

/* Each `way` is another stack. */
static inline int descend(int way, opener *open_it, const char *path) {
  if (way == 0)
    return open_it(path);
  return way % 2 ? left(way / 2, open_it, path) : right(way / 2, open_it, path);
}

static OUT_OF_LINE int left(int way, opener *open_it, const char *path) {
  int fd = descend(way, open_it, path);
  __atomic_add_fetch(&opened, 1, __ATOMIC_RELAXED);
  return fd;
}
static OUT_OF_LINE int right(int way, opener *open_it, const char *path) {
  int fd = descend(way, open_it, path);
  __atomic_add_fetch(&opened, 1, __ATOMIC_RELAXED);
  return fd;
}

int main(void) {
  for (int way = 1; way <= 25; way++) {
    must(descend(way, PathNameOpenFilePerm, "/etc/passwd") >= 0, "open");
    must(descend(way, open_file, "/etc/hosts") >= 0, "open");
  }
  return 0;
}
