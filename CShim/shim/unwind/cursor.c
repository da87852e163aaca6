#include "cursor.h"

uint64_t fdt_take_uleb(struct fdt_cursor *c) {
  uint64_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    uint8_t byte = fdt_take_u8(c);
    uint64_t bits = byte & 0x7f;
    if (c->failed)
      return 0;
    if (shift < 64)
      value |= bits << shift;
    if (bits != 0 && (shift > 63 || bits << shift >> shift != bits)) {
      fdt_cursor_fail(c);
      return 0;
    }
    if ((byte & 0x80) == 0)
      return value;
  }
}

int64_t fdt_take_sleb(struct fdt_cursor *c) {
  uint64_t value = 0;
  unsigned shift = 0;
  uint8_t byte;
  do {
    byte = fdt_take_u8(c);
    if (c->failed || shift > 63) {
      fdt_cursor_fail(c);
      return 0;
    }
    value |= (uint64_t)(byte & 0x7f) << shift;
    shift += 7;
  } while ((byte & 0x80) != 0);
  if (shift < 64 && (byte & 0x40) != 0)
    value |= ~UINT64_C(0) << shift;
  return (int64_t)value;
}

static uint64_t take_format(struct fdt_cursor *c, uint8_t encoding) {
  switch (encoding & 0x0f) {
  case 0x00: /* absptr */
  case 0x04: /* udata8 */
  case 0x0c: /* sdata8 */
    return fdt_take_u64(c);
  case 0x01:
    return fdt_take_uleb(c);
  case 0x02:
    return fdt_take_u16(c);
  case 0x03:
    return fdt_take_u32(c);
  case 0x09:
    return (uint64_t)fdt_take_sleb(c);
  case 0x0a:
    return (uint64_t)(int64_t)(int16_t)fdt_take_u16(c);
  case 0x0b:
    return (uint64_t)(int64_t)(int32_t)fdt_take_u32(c);
  default:
    fdt_cursor_fail(c);
    return 0;
  }
}

uintptr_t fdt_take_pointer(struct fdt_cursor *c, uint8_t encoding, uintptr_t data) {
  uintptr_t base = 0;
  switch (encoding & 0xf0) {
  case 0x00:
    break;
  case FDT_PE_PCREL:
    base = (uintptr_t)c->at;
    break;
  case FDT_PE_DATAREL:
    base = data;
    break;
  default:
    fdt_cursor_fail(c);
    return 0;
  }
  return base + (uintptr_t)take_format(c, encoding);
}

void fdt_skip_pointer(struct fdt_cursor *c, uint8_t encoding) {
  if (encoding == FDT_PE_OMIT)
    return;
  if ((encoding & 0x70) == 0x50) { /* aligned */
    uintptr_t padding = -(uintptr_t)c->at & (sizeof(uintptr_t) - 1);
    fdt_take(c, padding);
    encoding = 0;
  }
  take_format(c, encoding);
}
