#include "symbols.h"

#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct search {
  const char *const *names;
  size_t count;
  struct fdt_definition *found;
  bool past_shim;
};

/* The dynamic symbols of one object. */
struct symbols {
  uintptr_t bias;
  const ElfW(Sym) * table;
  const char *strings;
  const uint32_t *gnu_hash;
  const uint32_t *hash;
  const ElfW(Half) * versions;
};

/* glibc relocates these pointers in place; musl, and glibc for the vDSO, do not. */
static const void *place(uintptr_t bias, ElfW(Addr) pointer) {
  return (const void *)(pointer < bias ? bias + pointer : pointer);
}

static struct symbols symbols_of(const struct dl_phdr_info *info) {
  struct symbols symbols = {.bias = info->dlpi_addr};
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

/* Not what is there for old programs only: the default version has no such mark. */
#define HIDDEN_VERSION 0x8000

static struct fdt_definition defined_by(const struct symbols *symbols, uint32_t index,
                                        const char *name) {
  const ElfW(Sym) *symbol = &symbols->table[index];
  if (symbol->st_shndx == SHN_UNDEF || strcmp(symbols->strings + symbol->st_name, name) != 0 ||
      (symbols->versions != NULL && (symbols->versions[index] & HIDDEN_VERSION) != 0))
    return (struct fdt_definition){0};
  return (struct fdt_definition){.address = (void *)(symbols->bias + symbol->st_value),
                                 .is_plain = ELF64_ST_TYPE(symbol->st_info) == STT_FUNC};
}

static struct fdt_definition find_by_gnu_hash(const struct symbols *symbols, const char *name) {
  const struct fdt_definition none = {0};
  uint32_t hash = 5381;
  for (const char *c = name; *c != '\0'; c++)
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
      found = defined_by(symbols, i, name);
    if (found.address != NULL || (chain & 1) != 0)
      return found;
  }
  return none;
}

static struct fdt_definition find_by_hash(const struct symbols *symbols, const char *name) {
  const struct fdt_definition none = {0};
  uint32_t hash = 0;
  for (const char *c = name; *c != '\0'; c++) {
    hash = (hash << 4) + (uint8_t)*c;
    hash = (hash ^ (hash >> 24 & 0xf0)) & 0x0fffffff;
  }
  uint32_t bucket_count = symbols->hash[0];
  const uint32_t *buckets = &symbols->hash[2], *chains = &buckets[bucket_count];
  if (bucket_count == 0)
    return none;
  for (uint32_t i = buckets[hash % bucket_count]; i != 0; i = chains[i]) {
    struct fdt_definition found = defined_by(symbols, i, name);
    if (found.address != NULL)
      return found;
  }
  return none;
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

static int visit(struct dl_phdr_info *info, size_t size, void *context) {
  struct search *search = context;
  (void)size;
  if (!search->past_shim) {
    search->past_shim = is_shim(info);
    return 0;
  }
  struct symbols symbols = symbols_of(info);
  if (symbols.table == NULL || symbols.strings == NULL)
    return 0;
  for (size_t i = 0; i < search->count; i++) {
    struct fdt_definition *found = &search->found[i];
    if (found->address != NULL)
      continue;
    if (symbols.gnu_hash != NULL)
      *found = find_by_gnu_hash(&symbols, search->names[i]);
    else if (symbols.hash != NULL)
      *found = find_by_hash(&symbols, search->names[i]);
    if (found->address != NULL)
      found->object = info->dlpi_name;
  }
  return 0;
}

void fdt_symbols_find(const char *const names[], size_t count, struct fdt_definition found[]) {
  struct search search = {.names = names, .count = count, .found = found};
  memset(found, 0, count * sizeof *found);
  dl_iterate_phdr(visit, &search);
}
