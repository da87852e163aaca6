/* Every case: X(name, size). A size is what a trace of about 64 MiB holds, of whatever
 * the case is about; a smaller one makes a smaller trace of the same kind. */
#ifndef HOSTILE_CASES_H
#define HOSTILE_CASES_H

#include "trace.h"

#define CASES(X)                                                                                   \
  /* open.c: descriptors */                                                                        \
  X(one_site, 900000)                                                                              \
  X(own_sites, 800000)                                                                             \
  X(named, 250000)                                                                                 \
  X(unlike_failures, 500000)                                                                       \
  X(unseen, 250000)                                                                                \
  X(shared_texts, 250000)                                                                          \
  X(overlapping_texts, 250000)                                                                     \
  /* stacks.c */                                                                                   \
  X(deep_sites, 65000)                                                                             \
  X(alike_sites, 65000)                                                                            \
  X(own_parent, 10000)                                                                             \
  X(many_modules, 60000)                                                                           \
  /* misuses.c */                                                                                  \
  X(deep_misuses, 100000)                                                                          \
  X(owned_closes, 100000)                                                                          \
  X(one_number, 100000)                                                                            \
  X(one_closed_site, 100000)                                                                       \
  X(asked_numbers, 260000)                                                                         \
  X(swept_numbers, 260000)                                                                         \
  /* trees.c: processes */                                                                         \
  X(chain_of_processes, 100000)                                                                    \
  X(deep_inheritance, 400000)                                                                      \
  X(shared_openings, 400000)                                                                       \
  X(kept_by_exec, 250000)                                                                          \
  X(limits_met, 40000)                                                                             \
  X(one_long_text, 100000)                                                                         \
  X(late_closes, 12000)                                                                            \
  X(late_sites, 650000)                                                                            \
  X(pidfds_of_children, 150000)                                                                    \
  X(served_listeners, 40000)                                                                       \
  X(shared_tables, 16000)                                                                          \
  X(shared_by_exec, 16000)                                                                         \
  /* marks.c */                                                                                    \
  X(own_marks, 400000)                                                                             \
  X(shared_marks, 450000)                                                                          \
  /* honest.c: what a busy server leaves, for comparison */                                        \
  X(honest, 1000000)

#define CASE_DECLARE(name, full) void case_##name(const char *path, size_t size);
CASES(CASE_DECLARE)
#undef CASE_DECLARE

#endif
