/* What dlopen and dlmopen load depends on the code that calls them: the search path (RUNPATH) is
 * that of its file, and the namespace the one that it stands in. This program has a path on which
 * libloading.so is, and libloading.so has none. */
#include "host.h"

#include <dlfcn.h>

#define MODULE "libloading.so"

typedef int opener(void);
typedef void *loader(const char *name, int mode);

/* Around the shim what it opens is not seen, so it does not stay. */
static void check_module(void *module) {
  CHECK(module != NULL);
  opener *open_one = module == NULL ? NULL : (opener *)dlsym(module, "loading_open");
  int fd = open_one == NULL ? -1 : open_one();
  CHECK(fd > 2 && close(fd) == 0);
}

static void check_missing(void *module, const char *name) {
  const char *error = dlerror();
  CHECK(module == NULL && error != NULL && strstr(error, name) != NULL);
  CHECK(dlerror() == NULL);
}

int main(void) {
  int before = count_fds();
  void *plain = dlopen(MODULE, RTLD_NOW);
  check_module(plain);
  loader *load = (loader *)dlsym(plain, "loading_load");
  CHECK(load("libm.so.6", RTLD_NOW) != NULL);
  CHECK(load("libearly.so", RTLD_NOW) == NULL); /* on this program's path, not on its own */
  check_missing(NULL, "libearly.so");
  check_missing(dlopen("libnowhere.so", RTLD_NOW | RTLD_DEEPBIND), "libnowhere.so");
  check_missing(dlmopen(LM_ID_NEWLM, "libnowhere.so", RTLD_NOW), "libnowhere.so");
  CHECK(dlsym(dlopen(NULL, RTLD_NOW), "open") != NULL);
  CHECK(dlclose(plain) == 0);

  void *deep = dlopen(MODULE, RTLD_NOW | RTLD_DEEPBIND);
  check_module(deep);
  CHECK(dlclose(deep) == 0);

  void *apart = dlmopen(LM_ID_NEWLM, MODULE, RTLD_NOW);
  check_module(apart);
  Lmid_t here = LM_ID_BASE, there = LM_ID_BASE;
  load = (loader *)dlsym(apart, "loading_load");
  void *beside = load("libm.so.6", RTLD_NOW);
  CHECK(beside != NULL && dlinfo(apart, RTLD_DI_LMID, &here) == 0 &&
        dlinfo(beside, RTLD_DI_LMID, &there) == 0);
  CHECK(here != LM_ID_BASE && here == there);
  CHECK_EQUAL(count_fds(), before);
  return CHECKED();
}
