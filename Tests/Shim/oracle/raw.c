/* The same through syscall(2). */
#include "life.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static void act_open(struct life *life) {
  hold(life, (int)DO(life, syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY | O_CLOEXEC, 0)));
}

static void act_openat2(struct life *life) {
  struct open_how how = {.flags = O_RDONLY};
  hold(life, (int)DO(life, syscall(SYS_openat2, AT_FDCWD, "/dev/null", &how, sizeof how)));
}

static void act_dup(struct life *life) { hold(life, (int)DO(life, syscall(SYS_dup, held(life)))); }

/* Onto one that it holds. */
static void act_dup3(struct life *life) {
  int source = held(life), target = held(life);
  if (source != target)
    DO(life, syscall(SYS_dup3, source, target, 0));
}

static void act_close(struct life *life) {
  int fd = let_go(life);
  if (fd >= 0)
    DO(life, syscall(SYS_close, fd));
}

static void act_pipe(struct life *life) {
  int ends[2] = {-1, -1};
  DO(life, syscall(SYS_pipe2, ends, O_CLOEXEC));
  hold(life, ends[0]);
  hold(life, ends[1]);
}

static void act_fcntl(struct life *life) {
  hold(life, (int)DO(life, syscall(SYS_fcntl, held(life), F_DUPFD_CLOEXEC, 30)));
}

static void act_socket(struct life *life) {
  hold(life, (int)DO(life, syscall(SYS_socket, AF_UNIX, SOCK_DGRAM, 0)));
}

static void act_eventfd(struct life *life) {
  hold(life, (int)DO(life, syscall(SYS_eventfd2, 0, 0)));
}

static void act_close_range(struct life *life) {
  unsigned first = 30 + choose(life, 40);
  DO(life, syscall(SYS_close_range, first, first + choose(life, 4), 0));
}

const struct act raw_acts[] = {
    {act_open, 2, false},       {act_openat2, 2, false}, {act_dup, 2, false},
    {act_dup3, 2, false},       {act_close, 6, false},   {act_pipe, 2, false},
    {act_fcntl, 2, false},      {act_socket, 2, false},  {act_eventfd, 2, false},
    {act_close_range, 1, true}, {NULL, 0, false},
};
