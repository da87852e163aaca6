/* How many descriptors a process may have: the report, and whoever watches the process, hold
 * what it has open against that. */
#include "after.h"

#include "process/process.h"

/* Both names of each are one function, and both structs are the same: rlim_t has 64 bits. */
_Static_assert(sizeof(struct rlimit) == sizeof(struct rlimit64), "as the kernel has it");

void fdt_after_limit(pid_t pid, long resource, const void *limit, int result) {
  if (result == 0 && resource == RLIMIT_NOFILE && limit != NULL)
    fdt_process_limited((uint32_t)pid, limit);
}

/* Sanitizers set limits while they start. What is set before the shim starts, it reads then. */
#define SETRLIMIT(name, type)                                                                      \
  FDT_EXPORT int name(__rlimit_resource_t resource, const struct type *limit) {                    \
    fdt_enter_unstarted();                                                                         \
    int result = fdt_real.name(resource, limit);                                                   \
    if (fdt_recording())                                                                           \
      fdt_after_limit(0, resource, limit, result);                                                 \
    return result;                                                                                 \
  }

#define PRLIMIT(name, type)                                                                        \
  FDT_EXPORT int name(pid_t pid, __rlimit_resource_t resource, const struct type *limit,           \
                      struct type *before) {                                                       \
    fdt_enter_unstarted();                                                                         \
    int result = fdt_real.name(pid, resource, limit, before);                                      \
    if (fdt_recording())                                                                           \
      fdt_after_limit(pid, resource, limit, result);                                               \
    return result;                                                                                 \
  }

SETRLIMIT(setrlimit, rlimit)
SETRLIMIT(setrlimit64, rlimit64)
PRLIMIT(prlimit, rlimit)
PRLIMIT(prlimit64, rlimit64)
