/* What is recorded after a call of each family, whether it was made by name or
 * through syscall(2). Results are as the named call returns them, errors in errno. */
#ifndef FDT_HOOKS_AFTER_H
#define FDT_HOOKS_AFTER_H

#include "guard/mapping.h"
#include "hook.h"

void fdt_after_open(const struct fdt_act *act, int fd, const char *path, int flags);
void fdt_after_openat2(const struct fdt_act *act, int fd, const char *path,
                       const struct open_how *how);
void fdt_after_open_by_handle(const struct fdt_act *act, int fd, int flags);
void fdt_after_queue(const struct fdt_act *act, int fd, const char *name);
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
/* `wanted`: bytes asked for, 0 when the end cannot be told from nothing; `flags`: of recv(2). */
void fdt_after_read(const struct fdt_act *act, int fd, ssize_t size, size_t wanted, int flags);
/* After a read that brought something, which may hold descriptors (record/reads.h):
 * `parts` are the places that `size` bytes went to. */
void fdt_after_events(const struct fdt_act *act, int fd, const struct iovec *parts, int count,
                      size_t size);
/* Of a read, one of the two or both. */
void fdt_after_transfer(const struct fdt_act *act, int fd, ssize_t size, size_t wanted,
                        const struct iovec *parts, int count);
void fdt_after_message(const struct fdt_act *act, int fd, struct msghdr *message, int flags,
                       ssize_t size);
void fdt_after_messages(const struct fdt_act *act, int fd, struct mmsghdr *messages, int count,
                        int flags);
void fdt_after_getsockopt(const struct fdt_act *act, int fd, int level, int option,
                          const void *value, const socklen_t *size, int result);
void fdt_after_setsockopt(const struct fdt_act *act, int fd, int level, int option, int result);
/* A socket has got a timeout: calls that it ends are told apart from now on. */
void fdt_watch_timeout(int fd);
/* Whether calls on a descriptor wait and it has such a timeout: one that gave up was ended by it.
 */
bool fdt_has_timeout(int fd);
void fdt_after_ioctl(const struct fdt_act *act, int fd, uint32_t request, const void *argument,
                     int result);
void fdt_after_pidfd_getfd(const struct fdt_act *act, int fd);
void fdt_after_open_tree(const struct fdt_act *act, int fd, const char *path, unsigned flags);
/* `pid` as prlimit(2) has it; `limit` is what was set, a struct rlimit, or NULL. */
void fdt_after_limit(pid_t pid, long resource, const void *limit, int result);
/* Before the program restricts itself by seccomp(2), and after it did. */
void fdt_before_filter(void);
void fdt_after_filter(bool strict, int result);
void fdt_after_prctl(long option, long argument, int result);
/* After a system call that returns a descriptor and is of a kind that has no function
 * of its own here; `arguments` are the call's. Nothing for other numbers. */
void fdt_after_maker(const struct fdt_act *act, long number, const long arguments[6], int result);
/* Whether fopen(3) opens with O_CLOEXEC. */
bool fdt_mode_has_cloexec(const char *mode);
/* Whether other threads have the caller's table, as far as that may be asked. */
bool fdt_shares_table(void);
/* The calling thread parted from it, and is followed no more (counted). */
void fdt_leave_table(void);
/* `flags` are those of unshare(2). */
void fdt_after_unshare(long flags, int result);
/* rt_sigaction through syscall(2), for SIGBUS: instead of the call. */
long fdt_raw_sigaction(const struct fdt_kernel_action *action, struct fdt_kernel_action *before,
                       size_t mask_size);
/* Registers what is to run after all handlers of quick_exit(3); called once, while
 * starting, so that it is before any of them. */
void fdt_watch_quick_exit(void);
/* Before the process ends without atexit handlers. */
void fdt_before_exit(const struct fdt_act *act, int status);

#endif
