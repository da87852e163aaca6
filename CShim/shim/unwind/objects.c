#include "objects.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>

#include "fdtrack_format.h"
#include "kernel/symbols.h"
#include "loader_list.h"
#include "memory.h"
#include "trace/modules.h"

/* `_dl_find_object` lives in ld.so: a plain reference would make the shim need
 * ld.so by name, and programs linked against musl would not start. */
static int (*find_object)(void *, struct dl_find_object *);

/* The loader calls the main program "". */
static const char *main_path;

/* Where the objects stand that were there at the start. */
static uintptr_t founders[128];
static uint32_t founder_count;

void fdt_objects_start(const char *program) {
  main_path = program;
  *(void **)&find_object = fdt_symbols_find_anywhere("_dl_find_object", FDT_SYMBOL_DEFAULT).address;
  fdt_loader_list_gather();
  founder_count = fdt_loader_list_bases(founders, sizeof founders / sizeof founders[0]);
}

bool fdt_object_is_founding(const struct fdt_object *object) {
  const uint32_t count = __atomic_load_n(&founder_count, __ATOMIC_RELAXED);
  for (uint32_t i = 0; i < count; i++)
    if (founders[i] == object->base)
      return true;
  return false;
}

bool fdt_objects_keep_founders(void) {
  const uint32_t count = __atomic_load_n(&founder_count, __ATOMIC_RELAXED);
  struct fdt_object object;
  for (uint32_t i = 0; i < count; i++)
    if (!fdt_object_find(founders[i], &object) || object.base != founders[i]) {
      __atomic_store_n(&founder_count, 0, __ATOMIC_RELAXED);
      return false;
    }
  return true;
}

bool fdt_objects_refresh(void) { return find_object == NULL && fdt_loader_list_gather(); }

void fdt_objects_expire(void) { fdt_loader_list_expire(); }

bool fdt_objects_expired(void) { return find_object == NULL && fdt_loader_list_expired(); }

/* Takes from the program headers what unwinding needs. */
static void read_headers(struct fdt_object *object) {
  object->eh_frame_hdr = 0;
  object->link_start = UINT64_MAX;
  object->link_end = 0;
  object->span_count = 0;
  for (unsigned i = 0; i < object->header_count; i++) {
    const ElfW(Phdr) *header = &object->headers[i];
    uintptr_t lo = object->bias + header->p_vaddr;
    if (header->p_type == PT_GNU_EH_FRAME)
      object->eh_frame_hdr = lo;
    if (header->p_type != PT_LOAD)
      continue;
    uint64_t link_end = header->p_vaddr + header->p_memsz;
    if (header->p_vaddr < object->link_start)
      object->link_start = header->p_vaddr;
    if (link_end > object->link_end)
      object->link_end = link_end;
    uintptr_t hi = lo + header->p_filesz;
    if ((header->p_flags & PF_R) != 0 && object->span_count < FDT_OBJECT_SPANS &&
        lo >= object->base && hi >= lo && hi <= object->end) {
      object->spans[object->span_count].lo = lo;
      object->spans[object->span_count++].hi = hi;
    }
  }
  if (object->header_count == 0)
    object->link_start = 0;
}

/* fdt_object_note of one segment. */
static uint32_t note_in(const struct fdt_object *object, const ElfW(Phdr) * segment,
                        const char owner[static 4], uint32_t type, const uint8_t **found) {
  struct fdt_cursor all = fdt_object_cursor(object, object->bias + segment->p_vaddr);
  struct fdt_cursor c = fdt_take_part(&all, segment->p_memsz);
  while (!fdt_cursor_at_end(&c)) {
    uint32_t name_size = fdt_take_u32(&c), value_size = fdt_take_u32(&c), kind = fdt_take_u32(&c);
    const uint8_t *name = fdt_take(&c, ((uint64_t)name_size + 3) & ~UINT64_C(3));
    const uint8_t *value = fdt_take(&c, ((uint64_t)value_size + 3) & ~UINT64_C(3));
    if (c.failed)
      return 0;
    if (kind == type && name_size == 4 && __builtin_memcmp(name, owner, 4) == 0) {
      *found = value;
      return value_size;
    }
  }
  return 0;
}

uint32_t fdt_object_note(const struct fdt_object *object, const char owner[static 4], uint32_t type,
                         const uint8_t **value) {
  uint32_t size = 0;
  for (unsigned i = 0; i < object->header_count && size == 0; i++)
    if (object->headers[i].p_type == PT_NOTE)
      size = note_in(object, &object->headers[i], owner, type, value);
  return size;
}

/* The program headers as the object's own first page shows them; NULL when they
 * are not there (tools that rewrite ELF files move them). */
