/* Time for records: the processor's invariant counter where there is one,
 * CLOCK_MONOTONIC where not. The trace's instants relate the two. */
#ifndef FDT_KERNEL_CLOCK_H
#define FDT_KERNEL_CLOCK_H

#include "fdtrack_format.h"

#include <stdint.h>

/* enum fdt_clock: decided by fdt_clock_choose, or taken from the trace that a program joins. */
extern uint32_t fdt_clock_kind;

/* Returns the best clock of this machine. */
enum fdt_clock fdt_clock_choose(void);

/* Nanoseconds of CLOCK_MONOTONIC or CLOCK_REALTIME. Async-signal-safe. */
uint64_t fdt_clock_ns(int clock);

/* The counter's rate as the processor states it, 0 where it does not. */
uint64_t fdt_clock_hint(void);

/* Fills `instant`; its check is stored last. */
void fdt_clock_instant(struct fdt_instant *instant);

/* Now, in ticks of the trace's clock. */
static inline uint64_t fdt_ticks(void) {
  if (__builtin_expect(fdt_clock_kind == FDT_CLOCK_COUNTER, 1)) {
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#else
    uint64_t value;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(value));
    return value;
#endif
  }
  return fdt_clock_ns(1 /* CLOCK_MONOTONIC */);
}

#endif
