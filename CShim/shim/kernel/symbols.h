/* Which of the loaded objects define a name. dlsym(3) would do, were it not that it
 * takes a lock, so that no signal handler may need it, that one that fails allocates,
 * which at the start of a program may end in a deadlock (a malloc that opens files while
 * it initializes itself), and leaves an error behind that dlerror(3) then tells the
 * program. */
#ifndef FDT_KERNEL_SYMBOLS_H
#define FDT_KERNEL_SYMBOLS_H

#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fdt_definition {
  void *address;      /* NULL: nobody defines it */
  bool is_plain;      /* a function there; else dlsym must say where (STT_GNU_IFUNC) */
  const char *object; /* path of the first one that does */
};

/* Of several versions: that for new programs, as for dlsym, or one that is only there
 * for old ones. */
enum fdt_symbol_version { FDT_SYMBOL_DEFAULT, FDT_SYMBOL_OLD };

/* Remembers the objects that come after the shim in the loader's list, the order of
 * RTLD_NEXT, as far as libc; or libc alone when it comes before, as where a running program
 * loads the shim. Returns false when libc was not met (on musl), or they are too many: then nothing
 * is remembered. Takes the loader's lock; allocates nothing. */
bool fdt_symbols_start(void);

/* Looks a name up in those objects. Async-signal-safe. */
struct fdt_definition fdt_symbols_find(const char *name, enum fdt_symbol_version version);

/* The function of libc's, or NULL, that few programs make the shim call: one that it imports
 * the loader looks up at the start of each. Async-signal-safe. */
#define FDT_LATE(name) ((__typeof__(&name))fdt_symbols_find(#name, FDT_SYMBOL_DEFAULT).address)

/* Looks a name up in all objects after the shim, those loaded since too. Takes the
 * loader's lock; allocates nothing. */
struct fdt_definition fdt_symbols_find_anywhere(const char *name, enum fdt_symbol_version version);

/* Whether the loaded object at `bias`, of these program headers, defines a name itself. It must
 * stay loaded meanwhile. Async-signal-safe. */
bool fdt_symbols_define(uintptr_t bias, const ElfW(Phdr) * headers, unsigned count,
                        const char *name);

#endif
