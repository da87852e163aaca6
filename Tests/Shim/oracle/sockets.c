/* Sockets of loopback, and descriptors in messages. */
#include "life.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int some_type(struct life *life) {
  return SOCK_STREAM | (choose(life, 2) == 0 ? SOCK_CLOEXEC : 0);
}

static void act_socket(struct life *life) {
  static const int domains[] = {AF_UNIX, AF_INET, AF_INET6};
  hold(life, DO(life, socket(domains[choose(life, 3)], some_type(life), 0)));
}

static void act_pair(struct life *life) {
  int ends[2] = {-1, -1};
  DO(life, socketpair(AF_UNIX, some_type(life), 0, ends));
  hold(life, ends[0]);
  hold(life, ends[1]);
}

/* Who listens, who connects, who is accepted. */
static void act_connection(struct life *life) {
  struct sockaddr_storage address;
  socklen_t size = sizeof address;
  int domain = choose(life, 2) == 0 ? AF_INET : AF_UNIX;
  memset(&address, 0, sizeof address);
  address.ss_family = (sa_family_t)domain;
  if (domain == AF_INET)
    ((struct sockaddr_in *)&address)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int listener = DO(life, socket(domain, some_type(life), 0));
  /* A unix socket gets an abstract name of the kernel's choice. */
  socklen_t given = domain == AF_INET ? sizeof(struct sockaddr_in) : sizeof(sa_family_t);
  bind(listener, (struct sockaddr *)&address, given);
  listen(listener, 1);
  getsockname(listener, (struct sockaddr *)&address, &size);
  int client = DO(life, socket(domain, some_type(life), 0));
  if (DO(life, connect(client, (struct sockaddr *)&address, size)) == 0)
    hold(life, choose(life, 2) == 0 ? DO(life, accept(listener, NULL, NULL))
                                    : DO(life, accept4(listener, NULL, NULL, SOCK_CLOEXEC)));
  hold(life, listener);
  hold(life, client);
}

static void act_message(struct life *life) {
  int ends[2], given[2] = {held(life), held(life)};
  if (given[0] < 0 || DO(life, socketpair(AF_UNIX, SOCK_DGRAM, 0, ends)) != 0)
    return;
  union {
    char bytes[CMSG_SPACE(sizeof given)];
    struct cmsghdr head;
  } control = {0};
  char byte = 'x';
  struct iovec part = {&byte, 1};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof given);
  memcpy(CMSG_DATA(head), given, sizeof given);
  if (sendmsg(ends[0], &message, 0) == 1) {
    /* Room for one or for both. */
    message.msg_controllen =
        choose(life, 2) == 0 ? CMSG_SPACE(sizeof given) : CMSG_LEN(sizeof given[0]);
    ssize_t size =
        DO(life, recvmsg(ends[1], &message, choose(life, 2) == 0 ? MSG_CMSG_CLOEXEC : 0));
    head = size == 1 ? CMSG_FIRSTHDR(&message) : NULL;
    for (size_t at = 0; head != NULL && CMSG_LEN(at + sizeof(int)) <= head->cmsg_len;
         at += sizeof(int)) {
      int fd;
      memcpy(&fd, CMSG_DATA(head) + at, sizeof fd);
      hold(life, fd);
    }
  }
  hold(life, ends[0]);
  hold(life, ends[1]);
}

const struct act socket_acts[] = {
    {act_socket, 6, false},  {act_pair, 4, false}, {act_connection, 4, false},
    {act_message, 4, false}, {NULL, 0, false},
};
