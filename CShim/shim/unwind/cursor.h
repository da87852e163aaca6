/* The one way to read unwind tables: a position and an end. A read past the
 * end gives 0 and marks the cursor as failed; callers ask once, at the end. */
#ifndef FDT_UNWIND_CURSOR_H
#define FDT_UNWIND_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fdt_cursor {
  const uint8_t *at;
  const uint8_t *end;
  bool failed;
};

static inline bool fdt_cursor_at_end(const struct fdt_cursor *c) {
  return c->failed || c->at >= c->end;
}

static inline void fdt_cursor_fail(struct fdt_cursor *c) {
  c->failed = true;
  c->at = c->end;
}

static inline const uint8_t *fdt_take(struct fdt_cursor *c, uint64_t size) {
  if (c->failed || size > (uint64_t)(c->end - c->at)) {
    fdt_cursor_fail(c);
    return NULL;
  }
  const uint8_t *taken = c->at;
  c->at += size;
  return taken;
}

/* The next `size` bytes as a cursor of their own; when there are fewer, both have failed. */
static inline struct fdt_cursor fdt_take_part(struct fdt_cursor *c, uint64_t size) {
  const uint8_t *start = fdt_take(c, size);
  return (struct fdt_cursor){start, c->at, c->failed};
}

#define FDT_TAKE_INTEGER(name, type)                                                               \
  static inline type name(struct fdt_cursor *c) {                                                  \
    type value = 0;                                                                                \
    const uint8_t *bytes = fdt_take(c, sizeof(value));                                             \
    if (bytes != NULL)                                                                             \
      __builtin_memcpy(&value, bytes, sizeof(value));                                              \
    return value;                                                                                  \
  }
FDT_TAKE_INTEGER(fdt_take_u8, uint8_t)
FDT_TAKE_INTEGER(fdt_take_u16, uint16_t)
FDT_TAKE_INTEGER(fdt_take_u32, uint32_t)
FDT_TAKE_INTEGER(fdt_take_u64, uint64_t)
#undef FDT_TAKE_INTEGER

/* LEB128; what does not fit 64 bits is a failure unless it is padding. */
uint64_t fdt_take_uleb(struct fdt_cursor *c);
int64_t fdt_take_sleb(struct fdt_cursor *c);

#define FDT_PE_OMIT    0xff
#define FDT_PE_PCREL   0x10
#define FDT_PE_DATAREL 0x30

/* Reads a pointer in one of the DW_EH_PE encodings (LSB core, "DWARF
 * extensions"). `data` is the base of the data-relative form. Indirect,
 * text-relative and aligned forms, which no FDE uses, are failures. */
uintptr_t fdt_take_pointer(struct fdt_cursor *c, uint8_t encoding, uintptr_t data);

/* Passes over a pointer of any format without looking at what it means. */
void fdt_skip_pointer(struct fdt_cursor *c, uint8_t encoding);

#endif
