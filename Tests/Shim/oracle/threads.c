/* Threads at the same table: each with what it opens itself. */
#include "life.h"

#include <pthread.h>

static void *run(void *context) {
  live(context);
  return NULL;
}

/* What they leave goes to the one that started them. */
static void inherit(struct life *life, struct life *from) {
  while (from->fd_count > 0)
    hold(life, let_go(from));
  while (from->stream_count > 0)
    DO(life, fclose(from->streams[--from->stream_count]));
  while (from->folder_count > 0)
    DO(life, closedir(from->folders[--from->folder_count]));
  reap(from);
}

static void act_threads(struct life *life) {
  enum { MOST = 4 };
  static struct life lives[MOST];
  pthread_t threads[MOST];
  unsigned count = 0, wanted = 2 + choose(life, MOST - 1);
  if (life->depth > 1)
    return;
  for (unsigned i = 0; i < wanted; i++) {
    lives[i] = (struct life){.random = life->random + i * 7919u,
                             .depth = life->depth + 1,
                             .acts_left = 5 + (int)choose(life, 25)};
    count += pthread_create(&threads[count], NULL, run, &lives[i]) == 0;
  }
  for (unsigned i = 0; i < count; i++)
    pthread_join(threads[i], NULL);
  for (unsigned i = 0; i < wanted; i++)
    inherit(life, &lives[i]);
}

const struct act thread_acts[] = {{act_threads, 2, true}, {NULL, 0, false}};
