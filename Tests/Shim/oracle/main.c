/* oracle SEED [DEPTH]: a random program, see life.h. DEPTH: how many programs and
 * processes led to this one. */
#include "life.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

char life_program[4096];

int main(int argc, char **argv) {
  if (argc < 2 || readlink("/proc/self/exe", life_program, sizeof life_program - 1) < 0)
    return 2;
  struct life life = {
      .random = strtoull(argv[1], NULL, 10), .depth = argc > 2 ? atoi(argv[2]) : 0, .alone = true};
  alarm(60);
  signal(SIGPIPE, SIG_IGN);
  life.acts_left = 10 + (int)choose(&life, 150u >> life.depth);
  live(&life);
  reap(&life);
  if (choose(&life, 3) == 0)
    return (int)choose(&life, 100);
  end(&life);
}
