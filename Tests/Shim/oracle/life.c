#include "life.h"

#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

unsigned choose(struct life *life, unsigned limit) {
  /* splitmix64 */
  uint64_t z = (life->random += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return (unsigned)((z ^ (z >> 31)) % limit);
}

/* dup(2) of a number far below zero, which no wrapper sees. */
void mark(struct life *life) {
  long number = -1000000 - ++life->operation, result;
#if defined(__x86_64__)
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"((long)SYS_dup), "D"(number)
                   : "rcx", "r11", "memory");
#elif defined(__aarch64__)
  register long x8 __asm__("x8") = SYS_dup;
  register long x0 __asm__("x0") = number;
  __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8) : "memory");
  result = x0;
#endif
  (void)result;
}

void hold(struct life *life, int fd) {
  if (fd < 0)
    return;
  if (life->fd_count == LIFE_FDS)
    DO(life, close(fd));
  else
    life->fds[life->fd_count++] = fd;
}

int held(struct life *life) {
  return life->fd_count == 0 ? -1 : life->fds[choose(life, (unsigned)life->fd_count)];
}

int let_go(struct life *life) {
  if (life->fd_count == 0)
    return -1;
  unsigned index = choose(life, (unsigned)life->fd_count);
  int fd = life->fds[index];
  life->fds[index] = life->fds[--life->fd_count];
  return fd;
}

static const struct act *const groups[] = {file_acts,   stream_acts,  duplicate_acts,
                                           object_acts, socket_acts,  close_acts,
                                           raw_acts,    process_acts, thread_acts};
#define GROUPS (sizeof groups / sizeof groups[0])

/* By weight, over all groups. */
static const struct act *next_act(struct life *life) {
  unsigned total = 0, at = 0;
  for (size_t i = 0; i < GROUPS; i++)
    for (const struct act *act = groups[i]; act->run != NULL; act++)
      total += act->weight;
  unsigned target = choose(life, total);
  for (size_t i = 0; i < GROUPS; i++)
    for (const struct act *act = groups[i]; act->run != NULL; act++)
      if ((at += act->weight) > target)
        return act;
  abort();
}

void live(struct life *life) {
  while (life->acts_left-- > 0) {
    const struct act *act = next_act(life);
    if (life->alone || !act->alone)
      act->run(life);
  }
}

void reap(struct life *life) {
  while (life->child_count > 0)
    waitpid(life->children[--life->child_count], NULL, 0);
}
