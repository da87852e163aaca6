#include "originals.h"

#include "kernel/text.h"
#include "symbols.h"

#include <dlfcn.h>
#include <stddef.h>

struct fdt_originals fdt_real;
#if defined(__x86_64__)
struct fdt_spawns fdt_real_2_2_5;
/* musl has none, and a program linked with it must start all the same. */
#pragma weak dlvsym
#endif

const char *const fdt_call_names[FDT_CALL_COUNT] = {
    "",
#define FDT_CALL(result, name, parameters) #name,
#include "calls.def"
#undef FDT_CALL
};
const uint32_t fdt_call_count = FDT_CALL_COUNT;

/* Asks dlsym for what is certain to be found and needs it, see symbols.h. Some at a
 * time: there may be little stack, and another thread may be doing the same. */
void fdt_originals_find(void) {
  enum { SOME = 32 };
  /* One pointer a call, in the order of the list: the struct is such an array. */
  void **slots = (void **)&fdt_real;
  _Static_assert(sizeof fdt_real == (FDT_CALL_COUNT - 1) * sizeof(void *), "one slot a call");
  for (int first = 1; first < FDT_CALL_COUNT; first += SOME) {
    struct fdt_definition found[SOME];
    int count = FDT_CALL_COUNT - first < SOME ? FDT_CALL_COUNT - first : SOME;
    fdt_symbols_find(&fdt_call_names[first], (size_t)count, found);
    for (int i = 0; i < count; i++)
      if (found[i].address != NULL && slots[first - 1 + i] == NULL)
        slots[first - 1 + i] =
            found[i].is_plain ? found[i].address : dlsym(RTLD_NEXT, fdt_call_names[first + i]);
  }
#if defined(__x86_64__)
  if (dlvsym == NULL)
    return;
  fdt_real_2_2_5.posix_spawn = dlvsym(RTLD_NEXT, "posix_spawn", "GLIBC_2.2.5");
  fdt_real_2_2_5.posix_spawnp = dlvsym(RTLD_NEXT, "posix_spawnp", "GLIBC_2.2.5");
#endif
}

/* The object may be one that only its user can see (RTLD_LOCAL), where dlsym would
 * not look; it is kept loaded from now on. */
bool fdt_original_find(enum fdt_call_number call) {
  struct fdt_definition found;
  fdt_symbols_find(&fdt_call_names[call], 1, &found);
  if (found.address == NULL || dlopen(found.object, RTLD_LAZY | RTLD_NOLOAD) == NULL)
    return false;
  __atomic_store_n((void **)&fdt_real + (call - 1), found.address, __ATOMIC_RELEASE);
  return true;
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
