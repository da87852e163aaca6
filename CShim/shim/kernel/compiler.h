/* What the compiler and the linker are told: what is likely, and where things are to stand. */
#ifndef FDT_KERNEL_COMPILER_H
#define FDT_KERNEL_COMPILER_H

#define fdt_likely(x)   __builtin_expect(!!(x), 1)
#define fdt_unlikely(x) __builtin_expect(!!(x), 0)

/* An array of which a process writes the beginning, if anything. */
#define FDT_LARGE __attribute__((section(".bss.large")))

/* Of a thread's variables, what nearly each process writes: it stands beside fdt_thread, for
 * each page that a forked child writes to is a copy. */
#define FDT_THREAD_OFTEN __attribute__((section(".tbss.often")))

/* What every forked child calls, in one place: so it comes with one page fault. */
#define FDT_FORKED __attribute__((section(".text.hot.forked")))

/* Asks for the cache line of `address`, to be written soon. Any address will do. */
static inline void fdt_prefetch_write(const void *address) {
#if defined(__x86_64__)
  __asm__ volatile("prefetchw %0" : : "m"(*(const char *)address));
#else
  __builtin_prefetch(address, 1);
#endif
}

#endif
