/* The shim loaded late, by dlopen: it may record nothing, it must not crash. (Its
 * static TLS may not fit, then dlopen says so.)
 * audit: none - the program alone makes a trace in its own directory. */
#include "host.h"

#include <dlfcn.h>

int main(void) {
  const char *shim = getenv("SHIM");
  void *handle = dlopen(shim != NULL ? shim : "libfdtrack.so", RTLD_NOW);
  if (handle == NULL)
    dprintf(2, "%s\n", dlerror());
  for (int i = 0; i < 1000; i++)
    CHECK(close(open_null()) == 0);
  int (*late_close)(int) = handle == NULL ? close : (int (*)(int))dlsym(handle, "close");
  CHECK(late_close(open_null()) == 0);
  CHECK(late_close(-1) == -1 && errno == EBADF);
  pid_t child = fork();
  if (child == 0)
    _exit(close(open_null()) == 0 ? 0 : 1);
  CHECK_EQUAL(reap(child), 0);
  if (handle != NULL)
    CHECK(dlclose(handle) == 0);
  CHECK(close(open_null()) == 0);
  return CHECKED();
}
