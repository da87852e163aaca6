/* Descriptors that come as data: of fanotify's events, and of a userfaultfd's. */
#include "tests.h"

#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

extern ssize_t __read(int fd, void *data, size_t room);
extern ssize_t __read_chk(int fd, void *data, size_t room, size_t known);

OPENS(fanotify_init, FANOTIFY, fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC, O_RDONLY))
RAW_TEST(fanotify_init) {
  int fd = or_skip((int)syscall(SYS_fanotify_init, FAN_CLASS_NOTIF, O_RDONLY), "fanotify_init");
  check_opened(fd, "syscall", FDT_KIND_FANOTIFY, FDT_OWNER_RAW);
}

/* A group in which two events wait, of files that were just opened. */
static int group(unsigned flags, unsigned event_flags) {
  int fd = or_skip(fanotify_init(FAN_CLASS_NOTIF | flags, event_flags), "fanotify_init");
  for (int i = 0; i < 2; i++) {
    char name[] = {'a' + (char)i, '\0'};
    CHECK(close(creat(name, 0600)) == 0);
    or_skip(fanotify_mark(fd, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, name), "fanotify_mark");
    CHECK(close(open(name, O_RDONLY)) == 0);
  }
  return fd;
}

static char events[256] __attribute__((aligned(8)));

/* What `size` bytes of events hold was recorded as received by `call`. */
static int check_events(ssize_t size, const char *call, enum fdt_kind kind) {
  int count = 0;
  for (const struct fanotify_event_metadata *event = (void *)events; FAN_EVENT_OK(event, size);
       event = FAN_EVENT_NEXT(event, size), count++) {
    CHECK(event->fd >= 0);
    check_opened(event->fd, call, kind, FDT_OWNER_RAW);
  }
  check_table();
  return count;
}

#define READS_EVENTS(call, expression)                                                             \
  do {                                                                                             \
    int fd = group(FAN_CLOEXEC, O_RDONLY | O_CLOEXEC);                                             \
    CHECK_EQUAL(check_events(expression, call, FDT_KIND_FILE), 2);                                 \
    fd = group(0, O_RDONLY);                                                                       \
    CHECK_EQUAL(check_events(expression, call, FDT_KIND_FILE), 2);                                 \
  } while (0)

CASE(events_by_read) { READS_EVENTS("read", read(fd, events, sizeof events)); }
CASE(events_by_other_names) {
  READS_EVENTS("__read", __read(fd, events, sizeof events));
  READS_EVENTS("__read_chk", __read_chk(fd, events, sizeof events, sizeof events));
}
RAW_TEST(read) { READS_EVENTS("syscall", syscall(SYS_read, fd, events, sizeof events)); }

/* Each event fills a part of its own. */
static const struct iovec parts[] = {{events, FAN_EVENT_METADATA_LEN},
                                     {events + FAN_EVENT_METADATA_LEN, FAN_EVENT_METADATA_LEN}};

CASE(events_by_readv) { READS_EVENTS("readv", readv(fd, parts, 2)); }
RAW_TEST(readv) { READS_EVENTS("syscall", syscall(SYS_readv, fd, parts, 2)); }
CASE(events_by_preadv2) {
  READS_EVENTS("preadv2", preadv2(fd, parts, 2, -1, 0));
  READS_EVENTS("preadv64v2", preadv64v2(fd, parts, 2, -1, 0));
}
RAW_TEST(preadv2) { READS_EVENTS("syscall", syscall(SYS_preadv2, fd, parts, 2, -1L, -1L, 0)); }

/* With FAN_REPORT_PIDFD each event also holds the process. */
CASE(events_with_processes) {
#ifndef FAN_REPORT_PIDFD
#define FAN_REPORT_PIDFD 0x80
#endif
  int fd = group(FAN_CLOEXEC | FAN_REPORT_PIDFD, O_RDONLY | O_CLOEXEC);
  uint64_t opened = own_process()->opened;
  ssize_t size = read(fd, events, sizeof events);
  CHECK_EQUAL(own_process()->opened, opened + 4);
  CHECK_EQUAL(check_events(size, "read", FDT_KIND_FILE), 2);
}

/* The table knows what was opened by the program before: exec keeps its kind. */
CASE(events_after_exec) {
  int fd = group(0, O_RDONLY);
  pid_t child = fork();
  if (child == 0) {
    char number[16], program[64] = "";
    snprintf(number, sizeof number, "%d", fd);
    CHECK(readlink("/proc/self/exe", program, sizeof program - 1) > 0);
    execl(program, program, "events after exec, in the new program", number, NULL);
    _exit(99);
  }
  CHECK_EQUAL(reap_unseen(child), 0);
}

void read_events_of(int fd) {
  CHECK_EQUAL(check_events(read(fd, events, sizeof events), "read", FDT_KIND_FILE), 2);
}

CASE(ordinary_reads) {
  uint64_t opened = own_process()->opened;
  int fd = group(FAN_CLOEXEC, O_RDONLY), pair[2];
  CHECK(pipe(pair) == 0);
  const struct fanotify_event_metadata fake = {.event_len = sizeof fake,
                                               .vers = FANOTIFY_METADATA_VERSION,
                                               .metadata_len = sizeof fake,
                                               .fd = pair[1]};
  CHECK(write(pair[1], &fake, sizeof fake) == sizeof fake);
  opened = own_process()->opened;
  CHECK(read(pair[0], events, sizeof events) == sizeof fake);
  CHECK_EQUAL(own_process()->opened, opened);
  CHECK(close(fd) == 0);
}

/* ---- userfaultfd --------------------------------------------------------------------- */

static struct uffd_msg messages[4];

static void *read_fork(void *fd) {
  ssize_t size = read(*(int *)fd, messages, sizeof messages);
  CHECK_EQUAL(size, sizeof messages[0]);
  CHECK_EQUAL(messages[0].event, UFFD_EVENT_FORK);
  check_opened((int)messages[0].arg.fork.ufd, "read", FDT_KIND_USERFAULTFD, FDT_OWNER_RAW);
  return NULL;
}

CASE(fork_under_userfaultfd) {
  int fd = or_skip((int)syscall(SYS_userfaultfd, O_CLOEXEC), "userfaultfd");
  struct uffdio_api api = {.api = UFFD_API, .features = UFFD_FEATURE_EVENT_FORK};
  or_skip(ioctl(fd, UFFDIO_API, &api), "UFFD_FEATURE_EVENT_FORK");
  void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  struct uffdio_register range = {.range = {(uintptr_t)page, 4096},
                                  .mode = UFFDIO_REGISTER_MODE_MISSING};
  CHECK(ioctl(fd, UFFDIO_REGISTER, &range) == 0);
  pthread_t reader;
  CHECK(pthread_create(&reader, NULL, read_fork, &fd) == 0);
  pid_t child = fork(); /* returns once the event was read */
  if (child == 0)
    _exit(0);
  CHECK(pthread_join(reader, NULL) == 0);
  CHECK_EQUAL(reap_unseen(child), 0);
}
