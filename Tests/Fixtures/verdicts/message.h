/* Descriptors in messages of unix sockets. */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "scenario.h"

#include <sys/uio.h>

/* A message with room for a byte and one descriptor. */
struct carrier {
  char byte;
  struct iovec data;
  union {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control;
  struct msghdr message;
};

static inline struct msghdr *prepare(struct carrier *carrier) {
  carrier->byte = 0;
  carrier->data = (struct iovec){&carrier->byte, 1};
  carrier->message = (struct msghdr){.msg_iov = &carrier->data,
                                     .msg_iovlen = 1,
                                     .msg_control = carrier->control.bytes,
                                     .msg_controllen = sizeof carrier->control.bytes};
  return &carrier->message;
}

static inline void send_descriptor(int to, int fd) {
  struct carrier carrier;
  struct msghdr *message = prepare(&carrier);
  struct cmsghdr *header = CMSG_FIRSTHDR(message);
  *header = (struct cmsghdr){CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
  memcpy(CMSG_DATA(header), &fd, sizeof fd);
  must(sendmsg(to, message, 0) == 1, "sendmsg");
}

/* Returns -1 when the sender has gone. */
static inline int receive_descriptor(int from) {
  struct carrier carrier;
  struct msghdr *message = prepare(&carrier);
  int fd = -1;
  if (recvmsg(from, message, MSG_CMSG_CLOEXEC) == 1 && CMSG_FIRSTHDR(message) != NULL)
    memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(message)), sizeof fd);
  return fd;
}

#endif
