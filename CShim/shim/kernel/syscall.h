/* System calls without libc: they touch neither errno nor the thread's
 * cancellation state, need no symbol, and so may be made at any moment of the
 * host's life. All return the kernel's value: a result, or -errno. */
#ifndef FDT_KERNEL_SYSCALL_H
#define FDT_KERNEL_SYSCALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

static inline long fdt_syscall6(long number, long a, long b, long c, long d, long e, long f) {
#if defined(__x86_64__)
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
#elif defined(__aarch64__)
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  register long x5 __asm__("x5") = f;
  __asm__ volatile("svc #0"
                   : "+r"(x0)
                   : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                   : "memory");
  return x0;
#else
#error "fdtrack supports x86_64 and aarch64"
#endif
}

#define FDT_ARG(x)               ((long)(x))
#define fdt_syscall0(n)          fdt_syscall6(n, 0, 0, 0, 0, 0, 0)
#define fdt_syscall1(n, a)       fdt_syscall6(n, FDT_ARG(a), 0, 0, 0, 0, 0)
#define fdt_syscall2(n, a, b)    fdt_syscall6(n, FDT_ARG(a), FDT_ARG(b), 0, 0, 0, 0)
#define fdt_syscall3(n, a, b, c) fdt_syscall6(n, FDT_ARG(a), FDT_ARG(b), FDT_ARG(c), 0, 0, 0)
#define fdt_syscall4(n, a, b, c, d)                                                                \
  fdt_syscall6(n, FDT_ARG(a), FDT_ARG(b), FDT_ARG(c), FDT_ARG(d), 0, 0)
#define fdt_syscall5(n, a, b, c, d, e)                                                             \
  fdt_syscall6(n, FDT_ARG(a), FDT_ARG(b), FDT_ARG(c), FDT_ARG(d), FDT_ARG(e), 0)

/* True when a raw result is an error rather than a value. */
static inline bool fdt_failed(long result) { return (unsigned long)result > -4096UL; }

#endif
