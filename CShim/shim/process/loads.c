#include "loads.h"

#include "kernel/syscall.h"
#include "process/process.h"
#include "snapshot/snapshot.h"
#include "trace/strings.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

/* Programs try one path after another. Bare names are searched for, and $ORIGIN and its like are
 * replaced, by rules of the loader's. */
static bool is_missing(const char *path) {
  return strchr(path, '/') != NULL && strchr(path, '$') == NULL && !fdt_snapshot_forbidden() &&
         fdt_syscall3(SYS_faccessat, AT_FDCWD, path, F_OK) == -ENOENT;
}

void fdt_loads_around(const char *path) {
  uint32_t process = fdt_process_here();
  if (process == 0 || is_missing(path))
    return;
  struct fdt_process *record = fdt_process_at(process);
  if (__atomic_fetch_add(&record->loads_around, 1, __ATOMIC_RELAXED) == 0)
    record->loaded_around = fdt_string(path, strlen(path), PATH_MAX);
}
