/* What descriptors cost a program, in loops.
 *
 *   loops WORK DEPTH COUNT [THREADS]
 *
 * Does COUNT rounds of WORK in each of THREADS threads (1), DEPTH frames below where
 * it began, and prints the nanoseconds of one round. A short run before the measured
 * one fills caches and tables. With two threads, each has a processor of its own.
 *
 *   dup, open, socket     makes one and closes it
 *   pipe, socketpair      makes two and closes both
 *   byte                  a byte into a pipe and out of it
 *   paths                 dup and close from 16 callers in turn, as an event loop has them
 *   stacks                dup and close from 1,024 stacks in turn
 *   many                  the same from 10,000
 *   unique                dup and close from a stack that was never seen before
 *   fork                  a child that ends at once, with 1,000 descriptors open
 *   spawn                 /bin/true
 *   resident              no time: KiB resident with COUNT descriptors open
 *   exit                  the end of a process that leaves COUNT descriptors of four kinds
 *                         open; prints the nanoseconds for each of them */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

/* No sibling call out of a function that ends with this. */
#define STAY() __asm__ volatile("" ::: "memory")

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void close_one(int fd) {
  if (close(fd) != 0)
    fail("close");
}

static void do_dup(long round) { (void)round, close_one(dup(STDERR_FILENO)); }
static void do_open(long round) { (void)round, close_one(open("/dev/null", O_RDONLY | O_CLOEXEC)); }
static void do_socket(long round) {
  (void)round, close_one(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static void do_pipe(long round) {
  int fds[2] = {-1, -1};
  (void)round;
  if (pipe2(fds, O_CLOEXEC) != 0)
    fail("pipe2");
  close_one(fds[0]);
  close_one(fds[1]);
}

static void do_socketpair(long round) {
  int fds[2] = {-1, -1};
  (void)round;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
    fail("socketpair");
  close_one(fds[0]);
  close_one(fds[1]);
}

static _Thread_local int channel[2] = {-1, -1};

static void do_byte(long round) {
  char byte = (char)round;
  if (channel[0] < 0 && pipe2(channel, O_CLOEXEC) != 0)
    fail("pipe2");
  if (write(channel[1], &byte, 1) != 1 || read(channel[0], &byte, 1) != 1)
    fail("byte");
}

/* ---- callers ------------------------------------------------------------------- */

#define CALLER(n)                                                                                  \
  static __attribute__((noinline)) void caller##n(long round) {                                    \
    do_dup(round);                                                                                 \
    STAY();                                                                                        \
  }
CALLER(0)
CALLER(1)
CALLER(2)
CALLER(3)
CALLER(4)
CALLER(5)
CALLER(6)
CALLER(7)
CALLER(8)
CALLER(9)
CALLER(10)
CALLER(11)
CALLER(12)
CALLER(13)
CALLER(14)
CALLER(15)

static void do_paths(long round) {
  static void (*const callers[16])(long) = {
      caller0, caller1, caller2,  caller3,  caller4,  caller5,  caller6,  caller7,
      caller8, caller9, caller10, caller11, caller12, caller13, caller14, caller15};
  callers[round & 15](round);
  STAY();
}

/* Each bit of `path` chooses one of two return addresses. */
static __attribute__((noinline)) void wander(unsigned long path, int bits) {
  if (bits == 0) {
    do_dup(0);
  } else if ((path & 1) != 0) {
    wander(path >> 1, bits - 1);
    __asm__ volatile("nop" ::: "memory"); /* lest the two calls become one */
  } else {
    wander(path >> 1, bits - 1);
  }
  STAY();
}

static void do_stacks(long round) { wander((unsigned long)round, 10); }
static void do_many(long round) { wander((unsigned long)round % 10000, 14); }
static void do_unique(long round) { wander((unsigned long)round, 24); }

/* ---- processes ------------------------------------------------------------------- */

static void do_fork(long round) {
  static bool filled;
  (void)round;
  for (int i = 0; !filled && i < 1000; i++)
    if (dup(STDERR_FILENO) < 0)
      fail("dup");
  filled = true;
  pid_t child = fork();
  if (child == 0)
    _exit(0);
  if (waitpid(child, NULL, 0) != child)
    fail("waitpid");
}

static void do_spawn(long round) {
  char *const arguments[] = {"true", NULL};
  pid_t child;
  (void)round;
  if (posix_spawn(&child, "/bin/true", NULL, NULL, arguments, environ) != 0 ||
      waitpid(child, NULL, 0) != child)
    fail("posix_spawn");
}

static void print_resident(long count) {
  long pages = 0;
  for (long i = 0; i < count; i++)
    if (open("/dev/null", O_RDONLY) < 0)
      fail("open");
  FILE *file = fopen("/proc/self/statm", "re");
  if (file == NULL || fscanf(file, "%*d %ld", &pages) != 1)
    fail("statm");
  fclose(file);
  printf("%ld\n", pages * (sysconf(_SC_PAGESIZE) / 1024));
}

static double now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* A file, a socket and both ends of a pipe, in turn. */
static void open_mixed(long count) {
  int fds[2] = {0, 0};
  for (long i = 0; i < count; i += 4)
    if (open("/proc/self/exe", O_RDONLY) < 0 || socket(AF_INET, SOCK_STREAM, 0) < 0 ||
        pipe(fds) != 0)
      fail("open");
}

static void print_exit(long count) {
  int told[2];
  if (pipe(told) != 0)
    fail("pipe");
  pid_t child = fork();
  if (child == 0) {
    open_mixed(count);
    const double before = now_ns();
    if (write(told[1], &before, sizeof before) != sizeof before)
      fail("write");
    exit(0);
  }
  double before = 0;
  if (read(told[0], &before, sizeof before) != sizeof before || waitpid(child, NULL, 0) != child)
    fail("waitpid");
  printf("%.1f\n", (now_ns() - before) / (double)count);
}

/* ---- the measurement ------------------------------------------------------------- */

struct task {
  void (*work)(long round);
  int depth;
  long count;
  int processor; /* or -1 */
  pthread_barrier_t *start;
  double nanoseconds;
};

static void repeat(const struct task *task, long first, long count) {
  for (long round = first; round < first + count; round++)
    task->work(round);
}

/* Calls itself, so that the work is done `depth` frames further down. */
static __attribute__((noinline)) void measure_below(struct task *task, int depth) {
  if (depth > 0) {
    measure_below(task, depth - 1);
    STAY();
    return;
  }
  long before = task->count / 20 + 32;
  repeat(task, 0, before);
  pthread_barrier_wait(task->start);
  double start = now_ns();
  repeat(task, before, task->count);
  task->nanoseconds = (now_ns() - start) / (double)task->count;
}

static void *run(void *argument) {
  struct task *task = argument;
  if (task->processor >= 0) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((size_t)task->processor, &set);
    sched_setaffinity(0, sizeof set, &set);
  }
  measure_below(task, task->depth);
  return NULL;
}

