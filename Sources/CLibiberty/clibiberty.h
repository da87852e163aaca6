/* binutils' demangler for Swift: C++ (Itanium ABI) and both manglings of Rust.
 * Declared here, because distributions install <demangle.h> in different places. */
#ifndef FDT_CLIBIBERTY_H
#define FDT_CLIBIBERTY_H

#include <setjmp.h>
#include <stddef.h>
#include <string.h>

typedef void (*fdt_demangle_sink)(const char *text, size_t size, void *opaque);

/* From <libiberty/demangle.h>; both return 1 when `mangled` was understood. */
extern int cplus_demangle_v3_callback(const char *mangled, int options, fdt_demangle_sink sink,
                                      void *opaque);
extern int rust_demangle_callback(const char *mangled, int options, fdt_demangle_sink sink,
                                  void *opaque);
enum { FDT_DMGL_PARAMS = 1 << 0, FDT_DMGL_ANSI = 1 << 1 };

struct fdt_demangled {
  char *text;
  size_t size;
  size_t capacity;
  jmp_buf full;
};

/* Leaves the demangler as soon as the text is full: back-references let a name
 * of a hundred bytes stand for exabytes, and no callback can say "stop". */
static void fdt_demangled_append(const char *text, size_t size, void *opaque) {
  struct fdt_demangled *out = (struct fdt_demangled *)opaque;
  size_t room = out->capacity - out->size;
  size_t taken = size < room ? size : room;
  memcpy(out->text + out->size, text, taken);
  out->size += taken;
  if (taken < size) {
    longjmp(out->full, 1);
  }
}

/* Apart from its caller, so that what changes after setjmp is not a local of
 * the function that calls it. */
static int fdt_demangle_into(struct fdt_demangled *out, const char *mangled) {
  int options = FDT_DMGL_PARAMS | FDT_DMGL_ANSI;
  if (setjmp(out->full) != 0) {
    return 1;
  }
  if (rust_demangle_callback(mangled, options, fdt_demangled_append, out)) {
    return 1;
  }
  out->size = 0;
  return cplus_demangle_v3_callback(mangled, options, fdt_demangled_append, out);
}

/* Demangles a C++ or Rust name into `text`, cut at `capacity` bytes, without a
 * final NUL and without Rust's hash. Returns the bytes written, 0 when the name
 * is of neither language. Thread-safe. */
static inline size_t fdt_demangle(const char *mangled, char *text, size_t capacity) {
  struct fdt_demangled out = {.text = text, .capacity = capacity};
  return fdt_demangle_into(&out, mangled) ? out.size : 0;
}

#endif
