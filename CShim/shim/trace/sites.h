/* Counters by call site: what was opened where, and where it was closed. All
 * functions are lock-free and async-signal-safe. */
#ifndef FDT_TRACE_SITES_H
#define FDT_TRACE_SITES_H

#include <stdint.h>

/* Counts one opening and returns the site_ref; 0 when the table is full (counted). */
uint32_t fdt_site_opened(uint32_t process, uint32_t stack, uint16_t call, uint8_t kind,
                         uint64_t ticks);

/* Counts one closing of a descriptor that the site opened, `age` ticks ago; `site` as
 * an entry has it, 0 when the opening was not counted. */
void fdt_site_closed(uint32_t site, uint32_t stack, uint16_t call, uint64_t ticks, uint64_t age);

/* In a forked child, whose counters are others: what the thread remembers leads to pages of
 * the parent's. */
void fdt_sites_forked(void);

#endif
