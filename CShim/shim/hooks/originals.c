#include "originals.h"

#include "kernel/text.h"

#include <dlfcn.h>
#include <stddef.h>

struct fdt_originals fdt_real;

const char *const fdt_call_names[FDT_CALL_COUNT] = {
    "",
#define FDT_CALL(result, name, parameters) #name,
#include "calls.def"
#undef FDT_CALL
};
const uint32_t fdt_call_count = FDT_CALL_COUNT;

void fdt_originals_find(void) {
  /* One pointer a call, in the order of the list: the struct is such an array. */
  void **slots = (void **)&fdt_real;
  _Static_assert(sizeof fdt_real == (FDT_CALL_COUNT - 1) * sizeof(void *), "one slot a call");
  for (int i = 1; i < FDT_CALL_COUNT; i++)
    if (slots[i - 1] == NULL)
      slots[i - 1] = dlsym(RTLD_NEXT, fdt_call_names[i]);
}

extern const char *gnu_get_libc_version(void) __attribute__((weak));

const char *fdt_libc_version(void) {
  static char name[32];
  if (gnu_get_libc_version == NULL)
    return NULL;
  if (name[0] == '\0') {
    struct fdt_text text = FDT_TEXT(name);
    fdt_text_add(&text, "glibc ");
    fdt_text_add(&text, gnu_get_libc_version());
  }
  return name;
}
