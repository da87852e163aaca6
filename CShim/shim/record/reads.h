/* Reads that brought something, which are looked at only once there is a reason to: a descriptor
 * whose data bring more descriptors (each event that is read from a fanotify group may hold one,
 * and one of a userfaultfd as well; one that came in a message is known for what it is after the
 * next snapshot), or one that was waited for in vain. */
#ifndef FDT_RECORD_READS_H
#define FDT_RECORD_READS_H

#include "fdtrack_format.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* A read that returned more than this tells nothing new: 0, or all that a read can
 * return once all are watched. Never lowered. */
extern ssize_t fdt_read_watch;

/* Async-signal-safe. */
static inline void fdt_watch_reads(void) {
  __atomic_store_n(&fdt_read_watch, INTPTR_MAX, __ATOMIC_RELAXED);
}

static inline bool fdt_kind_carries(uint8_t kind) {
  return kind == FDT_KIND_FANOTIFY || kind == FDT_KIND_USERFAULTFD;
}

/* A descriptor of `kind` is open in this process. Async-signal-safe. */
static inline void fdt_carrier_seen(uint8_t kind) {
  if (__builtin_expect(fdt_kind_carries(kind), 0))
    fdt_watch_reads();
}

/* Whether a read that returned `size` has to be looked at. */
static inline bool fdt_read_is_watched(ssize_t size) {
  return __builtin_expect(size <= __atomic_load_n(&fdt_read_watch, __ATOMIC_RELAXED), 0);
}

#endif
