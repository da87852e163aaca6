/* Behind the environment that main is passed stands the auxiliary vector, as the kernel laid it
 * out: some programs look for it there. */
#include "host.h"

#include <link.h>
#include <sys/auxv.h>

static void check_behind(char **environment) {
  static const unsigned long kinds[] = {AT_PHDR, AT_PHNUM,  AT_PAGESZ, AT_ENTRY, AT_UID,
                                        AT_GID,  AT_RANDOM, AT_EXECFN, AT_BASE};
  while (*environment != NULL)
    environment++;
  const ElfW(auxv_t) *vector = (const void *)(environment + 1);
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    const ElfW(auxv_t) *entry = vector;
    while (entry->a_type != AT_NULL && entry->a_type != kinds[i])
      entry++;
    CHECK_EQUAL(entry->a_type, kinds[i]);
    CHECK_EQUAL(entry->a_un.a_val, getauxval(kinds[i]));
  }
}

int main(int argc, char **argv, char **environment) {
  (void)argv;
  check_behind(environment);
  if (argc > 1)
    return CHECKED();
  /* The program of a tree that was not the first, and one with little else. */
  pid_t child = fork();
  if (child == 0) {
    execl("/proc/self/exe", "auxiliary_vector", "again", (char *)NULL);
    _exit(99);
  }
  CHECK_EQUAL(reap(child), 0);
  child = fork();
  if (child == 0) {
    execle("/proc/self/exe", "auxiliary_vector", "alone", (char *)NULL, (char *[]){NULL});
    _exit(99);
  }
  CHECK_EQUAL(reap(child), 0);
  /* A copy of what was passed is the program's own. */
  CHECK(setenv("ONE_MORE", "1", 1) == 0 && clearenv() == 0 && setenv("AGAIN", "1", 1) == 0);
  CHECK_EQUAL(system("test \"$AGAIN\" = 1"), 0);
  return CHECKED();
}
