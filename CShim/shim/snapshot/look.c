#include "look.h"

#include "kernel/clock.h"
#include "kernel/inode.h"
#include "kernel/syscall.h"
#include "kernel/text.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static void read_link(int fd, struct fdt_look *look) {
  char path[32];
  struct fdt_text text = FDT_TEXT(path);
  fdt_text_add(&text, "/proc/self/fd/");
  fdt_text_add_number(&text, (uint64_t)fd);
  long size = fdt_syscall4(SYS_readlinkat, AT_FDCWD, path, look->link, sizeof look->link);
  if (fdt_failed(size))
    size = 0;
  look->sight.link = look->link;
  look->sight.link_size = (uint32_t)size;
  look->sight.link_cut = size == (long)sizeof look->link;
}

/* Returns how many bytes of it were told, 0 when none were. */
static socklen_t option(int fd, int level, int name, void *value, socklen_t size) {
  return fdt_failed(fdt_syscall5(SYS_getsockopt, fd, level, name, value, &size)) ? 0 : size;
}

static void look_at_socket(int fd, struct fdt_look *look) {
  struct fdt_sight *sight = &look->sight;
  int domain = 0;
  int type = 0;
  option(fd, SOL_SOCKET, SO_DOMAIN, &domain, sizeof domain);
  option(fd, SOL_SOCKET, SO_TYPE, &type, sizeof type);
  sight->domain = (uint16_t)domain;
  sight->type = (uint16_t)type;
  socklen_t size = sizeof look->local;
  if (!fdt_failed(fdt_syscall3(SYS_getsockname, fd, &look->local, &size))) {
    sight->local = &look->local;
    sight->local_size = size < sizeof look->local ? size : sizeof look->local;
  }
  size = sizeof look->remote;
  if (!fdt_failed(fdt_syscall3(SYS_getpeername, fd, &look->remote, &size))) {
    sight->remote = &look->remote;
    sight->remote_size = size < sizeof look->remote ? size : sizeof look->remote;
  }
}

/* The kernel makes an inode of /proc for each link that it is asked for. */
static bool is_told_by_kind(enum fdt_kind kind, uint32_t mode) {
  switch (kind) {
  case FDT_KIND_EVENTFD:
  case FDT_KIND_EPOLL:
  case FDT_KIND_TIMERFD:
  case FDT_KIND_SIGNALFD:
  case FDT_KIND_INOTIFY:
  case FDT_KIND_FANOTIFY:
  case FDT_KIND_USERFAULTFD:
  case FDT_KIND_IO_URING:
  case FDT_KIND_PERF_EVENT:
    return (mode & S_IFMT) == 0; /* as anonymous inodes have it */
  default:
    return false;
  }
}

bool fdt_look_at(int fd, enum fdt_kind known, struct fdt_look *look) {
  struct fdt_inode inode;
  look->sight = (struct fdt_sight){0};
  if (!fdt_inode_of(fd, &inode))
    return false;
  look->sight.mode = inode.mode;
  look->sight.inode = inode.number;
  if (S_ISSOCK(inode.mode))
    look_at_socket(fd, look);
  else if (!is_told_by_kind(known, inode.mode))
    read_link(fd, look);
  return true;
}

static bool link_is(const struct fdt_sight *sight, const char *prefix) {
  size_t size = strlen(prefix);
  return sight->link_size >= size && memcmp(sight->link, prefix, size) == 0;
}

enum fdt_kind fdt_look_socket_kind(int domain, int type) {
  switch (domain) {
  case AF_INET:
  case AF_INET6:
    return type == SOCK_STREAM ? FDT_KIND_TCP : type == SOCK_DGRAM ? FDT_KIND_UDP : FDT_KIND_OTHER;
  case AF_UNIX:
    return FDT_KIND_UNIX;
  case AF_NETLINK:
    return FDT_KIND_NETLINK;
  default:
    return FDT_KIND_OTHER;
  }
}

