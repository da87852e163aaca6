/* A random program: what it holds, and the acts that it chooses among.
 *
 * Everything is decided by its seed, but for the numbers of processes and the order
 * among threads and processes that run at once. It stays in the current folder, uses
 * loopback alone, and ends within a minute. */
#ifndef FDTRACK_TESTS_ORACLE_LIFE_H
#define FDTRACK_TESTS_ORACLE_LIFE_H

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#define LIFE_FDS     48
#define LIFE_STREAMS 8
#define LIFE_FOLDERS 6
#define LIFE_PIPES   3

/* What one thread does and holds. */
struct life {
  uint64_t random;
  int acts_left;
  int depth;     /* processes and programs above */
  int operation; /* the latest mark */
  bool alone;    /* no other thread runs: it may touch what it does not hold */
  int fd_count, stream_count, folder_count, pipe_count, child_count;
  int fds[LIFE_FDS];
  FILE *streams[LIFE_STREAMS];
  DIR *folders[LIFE_FOLDERS];
  FILE *pipes[LIFE_PIPES]; /* popen's */
  pid_t children[16];
};

/* A number from 0 to below `limit`. */
unsigned choose(struct life *life, unsigned limit);

/* Tells the log that an operation begins: one call of one wrapped function at most,
 * until the next. */
void mark(struct life *life);

/* `call` as an operation of its own. */
#define DO(life, call) (mark(life), (call))

/* Takes `fd` among what it holds; closes it when that is full. Below zero: nothing. */
void hold(struct life *life, int fd);
/* One of the held, -1 when there is none. It stays held. */
int held(struct life *life);
/* The same, no longer held. */
int let_go(struct life *life);

/* Acts until `acts_left` is used up. */
void live(struct life *life);

/* Ends the process in a way of its own choice. */
_Noreturn void end(struct life *life);

/* What it started is waited for. */
void reap(struct life *life);

struct act {
  void (*run)(struct life *life);
  unsigned char weight;
  bool alone; /* for a process with one thread */
};

/* Each ends with an act without a function. */
extern const struct act file_acts[], stream_acts[], duplicate_acts[], object_acts[], socket_acts[],
    close_acts[], raw_acts[], process_acts[], thread_acts[];

/* The program itself, for exec. */
extern char life_program[4096];

#endif
