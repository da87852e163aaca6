/* Coroutines: opens and closes on stacks that the threading library knows nothing of. */
#include "host.h"

#include <ucontext.h>

#define CONTEXTS 50

static ucontext_t here, contexts[CONTEXTS];
static char stacks[CONTEXTS][32768];
static int fds[CONTEXTS];

static void coroutine(int index) {
  fds[index] = open_null();
  swapcontext(&contexts[index], &here);
  CHECK(close(fds[index]) == 0);
}

int main(void) {
  int before = count_fds();
  for (int i = 0; i < CONTEXTS; i++) {
    getcontext(&contexts[i]);
    contexts[i].uc_stack.ss_sp = stacks[i];
    contexts[i].uc_stack.ss_size = sizeof stacks[i];
    contexts[i].uc_link = &here;
    makecontext(&contexts[i], (void (*)(void))coroutine, 1, i);
    swapcontext(&here, &contexts[i]);
  }
  CHECK_EQUAL(count_fds(), before + CONTEXTS);
  for (int i = CONTEXTS; i-- > 0;)
    swapcontext(&here, &contexts[i]);
  CHECK_EQUAL(count_fds(), before);
  return CHECKED();
}
