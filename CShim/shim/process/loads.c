#include "loads.h"

#include "kernel/symbols.h"
#include "kernel/syscall.h"
#include "process/process.h"
#include "snapshot/snapshot.h"
#include "trace/strings.h"
#include "unwind/objects.h"

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

/* The name of the build, in a note of Go's linker (cmd/internal/buildid). */
#define NT_GO_BUILD_ID 4

/* Reproducible builds may leave that name out; what C code that is called from Go needs is exported
 * by all that has such code, and nothing but Go's runtime/cgo defines it. gccgo's programs have
 * neither, and call libc. */
static bool is_of_go(const struct fdt_object *object) {
  const uint8_t *name;
  return fdt_object_note(object, "Go\0", NT_GO_BUILD_ID, &name) != 0 ||
         fdt_symbols_define(object->bias, object->headers, object->header_count, "_cgo_topofstack");
}

static void note_direct_calls(struct fdt_process *process) {
  __atomic_fetch_or(&process->flags, FDT_PROCESS_DIRECT_CALLS, __ATOMIC_RELAXED);
}

void fdt_loads_at_start(struct fdt_process *process) {
  if (fdt_objects_any(is_of_go))
    note_direct_calls(process);
}

void fdt_loads_met(const void *code) {
  struct fdt_object object;
  uint32_t process = fdt_process_here();
  if (process == 0)
    return;
  struct fdt_process *record = fdt_process_at(process);
  if ((__atomic_load_n(&record->flags, __ATOMIC_RELAXED) & FDT_PROCESS_DIRECT_CALLS) == 0 &&
      fdt_object_find((uintptr_t)code, &object) && is_of_go(&object))
    note_direct_calls(record);
}
