/* Descriptors that arrive in messages, unix(7): SCM_RIGHTS and SCM_PIDFD. */
#include "after.h"

#include <string.h>
#include <sys/socket.h>

#ifndef SCM_PIDFD
#define SCM_PIDFD 4
#endif

static void after_part(const struct fdt_act *act, const struct cmsghdr *part, int flags) {
  /* The kernel makes descriptors of processes with FD_CLOEXEC, whatever the flags. */
  bool of_process = part->cmsg_type == SCM_PIDFD;
  struct fdt_birthmark mark = {.kind = of_process ? FDT_KIND_PIDFD : FDT_KIND_OTHER,
                               .cloexec = of_process || (flags & MSG_CMSG_CLOEXEC) != 0};
  size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
  for (size_t i = 0; i < count; i++) {
    int fd;
    memcpy(&fd, CMSG_DATA(part) + i * sizeof fd, sizeof fd);
    if (fd >= 0)
      fdt_received(act, fd, &mark);
  }
}

/* The kernel has installed exactly those that the control data list, also where
 * MSG_CTRUNC says that there was no room for more: it makes numbers only for what
 * has room. A message that is only peeked at brings them as well. */
static void after_control(const struct fdt_act *act, struct msghdr *message, int flags) {
  if (message->msg_control == NULL)
    return;
  for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part != NULL;
       part = CMSG_NXTHDR(message, part))
    if (part->cmsg_level == SOL_SOCKET && part->cmsg_len >= CMSG_LEN(0) &&
        (part->cmsg_type == SCM_RIGHTS || part->cmsg_type == SCM_PIDFD))
      after_part(act, part, flags);
}

void fdt_after_message(const struct fdt_act *act, int fd, struct msghdr *message, int flags,
                       ssize_t size) {
  if (size >= 0 && message->msg_controllen != 0)
    after_control(act, message, flags);
  if (size <= 0)
    fdt_after_read(act, fd, size, size < 0 ? 0 : message->msg_iovlen);
}

void fdt_after_messages(const struct fdt_act *act, int fd, struct mmsghdr *messages, int count,
                        int flags) {
  if (count < 0)
    fdt_after_read(act, fd, count, 0);
  for (int i = 0; i < count; i++)
    if (messages[i].msg_hdr.msg_controllen != 0)
      after_control(act, &messages[i].msg_hdr, flags);
}

/* Messages without control data, nearly all, cost the one test. */
FDT_EXPORT ssize_t recvmsg(int fd, struct msghdr *message, int flags) {
  fdt_enter();
  ssize_t size = fdt_real.recvmsg(fd, message, flags);
  if (fdt_unlikely(size <= 0 || message->msg_controllen != 0) && fdt_recording())
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
