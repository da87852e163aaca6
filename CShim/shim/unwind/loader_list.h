/* The loader's list of objects, copied while it may be asked for: what stands
 * in for `_dl_find_object` under glibc before 2.35 and under musl, and for
 * objects whose program headers are not where their ELF header says. */
#ifndef FDT_UNWIND_LOADER_LIST_H
#define FDT_UNWIND_LOADER_LIST_H

#include <link.h>
#include <stdbool.h>
#include <stdint.h>

struct fdt_loader_entry {
  uintptr_t base, end; /* lowest and highest address of its segments */
  uintptr_t bias;
  const char *path; /* "" for the main program */
  const ElfW(Phdr) * headers;
  uint32_t header_count;
  bool is_permanent; /* the program itself and the vDSO: never unloaded */
};

/* Copies the list; true when it differs from the copy before. Takes the
 * loader's lock. Concurrent calls: the later one returns false at once. */
bool fdt_loader_list_gather(void);

/* Refuses all fresh answers until the next gathering. Async-signal-safe. */
void fdt_loader_list_expire(void);
bool fdt_loader_list_expired(void);

/* Finds the entry that holds `address`; with `fresh`, not one that may be gone
 * since fdt_loader_list_expire. Lock-free, async-signal-safe. */
bool fdt_loader_list_find(uintptr_t address, bool fresh, struct fdt_loader_entry *entry);

/* Writes the base addresses of the objects that the latest gathering found to `bases`,
 * `most` of them at most; returns how many. For the time before there are threads. */
uint32_t fdt_loader_list_bases(uintptr_t *bases, uint32_t most);

/* Whether an object that is loaded now, in the loader's own list, passes the test, under the
 * loader's lock. Not async-signal-safe. */
bool fdt_loader_any(bool (*test)(void *context, const struct fdt_loader_entry *entry),
                    void *context);

#endif
