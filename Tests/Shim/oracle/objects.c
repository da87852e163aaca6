/* Descriptors of things that the kernel makes. */
#include "life.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static void act_eventfd(struct life *life) {
  hold(life, DO(life, eventfd(0, choose(life, 2) == 0 ? EFD_CLOEXEC : 0)));
}

static void act_epoll(struct life *life) {
  hold(life,
       choose(life, 2) == 0 ? DO(life, epoll_create1(EPOLL_CLOEXEC)) : DO(life, epoll_create(1)));
}

static void act_timer(struct life *life) {
  hold(life, DO(life, timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC)));
}

/* The second call changes the first one's descriptor, and makes none. */
static void act_signals(struct life *life) {
  sigset_t signals;
  sigemptyset(&signals);
  int fd = DO(life, signalfd(-1, &signals, 0));
  DO(life, signalfd(fd, &signals, SFD_CLOEXEC));
  hold(life, fd);
}

static void act_inotify(struct life *life) {
  hold(life, choose(life, 2) == 0 ? DO(life, inotify_init()) : DO(life, inotify_init1(IN_CLOEXEC)));
}

static void act_pipe(struct life *life) {
  int ends[2] = {-1, -1};
  if (choose(life, 2) == 0)
    DO(life, pipe(ends));
  else
    DO(life, pipe2(ends, O_CLOEXEC));
  hold(life, ends[0]);
  hold(life, ends[1]);
}

static void act_process(struct life *life) { hold(life, DO(life, pidfd_open(getpid(), 0))); }

const struct act object_acts[] = {
    {act_eventfd, 4, false}, {act_epoll, 4, false},   {act_timer, 2, false},
    {act_signals, 2, false}, {act_inotify, 2, false}, {act_pipe, 7, false},
    {act_process, 2, false}, {NULL, 0, false},
};
