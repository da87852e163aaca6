/* What a program sees and gets of SIGBUS is what it sees and gets of a signal that
 * the shim has nothing to do with: SIGUSR1 is the control. */
#include "tests.h"

#include <signal.h>
#include <string.h>
#include <sys/syscall.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations" /* sigset */

typedef void (*handler)(int);
handler bsd_signal(int number, handler wanted);
int __sigaction(int number, const struct sigaction *action, struct sigaction *before);

static volatile int caught[65];
static void on_signal(int number) { caught[number]++; }

static void check_equal(struct sigaction *bus, struct sigaction *control) {
  CHECK(bus->sa_handler == control->sa_handler);
  CHECK_EQUAL(bus->sa_flags, control->sa_flags);
  /* signal(3) blocks the signal itself. */
  CHECK_EQUAL(sigismember(&bus->sa_mask, SIGBUS), sigismember(&control->sa_mask, SIGUSR1));
  sigdelset(&bus->sa_mask, SIGBUS);
  sigdelset(&control->sa_mask, SIGUSR1);
  CHECK(memcmp(&bus->sa_mask, &control->sa_mask, 8) == 0);
}

/* Both signals have the same action, as sigaction(2) tells. */
static void check_alike(void) {
  struct sigaction bus, control;
  memset(&bus, 0xaa, sizeof bus);
  memset(&control, 0xaa, sizeof control);
  CHECK(sigaction(SIGBUS, NULL, &bus) == 0 && sigaction(SIGUSR1, NULL, &control) == 0);
  check_equal(&bus, &control);
}

static void check_raised(int times) {
  caught[SIGBUS] = caught[SIGUSR1] = 0;
  for (int i = 0; i < times; i++)
    CHECK(raise(SIGBUS) == 0 && raise(SIGUSR1) == 0);
  CHECK_EQUAL(caught[SIGBUS], times);
  CHECK_EQUAL(caught[SIGUSR1], times);
}

/* A call that sets a handler and returns the one before; the handler stays for so
 * many raises. */
static void check_signal(handler (*set)(int, handler), int raises) {
  check_alike();
  CHECK(set(SIGBUS, on_signal) == SIG_DFL && set(SIGUSR1, on_signal) == SIG_DFL);
  check_alike();
  check_raised(raises);
  check_alike();
  CHECK(set(SIGBUS, SIG_IGN) == set(SIGUSR1, SIG_IGN));
  check_alike();
  CHECK(raise(SIGBUS) == 0);
  CHECK(set(SIGBUS, SIG_DFL) == SIG_IGN && set(SIGUSR1, SIG_DFL) == SIG_IGN);
  check_alike();
  CHECK(set(SIGBUS, on_signal) == SIG_DFL && set(SIGUSR1, on_signal) == SIG_DFL);
  if (set != sigset) { /* which takes it for a handler */
    CHECK(set(SIGBUS, SIG_ERR) == SIG_ERR && errno == EINVAL);
    CHECK(set(SIGUSR1, SIG_ERR) == SIG_ERR && errno == EINVAL);
  }
  check_alike();
  CHECK(set(SIGBUS, SIG_DFL) == on_signal && set(SIGUSR1, SIG_DFL) == on_signal);
}

TEST(signal) { check_signal(signal, 3); }
TEST(ssignal) { check_signal(ssignal, 3); }
TEST(bsd_signal) { check_signal(bsd_signal, 3); }
TEST(sysv_signal) { check_signal(sysv_signal, 1); }
TEST(__sysv_signal) { check_signal(__sysv_signal, 1); }

TEST(sigset) {
  check_signal(sigset, 3);
  CHECK(sigset(SIGBUS, on_signal) == SIG_DFL && sigset(SIGUSR1, on_signal) == SIG_DFL);
  CHECK(sigset(SIGBUS, SIG_HOLD) == on_signal && sigset(SIGUSR1, SIG_HOLD) == on_signal);
  check_alike();
  CHECK(sigset(SIGBUS, on_signal) == SIG_HOLD && sigset(SIGUSR1, on_signal) == SIG_HOLD);
  check_raised(1);
}

/* ---- sigaction --------------------------------------------------------------------- */

static void both(int (*set)(int, const struct sigaction *, struct sigaction *),
                 const struct sigaction *action) {
  struct sigaction bus, control;
  CHECK(set(SIGBUS, action, &bus) == 0 && set(SIGUSR1, action, &control) == 0);
  check_equal(&bus, &control);
  check_alike();
}

static void check_sigaction(int (*set)(int, const struct sigaction *, struct sigaction *)) {
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_NODEFER | SA_ONSTACK};
  sigaddset(&action.sa_mask, SIGUSR2);
  check_alike();
  both(set, NULL);
  both(set, &action);
  both(set, NULL);
  check_raised(2);
  /* One struct for both ways. */
  struct sigaction same = action;
  CHECK(set(SIGBUS, &same, &same) == 0 && same.sa_handler == on_signal);
  action.sa_flags = SA_RESETHAND;
  both(set, &action);
  check_raised(1);
  check_alike();
  action.sa_handler = SIG_IGN;
  both(set, &action);
  CHECK(raise(SIGBUS) == 0);
  action.sa_handler = SIG_DFL;
  action.sa_flags = SA_RESTART;
  both(set, &action);
  both(set, NULL);
}

TEST(sigaction) { check_sigaction(sigaction); }
TEST(__sigaction) { check_sigaction(__sigaction); }

/* As the kernel has it; no restorer, so nothing may be caught. */
struct kernel_action {
  handler handler;
  unsigned long flags;
  void *restorer;
  uint64_t mask;
};

static int raw(int number, const struct sigaction *action, struct sigaction *before) {
  struct kernel_action wanted = {0}, found;
  if (action != NULL)
    wanted =
        (struct kernel_action){.handler = action->sa_handler, .flags = (unsigned)action->sa_flags};
  int result = (int)syscall(SYS_rt_sigaction, number, action == NULL ? NULL : &wanted,
                            before == NULL ? NULL : &found, 8);
  if (before != NULL && result == 0) {
    *before = (struct sigaction){.sa_handler = found.handler, .sa_flags = (int)found.flags};
    memcpy(&before->sa_mask, &found.mask, sizeof found.mask);
  }
  return result;
}

RAW_TEST(rt_sigaction) {
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_NODEFER};
  both(raw, NULL);
  both(raw, &action);
  both(raw, NULL);
  CHECK(syscall(SYS_rt_sigaction, SIGBUS, NULL, NULL, 4) == -1 && errno == EINVAL);
  action.sa_handler = SIG_DFL;
  both(raw, &action);
  both(sigaction, NULL);
}