static const struct {
  const char *name;
  void (*work)(long);
} works[] = {
    {"dup", do_dup},       {"open", do_open},   {"socket", do_socket},
    {"pipe", do_pipe},     {"byte", do_byte},   {"paths", do_paths},
    {"stacks", do_stacks}, {"many", do_many},   {"unique", do_unique},
    {"fork", do_fork},     {"spawn", do_spawn}, {"socketpair", do_socketpair},
};

int main(int argc, char **argv) {
  enum { MOST = 64 };
  int threads = argc > 4 ? atoi(argv[4]) : 1;
  void (*work)(long) = NULL;
  for (size_t i = 0; argc >= 4 && i < sizeof works / sizeof works[0]; i++)
    if (strcmp(argv[1], works[i].name) == 0)
      work = works[i].work;
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  void (*print)(long) = NULL;
  if (argc >= 4)
    print = strcmp(argv[1], "resident") == 0 ? print_resident
            : strcmp(argv[1], "exit") == 0   ? print_exit
                                             : NULL;
  if (print != NULL) {
    print(atol(argv[3]));
    return 0;
  }
  if (work == NULL || threads < 1 || threads > MOST) {
    fprintf(stderr, "usage: loops WORK DEPTH COUNT [THREADS]\n");
    return 2;
  }

  pthread_barrier_t start;
  pthread_barrier_init(&start, NULL, (unsigned)threads);
  struct task tasks[MOST];
  pthread_t ids[MOST];
  double slowest = 0;
  for (int i = 0; i < threads; i++) {
    tasks[i] = (struct task){.work = work,
                             .depth = atoi(argv[2]),
                             .count = atol(argv[3]),
                             .processor = threads == 1 ? -1 : i,
                             .start = &start};
    if (threads == 1)
      run(&tasks[i]);
    else if (pthread_create(&ids[i], NULL, run, &tasks[i]) != 0)
      fail("pthread_create");
  }
  for (int i = 0; i < threads; i++) {
    if (threads > 1)
      pthread_join(ids[i], NULL);
    if (tasks[i].nanoseconds > slowest)
      slowest = tasks[i].nanoseconds;
  }
  printf("%.1f\n", slowest);
  return 0;
}
