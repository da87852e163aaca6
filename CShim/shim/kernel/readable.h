/* Whether memory can be read: asked by a system call that answers EFAULT where a load would
 * fault. */
#ifndef FDT_KERNEL_READABLE_H
#define FDT_KERNEL_READABLE_H

#include <stdbool.h>
#include <stdint.h>

#define FDT_PAGE 4096u /* the smallest page of the supported machines */

/* From now on what is not known to be readable counts as unreadable. */
void fdt_readable_stop_asking(void);

/* Whether the 8 bytes at `address` can be read. One system call.
 * Async-signal-safe. */
bool fdt_readable(uintptr_t address);

#endif
