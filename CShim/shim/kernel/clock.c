#include "clock.h"

#include "syscall.h"

#include <time.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

uint32_t fdt_clock_kind = FDT_CLOCK_MONOTONIC;

enum fdt_clock fdt_clock_choose(void) {
#if defined(__x86_64__)
  /* Invariant TSC: CPUID 80000007h, EDX bit 8 (Intel SDM 3B 18.17.1). */
  unsigned a, b, c, d;
  if (__get_cpuid(0x80000007, &a, &b, &c, &d) && (d & (1u << 8)) != 0)
    return FDT_CLOCK_COUNTER;
  return FDT_CLOCK_MONOTONIC;
#else
  return FDT_CLOCK_COUNTER;
#endif
}

uint64_t fdt_clock_ns(int clock) {
  struct timespec now;
  /* libc's, for its vDSO; it is async-signal-safe and sets errno only for a bad clock. */
  if (clock_gettime(clock, &now) != 0)
    return 0;
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t fdt_clock_hint(void) {
#if defined(__x86_64__)
  unsigned a, b, c, d;
  if (__get_cpuid_count(0x15, 0, &a, &b, &c, &d) && a != 0 && b != 0 && c != 0)
    return (uint64_t)c * b / a;
  if (__get_cpuid_count(0x40000010, 0, &a, &b, &c, &d) && a > 100000 && a < 100000000)
    return (uint64_t)a * 1000; /* hypervisors: kHz */
  return 0;
#else
  uint64_t value;
  __asm__ volatile("mrs %0, cntfrq_el0" : "=r"(value));
  return value;
#endif
}

void fdt_clock_instant(struct fdt_instant *instant) {
  uint64_t realtime = fdt_clock_ns(CLOCK_REALTIME);
  uint64_t before = fdt_ticks();
  uint64_t monotonic = fdt_clock_ns(CLOCK_MONOTONIC);
  uint64_t ticks = before + (fdt_ticks() - before) / 2;
  /* The check makes a torn instant visible; no order among the stores is needed. */
  __atomic_store_n(&instant->check, 0, __ATOMIC_RELAXED);
  __atomic_store_n(&instant->ticks, ticks, __ATOMIC_RELAXED);
  __atomic_store_n(&instant->monotonic_ns, monotonic, __ATOMIC_RELAXED);
  __atomic_store_n(&instant->realtime_ns, realtime, __ATOMIC_RELAXED);
  __atomic_store_n(&instant->check, ticks ^ monotonic ^ realtime, __ATOMIC_RELEASE);
}
