/* Which libc the host has. */
#ifndef FDT_KERNEL_LIBC_H
#define FDT_KERNEL_LIBC_H

#include <stdbool.h>

/* Whether this is glibc; on another libc fdtrack records nothing. */
bool fdt_libc_is_known(void);

/* "glibc 2.36", or NULL on another libc. To be called by one thread, while starting. */
const char *fdt_libc_version(void);

/* 36 of "glibc 2.36"; 0 on another libc, or when it is none of 2. */
unsigned fdt_libc_minor(void);

#endif
