/* dlopen(3), dlmopen(3): which modules will go around the wrappers. Where the two search, and into
 * which namespace they load, depends on the code that they return to, so the originals are entered
 * by a jump: see loads_*.S. */
#include "hook.h"

#include "process/loads.h"

/* For the assembly: what is to be done before, and where the original is; NULL when nobody has
 * it. */
void *fdt_before_dlopen(const char *path, int mode);
void *fdt_before_dlmopen(Lmid_t where, const char *path, int mode);

/* What is only asked for where it is loaded already stays bound as it is. */
static void note(const char *path, int mode) {
  if (path != NULL && *path != '\0' && (mode & RTLD_NOLOAD) == 0 && fdt_recording())
    fdt_loads_around(path);
}

void *fdt_before_dlopen(const char *path, int mode) {
  fdt_enter();
  if ((mode & RTLD_DEEPBIND) != 0)
    note(path, mode);
  return FDT_LACKS(dlopen) ? NULL : (void *)fdt_real.dlopen;
}

void *fdt_before_dlmopen(Lmid_t where, const char *path, int mode) {
  fdt_enter();
  if (where != LM_ID_BASE || (mode & RTLD_DEEPBIND) != 0)
    note(path, mode);
  return FDT_LACKS(dlmopen) ? NULL : (void *)fdt_real.dlmopen;
}
