#include "tests.h"

#include <linux/close_range.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

static int opened(void) { return open("/dev/null", O_RDONLY); }

#define CLOSES(name)                                                                               \
  TEST(name) {                                                                                     \
    int fd = opened();                                                                             \
    CHECK(name(fd) == 0);                                                                          \
    check_closed(fd, #name);                                                                       \
  }

CLOSES(close)
CLOSES(__close)

TEST(close_range) {
  int first = opened(), second = opened(), third = opened();
  CHECK(close_range((unsigned)first, (unsigned)second, CLOSE_RANGE_CLOEXEC) == 0);
  CHECK((entry_of(first)->flags & FDT_FD_CLOEXEC) != 0);
  CHECK((entry_of(first)->flags & FDT_FD_CLOEXEC_LATE) != 0);
  CHECK((entry_of(third)->flags & FDT_FD_CLOEXEC) == 0);
  CHECK(close_range((unsigned)first, (unsigned)second, 0) == 0);
  check_closed(first, "close_range");
  check_closed(second, "close_range");
  check_opened(third, "open", FDT_KIND_FILE, FDT_OWNER_RAW);
}

TEST(closefrom) {
  int low = opened(), high = fcntl(opened(), F_DUPFD, 300);
  closefrom(low + 1);
  check_opened(low, "open", FDT_KIND_FILE, FDT_OWNER_RAW);
  check_closed(high, "closefrom");
}

static void *close_privately(void *fd) {
  unsigned number = (unsigned)*(int *)fd;
  CHECK(close_range(number, number, CLOSE_RANGE_UNSHARE) == 0);
  CHECK(fcntl(*(int *)fd, F_GETFD) == -1 && errno == EBADF);
  return NULL;
}

CASE(private_table) {
  int fd = opened(), other = opened();
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, close_privately, &fd) == 0);
  CHECK(pthread_join(thread, NULL) == 0);
  /* Joined as soon as it is as good as gone. */
  for (struct stat tasks; stat("/proc/self/task", &tasks) == 0 && tasks.st_nlink > 3;)
    sched_yield();
  CHECK(fcntl(fd, F_GETFD) == 0);
  check_opened(fd, "open", FDT_KIND_FILE, FDT_OWNER_RAW);
  CHECK(close_range((unsigned)fd, (unsigned)other, CLOSE_RANGE_UNSHARE) ==
        0); /* nobody else has it */
  check_closed(fd, "close_range");
  check_closed(other, "close_range");
}

/* The newest record of the ring by this process. */
static struct fdt_record latest(void) {
  struct fdt_record newest = {0};
  for (uint32_t i = 0; i < traced()->header->sections[FDT_SECTION_RING].count; i++) {
    const struct fdt_chunk *chunk = trace_at(traced(), FDT_SECTION_RING, i);
    for (int r = 0; chunk->sequence != 0 && r < FDT_CHUNK_RECORDS; r++)
      if (chunk->records[r].tag == (uint32_t)chunk->sequence &&
          chunk->records[r].ticks >= newest.ticks)
        newest = chunk->records[r];
  }
  return newest;
}

CASE(double_close) {
  int fd = opened();
  CHECK(close(fd) == 0);
  uint64_t closed = own_process()->closed;
  errno = 0;
  CHECK(close(fd) == -1 && errno == EBADF);
  CHECK_EQUAL(own_process()->closed, closed);
  check_closed(fd, "close"); /* still tells where the first one was */
  struct fdt_record record = latest();
  CHECK_EQUAL(record.event, FDT_EVENT_CLOSED);
  CHECK_EQUAL(record.fd, fd);
  CHECK_EQUAL(record.result, EBADF);
}

CASE(close_of_no_fd) {
  CHECK(close(-1) == -1 && errno == EBADF);
  CHECK(close(1 << 29) == -1 && errno == EBADF);
  CHECK_EQUAL(own_process()->vanished, 0);
}

static void *cancelled(void *fd) {
  pthread_cancel(pthread_self());
  close(*(int *)fd); /* a cancellation point, before the call */
  return NULL;
}

CASE(cancelled_close) {
  pid_t child = fork();
  if (child == 0) {
    int fd = opened();
    pthread_t thread;
    void *result = NULL;
    CHECK(pthread_create(&thread, NULL, cancelled, &fd) == 0);
    CHECK(pthread_join(thread, &result) == 0 && result == PTHREAD_CANCELED);
    _exit(fcntl(fd, F_GETFD) == 0 ? CHECKED() : 2);
  }
  CHECK_EQUAL(reap_unseen(child), 0);
  uint32_t ref = trace_find(traced(), child);
  const struct fdt_process *process = trace_process(traced(), ref);
  CHECK_EQUAL(process->unseen + process->vanished, 0);
  CHECK_EQUAL(process->opened, 1);
  CHECK_EQUAL(process->closed, 0);
  CHECK_EQUAL(trace_live_count(process), process->snapshot_open);
  CHECK_EQUAL(trace_inexact(traced()), 0);
}

CASE(reopened_number) {
  int fd = opened();
  uint32_t generation = FDT_LIVE_GENERATION(entry_of(fd)->state);
  close(fd);
  int pair[2];
  CHECK(pipe(pair) == 0);
  CHECK_EQUAL(pair[0], fd);
  check_opened(fd, "pipe", FDT_KIND_PIPE, FDT_OWNER_RAW);
  CHECK_EQUAL(FDT_LIVE_GENERATION(entry_of(fd)->state), generation + 1);
}

CASE(limit_is_hit) {
  struct rlimit limit = {16, 16};
  CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  uint32_t live = trace_live_count(own_process());
  uint32_t held = 0;
  int last = -1;
  for (int fd; (fd = opened()) >= 0; held++)
    last = fd;
  CHECK(errno == EMFILE);
  live += held;
  const struct fdt_process *process = own_process();
  CHECK((process->flags & FDT_PROCESS_FD_LIMIT_HIT) != 0);
  CHECK(is_call(process->limit_call, "open"));
  CHECK(process->limit_stack != 0 && process->limit_ticks != 0);
  CHECK_EQUAL(trace_live_count(process), live);
  CHECK((process->flags & FDT_PROCESS_SNAPSHOT) != 0);
  uint32_t site = entry_of(last)->site;
  closefrom(3);
  const struct fdt_site *counts = trace_at(traced(), FDT_SECTION_SITES, site - 1);
  CHECK_EQUAL(counts->at_limit, held); /* though all are closed by now */
}
