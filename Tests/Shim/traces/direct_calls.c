/* Programs with code of Go, which calls the kernel itself, have it in their record from the start,
 * and so have their forks: a signal that ends them leaves it there. So has a program that loads
 * such a library later, when that sets its handler of SIGBUS. No other program has it. */
#include "run.h"

#include <dlfcn.h>

static void library(char path[4096], const char *name) {
  snprintf(path, 4096, "%s/lib%s.so", getenv("TEST_BUILD"), name);
}

/* ---- the hosts ------------------------------------------------------------------ */

/* Loads a library, lets it begin, and dies. */
static int load(const char *name) {
  char path[4096];
  library(path, name);
  void *handle = dlopen(path, RTLD_NOW);
  int (*begin)(void) = handle == NULL ? NULL : (int (*)(void))dlsym(handle, "library_begin");
  if (begin == NULL || begin() != 0)
    return 1;
  return raise(SIGKILL);
}

static int fork_and_die(void) {
  pid_t child = fork();
  if (child == 0) {
    close(open("/dev/null", O_RDONLY));
    raise(SIGKILL);
  }
  waitpid(child, NULL, 0);
  return raise(SIGKILL);
}

/* Goes on as a program that has the shim, which comes first, and nothing else. */
static int go_on(void) {
  char shim[4096];
  snprintf(shim, sizeof shim, "%s", getenv("LD_PRELOAD"));
  *strchrnul(shim, ' ') = '\0';
  setenv("LD_PRELOAD", shim, 1);
  execl("/proc/self/exe", program_invocation_short_name, "fork", (char *)NULL);
  return 1;
}

/* ---- what their records say ------------------------------------------------------- */

/* How many records have the flag, of how many. */
static void check_flags(const char *out, unsigned flagged, unsigned records) {
  static struct trace trace;
  take_trace(&trace, out);
  unsigned with = 0, all = 0;
  for (uint32_t ref = 1; ref <= trace_process_count(&trace); ref++) {
    const struct fdt_process *process = trace_process(&trace, ref);
    all += process != NULL;
    with += process != NULL && (process->flags & FDT_PROCESS_DIRECT_CALLS) != 0;
  }
  CHECK_EQUAL(all, records);
  CHECK_EQUAL(with, flagged);
}

/* The host with that library from its start; of none with NULL. */
static void check_start(const char *name, const char *host, unsigned flagged, unsigned records) {
  const char *shim = getenv("SHIM");
  char *alone = strdup(shim), path[4096] = "", both[9000];
  if (name != NULL)
    library(path, name);
  snprintf(both, sizeof both, "%s %s", alone, path);
  setenv("SHIM", both, 1);
  pid_t child = start_again("start.bin", "2M", host, NULL);
  setenv("SHIM", alone, 1);
  free(alone);
  CHECK_EQUAL(finish(child), 1000 + SIGKILL);
  check_flags("start.bin", flagged, records);
}

static void check_load(const char *name, unsigned flagged) {
  CHECK_EQUAL(finish(start_again("load.bin", "2M", "load", name)), 1000 + SIGKILL);
  check_flags("load.bin", flagged, 1);
}

int main(int argc, char **argv) {
  if (argc > 2 && strcmp(argv[1], "load") == 0)
    return load(argv[2]);
  if (argc > 1 && strcmp(argv[1], "fork") == 0)
    return fork_and_die();
  if (argc > 1 && strcmp(argv[1], "exec") == 0)
    return go_on();
  check_start(NULL, "fork", 0, 2);
  check_start("no_go_note", "fork", 0, 2);
  check_start("go_note", "fork", 2, 2);
  check_start("go_symbol", "fork", 2, 2);
  check_start("go_note", "exec", 1, 3);
  check_load("no_go_note", 0);
  check_load("go_note", 1);
  return CHECKED();
}
