/* An allocator that opens files before it can allocate: whatever runs then must not
 * ask it for memory. Nor does a program start with an error of dlsym that it did not
 * make. */
#include "host.h"

#include <dlfcn.h>

int main(void) {
  CHECK(dlerror() == NULL);
  char *text = strdup("allocated");
  CHECK(text != NULL && strcmp(text, "allocated") == 0);
  free(text);
  int fd = open_null();
  CHECK(close(fd) == 0);
  return CHECKED();
}
