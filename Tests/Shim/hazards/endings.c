/* Every end that a process can come to, with descriptors opened and closed on the way
 * by whatever runs last: handlers of exit and quick_exit, destructors of threads. The
 * status is the one that the program would have had alone; that the record knows what
 * was open at the very end is the audit's. */
#include "host.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>

/* What ran, for the parent to see. */
static int *told;
static int kept = -1;

static void tell(void) { __atomic_fetch_add(told, 1, __ATOMIC_RELAXED); }

/* One descriptor more than before is open once it ran: the last one to run decides. */
static void opens(void) {
  kept = open_null();
  tell();
}
static void closes(void) {
  CHECK(close(kept) == 0);
  tell();
}
static void closes_for(void *fd) {
  CHECK(close((int)(intptr_t)fd) == 0);
  tell();
}
static void opens_for(void *unused) {
  (void)unused;
  opens();
}

/* ---- threads and what they leave ----------------------------------------------------- */

extern char __dso_handle; /* of this program */
int __cxa_thread_atexit_impl(void (*function)(void *), void *object, void *module);
static pthread_key_t closing, opening;

static void own_keys(void) {
  pthread_setspecific(closing, (void *)(intptr_t)open_null());
  pthread_setspecific(opening, &told);
}

static void own_storage(void) {
  own_keys();
  __cxa_thread_atexit_impl(closes_for, (void *)(intptr_t)open_null(), &__dso_handle);
  __cxa_thread_atexit_impl(opens_for, NULL, &__dso_handle);
}

static void *returns(void *argument) {
  own_storage();
  return argument;
}

static void *exits(void *argument) {
  own_storage();
  exit((int)(intptr_t)argument);
}

static void *outlives_main(void *main_thread) {
  CHECK(pthread_join(*(pthread_t *)main_thread, NULL) == 0);
  CHECK(close(open_null()) == 0);
  opens();
  return NULL;
}

/* ---- ends, with the number of calls that are told ----------------------------------------- */

/* The one that is registered first runs last, and leaves something open. */
static void handlers(void) {
  atexit(opens);
  atexit(closes);
  atexit(opens);
  at_quick_exit(opens);
  at_quick_exit(closes);
  at_quick_exit(opens);
  at_quick_exit(closes);
  at_quick_exit(opens);
}

static void by_exit(void) { exit(3); }
static void by_quick_exit(void) { quick_exit(259); }
static void by_underscore_exit(void) { _exit(4); }
static void by_abort(void) { abort(); }
static void by_fault(void) { raise(SIGSEGV); }
static void by_term(void) { kill(getpid(), SIGTERM); }
static void by_kill(void) { kill(getpid(), SIGKILL); }

static void *volatile nowhere;
static void by_real_fault(void) { *(volatile char *)nowhere = 1; }

static void by_mapping_fault(void) {
  int fd = open("empty", O_RDWR | O_CREAT, 0600);
  char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  CHECK(page != MAP_FAILED);
  page[0] = 1;
}

static void in_handler(int number) {
  close(kept);
  exit(number);
}
static void by_exit_in_handler(void) {
  kept = open_null();
  atexit(opens);
  signal(SIGUSR1, in_handler);
  raise(SIGUSR1);
}

static void closes_and_returns(int number) {
  (void)number;
  closes();
}
static void by_caught_abort(void) {
  opens();
  signal(SIGABRT, closes_and_returns);
  abort();
}

static void by_thread(void) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, exits, (void *)(intptr_t)5) == 0)
    pthread_join(thread, NULL);
  _exit(98);
}

static void after_threads(void) {
  pthread_t thread;
  for (int i = 0; i < 3; i++)
    CHECK(pthread_create(&thread, NULL, returns, NULL) == 0 && pthread_join(thread, NULL) == 0);
  exit(6);
}

static void by_last_thread(void) {
  static pthread_t self;
  pthread_t thread;
  self = pthread_self();
  CHECK(pthread_create(&thread, NULL, outlives_main, &self) == 0);
  own_keys(); /* libc itself forgets the objects of a main thread that ends so */
  pthread_exit(NULL);
}

static void with_own_storage(void) {
  own_storage();
  exit(7);
}

static void exits_again(void) { exit(8); }
static void by_exit_in_exit(void) {
  atexit(closes);
  atexit(exits_again);
  atexit(opens);
  exit(9);
}

static void underscore_exits(void) { _exit(10); }
static void by_underscore_exit_in_exit(void) {
  atexit(closes);
  atexit(underscore_exits);
  atexit(opens);
  exit(11);
}

static void exits_slowly(void) { exit(12); }
static void by_exit_in_quick_exit(void) {
  at_quick_exit(exits_slowly);
  at_quick_exit(opens);
  quick_exit(13);
}

static void forks_and_quits(void) {
  pid_t child = fork();
  if (child == 0)
    quick_exit(14);
  quick_exit(reap(child));
}

static const struct {
  const char *name;
  void (*run)(void);
  bool with_handlers;
  int status, told;
} ends[] = {
    {"exit", by_exit, true, 3, 3},
    {"quick_exit", by_quick_exit, true, 3, 5},
    {"_exit", by_underscore_exit, true, 4, 0},
    {"abort", by_abort, true, 1000 + SIGABRT, 0},
    {"abort that is caught", by_caught_abort, false, 1000 + SIGABRT, 2},
    {"SIGSEGV", by_fault, true, 1000 + SIGSEGV, 0},
    {"a fault", by_real_fault, true, 1000 + SIGSEGV, 0},
    {"a fault in a mapping", by_mapping_fault, true, 1000 + SIGBUS, 0},
    {"SIGTERM", by_term, true, 1000 + SIGTERM, 0},
    {"SIGKILL", by_kill, true, 1000 + SIGKILL, 0},
    {"exit in a signal handler", by_exit_in_handler, false, SIGUSR1, 1},
    {"exit in a thread", by_thread, true, 5, 5},
    {"threads that returned", after_threads, true, 6, 15},
    {"the last thread", by_last_thread, true, 0, 6},
    {"exit with thread-local objects", with_own_storage, true, 7, 5},
    {"exit in exit", by_exit_in_exit, false, 8, 2},
    {"_exit in exit", by_underscore_exit_in_exit, false, 10, 1},
    {"exit in quick_exit", by_exit_in_quick_exit, false, 12, 1},
    {"quick_exit in a fork child", forks_and_quits, true, 14, 10},
};

int main(void) {
  struct rlimit none = {0, 0};
  CHECK(setrlimit(RLIMIT_CORE, &none) == 0);
  told = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  CHECK(pthread_key_create(&closing, closes_for) == 0 &&
        pthread_key_create(&opening, opens_for) == 0);
  for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
    *told = 0;
    pid_t child = fork();
    if (child == 0) {
      if (ends[i].with_handlers)
        handlers();
      ends[i].run();
      _exit(99);
    }
    int status = reap(child);
    CHECK_EQUAL(status, ends[i].status);
    CHECK_EQUAL(*told, ends[i].told);
    if (status != ends[i].status || *told != ends[i].told)
      dprintf(2, "at the end by %s\n", ends[i].name);
  }
  return CHECKED();
}
