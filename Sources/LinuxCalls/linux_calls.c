#define _GNU_SOURCE
#include "linux_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/kcmp.h>
#include <linux/openat2.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

/* From <linux/magic.h>, which has no name for it. */
#define MQUEUE_MAGIC 0x19800202

static uint64_t device(uint32_t major, uint32_t minor) { return (uint64_t)major << 32 | minor; }

static int status_at(int folder, const char *path, int flags, struct linux_file_status *status) {
  struct statx found;
  flags |= AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT;
  if (statx(folder, path, flags, STATX_BASIC_STATS, &found) != 0)
    return -1;
  *status = (struct linux_file_status){
      .mode = found.stx_mode,
      .links = found.stx_nlink,
      .inode = found.stx_ino,
      .device = device(found.stx_dev_major, found.stx_dev_minor),
      .own_device = device(found.stx_rdev_major, found.stx_rdev_minor),
      .size = found.stx_size,
      .allocated = found.stx_blocks * 512,
  };
  return 0;
}

int linux_status(int folder, const char *path, int follows, struct linux_file_status *status) {
  return status_at(folder, path, follows ? 0 : AT_SYMLINK_NOFOLLOW, status);
}

int linux_status_in_root(int root, const char *path, struct linux_file_status *status) {
  const struct open_how how = {.flags = O_PATH | O_CLOEXEC | O_NOFOLLOW,
                               .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
  int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof how);
  if (fd < 0)
    return -1;
  int result = status_at(fd, "", AT_EMPTY_PATH, status);
  int error = errno;
  close(fd);
  errno = error;
  return result;
}

int linux_open_nameless(const char *folder, mode_t mode) {
  if (access("/proc/self/fd", X_OK) != 0)
    return -1; /* it could get no name */
  return open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
}

int linux_name(int fd, const char *path) {
  /* By its link in /proc, as open(2) has it: AT_EMPTY_PATH takes a capability. */
  char link[32];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  return linkat(AT_FDCWD, link, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
}

int linux_is_message_queue(const char *path) {
  struct statfs system;
  if (statfs(path, &system) != 0)
    return -1;
  return system.f_type == MQUEUE_MAGIC;
}

ssize_t linux_socket_protocol(const char *path, char *name, size_t size) {
  if (size == 0) {
    errno = ERANGE;
    return -1;
  }
  ssize_t length = getxattr(path, "system.sockprotoname", name, size - 1);
  if (length < 0)
    return -1;
  name[length] = 0;
  return (ssize_t)strlen(name);
}

int linux_has_capability(int number) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {{0}};
  if (number < 0 || number >= 32 * _LINUX_CAPABILITY_U32S_3 ||
      syscall(SYS_capget, &header, sets) != 0)
    return 0;
  return (int)(sets[number / 32].effective >> (number % 32) & 1);
}

int linux_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int linux_share_descriptors(pid_t one, pid_t other) {
  long order = syscall(SYS_kcmp, one, other, KCMP_FILES, 0UL, 0UL);
  return order < 0 ? -1 : order == 0;
}

static int diag_socket(int patience) {
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (fd < 0)
    return -1;
  const struct timeval limit = {.tv_sec = patience};
  if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0)
    return fd;
  int error = errno;
  close(fd);
  errno = error;
  return -1;
}

int linux_sock_diag(int network, int patience) {
  if (network < 0)
    return diag_socket(patience);
  int own = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
  if (own < 0)
    return -1;
  int fd = setns(network, CLONE_NEWNET) == 0 ? diag_socket(patience) : -1;
  int error = errno;
  if (setns(own, CLONE_NEWNET) != 0 && fd >= 0) {
    error = errno;
    close(fd);
    fd = -1;
  }
  close(own);
  errno = error;
  return fd;
}

static void ignored(int signal) { (void)signal; }

int linux_wait(int pidfd, uint64_t nanoseconds) {
  /* A handler that does nothing, since an ignored signal ends no wait. */
  const struct sigaction note = {.sa_handler = ignored};
  struct sigaction old_interrupt, old_end;
  sigaction(SIGINT, &note, &old_interrupt);
  sigaction(SIGTERM, &note, &old_end);
  sigset_t mask;
  pthread_sigmask(SIG_BLOCK, NULL, &mask);
  sigdelset(&mask, SIGINT);
  sigdelset(&mask, SIGTERM);
  struct pollfd end = {.fd = pidfd, .events = POLLIN};
  const struct timespec time = {.tv_sec = (time_t)(nanoseconds / 1000000000),
                                .tv_nsec = (long)(nanoseconds % 1000000000)};
  int ready = ppoll(&end, 1, &time, &mask);
  int error = errno;
  sigaction(SIGINT, &old_interrupt, NULL);
  sigaction(SIGTERM, &old_end, NULL);
  errno = error;
  return ready;
}
