/* What is recorded after a call of each family, whether it was made by name or
 * through syscall(2). Results are as the named call returns them, errors in errno. */
#ifndef FDT_HOOKS_AFTER_H
#define FDT_HOOKS_AFTER_H

#include "hook.h"

void fdt_after_open(const struct fdt_act *act, int fd, const char *path, int flags);
void fdt_after_duplicate(const struct fdt_act *act, int source, int fd, bool cloexec,
                         bool replaces);
void fdt_after_fcntl(const struct fdt_act *act, int fd, int command, long argument, int result);
void fdt_after_close_range(const struct fdt_act *act, unsigned first, unsigned last, int flags,
                           int result);
void fdt_after_socket(const struct fdt_act *act, int fd, int domain, int type);
void fdt_after_socketpair(const struct fdt_act *act, int result, const int fds[2], int domain,
                          int type);
void fdt_after_accept(const struct fdt_act *act, int listener, int fd,
                      const struct sockaddr *address, const socklen_t *size, int flags);
void fdt_after_connect(const struct fdt_act *act, int fd, const struct sockaddr *address,
                       socklen_t size, int result);
void fdt_after_bind(const struct fdt_act *act, int fd, const struct sockaddr *address,
                    socklen_t size, int result);
void fdt_after_listen(const struct fdt_act *act, int fd, int result);
void fdt_after_pipe(const struct fdt_act *act, int result, const int fds[2], int flags);
/* `flags` may hold O_CLOEXEC, whose value all calls of this sort share. */
void fdt_after_descriptor(const struct fdt_act *act, int fd, enum fdt_kind kind, int flags,
                          const char *path);
/* `wanted`: bytes asked for, 0 when the end cannot be told from nothing. */
void fdt_after_read(const struct fdt_act *act, int fd, ssize_t size, size_t wanted);
/* After a seccomp filter was asked for; `result` is the call's. */
void fdt_after_filter(int result);
/* Before the process ends without atexit handlers. */
void fdt_before_exit(const struct fdt_act *act, int status);

#endif
