/* Code that comes and goes: dlopen, dlmopen, dlclose. */
#include "tests.h"

#include <dlfcn.h>
#include <string.h>
#include <sys/wait.h>

static void check_loads(const struct fdt_process *process, uint32_t count, const char *first) {
  size_t size = 0;
  const char *path = trace_string(traced(), process->loaded_around, &size);
  CHECK_EQUAL(process->loads_around, count);
  CHECK(first == NULL ? path == NULL
                      : path != NULL && size == strlen(first) && memcmp(path, first, size) == 0);
}

TEST(dlopen) {
  void *plain = dlopen("libm.so.6", RTLD_NOW);
  CHECK(plain != NULL && dlclose(plain) == 0);
  check_loads(own_process(), 0, NULL);
  void *deep = dlopen("libm.so.6", RTLD_NOW | RTLD_DEEPBIND);
  void *another = dlopen("libresolv.so.2", RTLD_LAZY | RTLD_DEEPBIND);
  CHECK(deep != NULL && another != NULL);
  check_loads(own_process(), 2, "libm.so.6");
  CHECK(dlclose(deep) == 0 && dlclose(another) == 0);
}

TEST(dlmopen) {
  void *plain = dlmopen(LM_ID_BASE, "libm.so.6", RTLD_NOW);
  CHECK(plain != NULL && dlclose(plain) == 0);
  check_loads(own_process(), 0, NULL);
  void *apart = dlmopen(LM_ID_NEWLM, "libm.so.6", RTLD_NOW);
  CHECK(apart != NULL);
  check_loads(own_process(), 1, "libm.so.6");
  CHECK(dlclose(apart) == 0);
}

TEST(dlclose) {
  void *handle = dlopen("libm.so.6", RTLD_NOW);
  CHECK(handle != NULL);
  CHECK_EQUAL(dlclose(handle), 0);
  int fd = open("/dev/null", O_RDONLY);
  check_opened(fd, "open", FDT_KIND_FILE, FDT_OWNER_RAW);
}

CASE(loads_of_what_is_missing) {
  CHECK(dlopen("/no/such/module.so", RTLD_NOW | RTLD_DEEPBIND) == NULL);
  CHECK(dlmopen(LM_ID_NEWLM, "./no_such_module.so", RTLD_NOW) == NULL);
  CHECK(dlopen(NULL, RTLD_NOW | RTLD_DEEPBIND) != NULL);
  CHECK(dlopen("libc.so.6", RTLD_NOW | RTLD_NOLOAD | RTLD_DEEPBIND) != NULL);
  check_loads(own_process(), 0, NULL);
}

CASE(loads_of_a_child) {
  CHECK(dlopen("libm.so.6", RTLD_NOW | RTLD_DEEPBIND) != NULL);
  pid_t child = fork();
  if (child == 0) {
    close(open("/dev/null", O_RDONLY));
    execl("/bin/sh", "sh", "-c", "exit 5", (char *)NULL);
    _exit(99);
  }
  CHECK_EQUAL(WEXITSTATUS(reap_unseen(child)), 5);
  const struct fdt_process *after = trace_process(traced(), trace_find(traced(), child));
  CHECK(after != NULL && after->how == FDT_HOW_EXEC);
  if (after == NULL)
    return;
  check_loads(trace_process(traced(), after->parent), 1, "libm.so.6");
  check_loads(after, 0, NULL);
}
