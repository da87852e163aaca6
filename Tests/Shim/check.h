/* Checks for the test programs: a line on stderr for each that fails, and the
 * number of them for the exit status. Usable in signal handlers and vfork
 * children as far as dprintf is. */
#ifndef FDTRACK_TESTS_CHECK_H
#define FDTRACK_TESTS_CHECK_H

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

/* One for the whole program, however many files include this. */
unsigned check_failures __attribute__((weak));

/* Leaves errno as it was. */
#define CHECK(condition)                                                                           \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      int check_errno = errno;                                                                     \
      __atomic_fetch_add(&check_failures, 1, __ATOMIC_RELAXED);                                    \
      dprintf(2, "%s:%d: not so: %s (errno %d)\n", __FILE__, __LINE__, #condition, check_errno);   \
      errno = check_errno;                                                                         \
    }                                                                                              \
  } while (0)

#define CHECK_EQUAL(left, right)                                                                   \
  do {                                                                                             \
    long check_left = (long)(left), check_right = (long)(right);                                   \
    if (check_left != check_right) {                                                               \
      __atomic_fetch_add(&check_failures, 1, __ATOMIC_RELAXED);                                    \
      dprintf(2, "%s:%d: %s is %ld, not %ld\n", __FILE__, __LINE__, #left, check_left,             \
              check_right);                                                                        \
    }                                                                                              \
  } while (0)

/* Ends the program: this system does not give what the test needs. */
#define SKIPPED 77
#define SKIP(what)                                                                                 \
  do {                                                                                             \
    dprintf(2, "%s: %m\n", what);                                                                  \
    _exit(SKIPPED);                                                                                \
  } while (0)

/* The exit status of a test program. */
#define CHECKED() (check_failures == 0 ? 0 : 1)

#endif
