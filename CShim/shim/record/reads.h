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
 * return once one of the two exists. Never lowered. */
extern ssize_t fdt_read_watch;

/* One of the first sort exists. */
extern bool fdt_carriers;

/* Those of the second, a bit each. Of higher numbers, waits tell nothing. */
#define FDT_AWAITED_MAX 65536
extern uint64_t fdt_awaited[FDT_AWAITED_MAX / 64];

static inline bool fdt_kind_carries(uint8_t kind) {
  return kind == FDT_KIND_FANOTIFY || kind == FDT_KIND_USERFAULTFD;
}

/* A descriptor of `kind` is open in this process. Async-signal-safe. */
static inline void fdt_carrier_seen(uint8_t kind) {
  if (__builtin_expect(fdt_kind_carries(kind), 0)) {
    __atomic_store_n(&fdt_carriers, true, __ATOMIC_RELAXED);
    __atomic_store_n(&fdt_read_watch, INTPTR_MAX, __ATOMIC_RELAXED);
  }
}

static inline bool fdt_is_awaited(int fd) {
  return (unsigned)fd < FDT_AWAITED_MAX &&
         (__atomic_load_n(&fdt_awaited[fd / 64], __ATOMIC_RELAXED) >> fd % 64 & 1) != 0;
}

/* `fd` was waited for in vain, or is so no more. Async-signal-safe. */
static inline void fdt_await(int fd) {
  __atomic_fetch_or(&fdt_awaited[fd / 64], UINT64_C(1) << fd % 64, __ATOMIC_RELAXED);
  __atomic_store_n(&fdt_read_watch, INTPTR_MAX, __ATOMIC_RELAXED);
}
static inline void fdt_await_no_more(int fd) {
  __atomic_fetch_and(&fdt_awaited[fd / 64], ~(UINT64_C(1) << fd % 64), __ATOMIC_RELAXED);
}

/* Whether a read of `fd` that returned `size` has to be looked at. */
static inline bool fdt_read_is_watched(int fd, ssize_t size) {
  if (__builtin_expect(size > __atomic_load_n(&fdt_read_watch, __ATOMIC_RELAXED), 1))
    return false;
  return size <= 0 || __atomic_load_n(&fdt_carriers, __ATOMIC_RELAXED) || fdt_is_awaited(fd);
}

#endif
