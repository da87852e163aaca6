/* Leaks of every pace: rare, steady, in bursts, in one thread of many. */
#include "scenario.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/epoll.h>

static void read_and_close(const char *path) {
  char bytes[64];
  int fd = open(path, O_RDONLY); /* CLEAN: read */
  must(fd >= 0 && read(fd, bytes, sizeof bytes) >= 0, "open");
  close(fd);
}

static OUT_OF_LINE void handle(int request) {
  int fd = open("/dev/zero", O_RDONLY); /* LEAK: rare */
  must(fd >= 0, "open");
  if (request % 1000 == 500)
    return;
  close(fd);
}

/* One in a thousand, beside what a server has open for good. */
static void rare(void) {
  struct sockaddr_in address = loopback(0);
  int listener = socket(AF_INET, SOCK_STREAM, 0); /* KEPT: listener */
  must(bind(listener, (struct sockaddr *)&address, sizeof address) == 0, "bind");
  must(listen(listener, 4) == 0, "listen");
  must(epoll_create1(0) >= 0, "epoll"); /* KEPT: loop */
  for (int i = 0; i < 3; i++) {
    char name[16];
    snprintf(name, sizeof name, "part-%d", i);
    must(open(name, O_CREAT | O_RDWR, 0600) >= 0, "open"); /* KEPT: parts */
  }
  for (int request = 0; request < 4000; request++) {
    handle(request);
    if (request % 100 == 0)
      pause_ms(25);
  }
}

static OUT_OF_LINE void log_visit(void) {
  must(open("/dev/null", O_WRONLY) >= 0, "open"); /* LEAK: steady */
}

static void steady(void) {
  for (int visit = 0; visit < 60; visit++) {
    log_visit();
    read_and_close("/dev/zero");
    pause_ms(25);
  }
}

static OUT_OF_LINE void load_image(void) {
  must(open("/dev/zero", O_RDONLY) >= 0, "open"); /* LEAK: bursts */
}

static void bursts(void) {
  for (int burst = 0; burst < 3; burst++) {
    for (int image = 0; image < 12; image++)
      load_image();
    for (int i = 0; i < 20; i++) {
      read_and_close("/dev/zero");
      pause_ms(25);
    }
  }
}

static OUT_OF_LINE void write_report(void) {
  must(open("/dev/null", O_WRONLY) >= 0, "open"); /* LEAK: thread */
}

static void *work(void *reports) {
  for (int job = 0; job < 30; job++) {
    read_and_close("/dev/zero");
    if (reports != NULL)
      write_report();
    pause_ms(3);
  }
  return NULL;
}

/* Four threads that work, one of which leaks. */
static void one_thread(void) {
  pthread_t threads[4];
  for (int i = 0; i < 4; i++)
    must(pthread_create(&threads[i], NULL, work, i == 2 ? threads : NULL) == 0, "pthread_create");
  for (int i = 0; i < 4; i++)
    pthread_join(threads[i], NULL);
}

static OUT_OF_LINE void forget_once(void) {
  must(open("/dev/zero", O_RDONLY) >= 0, "open"); /* LEAK: once */
}

/* Once only, on a path of its own: nothing in a trace tells it from the log file. */
static void once(void) {
  for (int i = 0; i < 50; i++) {
    read_and_close("/dev/zero");
    if (i == 20)
      forget_once();
  }
}

SCENARIOS({"rare", rare}, {"steady", steady}, {"bursts", bursts}, {"one_thread", one_thread},
          {"once", once})
