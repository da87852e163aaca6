/* Descriptors in messages. */
#ifndef FDTRACK_TESTS_PASSING_H
#define FDTRACK_TESTS_PASSING_H

#include "host.h"

#include <string.h>
#include <sys/socket.h>

union control {
  struct cmsghdr header;
  char room[CMSG_SPACE(sizeof(int))];
};

static inline void send_fd(int socket, int fd) {
  union control control = {.header = {CMSG_LEN(sizeof fd), SOL_SOCKET, SCM_RIGHTS}};
  struct msghdr message = {.msg_iov = &(struct iovec){"x", 1},
                           .msg_iovlen = 1,
                           .msg_control = &control,
                           .msg_controllen = sizeof control};
  memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
  CHECK_EQUAL(sendmsg(socket, &message, 0), 1);
}

static inline int receive_fd(int socket) {
  int fd;
  char byte;
  union control control;
  struct msghdr message = {.msg_iov = &(struct iovec){&byte, 1},
                           .msg_iovlen = 1,
                           .msg_control = &control,
                           .msg_controllen = sizeof control};
  if (recvmsg(socket, &message, 0) != 1 || message.msg_controllen == 0)
    return -1;
  memcpy(&fd, CMSG_DATA(&control.header), sizeof fd);
  return fd;
}

#endif