enum fdt_kind fdt_look_kind(const struct fdt_sight *sight) {
  static const struct {
    const char *link;
    uint8_t kind;
  } anonymous[] = {
      {"anon_inode:[eventfd", FDT_KIND_EVENTFD},
      {"anon_inode:[eventpoll", FDT_KIND_EPOLL},
      {"anon_inode:[timerfd", FDT_KIND_TIMERFD},
      {"anon_inode:[signalfd", FDT_KIND_SIGNALFD},
      {"anon_inode:inotify", FDT_KIND_INOTIFY},
      {"anon_inode:[pidfd", FDT_KIND_PIDFD},
      {"pidfd:", FDT_KIND_PIDFD},
      {"/memfd:", FDT_KIND_MEMFD},
      {"/dev/ptmx", FDT_KIND_PTY},
      {"/dev/pts/", FDT_KIND_PTY},
      {"anon_inode:[fanotify", FDT_KIND_FANOTIFY},
      {"anon_inode:[userfaultfd", FDT_KIND_USERFAULTFD},
      {"anon_inode:[io_uring", FDT_KIND_IO_URING},
      {"anon_inode:[perf_event", FDT_KIND_PERF_EVENT},
      {"anon_inode:[fscontext", FDT_KIND_MOUNT},
      {"anon_inode:bpf", FDT_KIND_BPF},
      {"anon_inode:btf", FDT_KIND_BPF},
      {"anon_inode:kvm-", FDT_KIND_KVM},
      {"anon_inode:sync_file", FDT_KIND_SYNC_FILE},
      {"anon_inode:", FDT_KIND_OTHER},
      {"/dmabuf:", FDT_KIND_DMABUF},
      {"/secretmem", FDT_KIND_MEMFD},
      {"cgroup:[", FDT_KIND_NAMESPACE},
      {"ipc:[", FDT_KIND_NAMESPACE},
      {"mnt:[", FDT_KIND_NAMESPACE},
      {"net:[", FDT_KIND_NAMESPACE},
      {"pid:[", FDT_KIND_NAMESPACE},
      {"time:[", FDT_KIND_NAMESPACE},
      {"user:[", FDT_KIND_NAMESPACE},
      {"uts:[", FDT_KIND_NAMESPACE},
  };
  if (S_ISSOCK(sight->mode))
    return fdt_look_socket_kind(sight->domain, sight->type);
  if (S_ISFIFO(sight->mode))
    return FDT_KIND_PIPE;
  if (S_ISDIR(sight->mode))
    return FDT_KIND_DIR;
  for (size_t i = 0; i < sizeof anonymous / sizeof anonymous[0]; i++)
    if (link_is(sight, anonymous[i].link))
      return anonymous[i].kind;
  return S_ISREG(sight->mode) || S_ISCHR(sight->mode) || S_ISBLK(sight->mode) ? FDT_KIND_FILE
                                                                              : FDT_KIND_OTHER;
}

/* ---- states ----------------------------------------------------------------------- */

/* A unix socket's name is held against the file system: a path that is gone is
 * the "deleted socket" that lsof shows without a word on whose it is. */
static uint8_t unix_state(const struct fdt_look *look) {
  const struct sockaddr_un *name = &look->local.un;
  uint32_t size = look->sight.local_size;
  if (size <= sizeof name->sun_family)
    return FDT_UNIX_UNNAMED;
  if (name->sun_path[0] == '\0')
    return FDT_UNIX_ABSTRACT;
  char path[sizeof name->sun_path + 1];
  size_t length = strnlen(name->sun_path, sizeof name->sun_path);
  memcpy(path, name->sun_path, length);
  path[length] = '\0';
  if (path[0] != '/')
    return FDT_UNIX_UNKNOWN; /* relative to a directory that may have changed since */
  struct stat about;
  long result = fdt_syscall4(SYS_newfstatat, AT_FDCWD, path, &about, AT_SYMLINK_NOFOLLOW);
  return result == -ENOENT ? FDT_UNIX_UNLINKED : FDT_UNIX_BOUND;
}

/* The kernel does not tell since when the other end of a unix stream or of a pipe has been
 * gone, but that it is: poll(2) answers so unasked, of a pipe's writing end by POLLERR. */
static uint8_t other_end(int fd) {
  struct pollfd asked = {.fd = fd, .events = 0};
  struct timespec now = {0, 0};
  if (fdt_failed(fdt_syscall5(SYS_ppoll, &asked, 1, &now, 0, 0)))
    return 0;
  return (asked.revents & (POLLHUP | POLLERR)) != 0 ? FDT_OTHER_END_GONE : FDT_OTHER_END_OPEN;
}

/* The rest of what the kernel tells of a connection is not copied. */
#define TCP_INFO_ASKED (offsetof(struct tcp_info, tcpi_last_ack_recv) + sizeof(uint32_t))

static void look_at_tcp(int fd, struct fdt_sight *sight) {
  struct tcp_info about;
  const socklen_t told = option(fd, IPPROTO_TCP, TCP_INFO, &about, TCP_INFO_ASKED);
  if (told > 0)
    sight->tcp_state = about.tcpi_state;
  /* A FIN is no data (tcpi_last_data_recv), but it acknowledges. Emulators tell the
   * beginning alone. */
  if (told >= TCP_INFO_ASKED && about.tcpi_state == TCP_CLOSE_WAIT &&
      about.tcpi_last_ack_recv < UINT32_MAX)
    sight->quiet_ms = about.tcpi_last_ack_recv + 1;
}

void fdt_look_at_state(int fd, struct fdt_look *look) {
  struct fdt_sight *sight = &look->sight;
  sight->ticks = fdt_ticks();
  if (S_ISFIFO(sight->mode))
    sight->ends = other_end(fd);
  if (!S_ISSOCK(sight->mode))
    return;
  if (fdt_look_kind(sight) == FDT_KIND_TCP)
    look_at_tcp(fd, sight);
  if (sight->domain != AF_UNIX)
    return;
  sight->ends = unix_state(look);
  if (sight->type != SOCK_DGRAM && sight->remote_size > 0)
    sight->ends |= other_end(fd);
}
