/* What a program opens once, or once for each of its parts, and keeps. */
#include "scenario.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <pwd.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <syslog.h>

static void read_and_close(int times) {
  for (int i = 0; i < times; i++) {
    int fd = open("/dev/zero", O_RDONLY); /* CLEAN: read */
    must(fd >= 0, "open");
    close(fd);
  }
}

static OUT_OF_LINE int random_source(void) {
  static _Thread_local int source = -1;
  if (source < 0)
    source = open("/dev/urandom", O_RDONLY); /* KEPT: thread */
  return source;
}

static pthread_barrier_t all_there;

static void *use_random(void *unused) {
  char bytes[8];
  must(read(random_source(), bytes, sizeof bytes) == sizeof bytes, "read");
  pthread_barrier_wait(&all_there);
  for (int i = 0; i < 20; i++) {
    read_and_close(1);
    pause_ms(5);
  }
  return unused;
}

/* One for each of 32 threads that live on. */
static void per_thread(void) {
  pthread_t threads[32];
  pthread_barrier_init(&all_there, NULL, 32);
  for (int i = 0; i < 32; i++)
    must(pthread_create(&threads[i], NULL, use_random, NULL) == 0, "pthread_create");
  for (int i = 0; i < 32; i++)
    pthread_join(threads[i], NULL);
}

/* The loop, its wake-up, and what it waits for. */
static void event_loop(void) {
  int self[2];
  int loop = epoll_create1(EPOLL_CLOEXEC);                /* KEPT: loop */
  must(pipe2(self, O_CLOEXEC | O_NONBLOCK) == 0, "pipe"); /* KEPT: self pipe */
  struct epoll_event event = {.events = EPOLLIN};
  must(epoll_ctl(loop, EPOLL_CTL_ADD, self[0], &event) == 0, "epoll_ctl");
  for (int turn = 0; turn < 50; turn++) {
    epoll_wait(loop, &event, 1, 2);
    read_and_close(1);
  }
}

static OUT_OF_LINE int make_loop(void) {
  return epoll_create1(EPOLL_CLOEXEC); /* KEPT: all loops */
}

/* A loop for each of eight workers, all made before these start. */
static void many_loops(void) {
  for (int i = 0; i < 8; i++)
    must(make_loop() >= 0, "epoll");
  for (int turn = 0; turn < 50; turn++) {
    read_and_close(4);
    pause_ms(3);
  }
}

/* One descriptor watches many files. */
static void watcher(void) {
  int watch = inotify_init1(IN_CLOEXEC); /* KEPT: watch */
  for (int i = 0; i < 30; i++) {
    char name[16];
    snprintf(name, sizeof name, "watched-%d", i);
    must(mkdir(name, 0700) == 0 && inotify_add_watch(watch, name, IN_CREATE) > 0, "inotify");
  }
  read_and_close(30);
}

static void lock_file(void) {
  int lock = open("lock", O_CREAT | O_RDWR, 0600); /* KEPT: lock */
  must(lock >= 0 && lockf(lock, F_TLOCK, 0) == 0, "lock");
  read_and_close(30);
}

static OUT_OF_LINE int open_log(void) {
  return open("service.log", O_CREAT | O_WRONLY | O_APPEND, 0600); /* KEPT: log */
}

/* The log is renamed and opened anew from time to time. */
static void rotated_log(void) {
  int log = open_log();
  for (int day = 0; day < 30; day++) {
    for (int entry = 0; entry < 5; entry++)
      must(write(log, "entry\n", 6) == 6, "write");
    pause_ms(10);
    must(rename("service.log", "service.log.1") == 0, "rename");
    close(log);
    log = open_log();
  }
}

static void streams(void) {
  static const char *const names[] = {"access", "errors", "audit"};
  for (int i = 0; i < 3; i++) {
    FILE *stream = fopen(names[i], "a"); /* KEPT: streams */
    must(stream != NULL && fputs("started\n", stream) >= 0, "fopen");
  }
  for (int i = 0; i < 20; i++) {
    read_and_close(5);
    pause_ms(3);
  }
}

static atomic_bool is_over;

static void *ask_at_times(void *unused) {
  must(open("/dev/urandom", O_RDONLY) >= 0, "open"); /* KEPT: few threads */
  while (!is_over) {
    read_and_close(1);
    pause_ms(5);
  }
  return unused;
}

/* One for each of four that are started as the load asks for them. */
static void few_threads(void) {
  pthread_t threads[4];
  for (int i = 0; i < 4; i++) {
    must(pthread_create(&threads[i], NULL, ask_at_times, NULL) == 0, "pthread_create");
    pause_ms(100);
  }
  pause_ms(200);
  is_over = true;
  for (int i = 0; i < 4; i++)
    pthread_join(threads[i], NULL);
}

static OUT_OF_LINE void load_module(int number) {
  char name[16];
  snprintf(name, sizeof name, "module-%d", number);
  must(mkdir(name, 0700) == 0 && opendir(name) != NULL, "opendir"); /* KEPT: folders */
}

/* A folder of each module, then a life of requests. */
static void modules(void) {
  for (int i = 0; i < 12; i++)
    load_module(i);
  for (int i = 0; i < 40; i++) {
    read_and_close(10);
    pause_ms(3);
  }
}

static void system_log(void) {
  openlog("fixture", LOG_NDELAY, LOG_USER); /* KEPT: syslog */
  for (int i = 0; i < 20; i++)
    syslog(LOG_DEBUG, "entry"); /* KEPT: syslog entry */
  read_and_close(30);
}

static void user_walk(void) {
  for (int i = 0; i < 3; i++)
    must(getpwent() != NULL, "getpwent"); /* KEPT: users */
  read_and_close(30);
}

SCENARIOS({"per_thread", per_thread}, {"few_threads", few_threads}, {"event_loop", event_loop},
          {"many_loops", many_loops}, {"watcher", watcher}, {"lock_file", lock_file},
          {"rotated_log", rotated_log}, {"streams", streams}, {"modules", modules},
          {"system_log", system_log}, {"user_walk", user_walk})
