#include "strings.h"

#include "losses.h"
#include "trace.h"

#define FDT_STRING_ALIGN 8u

/* What stands before the bytes of which `kept` were stored. */
static uint32_t word_of(size_t kept, size_t size) {
  return (uint32_t)kept | (kept < size ? FDT_STRING_CUT : 0);
}

uint32_t fdt_string(const char *bytes, size_t size, size_t limit) {
  size_t kept = size < limit ? size : limit;
  if (kept == 0)
    return 0; /* which would look as one that nobody has finished yet */
  uint64_t need =
      (sizeof(uint32_t) + kept + FDT_STRING_ALIGN - 1) & ~(uint64_t)(FDT_STRING_ALIGN - 1);
  uint64_t offset = __atomic_fetch_add(&fdt_trace.header->strings_next, need, __ATOMIC_RELAXED);
  offset &= ~(uint64_t)(FDT_STRING_ALIGN - 1); /* it may have been written over */
  if (offset >= fdt_trace.string_bytes || need > fdt_trace.string_bytes - offset) {
    fdt_lose(FDT_LOSS_STRINGS);
    return 0;
  }
  struct fdt_string *string = (struct fdt_string *)(fdt_trace.strings + offset);
  __builtin_memcpy(string->bytes, bytes, kept);
  /* Release: a reader that sees the size sees the bytes. */
  __atomic_store_n(&string->size, word_of(kept, size), __ATOMIC_RELEASE);
  return (uint32_t)offset;
}

bool fdt_string_is(uint32_t ref, const char *bytes, size_t size, size_t limit) {
  size_t kept = size < limit ? size : limit;
  if (ref == 0 || ref % FDT_STRING_ALIGN != 0 || ref >= fdt_trace.string_bytes ||
      sizeof(uint32_t) + kept > fdt_trace.string_bytes - ref)
    return false;
  const struct fdt_string *string = (const struct fdt_string *)(fdt_trace.strings + ref);
  return __atomic_load_n(&string->size, __ATOMIC_ACQUIRE) == word_of(kept, size) &&
         __builtin_memcmp(string->bytes, bytes, kept) == 0;
}
