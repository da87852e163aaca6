/* Counters and states that only threads of one process write. Most programs
 * have one thread, and there a lock prefix would be the dearest part of an
 * event; a plain read-modify-write instruction is as safe against a signal
 * handler on that thread. */
#ifndef FDT_TRACE_COUNTERS_H
#define FDT_TRACE_COUNTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* libc's own note that the process never had a second thread (glibc 2.32,
 * <sys/single_threaded.h>); absent elsewhere. */
extern char __libc_single_threaded __attribute__((weak));

/* True when the calling thread is certainly the only one. */
static inline bool fdt_alone(void) {
  return &__libc_single_threaded != NULL && __libc_single_threaded;
}

/* Adds one. Relaxed: counters order nothing. */
static inline void fdt_count(uint64_t *counter) {
#if defined(__x86_64__)
  if (fdt_alone()) {
    __asm__ volatile("incq %0" : "+m"(*counter) : : "cc");
    return;
  }
#endif
  __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

static inline void fdt_count32(uint32_t *counter) {
#if defined(__x86_64__)
  if (fdt_alone()) {
    __asm__ volatile("incl %0" : "+m"(*counter) : : "cc");
    return;
  }
#endif
  __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

/* Changes a state word from `from` to `to`; false when it is no longer `from`.
 * Release and acquire, as a published word needs. */
static inline bool fdt_change(uint32_t *word, uint32_t from, uint32_t to) {
  if (fdt_alone()) {
    if (__atomic_load_n(word, __ATOMIC_ACQUIRE) != from)
      return false;
    __atomic_store_n(word, to, __ATOMIC_RELEASE);
    return true;
  }
  return __atomic_compare_exchange_n(word, &from, to, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

#endif
