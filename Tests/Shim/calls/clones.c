/* Children and threads that share, or do not share, memory and descriptors. */
#include "kernel/syscall.h"
#include "tests.h"

#include <pthread.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <utmp.h>

static char *new_stack(void) {
  enum { SIZE = 256 << 10 };
  char *stack =
      mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  CHECK(stack != MAP_FAILED);
  return stack + SIZE;
}

static uint64_t tables_lost(void) { return traced()->header->losses[FDT_LOSS_TABLES]; }

/* Closes what it is given, opens another, and ends with 7. */
static int child_of_clone(void *given) {
  int *fd = given;
  CHECK(close(*fd) == 0);
  return open("/dev/null", O_RDONLY) >= 0 ? 7 : 1;
}

static void check_own_table(int flags, enum fdt_how how) {
  struct legacy legacy = legacy_make();
  uint64_t opened = own_process()->opened, closed = own_process()->closed;
  pid_t child = clone(child_of_clone, new_stack(), flags | SIGCHLD, &legacy.kept);
  CHECK(child > 0);
  CHECK_EQUAL(reap_unseen(child), 7 << 8);
  const struct fdt_process *process = check_child(child, "clone", how, FDT_END_EXIT, 7);
  if (process == NULL)
    return;
  check_inherited(process, legacy.private, FDT_VIA_FORK);
  CHECK_EQUAL(process->opened, 1);
  CHECK_EQUAL(process->closed, 1);
  /* Nothing of that is this process's doing. */
  CHECK_EQUAL(own_process()->opened, opened);
  CHECK_EQUAL(own_process()->closed, closed);
  check_opened(legacy.kept, "open", FDT_KIND_FILE, FDT_OWNER_RAW);
  CHECK_EQUAL(own_process()->end_kind, FDT_END_NONE);
  CHECK_EQUAL(tables_lost(), 0);
}

TEST(clone) { check_own_table(0, FDT_HOW_FORK); }

CASE(clone_like_vfork) { check_own_table(CLONE_VM | CLONE_VFORK, FDT_HOW_VFORK); }

static int open_one(void *unused) {
  (void)unused;
  return open("/dev/null", O_RDONLY);
}

CASE(clone_with_files) {
  pid_t child = clone(open_one, new_stack(), CLONE_FILES | SIGCHLD, NULL);
  int status = reap_unseen(child);
  CHECK_EQUAL(trace_find(traced(), child), 0);
  CHECK_EQUAL(tables_lost(), 1);
  /* What it opened is open here too, and only a snapshot finds it. */
  CHECK(fcntl(WEXITSTATUS(status), F_GETFD) >= 0);
  CHECK(entry_of(WEXITSTATUS(status)) == NULL ||
        FDT_LIVE_STATE(entry_of(WEXITSTATUS(status))->state) != FDT_LIVE_OPEN);
  CHECK(close(WEXITSTATUS(status)) == 0);
}

CASE(clone_sharing_all_and_waiting) {
  uint64_t opened = own_process()->opened;
  int flags = CLONE_VM | CLONE_FILES | CLONE_VFORK | SIGCHLD;
  int fd = WEXITSTATUS(reap_unseen(clone(open_one, new_stack(), flags, NULL)));
  CHECK_EQUAL(own_process()->opened, opened + 1);
  check_opened(fd, "open", FDT_KIND_FILE, FDT_OWNER_RAW);
  CHECK_EQUAL(own_process()->end_kind, FDT_END_NONE);
}

CASE(clone_sharing_storage) {
  uint64_t opened = own_process()->opened;
  pid_t child = clone(open_one, new_stack(), CLONE_VM | SIGCHLD, NULL);
  reap_unseen(child);
  CHECK_EQUAL(tables_lost(), 1);
  CHECK(close(open("/dev/null", O_RDONLY)) == 0);
  CHECK_EQUAL(own_process()->opened, opened); /* neither of the two is followed now */
}

CASE(failed_clone) {
  uint64_t opened = own_process()->opened;
  uint32_t processes = trace_process_count(traced());
  CHECK(clone(open_one, new_stack(), CLONE_THREAD, NULL) == -1 && errno == EINVAL);
  for (uint32_t ref = processes + 1; ref <= trace_process_count(traced()); ref++)
    CHECK(trace_process(traced(), ref) == NULL);
  CHECK(open("/dev/null", O_RDONLY) >= 0);
  CHECK_EQUAL(own_process()->opened, opened + 1);
}

static int shared;

static void *part_ways(void *unshare_it) {
  CHECK(((long (*)(void))unshare_it)() == 0);
  CHECK(close(shared) == 0); /* its own copy */
  CHECK(open("/dev/zero", O_RDONLY) >= 0);
  return NULL;
}

