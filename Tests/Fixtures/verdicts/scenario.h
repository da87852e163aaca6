/* What the programs of the table of verdicts share. Each holds some scenarios,
 * one fault or one habit each, and runs the one that its argument names. The
 * opens that the table judges are marked: LEAK is forgotten, KEPT is meant to
 * stay open. A program runs in an empty folder. */
#ifndef SCENARIO_H
#define SCENARIO_H

#include "fixture.h"

#include <time.h>

struct scenario {
  const char *name;
  void (*run)(void);
};

/* How often a scenario does what it is about, where nothing else is said. */
enum { ROUNDS = 8 };

static inline void run_scenario(const char *name, const struct scenario *all, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (strcmp(all[i].name, name) == 0) {
      all[i].run();
      return;
    }
  }
  fprintf(stderr, "no scenario %s\n", name);
  exit(2);
}

#define SCENARIOS(...)                                                                             \
  static const struct scenario scenarios[] = {__VA_ARGS__};                                        \
  int main(int argc, char **argv) {                                                                \
    must(argc == 2, "usage: PROGRAM SCENARIO");                                                    \
    run_scenario(argv[1], scenarios, sizeof scenarios / sizeof *scenarios);                        \
    return 0;                                                                                      \
  }

static inline void wait_ms(long ms) {
  struct timespec left = {ms / 1000, ms % 1000 * 1000000};
  while (nanosleep(&left, &left) != 0)
    ;
}

/* The time between one thing and the next, SCENARIO_PACE times as long where that is set: what
 * the machine adds by chance is then less beside it. */
static inline void pause_ms(long ms) {
  const char *pace = getenv("SCENARIO_PACE");
  wait_ms(pace != NULL ? ms * atoi(pace) : ms);
}

/* Does `job` ROUNDS times, as requests come: one after the other, with time between. */
static inline void serve(void (*job)(void)) {
  for (int round = 0; round < ROUNDS; round++) {
    job();
    pause_ms(3);
  }
}

#endif
