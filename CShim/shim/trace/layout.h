/* How the sections share a file of a given size. */
#ifndef FDT_TRACE_LAYOUT_H
#define FDT_TRACE_LAYOUT_H

#include "fdtrack_format.h"

#include <stdbool.h>

/* Fills header->sections for a file of header->file_size bytes. */
void fdt_layout(struct fdt_header *header, uint32_t calls);

/* Points fdt_trace into the mapping of `size` bytes at `base`; false when its sections
 * are not exactly those that this shim would lay out. What the mapping says later
 * of its sections is not read again. */
bool fdt_layout_adopt(void *base, uint64_t size, uint32_t calls);

#endif
