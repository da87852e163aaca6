/* How many threads the calling process has, without opening anything. */
#ifndef FDT_KERNEL_THREADS_H
#define FDT_KERNEL_THREADS_H

/* -1 where /proc cannot be asked. Async-signal-safe. */
long fdt_threads_count(void);

#endif
