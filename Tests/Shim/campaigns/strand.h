/* What a host of the kill campaign tells of itself, through a pipe. A strand is one
 * thread of one process. Each message says what the strand did last, whose call has
 * returned, and what it is about to do next: after a SIGKILL, that one operation is
 * all that the trace may have more or less than the log. */
#ifndef FDTRACK_CAMPAIGNS_STRAND_H
#define FDTRACK_CAMPAIGNS_STRAND_H

#include <stdint.h>

#define HOST_THREADS 4
/* Descriptors of a strand at once. */
#define STRAND_FDS 40

enum deed {
  DEED_NONE,
  DEED_BEGIN, /* fds: what the strand has from its parent's thread, by fork */
  DEED_OPEN,
  DEED_SOCKET,
  DEED_EVENTFD,
  DEED_PIPE, /* two results */
  DEED_DUP,
  DEED_DUP3, /* onto one of its own */
  DEED_CLOSE,
  DEED_FORK,
  DEED_END, /* no more deeds: it ends by itself */
  DEED_COUNT
};

/* How the trace names the call of a deed; NULL when it opens nothing. */
static inline const char *deed_call(uint32_t deed) {
  static const char *const names[DEED_COUNT] = {
      [DEED_OPEN] = "open",  [DEED_SOCKET] = "socket", [DEED_EVENTFD] = "eventfd",
      [DEED_PIPE] = "pipe2", [DEED_DUP] = "dup",       [DEED_DUP3] = "dup3",
  };
  return deed < DEED_COUNT ? names[deed] : 0;
}

struct message {
  uint32_t pid;
  uint32_t thread;
  uint32_t parent_thread; /* BEGIN in a child: who forked it, else 0 */
  uint32_t did;           /* enum deed */
  int32_t results[2];     /* descriptors that it returned */
  int32_t ended;          /* the descriptor that it closed or replaced, or -1 */
  uint32_t next;          /* enum deed about to be done */
  int32_t next_ends;      /* the descriptor that it will close or replace, or -1 */
  uint32_t count;         /* BEGIN: of fds */
  int16_t fds[STRAND_FDS];
  uint8_t calls[STRAND_FDS]; /* enum deed that opened each */
};
_Static_assert(sizeof(struct message) <= 512, "a pipe takes it in one piece");

/* Runs the host: four strands that go on until they are killed. */
int host_run(int log, unsigned seed);

#endif
