/* Descriptors that arrive in messages: SCM_RIGHTS, unix(7). */
#include "after.h"

#include <string.h>
#include <sys/socket.h>

/* The kernel has installed exactly those that the control data still lists: what
 * MSG_CTRUNC cut off it has closed again. */
static void received(const struct fdt_act *act, struct msghdr *message, int flags) {
  if (message->msg_control == NULL)
    return;
  for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part != NULL;
       part = CMSG_NXTHDR(message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS ||
        part->cmsg_len < CMSG_LEN(0))
      continue;
    size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; i++) {
      int fd;
      memcpy(&fd, CMSG_DATA(part) + i * sizeof fd, sizeof fd);
      if (fd >= 0)
        fdt_received(act, fd, (flags & MSG_CMSG_CLOEXEC) != 0);
    }
  }
}

/* Messages without control data, nearly all, cost the one test. */
FDT_EXPORT ssize_t recvmsg(int fd, struct msghdr *message, int flags) {
  fdt_enter();
  ssize_t size = fdt_real.recvmsg(fd, message, flags);
  if (fdt_unlikely(size >= 0 && message->msg_controllen != 0) && fdt_recording())
    received(FDT_ACT(recvmsg), message, flags);
  if (fdt_unlikely(size <= 0) && fdt_recording())
    fdt_after_read(FDT_ACT(recvmsg), fd, size, size < 0 ? 0 : message->msg_iovlen);
  return size;
}

FDT_EXPORT int recvmmsg(int fd, struct mmsghdr *messages, unsigned room, int flags,
                        struct timespec *timeout) {
  fdt_enter();
  int count = fdt_real.recvmmsg(fd, messages, room, flags, timeout);
  for (int i = 0; i < count; i++)
    if (fdt_unlikely(messages[i].msg_hdr.msg_controllen != 0) && fdt_recording())
      received(FDT_ACT(recvmmsg), &messages[i].msg_hdr, flags);
  return count;
}
