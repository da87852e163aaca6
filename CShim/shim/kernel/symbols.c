#include "symbols.h"

#include "compiler.h"

#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The dynamic symbols of one object. */
struct symbols {
  const char *object; /* its path */
  uintptr_t bias;
  const ElfW(Sym) * table;
  const char *strings;
  const uint32_t *gnu_hash;
  const uint32_t *hash;
  const ElfW(Half) * versions;
};

struct wanted {
  const char *name;
  enum fdt_symbol_version version;
};

/* glibc relocates these pointers in place; musl, and glibc for the vDSO, do not. */
static const void *place(uintptr_t bias, ElfW(Addr) pointer) {
  return (const void *)(pointer < bias ? bias + pointer : pointer);
}

static struct symbols symbols_of(const struct dl_phdr_info *info) {
  struct symbols symbols = {.object = info->dlpi_name, .bias = info->dlpi_addr};
  const ElfW(Dyn) *entry = NULL;
  for (int i = 0; i < info->dlpi_phnum; i++)
    if (info->dlpi_phdr[i].p_type == PT_DYNAMIC)
      entry = (const ElfW(Dyn) *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
  for (; entry != NULL && entry->d_tag != DT_NULL; entry++) {
    const void *target = place(info->dlpi_addr, entry->d_un.d_ptr);
    switch (entry->d_tag) {
    case DT_SYMTAB:
      symbols.table = target;
      break;
    case DT_STRTAB:
      symbols.strings = target;
      break;
    case DT_GNU_HASH:
      symbols.gnu_hash = target;
      break;
    case DT_HASH:
      symbols.hash = target;
      break;
    case DT_VERSYM:
      symbols.versions = target;
      break;
    default:
      break;
    }
  }
  return symbols;
}

/* What is there for old programs only has this mark. */
#define HIDDEN_VERSION 0x8000

static bool is_of_version(const struct symbols *symbols, uint32_t index,
                          enum fdt_symbol_version version) {
  bool old = version == FDT_SYMBOL_OLD;
  return symbols->versions == NULL || ((symbols->versions[index] & HIDDEN_VERSION) != 0) == old;
}

static struct fdt_definition defined_by(const struct symbols *symbols, uint32_t index,
                                        const struct wanted *wanted) {
  const ElfW(Sym) *symbol = &symbols->table[index];
  if (symbol->st_shndx == SHN_UNDEF ||
      strcmp(symbols->strings + symbol->st_name, wanted->name) != 0 ||
      !is_of_version(symbols, index, wanted->version))
    return (struct fdt_definition){0};
  return (struct fdt_definition){.address = (void *)(symbols->bias + symbol->st_value),
                                 .is_plain = ELF64_ST_TYPE(symbol->st_info) == STT_FUNC,
                                 .object = symbols->object};
}

static struct fdt_definition find_by_gnu_hash(const struct symbols *symbols,
                                              const struct wanted *wanted) {
  const struct fdt_definition none = {0};
  uint32_t hash = 5381;
  for (const char *c = wanted->name; *c != '\0'; c++)
    hash = hash * 33 + (uint8_t)*c;
  const uint32_t *table = symbols->gnu_hash;
  uint32_t bucket_count = table[0], first = table[1], bloom_size = table[2], shift = table[3];
  const ElfW(Addr) *bloom = (const ElfW(Addr) *)&table[4];
  const uint32_t *buckets = (const uint32_t *)&bloom[bloom_size];
  const uint32_t *chains = &buckets[bucket_count];
  enum { BITS = 8 * sizeof *bloom };
  if (bucket_count == 0 || bloom_size == 0)
    return none;
  ElfW(Addr) word = bloom[hash / BITS % bloom_size];
  if ((word >> hash % BITS & word >> (hash >> shift) % BITS & 1) == 0)
    return none;
  for (uint32_t i = buckets[hash % bucket_count]; i >= first && i != 0; i++) {
    uint32_t chain = chains[i - first];
    struct fdt_definition found = none;
    if ((chain | 1) == (hash | 1))
      found = defined_by(symbols, i, wanted);
    if (found.address != NULL || (chain & 1) != 0)
      return found;
  }
  return none;
}

static struct fdt_definition find_by_hash(const struct symbols *symbols,
                                          const struct wanted *wanted) {
  const struct fdt_definition none = {0};
  uint32_t hash = 0;
  for (const char *c = wanted->name; *c != '\0'; c++) {
    hash = (hash << 4) + (uint8_t)*c;
    hash = (hash ^ (hash >> 24 & 0xf0)) & 0x0fffffff;
  }
  uint32_t bucket_count = symbols->hash[0];
  const uint32_t *buckets = &symbols->hash[2], *chains = &buckets[bucket_count];
  if (bucket_count == 0)
    return none;
  for (uint32_t i = buckets[hash % bucket_count]; i != 0; i = chains[i]) {
    struct fdt_definition found = defined_by(symbols, i, wanted);
    if (found.address != NULL)
      return found;
  }
  return none;
}

static struct fdt_definition find_in(const struct symbols *symbols, const struct wanted *wanted) {
  if (symbols->table != NULL && symbols->strings != NULL && symbols->gnu_hash != NULL)
    return find_by_gnu_hash(symbols, wanted);
  if (symbols->table != NULL && symbols->strings != NULL && symbols->hash != NULL)
    return find_by_hash(symbols, wanted);
  return (struct fdt_definition){0};
}

static bool is_shim(const struct dl_phdr_info *info) {
  uintptr_t here = (uintptr_t)&symbols_of;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *header = &info->dlpi_phdr[i];
    uintptr_t start = info->dlpi_addr + header->p_vaddr;
    if (header->p_type == PT_LOAD && here >= start && here - start < header->p_memsz)
      return true;
  }
  return false;
}

