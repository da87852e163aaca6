/* What a forked child and its parent have in common is stored once, and whoever changes it
 * changes it for nobody else. The host is this program again; its children's records stand
 * in the order in which it made them. */
#include "kernel/syscall.h"
#include "run.h"

#include <sys/resource.h>
#include <time.h>

enum {
  FDS = 1500,
  REPLACED = 500,
  FLAGGED = 1300,
  CLOSED_LOW = 40,
  CLOSED_HIGH = 1400,
  DEEP = 700
};

static void pause_ms(long ms) {
  struct timespec time = {ms / 1000, ms % 1000 * 1000000};
  nanosleep(&time, NULL);
}

/* ---- hosts ------------------------------------------------------------------------- */

static void hold_many(void) {
  struct rlimit limit;
  CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = FDS + 100 < limit.rlim_max ? FDS + 100 : limit.rlim_max;
  CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  while (dup(0) < FDS - 1)
    continue;
}

/* A child that ends when the pipe does. */
static pid_t waiting_child(int told[2]) {
  CHECK(pipe(told) == 0);
  pid_t child = fork();
  if (child == 0) {
    char byte;
    close(told[1]);
    _exit(read(told[0], &byte, 1) == 0 ? 0 : 1);
  }
  return child;
}

static void ended(pid_t child) { CHECK_EQUAL(finish(child), 0); }

static void parent_changes(void) {
  int told[2];
  pid_t child = waiting_child(told); /* 2 */
  CHECK(close(REPLACED) == 0 && dup(0) == REPLACED);
  CHECK(fcntl(FLAGGED, F_SETFD, FD_CLOEXEC) == 0);
  pid_t later = fork(); /* 3 */
  if (later == 0)
    _exit(0);
  ended(later);
  close(told[0]);
  close(told[1]);
  ended(child);
}

static void child_changes(void) {
  pid_t child = fork(); /* 4 */
  if (child == 0)
    _exit(close(CLOSED_LOW) == 0 && close(CLOSED_HIGH) == 0 && dup(0) == CLOSED_LOW ? 0 : 1);
  ended(child);
  child = fork(); /* 5 */
  if (child == 0)
    _exit(0);
  ended(child);
}

static void grandchild_changes(void) {
  pid_t child = fork(); /* 6 */
  if (child == 0) {
    pid_t grandchild = fork(); /* 7 */
    if (grandchild == 0)
      _exit(close(DEEP) == 0 ? 0 : 1);
    ended(grandchild);
    _exit(check_failures == 0 ? 0 : 1);
  }
  ended(child);
}

/* In the parent's memory, though not at its table. */
static void vfork_child_changes(void) {
  pid_t child = vfork(); /* 8 */
  if (child == 0) {
    fcntl(DEEP, F_SETFD, FD_CLOEXEC);
    pid_t grandchild = fork(); /* 9 */
    if (grandchild == 0)
      _exit(0);
    _exit(finish(grandchild));
  }
  ended(child);
  child = fork(); /* 10 */
  if (child == 0)
    _exit(0);
  ended(child);
}

static void child_survives(void) {
  pid_t parent = getpid(), child = fork(); /* 11 */
  if (child != 0)
    return;
  while (getppid() == parent)
    pause_ms(1);
  _exit(close(DEEP) == 0 ? 0 : 1);
}

static int family(void) {
  hold_many();
  parent_changes();
  child_changes();
  grandchild_changes();
  vfork_child_changes();
  child_survives();
  _exit(CHECKED());
}

enum { CHILDREN = 1100 };

static int forks(void) {
  hold_many();
  for (int i = 0; i < CHILDREN; i++) {
    pid_t child = fork();
    if (child == 0)
      _exit(i % 10 != 0 || close(DEEP) == 0 ? 0 : 1);
    ended(child);
  }
  return CHECKED();
}

enum { SHORT_LIVED = 40 };

/* Their closes go unseen. */
static int short_lived(void) {
  int fd = dup(0);
  for (int i = 0; i < SHORT_LIVED; i++) {
    pid_t child = fork();
    if (child == 0) {
      fdt_syscall1(SYS_close, fd);
      _exit(0);
    }
    ended(child);
  }
  return CHECKED();
}

/* ---- runs -------------------------------------------------------------------------- */

static struct trace trace;

static pid_t begin(const char *host, const char *size) {
  pid_t child = fork();
  if (child == 0) {
    setpgid(0, 0);
    preload(getenv("SHIM"), host, size);
    execl("/proc/self/exe", "shared_tables", host, (char *)NULL);
    _exit(99);
  }
  setpgid(child, child);
  return child;
}

static void look_at(const char *host) {
  take_trace(&trace, host);
  CHECK_EQUAL(trace.header->losses[FDT_LOSS_LIVE_BLOCKS], 0);
}

static void run(const char *host, const char *size) {
  CHECK_EQUAL(finish(begin(host, size)), 0);
  look_at(host);
}

