/* A program to which the kernel gives no memory that is both writable and executable
 * (PR_SET_MDWE), from its very start: the loader, the shim and it itself need none. */
#include "host.h"

#include <dlfcn.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#define PR_GET_MDWE 66
#endif
#define REFUSE_EXEC_GAIN 1

static void *open_and_close(void *argument) {
  for (int i = 0; i < 300; i++)
    CHECK(close(open_null()) == 0);
  return argument;
}

static int restricted(void) {
  pthread_t thread;
  CHECK_EQUAL(prctl(PR_GET_MDWE, 0, 0, 0, 0), REFUSE_EXEC_GAIN);
  CHECK(mmap(NULL, 4096, PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
  CHECK(pthread_create(&thread, NULL, open_and_close, NULL) == 0 &&
        pthread_join(thread, NULL) == 0);
  void *library = dlopen("libm.so.6", RTLD_NOW);
  CHECK(library != NULL && dlclose(library) == 0);
  pid_t child = vfork();
  if (child == 0) {
    close(open_null());
    _exit(5);
  }
  CHECK_EQUAL(reap(child), 5);
  CHECK_EQUAL(system("exit 6"), 6 << 8);
  return CHECKED();
}

int main(int argc, char **argv) {
  (void)argv;
  if (argc > 1)
    return restricted();
  for (int joins = 0; joins < 2; joins++) {
    pid_t child = fork();
    if (child == 0) {
      if (prctl(PR_SET_MDWE, REFUSE_EXEC_GAIN, 0, 0, 0) != 0)
        _exit(SKIPPED);
      setenv("FDTRACK_OUT", "own.bin", 1);
      if (!joins)
        unsetenv("FDTRACK_JOIN");
      execl("/proc/self/exe", "no_new_code", "restricted", (char *)NULL);
      _exit(99);
    }
    int status = reap(child);
    if (status == SKIPPED)
      SKIP("PR_SET_MDWE");
    CHECK_EQUAL(status, 0);
  }
  return CHECKED();
}
