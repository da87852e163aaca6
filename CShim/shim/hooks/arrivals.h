/* Descriptors that a call is said to have made: by a number that other calls use
 * for something else (ioctl), in data that the kernel filled in, or by a call that
 * libc may have made of others which told of it already. */
#ifndef FDT_HOOKS_ARRIVALS_H
#define FDT_HOOKS_ARRIVALS_H

#include "hook.h"

/* Records `fd` as opened, unless the table has it open by a call no earlier than
 * `since` (0: by any), or it is not open at all. FD_CLOEXEC is asked of the kernel;
 * mark->cloexec holds where a seccomp filter might not allow that. */
void fdt_arrived(const struct fdt_act *act, int fd, const struct fdt_birthmark *mark,
                 uint64_t since);

/* The same for one that came from elsewhere: fdt_received. */
void fdt_arrived_from_outside(const struct fdt_act *act, int fd, const struct fdt_birthmark *mark);

/* One that came from elsewhere, and is open, but nobody told what it is: the kernel is asked. */
void fdt_arrived_untold(const struct fdt_act *act, int fd, const struct fdt_birthmark *mark);

#endif
