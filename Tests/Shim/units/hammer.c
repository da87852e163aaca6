/* The units of the shim, linked in rather than preloaded, hammered by threads under
 * a sanitizer; then what they stored is held against what was asked of them. */
#include "check.h"
#include "fakes.h"
#include "inspect.h"

#include "process/marks.h"
#include "process/process.h"
#include "record/misuse.h"
#include "record/record.h"
#include "snapshot/snapshot.h"
#include "trace/file.h"
#include "trace/live.h"
#include "trace/modules.h"
#include "trace/ring.h"
#include "trace/sites.h"
#include "trace/stacks.h"
#include "trace/strings.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 4
#define ROUNDS  4000
#define PLACES  32 /* code that opens and closes */

static struct trace trace;
static pthread_barrier_t together;

static struct fdt_act act_at(unsigned place) { return (struct fdt_act){1, {.pc = 0x1000 + place}}; }

static void in_threads(void *(*run)(void *)) {
  pthread_t ids[THREADS];
  pthread_barrier_init(&together, NULL, THREADS);
  for (uintptr_t i = 0; i < THREADS; i++)
    CHECK(pthread_create(&ids[i], NULL, run, (void *)i) == 0);
  for (int i = 0; i < THREADS; i++)
    CHECK(pthread_join(ids[i], NULL) == 0);
  pthread_barrier_destroy(&together);
}

/* ---- stacks ------------------------------------------------------------------------ */

static bool is_stack_of(uint32_t stack, uint64_t pc) {
  uint64_t depth = FAKE_DEPTH;
  for (; stack != 0; depth--) {
    const struct fdt_stack_node *node = trace_at(&trace, FDT_SECTION_STACKS, stack - 1);
    uint64_t frame = depth == 0 ? 1 : pc << 8 | depth;
    if (node == NULL || node->frame != (UINT64_C(1) << 48 | frame))
      return false;
    stack = node->parent;
  }
  return depth == UINT64_MAX;
}

static void *intern(void *argument) {
  (void)argument;
  pthread_barrier_wait(&together);
  for (unsigned i = 0; i < ROUNDS; i++) {
    struct fdt_act act = act_at(i % 1000); /* more frames than are remembered near each other */
    uint32_t stack = fdt_capture(&act.caller);
    CHECK(is_stack_of(stack, act.caller.pc));
  }
  return NULL;
}

/* ---- strings and modules --------------------------------------------------------- */

static void *store(void *argument) {
  char text[64];
  size_t size;
  pthread_barrier_wait(&together);
  for (unsigned i = 0; i < ROUNDS; i++) {
    int length = snprintf(text, sizeof text, "%u from thread %lu", i, (unsigned long)argument);
    uint32_t ref = fdt_string(text, (size_t)length, 20);
    const char *found = trace_string(&trace, ref, &size);
    CHECK(found != NULL && size <= 20 && memcmp(found, text, size) == 0);
  }
  return NULL;
}

static uint32_t numbers[THREADS][64];

static void *number(void *argument) {
  uint32_t *mine = numbers[(uintptr_t)argument];
  pthread_barrier_wait(&together);
  for (unsigned i = 0; i < 64; i++) {
    char path[32];
    uint8_t id[4] = {(uint8_t)i};
    snprintf(path, sizeof path, "/lib/%u", i);
    mine[i] = fdt_module_number(path, id, sizeof id, i, i + 1);
  }
  return NULL;
}

/* All threads got one number for one object, and that number is this object. */
static void check_modules(void) {
  for (unsigned i = 0; i < 64; i++) {
    const struct fdt_module *module = trace_at(&trace, FDT_SECTION_MODULES, numbers[0][i] - 1);
    CHECK(module != NULL && module->start == i && module->build_id[0] == i);
    for (int thread = 1; thread < THREADS; thread++)
      CHECK_EQUAL(numbers[thread][i], numbers[0][i]);
  }
}

/* ---- openings and closings ----------------------------------------------------------- */

/* Numbers of the thread's own, high and low ones: the kernel would not give one to two. */
static int number_of(uintptr_t thread, unsigned i) {
  return (int)(thread * 40 + i % 40 + (i % 3 == 0 ? 5000 : 0));
}

static void *churn(void *argument) {
  pthread_barrier_wait(&together);
  for (unsigned i = 0; i < ROUNDS; i++) {
    struct fdt_act open = act_at(i % PLACES), close = act_at(100 + i % PLACES);
    struct fdt_birthmark mark = {.kind = FDT_KIND_FILE, .path = "/some/where"};
    int fd = number_of((uintptr_t)argument, i), other = fd + 20000;
    fdt_opened(&open, fd, &mark);
    fdt_duplicated(&open, fd, other, true, false);
    fdt_noted(&open, fd, EAGAIN);
    fdt_cloexec_changed(&open, other, false);
    struct fdt_closing closing = fdt_close_begin(&close, fd);
    CHECK(closing.entry != NULL);
    fdt_close_end(&close, fd, closing, 0);
    if (i + PLACES >= ROUNDS)
      continue; /* stays */
    closing = fdt_close_begin(&close, other);
    CHECK(closing.entry != NULL);
    fdt_close_end(&close, other, closing, 0);
    closing = fdt_close_begin(&close, fd); /* once more */
    CHECK(closing.entry == NULL);
    fdt_close_end(&close, fd, closing, EBADF);
  }
  return NULL;
}

