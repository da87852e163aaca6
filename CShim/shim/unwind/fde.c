#include "cfi.h"

/* What the record at `address` holds behind its length; false for the mark of the end and
 * for the 64-bit format. */
static bool read_record(const struct fdt_object *object, uintptr_t address,
                        struct fdt_cursor *content) {
  struct fdt_cursor c = fdt_object_cursor(object, address);
  uint32_t length = fdt_take_u32(&c);
  *content = fdt_take_part(&c, length);
  return !content->failed && length != 0 && length != UINT32_MAX;
}

/* Reads the data of a CIE's augmentation, which its letters (behind 'z') describe. */
static bool read_augmentation(struct fdt_cursor data, const uint8_t *letters, struct fdt_fde *fde) {
  for (; *letters != 0; letters++) {
    if (*letters == 'R') {
      fde->pointer_encoding = fdt_take_u8(&data);
    } else if (*letters == 'L') {
      fdt_take_u8(&data);
    } else if (*letters == 'P') {
      uint8_t encoding = fdt_take_u8(&data);
      fdt_skip_pointer(&data, encoding);
    } else if (*letters == 'S') {
      fde->is_signal_frame = true;
    } else if (*letters != 'B' && *letters != 'G') {
      break; /* unknown: its data can be skipped, thanks to 'z' */
    }
  }
  return !data.failed;
}

/* Reads the CIE at `address` into the members of `fde` that come from it. */
static bool read_cie(const struct fdt_object *object, uintptr_t address, struct fdt_fde *fde) {
  struct fdt_cursor c;
  if (!read_record(object, address, &c) || fdt_take_u32(&c) != 0)
    return false;
  uint8_t version = fdt_take_u8(&c);
  if (version != 1 && version != 3 && version != 4)
    return false;
  const uint8_t *augmentation = c.at;
  while (fdt_take_u8(&c) != 0)
    ;
  if (c.failed)
    return false;
  if (version == 4 && (fdt_take_u8(&c) != sizeof(uintptr_t) || fdt_take_u8(&c) != 0))
    return false;
  if (augmentation[0] == 'e' && augmentation[1] == 'h') { /* of gcc 2: a pointer follows */
    fdt_take(&c, sizeof(uintptr_t));
    augmentation += 2;
  }
  fde->code_factor = fdt_take_uleb(&c);
  fde->data_factor = fdt_take_sleb(&c);
  fde->return_register = version == 1 ? fdt_take_u8(&c) : fdt_take_uleb(&c);
  fde->pointer_encoding = 0;
  fde->has_augmentation_data = augmentation[0] == 'z';
  fde->is_signal_frame = false;
  if (!fde->has_augmentation_data && augmentation[0] != 0)
    return false;
  if (fde->has_augmentation_data &&
      !read_augmentation(fdt_take_part(&c, fdt_take_uleb(&c)), augmentation + 1, fde))
    return false;
  fde->initial = c;
  return !c.failed && fde->return_register < FDT_REG_COUNT;
}

/* Reads the FDE at `address` with its CIE; on success `*next` is what follows. */
static bool read_fde(const struct fdt_object *object, uintptr_t address, struct fdt_fde *fde,
                     uintptr_t *next, bool *is_cie) {
  struct fdt_cursor c;
  *next = 0;
  if (!read_record(object, address, &c))
    return false;
  const uintptr_t start = (uintptr_t)c.at;
  *next = (uintptr_t)c.end;
  uint32_t distance = fdt_take_u32(&c);
  *is_cie = distance == 0;
  if (c.failed || *is_cie || distance > start)
    return false;
  if (!read_cie(object, start - distance, fde))
    return false;
  fde->start = fdt_take_pointer(&c, fde->pointer_encoding, 0);
  uintptr_t size = fdt_take_pointer(&c, fde->pointer_encoding & 0x0f, 0);
  fde->end = fde->start + size;
  if (fde->has_augmentation_data)
    fdt_take(&c, fdt_take_uleb(&c));
  fde->program = c;
  return !c.failed && fde->end >= fde->start;
}

static bool covers(const struct fdt_fde *fde, uintptr_t address) {
  return address >= fde->start && address < fde->end;
}

/* Without a search table: one FDE after the other. */
static bool find_by_scan(const struct fdt_object *object, uintptr_t at, uintptr_t address,
                         struct fdt_fde *fde) {
  bool is_cie = false;
  for (uintptr_t next; at != 0; at = next) {
    bool valid = read_fde(object, at, fde, &next, &is_cie);
    if (valid && covers(fde, address))
      return true;
  }
  return false;
}

struct entry {
  int32_t start; /* both relative to the start of .eh_frame_hdr */
  int32_t fde;
};

static struct entry entry_at(const uint8_t *table, uint64_t index) {
  struct entry entry;
  __builtin_memcpy(&entry, table + index * sizeof(entry), sizeof(entry));
  return entry;
}

bool fdt_fde_find(const struct fdt_object *object, uintptr_t address, struct fdt_fde *fde) {
  const uintptr_t header = object->eh_frame_hdr;
  struct fdt_cursor c = fdt_object_cursor(object, header);
  if (header == 0 || fdt_take_u8(&c) != 1)
    return false;
  uint8_t frame_encoding = fdt_take_u8(&c);
  uint8_t count_encoding = fdt_take_u8(&c);
  uint8_t table_encoding = fdt_take_u8(&c);
  uintptr_t eh_frame = fdt_take_pointer(&c, frame_encoding, header);
  if (c.failed)
    return false;
  if (count_encoding == FDT_PE_OMIT || table_encoding != (FDT_PE_DATAREL | 0x0b))
    return find_by_scan(object, eh_frame, address, fde);
  uint64_t count = fdt_take_pointer(&c, count_encoding, header);
  if (c.failed || count == 0 || count > (uint64_t)(c.end - c.at) / sizeof(struct entry))
    return false;
  int64_t wanted = (int64_t)(address - header);
  uint64_t low = 0, high = count; /* the last entry that starts at or before the address */
  while (high - low > 1) {
    uint64_t middle = low + (high - low) / 2;
    if (entry_at(c.at, middle).start <= wanted)
      low = middle;
    else
      high = middle;
  }
  uintptr_t next;
  bool is_cie;
  uintptr_t at = header + (uintptr_t)(intptr_t)entry_at(c.at, low).fde;
  return read_fde(object, at, fde, &next, &is_cie) && covers(fde, address);
}

bool fdt_row_find(uintptr_t address, struct fdt_object *object, struct fdt_row *row) {
  struct fdt_fde fde;
  return fdt_object_find(address, object) && fdt_fde_find(object, address, &fde) &&
         fdt_row_at(object, &fde, address, row);
}
