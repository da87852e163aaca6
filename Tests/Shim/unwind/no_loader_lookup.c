/* Linked into programs that must do without `_dl_find_object`, as under musl and
 * older glibc: nothing is found by name. */
#include <stddef.h>

void *dlsym(void *restrict handle, const char *restrict name);
void *dlsym(void *restrict handle, const char *restrict name) {
  (void)handle;
  (void)name;
  return NULL;
}
