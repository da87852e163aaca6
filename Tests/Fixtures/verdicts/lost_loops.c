/* Kernel objects of which an event loop keeps one, made for each request. */
#include "scenario.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/timerfd.h>

static OUT_OF_LINE void wait_for_answer(void) {
  struct epoll_event event;
  int loop = epoll_create1(EPOLL_CLOEXEC); /* LEAK: epoll */
  must(loop >= 0 && epoll_wait(loop, &event, 1, 0) == 0, "epoll");
}

static void lost_epolls(void) { serve(wait_for_answer); }

static OUT_OF_LINE void arm_timeout(void) {
  struct itimerspec soon = {.it_value = {.tv_sec = 1}};
  int timer = timerfd_create(CLOCK_MONOTONIC, 0); /* LEAK: timer */
  must(timer >= 0 && timerfd_settime(timer, 0, &soon, NULL) == 0, "timerfd");
}

static void lost_timers(void) { serve(arm_timeout); }

static OUT_OF_LINE void wake_up(void) { must(eventfd(1, 0) >= 0, "eventfd"); /* LEAK: event */ }

static void lost_events(void) { serve(wake_up); }

static OUT_OF_LINE void watch_file(void) {
  int watch = inotify_init1(IN_CLOEXEC); /* LEAK: watch */
  must(watch >= 0 && inotify_add_watch(watch, ".", IN_CREATE) >= 0, "inotify");
}

static void lost_watches(void) { serve(watch_file); }

static OUT_OF_LINE void *serve_in_thread(void *unused) {
  must(epoll_create1(0) >= 0, "epoll"); /* LEAK: thread */
  return unused;
}

static void start_thread(void) {
  pthread_t thread;
  must(pthread_create(&thread, NULL, serve_in_thread, NULL) == 0, "pthread_create");
  pthread_join(thread, NULL);
}

/* A thread for each request, one after the other, and an epoll in each. */
static void lost_by_threads(void) {
  for (int i = 0; i < 5; i++)
    serve(start_thread);
}

SCENARIOS({"lost_epolls", lost_epolls}, {"lost_timers", lost_timers}, {"lost_events", lost_events},
          {"lost_watches", lost_watches}, {"lost_by_threads", lost_by_threads})
