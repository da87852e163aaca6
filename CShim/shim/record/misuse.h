/* Wrong closes and uses: what the table knows of the number is kept with them. */
#ifndef FDT_RECORD_MISUSE_H
#define FDT_RECORD_MISUSE_H

#include "record.h"

/* A close of `fd` failed with EBADF, at `stack`. */
void fdt_misuse_close(const struct fdt_act *act, int fd, uint32_t stack, uint64_t ticks);

/* Another call failed with EBADF on `fd`: kept when that number was closed before. */
void fdt_misuse_use(const struct fdt_act *act, int fd);

/* close(2) is about to end `fd`, which a stream of this process owns. */
void fdt_misuse_owned(const struct fdt_act *act, int fd, struct fdt_closing closing);

/* A message on `fd` came with its control data cut. */
void fdt_misuse_cut(const struct fdt_act *act, int fd);

#endif
