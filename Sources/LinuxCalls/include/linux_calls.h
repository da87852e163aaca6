/* System calls, and layouts of netlink's messages, that Swift's Glibc module
 * does not have: it is made without _GNU_SOURCE and without the kernel's own
 * headers. Every function sets errno and returns -1 where it fails, unless it
 * says otherwise; each is safe to call from any thread. */
#ifndef LINUX_CALLS_H
#define LINUX_CALLS_H

#include <stdint.h>
#include <sys/signalfd.h>
#include <sys/types.h>

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/netlink_diag.h>
#include <linux/packet_diag.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <linux/vm_sockets_diag.h>

/* What statx(2) tells; device numbers are major << 32 | minor. */
struct linux_file_status {
  uint32_t mode;
  uint32_t links;
  uint64_t inode;
  uint64_t device;
  uint64_t own_device; /* of a device file: which */
  uint64_t size;       /* bytes */
  uint64_t allocated;  /* bytes on disk */
};

/* statx(2), with links followed or not. Asks no server: a network file system
 * that does not answer must not hold up who looks at its clients. */
int linux_status(int folder, const char *path, int follows, struct linux_file_status *status);

/* The same for an absolute path as it would be resolved by a process whose root
 * folder `root` is (openat2(2) with RESOLVE_IN_ROOT), the last link not followed. */
int linux_status_in_root(int root, const char *path, struct linux_file_status *status);

/* Opens a new file without a name in a folder, to be written (O_TMPFILE of open(2)): nothing is
 * left of it when it is closed, however that comes about. Not every file system has such. */
int linux_open_nameless(const char *folder, mode_t mode);

/* Gives such a file its name, which must not be taken. */
int linux_name(int fd, const char *path);

/* Whether a file is a POSIX message queue (mq_overview(7)): 1, 0, or -1. */
int linux_is_message_queue(const char *path);

/* The kernel's name of a socket's protocol, such as TCP: the extended attribute
 * system.sockprotoname of an open socket's /proc path. Returns its length,
 * without the NUL that `name` gets. */
ssize_t linux_socket_protocol(const char *path, char *name, size_t size);

/* Whether the calling thread has a capability of capabilities(7) in effect, by its number: 1 or
 * 0, also where the kernel does not tell. */
int linux_has_capability(int number);

/* pidfd_open(2), for a whole process. */
int linux_pidfd_open(pid_t pid);

/* Whether two tasks share one descriptor table (kcmp(2)): 1, 0, or -1. */
int linux_share_descriptors(pid_t one, pid_t other);

/* A socket for NETLINK_SOCK_DIAG requests (sock_diag(7)) whose reads end after
 * `patience` seconds. It belongs to the network namespace that the descriptor
 * `network` names, or to the caller's where that is -1; the former needs
 * CAP_SYS_ADMIN. The calling thread is in its own namespace again afterwards,
 * or the call fails. */
int linux_sock_diag(int network, int patience);

/* Waits until a pidfd's process has ended (returns 1), `nanoseconds` have
 * passed (0), or SIGINT or SIGTERM has come (-1 and EINTR). A pidfd of -1 never
 * ends. The caller has both signals blocked, so that one that came earlier ends
 * the wait at once. */
int linux_wait(int pidfd, uint64_t nanoseconds);

#endif
