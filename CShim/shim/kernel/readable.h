/* Whether memory can be read: asked by a system call that answers EFAULT where a load would
 * fault. */
#ifndef FDT_KERNEL_READABLE_H
#define FDT_KERNEL_READABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FDT_PAGE 4096u /* the smallest page of the supported machines */

/* From now on nobody is asked. */
void fdt_readable_stop_asking(void);

/* Whether the 8 bytes at `address` can be read; not where nobody is to be asked. One system
 * call. Async-signal-safe. */
bool fdt_readable(uintptr_t address);

/* The same for what a program passes to a system call, which would answer EFAULT: so it counts
 * as readable where nobody is to be asked. Bytes are at most a page; a vector ends with NULL and
 * holds strings. One system call a page, more or less. Async-signal-safe. */
bool fdt_readable_bytes(const void *bytes, size_t size);
bool fdt_readable_string(const char *string);
bool fdt_readable_vector(char *const *vector);

#endif
