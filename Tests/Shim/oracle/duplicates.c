/* Duplicates, and FD_CLOEXEC. */
#include "life.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* A number that a duplicate may be put onto: a live one, or one that others leave
 * alone, since they take the lowest. */
static int some_target(struct life *life, bool *is_new) {
  *is_new = life->fd_count == 0 || choose(life, 2) == 0;
  if (!*is_new)
    return held(life);
  return 200 + (int)(gettid() % 16) * 16 + (int)choose(life, 16);
}

static bool holds(const struct life *life, int fd) {
  for (int i = 0; i < life->fd_count; i++)
    if (life->fds[i] == fd)
      return true;
  return false;
}

static void act_dup(struct life *life) { hold(life, DO(life, dup(held(life)))); }

static void act_dup2(struct life *life) {
  bool is_new;
  int source = held(life), target = some_target(life, &is_new);
  int fd = choose(life, 2) == 0 ? DO(life, dup2(source, target))
                                : DO(life, dup3(source, target, O_CLOEXEC));
  if (fd >= 0 && !holds(life, fd))
    hold(life, fd);
}

static void act_dup2_itself(struct life *life) {
  int fd = held(life);
  DO(life, dup2(fd, fd));
}

static void act_fcntl(struct life *life) {
  int command = choose(life, 2) == 0 ? F_DUPFD : F_DUPFD_CLOEXEC;
  hold(life, DO(life, fcntl(held(life), command, (int)choose(life, 100))));
}

static void act_flags(struct life *life) {
  DO(life, fcntl(held(life), F_SETFD, choose(life, 2) == 0 ? FD_CLOEXEC : 0));
}

static void act_ioctl(struct life *life) {
  DO(life, ioctl(held(life), choose(life, 2) == 0 ? FIOCLEX : FIONCLEX));
}

const struct act duplicate_acts[] = {
    {act_dup, 6, false},   {act_dup2, 10, false}, {act_dup2_itself, 1, false},
    {act_fcntl, 5, false}, {act_flags, 4, false}, {act_ioctl, 2, false},
    {NULL, 0, false},
};
