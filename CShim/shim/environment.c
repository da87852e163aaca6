#include "environment.h"

#include "kernel/syscall.h"

#include <link.h>
#include <stdbool.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#define ARGUMENTS_MAX (8u << 20) /* arguments and environment together: Linux allows 6 MiB */

/* The bytes of the auxiliary vector, with its AT_NULL, where `behind` is the end of the
 * environment as the kernel laid it out; else 0. It is that one if it tells of the program's
 * name, which stands on top of all that. */
static size_t auxiliary_size(const void *behind) {
  const uintptr_t name = getauxval(AT_EXECFN), start = (uintptr_t)behind;
  bool known = false;
  if (start >= name || name - start > ARGUMENTS_MAX)
    return 0;
  for (const ElfW(auxv_t) *entry = behind; (uintptr_t)(entry + 1) <= name; entry++) {
    known = known || (entry->a_type == AT_EXECFN && entry->a_un.a_val == name);
    if (entry->a_type == AT_NULL)
      return known ? (uintptr_t)(entry + 1) - start : 0;
  }
  return 0;
}

/* The vector is ours, not malloc's: setenv copies a vector that it did not make. Behind it
 * comes what came behind the old one, as some programs look for it there. */
void fdt_environment_extend(char *const *environment, char *setting) {
  size_t count = 0;
  while (environment[count] != NULL)
    count++;
  const void *behind = environment + count + 1;
  const size_t auxiliary = auxiliary_size(behind);
  long room = fdt_syscall6(SYS_mmap, 0, (long)((count + 2) * sizeof *environment + auxiliary),
                           PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (fdt_failed(room))
    return;
  char **vector = (char **)room;
  memcpy(vector, environment, count * sizeof *vector);
  vector[count] = setting;
  memcpy(vector + count + 2, behind, auxiliary);
  environ = vector;
}