/* Of the objects in their order, whether this one comes behind the shim. */
static bool is_past_shim(const struct dl_phdr_info *info, bool *met_shim) {
  const bool past = *met_shim;
  if (!past)
    *met_shim = is_shim(info);
  return past;
}

/* ---- those as far as libc -------------------------------------------------------------- */

/* They stay as long as the process does: what an earlier constructor loaded, and somebody
 * may unload, comes after the libraries that the program started with. */
#define FOUNDERS 256
static FDT_LARGE struct symbols founders[FOUNDERS];
static uint32_t founder_count; /* 0: libc was not met */

struct gathering {
  uint32_t count;
  bool met_shim;
  bool met_libc;
};

static bool is_libc(const char *path) {
  static const char name[] = "/libc.so.6";
  size_t size = path == NULL ? 0 : strlen(path);
  return size >= sizeof name - 1 && strcmp(path + size - (sizeof name - 1), name) == 0;
}

static int gather(struct dl_phdr_info *info, size_t size, void *context) {
  struct gathering *gathering = context;
  (void)size;
  if (!is_past_shim(info, &gathering->met_shim)) {
    /* A running program has loaded the shim: nothing that it calls stands between. */
    if (is_libc(info->dlpi_name)) {
      founders[0] = symbols_of(info);
      gathering->count = 1;
      gathering->met_libc = true;
    }
    return 0;
  }
  if (gathering->met_libc || gathering->count == FOUNDERS)
    return 1;
  founders[gathering->count++] = symbols_of(info);
  gathering->met_libc = is_libc(info->dlpi_name);
  return gathering->met_libc;
}

/* Two threads that start at once gather one after the other, by the loader's lock, and
 * the same. */
bool fdt_symbols_start(void) {
  struct gathering gathering = {0};
  if (__atomic_load_n(&founder_count, __ATOMIC_ACQUIRE) != 0)
    return true;
  dl_iterate_phdr(gather, &gathering);
  if (gathering.met_libc)
    __atomic_store_n(&founder_count, gathering.count, __ATOMIC_RELEASE);
  return gathering.met_libc;
}

struct fdt_definition fdt_symbols_find(const char *name, enum fdt_symbol_version version) {
  const struct wanted wanted = {name, version};
  struct fdt_definition found = {0};
  uint32_t count = __atomic_load_n(&founder_count, __ATOMIC_ACQUIRE);
  for (uint32_t i = 0; i < count && found.address == NULL; i++)
    found = find_in(&founders[i], &wanted);
  return found;
}

/* ---- all that are there now ------------------------------------------------------------ */

struct search {
  struct wanted wanted;
  struct fdt_definition found;
  bool met_shim;
};

static int visit(struct dl_phdr_info *info, size_t size, void *context) {
  struct search *search = context;
  (void)size;
  if (!is_past_shim(info, &search->met_shim))
    return 0;
  struct symbols symbols = symbols_of(info);
  search->found = find_in(&symbols, &search->wanted);
  return search->found.address != NULL;
}

struct fdt_definition fdt_symbols_find_anywhere(const char *name, enum fdt_symbol_version version) {
  struct search search = {.wanted = {name, version}};
  dl_iterate_phdr(visit, &search);
  return search.found;
}

/* ---- one ------------------------------------------------------------------------------- */

bool fdt_symbols_define(uintptr_t bias, const ElfW(Phdr) * headers, unsigned count,
                        const char *name) {
  const struct wanted wanted = {name, FDT_SYMBOL_DEFAULT};
  const struct symbols symbols = symbols_of(&(struct dl_phdr_info){
      .dlpi_addr = bias, .dlpi_phdr = headers, .dlpi_phnum = (ElfW(Half))count});
  return find_in(&symbols, &wanted).address != NULL;
}
