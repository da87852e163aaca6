/* Which of the loaded objects define a name. dlsym(3) would do, were it not that one
 * that fails allocates, which at the start of a program may end in a deadlock (a
 * malloc that opens files while it initializes itself), and leaves an error behind
 * that dlerror(3) then tells the program. It also takes three times as long, and all
 * are looked up each time a program starts. */
#ifndef FDT_HOOKS_SYMBOLS_H
#define FDT_HOOKS_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>

struct fdt_definition {
  void *address;      /* NULL: nobody defines it */
  bool is_plain;      /* a function there; else dlsym must say where (STT_GNU_IFUNC) */
  const char *object; /* path of the first one that does */
};

/* Looks `count` names up in the objects that come after the shim in the loader's
 * list, the order of RTLD_NEXT, and in those loaded since. Of several versions it is
 * the default one, as for dlsym. Takes the loader's lock; allocates nothing. */
void fdt_symbols_find(const char *const names[], size_t count, struct fdt_definition found[]);

#endif