static const ElfW(Phdr) * headers_in_image(const struct fdt_object *object, unsigned *count) {
  const ElfW(Ehdr) *elf = (const ElfW(Ehdr) *)object->base;
  if (object->end - object->base < FDT_PAGE || !fdt_readable(object->base))
    return NULL;
  if (__builtin_memcmp(elf->e_ident, ELFMAG, SELFMAG) != 0 ||
      elf->e_phentsize != sizeof(ElfW(Phdr)) || elf->e_phoff > FDT_PAGE ||
      elf->e_phoff % sizeof(uintptr_t) != 0 ||
      elf->e_phnum > (FDT_PAGE - elf->e_phoff) / sizeof(ElfW(Phdr)))
    return NULL;
  const ElfW(Phdr) *headers = (const ElfW(Phdr) *)(object->base + elf->e_phoff);
  for (unsigned i = 0; i < elf->e_phnum; i++)
    if (headers[i].p_type == PT_LOAD && headers[i].p_offset == 0 &&
        ((object->bias + headers[i].p_vaddr) & ~(uintptr_t)(FDT_PAGE - 1)) == object->base) {
      *count = elf->e_phnum;
      return headers;
    }
  return NULL;
}

/* What the loader's own look-up does not know (all, where there is none; else the
 * vDSO at most, and what of the program itself is not code) may stand on the
 * gathered list. */
static bool listed_apart_from_loader(uintptr_t address, struct fdt_loader_entry *entry) {
  return fdt_loader_list_find(address, true, entry) && (find_object == NULL || entry->is_permanent);
}

static bool find_by_loader(uintptr_t address, struct fdt_object *object) {
  struct dl_find_object found;
  if (find_object == NULL || find_object((void *)address, &found) != 0)
    return false;
  object->bias = found.dlfo_link_map->l_addr;
  object->base = (uintptr_t)found.dlfo_map_start;
  object->end = (uintptr_t)found.dlfo_map_end;
  object->path = found.dlfo_link_map->l_name;
  object->header_count = 0;
  object->headers = headers_in_image(object, &object->header_count);
  struct fdt_loader_entry entry;
  if (object->headers != NULL || !fdt_loader_list_find(address, false, &entry))
    return true;
  /* Of a program whose segments stand apart from each other, as linkers long left
   * them, the loader tells the segment of code alone, without the headers. */
  const bool is_program = entry.is_permanent && entry.bias == object->bias;
  if (is_program) {
    object->base = entry.base;
    object->end = entry.end;
  }
  /* The name's address tells that the entry is of this very object. */
  if (is_program || (entry.base == object->base && entry.path == object->path)) {
    object->headers = entry.headers;
    object->header_count = entry.header_count;
  }
  return true;
}

static void take_entry(const struct fdt_loader_entry *entry, struct fdt_object *object) {
  object->bias = entry->bias;
  object->base = entry->base;
  object->end = entry->end;
  object->path = entry->path;
  object->headers = entry->headers;
  object->header_count = entry->header_count;
}

static bool find_in_list(uintptr_t address, struct fdt_object *object) {
  struct fdt_loader_entry entry;
  if (!listed_apart_from_loader(address, &entry))
    return false;
  take_entry(&entry, object);
  return true;
}

static void complete(struct fdt_object *object) {
  if (object->path == NULL || object->path[0] == 0)
    object->path = main_path;
  read_headers(object);
}

bool fdt_object_find(uintptr_t address, struct fdt_object *object) {
  if (!find_by_loader(address, object) && !find_in_list(address, object))
    return false;
  complete(object);
  return true;
}

static bool test_entry(void *test, const struct fdt_loader_entry *entry) {
  struct fdt_object object;
  take_entry(entry, &object);
  complete(&object);
  return (*(fdt_object_test *const *)test)(&object);
}

bool fdt_objects_any(fdt_object_test *test) { return fdt_loader_any(test_entry, &test); }

bool fdt_object_holds(uintptr_t address) {
  struct dl_find_object found;
  struct fdt_loader_entry entry;
  return (find_object != NULL && find_object((void *)address, &found) == 0) ||
         listed_apart_from_loader(address, &entry);
}

struct fdt_cursor fdt_object_cursor(const struct fdt_object *object, uintptr_t address) {
  for (uint32_t i = 0; i < object->span_count; i++)
    if (address >= object->spans[i].lo && address < object->spans[i].hi)
      return (struct fdt_cursor){(const uint8_t *)address, (const uint8_t *)object->spans[i].hi,
                                 false};
  return (struct fdt_cursor){NULL, NULL, true};
}

uint32_t fdt_object_module(const struct fdt_object *object) {
  const uint8_t *id = NULL;
  uint32_t size = fdt_object_note(object, "GNU", NT_GNU_BUILD_ID, &id);
  if (size > FDT_BUILD_ID_MAX)
    size = FDT_BUILD_ID_MAX;
  return fdt_module_number(object->path, id, size, object->link_start, object->link_end);
}
