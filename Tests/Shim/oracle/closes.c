/* Ends of descriptors, right and wrong ones. */
#include "life.h"

#include <unistd.h>

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

static void act_close(struct life *life) {
  int fd = let_go(life);
  if (fd >= 0)
    DO(life, close(fd));
}

static void act_close_twice(struct life *life) {
  int fd = let_go(life);
  if (fd < 0)
    return;
  DO(life, close(fd));
  DO(life, close(fd));
}

/* A number that may be anybody's: a stream's, one that the program was started with,
 * one that it holds, or nobody's. */
static void act_close_some(struct life *life) { DO(life, close((int)choose(life, 40))); }

static void act_close_none(struct life *life) { DO(life, close(100000 + (int)choose(life, 9))); }

static void act_close_range(struct life *life) {
  unsigned first = choose(life, 60);
  int flags = choose(life, 2) == 0 ? CLOSE_RANGE_CLOEXEC : 0;
  DO(life, close_range(first, first + choose(life, 6), flags));
}

static void act_closefrom(struct life *life) { DO(life, closefrom(20 + (int)choose(life, 200))); }

const struct act close_acts[] = {
    {act_close, 40, false},     {act_close_twice, 2, true}, {act_close_some, 3, true},
    {act_close_none, 1, false}, {act_close_range, 3, true}, {act_closefrom, 1, true},
    {NULL, 0, false},
};
