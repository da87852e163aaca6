#include "strings.h"

#include "losses.h"
#include "trace.h"

#define FDT_STRING_ALIGN 8u

char *fdt_string_reserve(size_t size, uint32_t *ref) {
  uint64_t need =
      (sizeof(uint32_t) + size + FDT_STRING_ALIGN - 1) & ~(uint64_t)(FDT_STRING_ALIGN - 1);
  uint64_t offset = __atomic_fetch_add(&fdt_trace.header->strings_next, need, __ATOMIC_RELAXED);
  offset &= ~(uint64_t)(FDT_STRING_ALIGN - 1); /* it may have been written over */
  if (offset >= fdt_trace.string_bytes || need > fdt_trace.string_bytes - offset) {
    fdt_lose(FDT_LOSS_STRINGS);
    *ref = 0;
    return NULL;
  }
  *ref = (uint32_t)offset;
  return ((struct fdt_string *)(fdt_trace.strings + offset))->bytes;
}

void fdt_string_publish(uint32_t ref, size_t size, int cut) {
  struct fdt_string *string = (struct fdt_string *)(fdt_trace.strings + ref);
  /* Release: a reader that sees the size sees the bytes. */
  __atomic_store_n(&string->size, (uint32_t)size | (cut ? FDT_STRING_CUT : 0), __ATOMIC_RELEASE);
}

uint32_t fdt_string(const char *bytes, size_t size, size_t limit) {
  size_t kept = size < limit ? size : limit;
  uint32_t ref;
  char *room = fdt_string_reserve(kept, &ref);
  if (room == NULL)
    return 0;
  __builtin_memcpy(room, bytes, kept);
  fdt_string_publish(ref, kept, kept < size);
  return ref;
}

bool fdt_string_is(uint32_t ref, const char *bytes, size_t size, size_t limit) {
  size_t kept = size < limit ? size : limit;
  if (ref == 0 || ref % FDT_STRING_ALIGN != 0 || ref >= fdt_trace.string_bytes ||
      sizeof(uint32_t) + kept > fdt_trace.string_bytes - ref)
    return false;
  const struct fdt_string *string = (const struct fdt_string *)(fdt_trace.strings + ref);
  uint32_t word = (uint32_t)kept | (kept < size ? FDT_STRING_CUT : 0);
  return __atomic_load_n(&string->size, __ATOMIC_ACQUIRE) == word &&
         __builtin_memcmp(string->bytes, bytes, kept) == 0;
}