/* What the process has open at `fd`; NULL for nothing. */
static const struct fdt_live *held(uint32_t ref, int fd) {
  const struct fdt_process *process = trace_process(&trace, ref);
  const struct fdt_live *entry = process == NULL ? NULL : trace_live(&trace, process, fd);
  return entry != NULL && FDT_LIVE_STATE(entry->state) == FDT_LIVE_OPEN ? entry : NULL;
}

static bool is_flagged(uint32_t ref, int fd) {
  const struct fdt_live *entry = held(ref, fd);
  return entry != NULL && (entry->flags & FDT_FD_CLOEXEC) != 0;
}

static void count_open(void *context, int fd, const struct fdt_live *entry) {
  (void)fd;
  *(unsigned *)context += FDT_LIVE_STATE(entry->state) == FDT_LIVE_OPEN;
}

static unsigned open_in(uint32_t ref) {
  const struct fdt_process *process = trace_process(&trace, ref);
  unsigned count = 0;
  trace_each_live(&trace, process, count_open, &count);
  CHECK_EQUAL(trace_live_count(process), count);
  CHECK_EQUAL(process->unseen + process->vanished, 0);
  return count;
}

static void each_has_its_own(void) {
  pid_t host = begin("family", "4M");
  CHECK_EQUAL(finish(host), 0);
  while (kill(-host, 0) == 0) /* the child that survives it */
    pause_ms(1);
  look_at("family");

  /* What the parent replaced and flagged is as it was in the child that was there. */
  CHECK(held(2, REPLACED) != NULL && held(3, REPLACED) != NULL);
  CHECK_EQUAL(held(1, REPLACED)->state, held(3, REPLACED)->state);
  CHECK(held(2, REPLACED)->state != held(3, REPLACED)->state &&
        held(2, REPLACED)->opened_ticks < held(3, REPLACED)->opened_ticks);
  CHECK(is_flagged(1, FLAGGED) && !is_flagged(2, FLAGGED) && is_flagged(3, FLAGGED));
  CHECK_EQUAL(open_in(2), FDS + 1); /* the pipe's end */
  CHECK_EQUAL(open_in(3), FDS + 2);

  /* What a child changed is as it was in its parent, and in the next child. */
  CHECK_EQUAL(held(4, CLOSED_LOW)->via, FDT_VIA_OPEN);
  CHECK_EQUAL(held(5, CLOSED_LOW)->via, FDT_VIA_FORK);
  CHECK_EQUAL(held(1, CLOSED_LOW)->origin, 1);
  CHECK(held(4, CLOSED_HIGH) == NULL && held(5, CLOSED_HIGH) != NULL &&
        held(1, CLOSED_HIGH) != NULL);
  CHECK_EQUAL(open_in(4), FDS - 1);
  CHECK_EQUAL(open_in(5), FDS);

  /* A grandchild's, in the child as well; a survivor's, in the parent that is gone. */
  CHECK(held(6, DEEP) != NULL && held(7, DEEP) == NULL && held(11, DEEP) == NULL);
  CHECK(held(1, DEEP) != NULL);
  CHECK_EQUAL(held(7, CLOSED_HIGH)->origin, 1);
  CHECK_EQUAL(open_in(6), FDS);
  CHECK_EQUAL(open_in(7), FDS - 1);
  CHECK_EQUAL(open_in(11), FDS - 1);
  CHECK(is_flagged(8, DEEP) && is_flagged(9, DEEP) && !is_flagged(1, DEEP) &&
        !is_flagged(10, DEEP));
  CHECK_EQUAL(open_in(1), FDS);
}

/* Copied for each, their tables would take twice the section. */
static void many_children_fit(void) {
  run("forks", "64M");
  uint64_t taken = trace.header->units_next, room = trace.header->sections[FDT_SECTION_UNITS].count;
  CHECK(CHILDREN * (FDS / FDT_BLOCK_FDS) > 2 * room && taken < room / 30);
  for (uint32_t ref = 2; ref < 2 + CHILDREN; ref++)
    CHECK_EQUAL(open_in(ref), (ref - 2) % 10 == 0 ? FDS - 1 : FDS);
}

/* Each is held against the kernel, and then has a table of its own; the parent's stays. */
static void unseen_closes_are_found(void) {
  run("short_lived", "4M");
  for (uint32_t ref = 2; ref < 2 + SHORT_LIVED; ref++) {
    const struct fdt_process *process = trace_process(&trace, ref);
    CHECK((process->flags & FDT_PROCESS_SNAPSHOT) != 0);
    CHECK_EQUAL(process->vanished, 1);
    CHECK_EQUAL(process->end_kind, FDT_END_EXIT);
  }
  CHECK_EQUAL(trace_process(&trace, 1)->vanished, 0);
}

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "family") == 0)
    return family();
  if (argc > 1 && strcmp(argv[1], "forks") == 0)
    return forks();
  if (argc > 1 && strcmp(argv[1], "short_lived") == 0)
    return short_lived();
  each_has_its_own();
  many_children_fit();
  unseen_closes_are_found();
  return CHECKED();
}
