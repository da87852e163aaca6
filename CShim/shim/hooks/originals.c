#include "originals.h"

#include "kernel/libc.h"
#include "kernel/symbols.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

struct fdt_originals fdt_real;

/* In originals.S, side by side, in the order of the list. */
enum { STUB_SIZE = 16 };
extern const char fdt_original_stubs[(FDT_CALL_COUNT - 1) * STUB_SIZE];

/* One pointer a call, in the order of the list: the struct is such an array. */
static void **slot_of(uint32_t call) { return (void **)&fdt_real + (call - 1); }
_Static_assert(sizeof fdt_real == (FDT_CALL_COUNT - 1) * sizeof(void *), "one slot a call");

static const char *stub_of(uint32_t call) { return &fdt_original_stubs[(call - 1) * STUB_SIZE]; }

/* What not every libc has, and since which minor version of glibc 2 it does: whether
 * anybody does is found out at the start, so that a handler which asks need not search the
 * libraries behind libc, which takes a lock. */
static const struct {
  uint16_t call;
  uint16_t since;
} uncertain[] = {
    {FDT_CALL_close_range, 34}, {FDT_CALL_closefrom, 34},    {FDT_CALL__Fork, 34},
    {FDT_CALL_pidfd_open, 36},  {FDT_CALL_pidfd_getfd, 36},  {FDT_CALL_fsopen, 36},
    {FDT_CALL_fsmount, 36},     {FDT_CALL_fspick, 36},       {FDT_CALL_open_tree, 36},
    {FDT_CALL_pidfd_spawn, 39}, {FDT_CALL_pidfd_spawnp, 39}, {FDT_CALL_openat2, 43},
};

void fdt_originals_start(void) {
  bool remembered = fdt_symbols_start();
  unsigned minor = fdt_libc_minor();
  /* Not what was looked up meanwhile: another thread may be doing the same. */
  for (uint32_t call = 1; call < FDT_CALL_COUNT; call++)
    if (*slot_of(call) == NULL)
      *slot_of(call) = (void *)stub_of(call);
  for (size_t i = 0; i < sizeof uncertain / sizeof uncertain[0] && remembered; i++)
    if (minor < uncertain[i].since)
      fdt_original(uncertain[i].call);
  for (uint32_t call = 1; call < FDT_CALL_COUNT && !remembered; call++)
    fdt_original(call);
}

static struct fdt_definition find(enum fdt_call_number call, enum fdt_symbol_version version) {
  const char *name = fdt_calls[call].name;
  struct fdt_definition found = fdt_symbols_find(name, version);
  if (found.address == NULL)
    found = fdt_symbols_find_anywhere(name, version);
  /* Whoever calls what libc keeps for old programs alone is one (__send on aarch64). */
  if (found.address == NULL && version == FDT_SYMBOL_DEFAULT)
    found = fdt_symbols_find(name, FDT_SYMBOL_OLD);
  return found;
}

/* A function that chooses its code at run time (STT_GNU_IFUNC) is asked by dlsym. libc has
 * none in the list. */
static void *address_of(enum fdt_call_number call, const struct fdt_definition *found) {
  if (found->address == NULL || found->is_plain)
    return found->address;
  __typeof__(&dlsym) dlsym_ = FDT_LATE(dlsym);
  return dlsym_ == NULL ? NULL : dlsym_(RTLD_NEXT, fdt_calls[call].name);
}

void *fdt_original(enum fdt_call_number call) {
  /* Acquire and release: who finds another's answer goes where it leads. */
  void *original = __atomic_load_n(slot_of(call), __ATOMIC_ACQUIRE);
  if (original != stub_of(call))
    return original;
  struct fdt_definition found = find(call, FDT_SYMBOL_DEFAULT);
  original = address_of(call, &found);
  __atomic_store_n(slot_of(call), original, __ATOMIC_RELEASE);
  return original;
}

void fdt_originals_look_ahead(void) {
  for (uint32_t call = 1; call < FDT_CALL_COUNT; call++) {
    void *stub = (void *)stub_of(call);
    if (__atomic_load_n(slot_of(call), __ATOMIC_RELAXED) != stub)
      continue;
    struct fdt_definition found = fdt_symbols_find(fdt_calls[call].name, FDT_SYMBOL_DEFAULT);
    if (found.address != NULL && found.is_plain)
      __atomic_compare_exchange_n(slot_of(call), &stub, found.address, false, __ATOMIC_RELEASE,
                                  __ATOMIC_RELAXED);
  }
}

#if defined(__x86_64__)
void *fdt_original_2_2_5(enum fdt_call_number call) { return find(call, FDT_SYMBOL_OLD).address; }
#endif

/* The object may be one that only its user can see (RTLD_LOCAL), where dlsym would
 * not look; it is kept loaded from now on. */
bool fdt_original_find(enum fdt_call_number call) {
  if (fdt_original(call) != NULL)
    return true;
  struct fdt_definition found = fdt_symbols_find_anywhere(fdt_calls[call].name, FDT_SYMBOL_DEFAULT);
  __typeof__(&dlopen) dlopen_ = FDT_LATE(dlopen);
  if (found.address == NULL || dlopen_ == NULL ||
      dlopen_(found.object, RTLD_LAZY | RTLD_NOLOAD) == NULL)
    return false;
  __atomic_store_n(slot_of(call), found.address, __ATOMIC_RELEASE);
  return true;
}
