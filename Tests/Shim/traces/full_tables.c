/* A trace far too small for what goes on: the hosts run as ever, the trace stays
 * sound, and it says that it lost something. */
#include "run.h"

static uint64_t losses(const char *path) {
  struct trace trace;
  uint64_t lost = 0;
  CHECK(trace_map(&trace, path));
  CHECK_EQUAL(trace_unsound(&trace), 0);
  for (int i = 0; i < FDT_LOSS_COUNT; i++)
    lost += trace.header->losses[i];
  return lost;
}

static void check_host(const char *program, const char *out, bool loses) {
  CHECK_EQUAL(finish(start(program, out, "1M")), 0);
  CHECK(!loses || losses(out) > 0);
}

int main(void) {
  check_host("hazards/vfork_children.O2", "vfork", true);
  check_host("hazards/fork_in_handler.O2", "fork", true);
  check_host("hazards/fork_among_threads.O0", "threads", true);
  check_host("hazards/spawn_actions.O2", "spawn", false);
  check_host("hazards/thread_stress.O2", "stress", false);
  check_host("hazards/close_everything.O2", "close", false);
  check_host("hazards/environment.O2", "environment", false);
  return CHECKED();
}
