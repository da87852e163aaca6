/* An allocator that reads a file while it initializes itself, as jemalloc does, and
 * cannot serve anybody meanwhile. Its constructor makes it do so early. */
#include <fcntl.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static alignas(16) char arena[16 << 20];
static size_t used;
static enum { UNTOUCHED, STARTING, READY } state;

static void start(void) {
  char byte;
  state = STARTING;
  int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
  if (fd < 0 || read(fd, &byte, 1) != 1 || close(fd) != 0)
    _exit(3);
  state = READY;
}

void *malloc(size_t size) {
  if (state == STARTING)
    _exit(4); /* jemalloc would wait for itself */
  if (state == UNTOUCHED)
    start();
  size_t *block = (size_t *)(arena + used);
  used += (size + 31) & ~(size_t)15;
  if (used > sizeof arena)
    _exit(5);
  block[0] = size;
  return block + 2;
}

void free(void *block) { (void)block; }

void *calloc(size_t count, size_t size) { return malloc(count * size); } /* never used before */

void *realloc(void *block, size_t size) {
  void *fresh = malloc(size);
  if (block != NULL) {
    size_t before = ((size_t *)block)[-2];
    memcpy(fresh, block, before < size ? before : size);
  }
  return fresh;
}

__attribute__((constructor)) static void begin(void) { free(malloc(1)); }
