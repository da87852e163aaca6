/* What programs call the recorder for: fdtrack.h of CShim/include, which looks these names
 * up, has their contracts. */
#include "process/marks.h"
#include "hook.h"

FDT_EXPORT void fdtrack_mark(const char *name);
FDT_EXPORT void fdtrack_mark_thread(const char *name);

void fdtrack_mark(const char *name) {
  fdt_enter();
  if (fdt_recording())
    fdt_mark_process(name);
}

void fdtrack_mark_thread(const char *name) {
  fdt_enter();
  if (fdt_recording())
    fdt_mark_thread(name);
}