static void check_parted(long (*unshare_it)(void)) {
  pthread_t thread;
  shared = open("/dev/null", O_RDONLY);
  uint64_t opened = own_process()->opened;
  CHECK(pthread_create(&thread, NULL, part_ways, (void *)unshare_it) == 0);
  CHECK(pthread_join(thread, NULL) == 0);
  check_opened(shared, "open", FDT_KIND_FILE, FDT_OWNER_RAW);
  CHECK(fcntl(shared, F_GETFD) >= 0);
  CHECK_EQUAL(own_process()->opened, opened);
  CHECK_EQUAL(tables_lost(), 1);
}

static long by_name(void) { return unshare(CLONE_FILES); }
static long by_number(void) { return syscall(SYS_unshare, CLONE_FILES); }
static long by_range(void) { return close_range(1u << 20, 1u << 20, 2 /* CLOSE_RANGE_UNSHARE */); }

TEST(unshare) { check_parted(by_name); }
RAW_TEST(unshare) { check_parted(by_number); }
CASE(close_range_that_unshares) { check_parted(by_range); }

CASE(unshare_alone) {
  CHECK(unshare(CLONE_FILES) == 0);
  int fd = open("/dev/null", O_RDONLY);
  check_opened(fd, "open", FDT_KIND_FILE, FDT_OWNER_RAW);
  CHECK_EQUAL(tables_lost(), 0);
}

TEST(forkpty) {
  int master = -1;
  char name[64];
  pid_t child = forkpty(&master, name, NULL, NULL);
  if (child == 0) {
    bool seen = true;
    for (int fd = 0; fd <= 2; fd++)
      seen = seen && entry_of(fd) != NULL && is_call(entry_of(fd)->call, "forkpty") &&
             entry_of(fd)->kind == FDT_KIND_PTY;
    _exit(seen && isatty(0) ? 6 : 1);
  }
  CHECK(child > 0);
  CHECK_EQUAL(reap_unseen(child), 6 << 8);
  check_child(child, "forkpty", FDT_HOW_FORK, FDT_END_EXIT, 6);
  check_opened(master, "forkpty", FDT_KIND_PTY, FDT_OWNER_RAW);
  CHECK(close(master) == 0);
}

TEST(login_tty) {
  int master, slave;
  CHECK(openpty(&master, &slave, NULL, NULL, NULL) == 0);
  pid_t child = fork();
  if (child == 0) {
    if (login_tty(slave) != 0)
      _exit(1);
    bool seen = FDT_LIVE_STATE(entry_of(slave)->state) == FDT_LIVE_CLOSED;
    for (int fd = 0; fd <= 2; fd++)
      seen = seen && is_call(entry_of(fd)->call, "login_tty") &&
             entry_of(fd)->source == slave + 1 && entry_of(fd)->object != 0;
    _exit(seen ? 6 : 2);
  }
  CHECK_EQUAL(reap_unseen(child), 6 << 8);
}

/* ---- a clone past libc, whose child is noticed at its first event ------------------------- */

/* Of threads that begin at once all but one make a record in vain, so that rounds use
 * the table of processes up. */
enum { AT_ONCE = 6, ROUNDS = 20 };
static pthread_barrier_t barrier;

static void *open_with_the_others(void *unused) {
  pthread_barrier_wait(&barrier);
  open("/dev/null", O_RDONLY);
  return unused;
}

static void open_in_threads(void) {
  pthread_t threads[AT_ONCE];
  for (int i = 0; i < AT_ONCE; i++)
    pthread_create(&threads[i], NULL, open_with_the_others, NULL);
  for (int i = 0; i < AT_ONCE; i++)
    pthread_join(threads[i], NULL);
}

CASE(first_events_at_once) {
  pthread_barrier_init(&barrier, NULL, AT_ONCE);
  for (int round = 0; round < ROUNDS; round++) {
    uint32_t before = trace_process_count(traced());
    pid_t child = (pid_t)fdt_syscall5(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (child == 0) {
      open_in_threads();
      _exit(0);
    }
    reap_unseen(child);
    int records = 0;
    for (uint32_t ref = before + 1; ref <= trace_process_count(traced()); ref++)
      records += trace_process(traced(), ref) != NULL;
    CHECK_EQUAL(records, 1);
    const struct fdt_process *process = trace_process(traced(), trace_find(traced(), child));
    CHECK(process != NULL && process->opened == AT_ONCE);
    CHECK(process != NULL && process->unseen + process->vanished == 0);
  }
}
