/* Leaks through code that was loaded in unusual ways:
 *
 *   loads_code plain|unloaded|relative|deepbind|namespace|handle PATH [killed]
 *
 * by a plugin, by one that is unloaded afterwards, by one of the folder it is in, by one that
 * prefers its own libc's names, by one with a libc of its own, or through an address that was asked
 * of libc itself; and ends by itself, or by a signal. */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define LEAKS 6

typedef int (*opener)(const char *);

static void *plugin(const char *mode) {
  char self[4096], *name;
  Dl_info info;
  if (dladdr((void *)plugin, &info) == 0)
    return NULL;
  snprintf(self, sizeof self, "%s", info.dli_fname);
  name = strrchr(self, '/') + 1;
  snprintf(name, sizeof self - (size_t)(name - self), "libplugin.so");
  if (strcmp(mode, "relative") == 0)
    return dlopen("./libplugin.so", RTLD_NOW);
  if (strcmp(mode, "deepbind") == 0)
    return dlopen(self, RTLD_NOW | RTLD_DEEPBIND);
  if (strcmp(mode, "namespace") == 0)
    return dlmopen(LM_ID_NEWLM, self, RTLD_NOW);
  return dlopen(self, RTLD_NOW);
}

int main(int argc, char **argv) {
  if (argc != 3 && argc != 4)
    return 2;
  if (strcmp(argv[1], "handle") == 0) {
    int (*libc_open)(const char *, int, ...) =
        (int (*)(const char *, int, ...))dlsym(dlopen("libc.so.6", RTLD_NOW), "open");
    for (int i = 0; i < LEAKS; i++)
      if (libc_open(argv[2], O_RDONLY) < 0)
        return 1;
    return 0;
  }
  void *library = plugin(argv[1]);
  opener open_one = library == NULL ? NULL : (opener)dlsym(library, "plugin_open");
  if (open_one == NULL)
    return 1;
  for (int i = 0; i < LEAKS; i++)
    if (open_one(argv[2]) < 0)
      return 1;
  if (strcmp(argv[1], "unloaded") == 0)
    dlclose(library);
  if (argc == 4)
    raise(SIGTERM);
  return 0;
}
