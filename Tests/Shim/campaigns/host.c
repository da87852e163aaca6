/* The host of the kill campaign. */
#include "strand.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILD_DEEDS   60
#define FORKS_AT_ONCE 24

static int log_fd;
static unsigned children; /* of the first process, running */

struct strand {
  unsigned seed;
  unsigned deeds_left; /* 0: without end */
  struct message said; /* fds and calls: what it has */
};

static void say(struct strand *strand, enum deed did, int first, int second) {
  struct message *said = &strand->said;
  said->did = did;
  said->results[0] = first;
  said->results[1] = second;
  if (write(log_fd, said, sizeof *said) != sizeof *said)
    _exit(90);
}

static void add(struct strand *strand, int fd, enum deed deed) {
  struct message *said = &strand->said;
  said->fds[said->count] = (int16_t)fd;
  said->calls[said->count++] = (uint8_t)deed;
}

static void drop(struct strand *strand, uint32_t index) {
  struct message *said = &strand->said;
  said->count--;
  said->fds[index] = said->fds[said->count];
  said->calls[index] = said->calls[said->count];
}

/* ---- deeds: a function each, so that each call has one site -------------------------- */

#define DEED __attribute__((noinline)) static
DEED int deed_open(void) { return open("/dev/null", O_RDWR | O_CLOEXEC); }
DEED int deed_socket(void) { return socket(AF_UNIX, SOCK_STREAM, 0); }
DEED int deed_eventfd(void) { return eventfd(0, 0); }
DEED int deed_pipe(int pair[2]) { return pipe2(pair, 0); }
DEED int deed_dup(int fd) { return dup(fd); }
DEED int deed_dup3(int fd, int onto) { return dup3(fd, onto, O_CLOEXEC); }
DEED int deed_close(int fd) { return close(fd); }

static void live(struct strand *strand) __attribute__((noinline));

static void be_child(const struct strand *parent) {
  struct strand strand = *parent;
  strand.seed ^= (unsigned)getpid();
  strand.deeds_left = 1 + (unsigned)rand_r(&strand.seed) % CHILD_DEEDS;
  if (strand.deeds_left % 4 == 0)
    strand.deeds_left = 0;
  strand.said.parent_thread = parent->said.thread;
  strand.said.pid = strand.said.thread = (uint32_t)getpid();
  live(&strand);
  _exit(0);
}

static int deed_fork(const struct strand *strand) {
  if (__atomic_add_fetch(&children, 1, __ATOMIC_RELAXED) > FORKS_AT_ONCE) {
    while (waitpid(-1, NULL, WNOHANG) > 0)
      __atomic_sub_fetch(&children, 1, __ATOMIC_RELAXED);
    __atomic_sub_fetch(&children, 1, __ATOMIC_RELAXED);
    return 0;
  }
  pid_t child = fork();
  if (child == 0)
    be_child(strand);
  return child;
}

static enum deed choose(struct strand *strand, uint32_t *index) {
  struct message *said = &strand->said;
  *index = said->count == 0 ? 0 : (uint32_t)rand_r(&strand->seed) % said->count;
  unsigned dice = (unsigned)rand_r(&strand->seed) % 400;
  if (dice == 0 && said->parent_thread == 0)
    return DEED_FORK;
  if (said->count == 0)
    return DEED_OPEN;
  if (said->count + 2 > STRAND_FDS || dice < 190)
    return DEED_CLOSE;
  static const enum deed opening[] = {DEED_OPEN, DEED_SOCKET, DEED_EVENTFD,
                                      DEED_PIPE, DEED_DUP,    DEED_DUP3};
  return opening[dice % 6];
}

static void live(struct strand *strand) {
  struct message *said = &strand->said;
  enum deed did = DEED_BEGIN;
  int results[2] = {-1, -1};
  for (said->ended = -1;;) {
    uint32_t index;
    enum deed next = choose(strand, &index);
    if (did != DEED_BEGIN && strand->deeds_left != 0 && --strand->deeds_left == 0)
      next = DEED_END;
    int target = said->fds[index];
    said->next = next;
    said->next_ends = next == DEED_CLOSE || next == DEED_DUP3 ? target : -1;
    say(strand, did, results[0], results[1]);
    said->ended = said->next_ends;
    results[0] = results[1] = -1;
    did = next;
    switch (next) {
    case DEED_OPEN:
      results[0] = deed_open();
      break;
    case DEED_SOCKET:
      results[0] = deed_socket();
      break;
    case DEED_EVENTFD:
      results[0] = deed_eventfd();
      break;
    case DEED_PIPE:
      if (deed_pipe(results) != 0)
        _exit(91);
      break;
    case DEED_DUP:
      results[0] = deed_dup(target);
      break;
    case DEED_DUP3: {
      /* Its own table must have it as something else: from a descriptor of no strand. */
      results[0] = deed_dup3(log_fd, target);
      drop(strand, index);
      break;
    }
    case DEED_CLOSE:
      if (deed_close(target) != 0)
        _exit(92);
      drop(strand, index);
      break;
    case DEED_FORK:
      deed_fork(strand);
      break;
    default:
      return;
    }
    for (int i = 0; i < 2; i++)
      if (results[i] >= 0)
        add(strand, results[i], next);
  }
}

static void *run_strand(void *argument) {
  struct strand strand = {.seed = *(unsigned *)argument};
  strand.said.pid = (uint32_t)getpid();
  strand.said.thread = (uint32_t)syscall(SYS_gettid);
  live(&strand);
  return NULL;
}

int host_run(int log, unsigned seed) {
  pthread_t id;
  unsigned seeds[HOST_THREADS];
  log_fd = log;
  for (unsigned i = 0; i < HOST_THREADS; i++) {
    seeds[i] = seed * HOST_THREADS + i;
    if (pthread_create(&id, NULL, run_strand, &seeds[i]) != 0)
      return 93;
  }
  for (;;)
    pause();
}
