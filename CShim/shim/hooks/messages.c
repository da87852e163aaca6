/* Descriptors that arrive in messages, unix(7): SCM_RIGHTS and SCM_PIDFD. */
#include "after.h"

#include "arrivals.h"
#include "kernel/syscall.h"
#include "record/misuse.h"
#include "record/reads.h"
#include "snapshot/snapshot.h"

#include <string.h>
#include <sys/socket.h>

#ifndef SCM_PIDFD
#define SCM_PIDFD 4
#endif

/* Who connected to the socket, or accepted from it. Of a pair, the kernel names who
 * made it, which may be anybody's ancestor. */
static int peer_of(int fd) {
  struct ucred peer;
  socklen_t size = sizeof peer;
  if (!fdt_has_peer_of_its_own(fd) || fdt_snapshot_forbidden() ||
      fdt_failed(fdt_syscall5(SYS_getsockopt, fd, SOL_SOCKET, SO_PEERCRED, &peer, &size)))
    return 0;
  return peer.pid;
}

/* The kernel tells the sender where the program asked for that (SO_PASSCRED). */
static int sender_of(struct msghdr *message, int fd) {
  for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part != NULL;
       part = CMSG_NXTHDR(message, part)) {
    struct ucred sender;
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_CREDENTIALS ||
        part->cmsg_len < CMSG_LEN(sizeof sender))
      continue;
    memcpy(&sender, CMSG_DATA(part), sizeof sender);
    return sender.pid;
  }
  return peer_of(fd);
}

static void after_part(const struct fdt_act *act, const struct cmsghdr *part, int flags,
                       int sender) {
  /* The kernel makes descriptors of processes with FD_CLOEXEC, whatever the flags. */
  bool of_process = part->cmsg_type == SCM_PIDFD;
  struct fdt_birthmark mark = {.kind = of_process ? FDT_KIND_PIDFD : FDT_KIND_OTHER,
                               .cloexec = of_process || (flags & MSG_CMSG_CLOEXEC) != 0,
                               .sender = sender};
  size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
  for (size_t i = 0; i < count; i++) {
    int fd;
    memcpy(&fd, CMSG_DATA(part) + i * sizeof fd, sizeof fd);
    if (fd >= 0 && of_process)
      fdt_received(act, fd, &mark, NULL);
    else if (fd >= 0)
      fdt_arrived_untold(act, fd, &mark);
  }
}

/* The kernel has installed exactly those that the control data list, also where
 * MSG_CTRUNC says that there was no room for more: it makes numbers only for what
 * has room. A message that is only peeked at brings them as well. */
static void after_control(const struct fdt_act *act, int fd, struct msghdr *message, int flags) {
  int sender = -1;
  if ((message->msg_flags & MSG_CTRUNC) != 0)
    fdt_misuse_cut(act, fd);
  if (message->msg_control == NULL)
    return;
  for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part != NULL;
       part = CMSG_NXTHDR(message, part))
    if (part->cmsg_level == SOL_SOCKET && part->cmsg_len >= CMSG_LEN(0) &&
        (part->cmsg_type == SCM_RIGHTS || part->cmsg_type == SCM_PIDFD)) {
      if (sender < 0)
        sender = sender_of(message, fd);
      after_part(act, part, flags, sender);
    }
}

/* Some, or some that had no room at all. */
static inline bool has_control(const struct msghdr *message) {
  return message->msg_controllen != 0 || (message->msg_flags & MSG_CTRUNC) != 0;
}

void fdt_after_message(const struct fdt_act *act, int fd, struct msghdr *message, int flags,
                       ssize_t size) {
  if (size >= 0 && has_control(message))
    after_control(act, fd, message, flags);
  fdt_after_read(act, fd, size, size < 0 ? 0 : message->msg_iovlen, flags);
}

void fdt_after_messages(const struct fdt_act *act, int fd, struct mmsghdr *messages, int count,
                        int flags) {
  fdt_after_read(act, fd, count, 0, flags);
  for (int i = 0; i < count; i++)
    if (has_control(&messages[i].msg_hdr))
      after_control(act, fd, &messages[i].msg_hdr, flags);
}

/* Messages without control data, nearly all, cost the one test. */
FDT_EXPORT ssize_t recvmsg(int fd, struct msghdr *message, int flags) {
  fdt_enter();
  ssize_t size = fdt_real.recvmsg(fd, message, flags);
  if ((fdt_read_is_watched(fd, size) || fdt_unlikely(has_control(message))) && fdt_recording())
    fdt_after_message(FDT_ACT(recvmsg), fd, message, flags, size);
  return size;
}

FDT_EXPORT int recvmmsg(int fd, struct mmsghdr *messages, unsigned room, int flags,
                        struct timespec *timeout) {
  fdt_enter();
  int count = fdt_real.recvmmsg(fd, messages, room, flags, timeout);
  if (fdt_recording())
    fdt_after_messages(FDT_ACT(recvmmsg), fd, messages, count, flags);
  return count;
}