static void check_churned(void) {
  const struct fdt_process *process = trace_process(&trace, 1);
  uint64_t opened = 0, closed = 0, ended = 0, again = 0;
  for (uint32_t i = 0; i < trace.header->sections[FDT_SECTION_SITES].count; i++) {
    const struct fdt_site *site = trace_at(&trace, FDT_SECTION_SITES, i);
    opened += site->opened;
    closed += site->closed;
  }
  for (uint32_t i = 0; i < trace.header->sections[FDT_SECTION_CLOSERS].count; i++) {
    const struct fdt_closer *closer = trace_at(&trace, FDT_SECTION_CLOSERS, i);
    uint64_t lifetimes = 0;
    for (int bucket = 0; bucket < FDT_LIFETIME_BUCKETS; bucket++)
      lifetimes += closer->lifetimes[bucket];
    CHECK_EQUAL(lifetimes, closer->count);
    ended += closer->count;
  }
  for (uint32_t i = 0; i < trace.header->sections[FDT_SECTION_MISUSES].count; i++)
    again += ((const struct fdt_misuse *)trace_at(&trace, FDT_SECTION_MISUSES, i))->count;
  CHECK_EQUAL(opened, 2 * THREADS * ROUNDS);
  CHECK_EQUAL(closed, 2 * THREADS * ROUNDS - THREADS * PLACES);
  CHECK_EQUAL(ended, closed);
  CHECK_EQUAL(again, THREADS * (ROUNDS - PLACES));
  CHECK_EQUAL(process->opened, opened);
  CHECK_EQUAL(process->closed, closed);
  CHECK_EQUAL(process->vanished, 0);
}

/* ---- one number, several threads ------------------------------------------------------ */

static unsigned winners;

static void *race_to_close(void *argument) {
  (void)argument;
  struct fdt_act act = act_at(1);
  for (int fd = 300; fd < 800; fd++) {
    pthread_barrier_wait(&together);
    struct fdt_closing closing = fdt_close_begin(&act, fd);
    if (closing.entry != NULL)
      __atomic_fetch_add(&winners, 1, __ATOMIC_RELAXED);
    pthread_barrier_wait(&together);
    fdt_close_end(&act, fd, closing, closing.entry == NULL ? EBADF : 0);
  }
  return NULL;
}

static void check_one_winner(void) {
  struct fdt_act act = act_at(0);
  for (int fd = 300; fd < 800; fd++)
    fdt_opened(&act, fd, &(struct fdt_birthmark){.kind = FDT_KIND_FILE});
  in_threads(race_to_close);
  CHECK_EQUAL(winners, 500);
}

/* ---- marks --------------------------------------------------------------------------- */

#define MARKS 100

static void *change_marks(void *argument) {
  (void)argument;
  pthread_barrier_wait(&together);
  for (int i = 0; i < MARKS; i++) {
    fdt_mark_process("all");
    fdt_mark_thread("one");
  }
  fdt_mark_thread(NULL);
  return NULL;
}

/* Each ended the one that it took the place of; the last is in force. */
static void check_marks(void) {
  unsigned in_force = 0, kept = 0;
  const struct fdt_mark *mark;
  in_threads(change_marks);
  for (uint32_t i = 0; (mark = trace_at(&trace, FDT_SECTION_MARKS, i)) != NULL; i++) {
    kept += mark->state == FDT_RECORD_READY;
    in_force += mark->state == FDT_RECORD_READY && mark->end_ticks == 0;
  }
  CHECK_EQUAL(kept, 2 * THREADS * MARKS);
  CHECK_EQUAL(in_force, 1);
  fdt_mark_process(NULL);
  CHECK_EQUAL(fdt_mark_in_force(1), 0);
}

/* ---- the ring ------------------------------------------------------------------------ */

static void *write_ring(void *argument) {
  pthread_barrier_wait(&together);
  for (int i = 0; i < ROUNDS; i++)
    fdt_ring_write(1, &(struct fdt_happening){.ticks = 1,
                                              .event = FDT_EVENT_NOTED,
                                              .call = 1,
                                              .fd = (int)(uintptr_t)argument,
                                              .result = i});
  return NULL;
}

/* ---- processes ------------------------------------------------------------------------ */

/* A child found by the wiped page alone inherits what is open. */
static void check_fork(void) {
  uint32_t open = trace_live_count(trace_process(&trace, 1));
  pid_t child = fork();
  if (child == 0) {
    uint32_t self = fdt_process_here();
    const struct fdt_process *process = trace_process(&trace, self);
    CHECK_EQUAL(self, 2);
    CHECK(process != NULL && process->parent == 1);
    /* These numbers are not open in truth: the check against the kernel drops them. */
    CHECK(process->inherited <= open);
    struct fdt_act act = act_at(3);
    int fd = dup(0);
    fdt_opened(&act, fd, &(struct fdt_birthmark){.kind = FDT_KIND_FILE});
    fdt_snapshot(1);
    CHECK_EQUAL(process->opened, 1);
    CHECK(trace_live(&trace, process, fd) != NULL);
    _exit(CHECKED());
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
}

int main(void) {
  char place[] = "/tmp/fdtrack-units-XXXXXX", path[64];
  CHECK(mkdtemp(place) != NULL);
  snprintf(path, sizeof path, "%s/trace", place);
  CHECK_EQUAL(fdt_trace_create(path, 16 << 20, 0, NULL), 0);
  fdt_self_start();
  uint32_t process = fdt_process_take();
  fdt_process_identify(fdt_process_at(process));
  fdt_process_publish(process);
  fdt_self_become(process);
  CHECK(trace_map(&trace, path));
  in_threads(intern);
  in_threads(store);
  in_threads(number);
  check_modules();
  in_threads(churn);
  check_churned();
  check_one_winner();
  check_marks();
  in_threads(write_ring);
  CHECK_EQUAL(trace_unsound(&trace), 0);
  check_fork();
  CHECK_EQUAL(trace_unsound(&trace), 0);
  unlink(path);
  rmdir(place);
  return CHECKED();
}
