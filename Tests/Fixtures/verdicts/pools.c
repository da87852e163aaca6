/* Many from one place, all meant: pools, caches, the files of a database. */
#include "peer.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/mman.h>

static int port;

/* What makes a pool believable: its program goes on, and opens no more of it. */
static OUT_OF_LINE void work_once(void) {
  int fd = open("/dev/zero", O_RDONLY); /* CLEAN: work */
  must(fd >= 0, "open");
  close(fd);
}

static void work(int times) {
  for (int i = 0; i < times; i++) {
    work_once();
    if (i % 20 == 0)
      pause_ms(10);
  }
}

static OUT_OF_LINE void grow_pool(void) { connect_to(port); /* KEPT: connections */ }

/* Two hundred, as the load asks for them, then constant for half a minute and more. */
static void rested_pool(void) {
  time_t start = time(NULL);
  port = start_server("keep");
  for (int i = 0; i < 200; i++) {
    grow_pool();
    pause_ms(5);
  }
  time_t took = time(NULL) - start;
  wait_ms(took < 3 ? 32000 : took * 12000);
}

static OUT_OF_LINE void fill_pool(void) { connect_to(port); /* KEPT: working pool */ }

/* Filled at start, and half a second of work since. */
static void working_pool(void) {
  port = start_server("keep");
  for (int i = 0; i < 20; i++)
    fill_pool();
  work(600);
}

static OUT_OF_LINE void grow_with_load(void) { connect_to(port); /* KEPT: loaded pool */ }

/* Grows to its bound over some time of work, which then goes on without more. */
static void loaded_pool(void) {
  port = start_server("keep");
  for (int i = 0; i < 12; i++) {
    work(5);
    grow_with_load();
    pause_ms(20);
  }
  work(900);
}

static OUT_OF_LINE void fill_quiet_pool(void) { connect_to(port); /* KEPT: quiet pool */ }

/* Filled at start, used for a moment by what no open and no close tells of. */
static void quiet_pool(void) {
  port = start_server("echo");
  for (int i = 0; i < 20; i++)
    fill_quiet_pool();
  pause_ms(500);
}

enum { CACHED = 16 };

static OUT_OF_LINE int cache_file(int number) {
  char name[32];
  snprintf(name, sizeof name, "cached-%d", number);
  return open(name, O_CREAT | O_RDWR, 0600); /* KEPT: cache */
}

/* The least recently used makes room for the next. */
static void cache(void) {
  int slots[CACHED];
  for (int request = 0; request < 400; request++) {
    int slot = request % CACHED;
    if (request >= CACHED)
      close(slots[slot]);
    slots[slot] = cache_file(request % 40);
    if (request % 10 == 0)
      pause_ms(5);
  }
}

/* The same, of which nobody has asked anything for a while. */
static void idle_cache(void) {
  cache();
  pause_ms(1500);
}

/* A cache in which a few that are asked for all the time never make room. */
static OUT_OF_LINE int cache_popular(int number) {
  char name[32];
  snprintf(name, sizeof name, "page-%d", number);
  return open(name, O_CREAT | O_RDWR, 0600); /* KEPT: popular */
}

static void popular_cache(void) {
  int slots[CACHED];
  for (int request = 0; request < 2000; request++) {
    int slot = request < CACHED ? request : 6 + request % (CACHED - 6);
    if (request >= CACHED)
      close(slots[slot]);
    slots[slot] = cache_popular(request);
    if (request % 10 == 0)
      pause_ms(5);
  }
}

static OUT_OF_LINE void map_segment(int number) {
  char name[32];
  snprintf(name, sizeof name, "segment-%d", number);
  int fd = open(name, O_CREAT | O_RDWR, 0600); /* KEPT: segments */
  must(fd >= 0 && ftruncate(fd, 4096) == 0, "open");
  must(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) != MAP_FAILED, "mmap");
}

/* A database: its files are mapped at start, then queries come. */
static void segments(void) {
  for (int i = 0; i < 50; i++)
    map_segment(i);
  work(1000);
}

static OUT_OF_LINE int open_part(int number) {
  char name[32];
  snprintf(name, sizeof name, "part-%d", number);
  return open(name, O_CREAT | O_RDWR, 0600); /* KEPT: table */
}

/* Reads its table as it starts, and keeps some of what that names. */
static void table(void) {
  for (int part = 0; part < 7; part++) {
    int fd = open_part(part);
    pause_ms(1);
    if (part % 2 == 0)
      close(fd);
  }
  pause_ms(1200);
}

static OUT_OF_LINE void make_worker(void) {
  must(eventfd(0, 0) >= 0, "eventfd"); /* KEPT: workers */
}

static OUT_OF_LINE void follow(int number) {
  char name[32];
  snprintf(name, sizeof name, "followed-%d", number);
  must(open(name, O_CREAT | O_RDONLY, 0600) >= 0, "open"); /* KEPT: followed */
}

/* Opens at start what it works with, which no call of open or close tells of, and runs for less
 * long than it takes to believe it. */
static void brief_service(void) {
  for (int i = 0; i < 8; i++) {
    make_worker();
    follow(i);
  }
  pause_ms(1500);
}

SCENARIOS_WITH_PEERS({"rested_pool", rested_pool}, {"working_pool", working_pool},
                     {"loaded_pool", loaded_pool}, {"quiet_pool", quiet_pool}, {"cache", cache},
                     {"idle_cache", idle_cache}, {"popular_cache", popular_cache},
                     {"segments", segments}, {"table", table}, {"brief_service", brief_service})
