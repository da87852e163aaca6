/* Loaded objects: which one holds an address, where its unwind tables are, and
 * what it is called in the trace. */
#ifndef FDT_UNWIND_OBJECTS_H
#define FDT_UNWIND_OBJECTS_H

#include <link.h>
#include <stdbool.h>
#include <stdint.h>

#include "cursor.h"

#define FDT_OBJECT_SPANS 8

struct fdt_object {
  uintptr_t bias; /* run-time minus link-time address */
  uintptr_t base; /* lowest address: what 32-bit offsets into the object count from */
  uintptr_t end;
  uintptr_t eh_frame_hdr; /* 0 when it has none */
  const char *path;
  uint64_t link_start; /* lowest and highest link-time address */
  uint64_t link_end;
  const ElfW(Phdr) * headers; /* may be NULL: nothing but its range is known then */
  unsigned header_count;
  uint32_t span_count;
  struct {
    uintptr_t lo, hi;
  } spans[FDT_OBJECT_SPANS]; /* readable segments, as far as the file backs them */
};

/* Finds the loader's way to look addresses up. `program` is the path of the program's
 * own object, kept by reference. Not async-signal-safe. */
void fdt_objects_start(const char *program);

/* Whether the list behind fdt_object_find was gathered anew and differs; always
 * false where the loader itself answers (glibc 2.35 and later). Calls
 * dl_iterate_phdr, which may take the loader's lock: never from a capture that
 * interrupted another. */
bool fdt_objects_refresh(void);

/* Makes the gathered list unusable until the next fdt_objects_refresh, because
 * objects on it may be gone. Async-signal-safe. */
void fdt_objects_expire(void);

/* Whether fdt_objects_expire was called since the last refresh. */
bool fdt_objects_expired(void);

/* Fills `object` with the one that holds `address`; false when none does.
 * Async-signal-safe. */
bool fdt_object_find(uintptr_t address, struct fdt_object *object);

/* Whether any object that is loaded now passes the test, under the loader's lock: it stays loaded
 * meanwhile. Allocates nothing, makes no system call; not async-signal-safe. */
typedef bool fdt_object_test(const struct fdt_object *object);
bool fdt_objects_any(fdt_object_test *test);

/* Whether `object` was there when the program started: nothing unloads such an object, so
 * what is known of its code holds in this process and in every child that it forks.
 * Async-signal-safe. */
bool fdt_object_is_founding(const struct fdt_object *object);

/* Whether all founding objects are still there. One that a constructor had loaded before
 * the shim started may go; then there are none any more. */
bool fdt_objects_keep_founders(void);

/* Whether any object holds `address`. Async-signal-safe. */
bool fdt_object_holds(uintptr_t address);

/* A cursor from `address` to the end of the readable segment that holds it; a
 * failed one when none does. */
struct fdt_cursor fdt_object_cursor(const struct fdt_object *object, uintptr_t address);

/* Points `value` at what the first note of that owner (elf(5), 4 bytes with its NUL) and type
 * holds, in the object's memory; returns its size, 0 when there is no such note. Async-signal-safe.
 */
uint32_t fdt_object_note(const struct fdt_object *object, const char owner[static 4], uint32_t type,
                         const uint8_t **value);

/* The object's number in the trace, 0 when the table of modules is full.
 * Async-signal-safe. */
uint32_t fdt_object_module(const struct fdt_object *object);

#endif
