#include "loader_list.h"

#include "kernel/compiler.h"

#include <stdatomic.h>
#include <stddef.h>
#include <sys/auxv.h>

#define ENTRIES 512 /* objects beyond are not found: their frames break the walk */

struct list {
  uint32_t count;
  unsigned long long added, removed; /* the loader's own counters */
  struct fdt_loader_entry entries[ENTRIES];
};

/* Two copies: readers use [version & 1] while a gathering fills the other. A
 * reader that sees `version` unchanged after its search read a quiet copy. */
static FDT_LARGE struct list lists[2];
static _Atomic uint32_t version;
static _Atomic uint32_t expired; /* gatherings are counted against expirations */
static _Atomic uint32_t gathered;
static atomic_flag gathering = ATOMIC_FLAG_INIT;

/* `is_first`: it is the program. False for what has no segments. */
static bool describe(const struct dl_phdr_info *info, bool is_first,
                     struct fdt_loader_entry *entry) {
  uintptr_t base = UINTPTR_MAX, end = 0;
  for (unsigned i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *header = &info->dlpi_phdr[i];
    if (header->p_type != PT_LOAD)
      continue;
    uintptr_t lo = info->dlpi_addr + header->p_vaddr, hi = lo + header->p_memsz;
    if (lo < base)
      base = lo;
    if (hi > end)
      end = hi;
  }
  if (base >= end)
    return false;
  uintptr_t vdso = getauxval(AT_SYSINFO_EHDR);
  *entry = (struct fdt_loader_entry){
      .base = base & ~(uintptr_t)4095,
      .end = end,
      .bias = info->dlpi_addr,
      .path = is_first || info->dlpi_name == NULL ? "" : info->dlpi_name,
      .headers = info->dlpi_phdr,
      .header_count = info->dlpi_phnum,
      .is_permanent = is_first || (vdso >= base && vdso < end),
  };
  return true;
}

static int add_entry(struct dl_phdr_info *info, size_t size, void *context) {
  struct list *list = context;
  if (size >= offsetof(struct dl_phdr_info, dlpi_subs) + sizeof(info->dlpi_subs)) {
    list->added = info->dlpi_adds;
    list->removed = info->dlpi_subs;
  }
  if (list->count == ENTRIES)
    return 1;
  if (describe(info, list->count == 0, &list->entries[list->count]))
    list->count++;
  return 0;
}

bool fdt_loader_list_gather(void) {
  if (atomic_flag_test_and_set_explicit(&gathering, memory_order_acquire))
    return false;
  uint32_t expirations = atomic_load_explicit(&expired, memory_order_acquire);
  uint32_t now = atomic_load_explicit(&version, memory_order_relaxed);
  const struct list *before = &lists[now & 1];
  struct list *after = &lists[(now + 1) & 1];
  after->count = 0;
  after->added = after->removed = 0;
  dl_iterate_phdr(add_entry, after);
  /* Of the very first, the other list is not even looked at, nor its memory touched. */
  bool differs = now == 0 || after->count != before->count || after->added != before->added ||
                 after->removed != before->removed ||
                 expirations != atomic_load_explicit(&gathered, memory_order_relaxed);
  /* release: pairs with the acquire in fdt_loader_list_find */
  atomic_store_explicit(&version, now + 1, memory_order_release);
  atomic_store_explicit(&gathered, expirations, memory_order_release);
  atomic_flag_clear_explicit(&gathering, memory_order_release);
  return differs;
}

void fdt_loader_list_expire(void) { atomic_fetch_add_explicit(&expired, 1, memory_order_release); }

bool fdt_loader_list_expired(void) {
  return atomic_load_explicit(&expired, memory_order_acquire) !=
         atomic_load_explicit(&gathered, memory_order_acquire);
}

bool fdt_loader_list_find(uintptr_t address, bool fresh, struct fdt_loader_entry *entry) {
  for (int attempt = 0; attempt < 4; attempt++) {
    uint32_t now = atomic_load_explicit(&version, memory_order_acquire);
    const struct list *list = &lists[now & 1];
    bool found = false;
    uint32_t count = list->count < ENTRIES ? list->count : ENTRIES;
    for (uint32_t i = 0; i < count && !found; i++) {
      found = address >= list->entries[i].base && address < list->entries[i].end;
      if (found)
        *entry = list->entries[i];
    }
    /* The copy is trusted only if no gathering can have begun to refill it. */
    atomic_thread_fence(memory_order_acquire);
    if (atomic_load_explicit(&version, memory_order_relaxed) == now)
      return found && (!fresh || entry->is_permanent || !fdt_loader_list_expired());
  }
  return false;
}

uint32_t fdt_loader_list_bases(uintptr_t *bases, uint32_t most) {
  const struct list *list = &lists[atomic_load_explicit(&version, memory_order_acquire) & 1];
  uint32_t count = list->count < most ? list->count : most;
  for (uint32_t i = 0; i < count; i++)
    bases[i] = list->entries[i].base;
  return count;
}

struct search {
  bool (*test)(void *context, const struct fdt_loader_entry *entry);
  void *context;
  bool is_past_first;
};

static int test_entry(struct dl_phdr_info *info, size_t size, void *context) {
  struct search *search = context;
  struct fdt_loader_entry entry;
  (void)size;
  bool is_first = !search->is_past_first;
  search->is_past_first = true;
  return describe(info, is_first, &entry) && search->test(search->context, &entry);
}

bool fdt_loader_any(bool (*test)(void *context, const struct fdt_loader_entry *entry),
                    void *context) {
  return dl_iterate_phdr(test_entry, &(struct search){.test = test, .context = context}) != 0;
}
