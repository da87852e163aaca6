/* dlclose(3): code addresses may mean something else afterwards. */
#include "hook.h"

FDT_EXPORT int dlclose(void *handle) {
  fdt_enter();
  fdt_capture_code_changes();
  int result = fdt_real.dlclose(handle);
  fdt_capture_code_changed();
  return result;
}
