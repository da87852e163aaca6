/* Opens what it is told to, for a program that loads it. */
#include <fcntl.h>

int plugin_open(const char *path);

/* Programs call it through a pointer, so that nothing would tell of it if it jumped. */
static int opened;

int plugin_open(const char *path) {
  int fd = open(path, O_RDONLY); /* LEAK: plugin */
  __atomic_add_fetch(&opened, 1, __ATOMIC_RELAXED);
  return fd;
}
