#include "hidden.h"

#include "arrivals.h"
#include "kernel/poll_sweep.h"
#include "process/process.h"
#include "snapshot/snapshot.h"
#include "trace/live.h"

#include <errno.h>
#include <fcntl.h>

/* What a family holds, plus one. Relaxed: libc's own lock orders its calls, and
 * what is read is checked against the table. */
static uint32_t held[FDT_HIDDEN_FAMILIES];

static int held_by(enum fdt_hidden_family family) {
  return (int)__atomic_load_n(&held[family], __ATOMIC_RELAXED) - 1;
}

static bool is_possible(void) {
  return fdt_recording() && fdt_thread.vfork_process == 0 && fdt_process_here() != 0 &&
         !fdt_snapshot_forbidden();
}

/* Whether the table still has `fd` as libc's own. */
static bool is_libcs(int fd) {
  const struct fdt_live *entry = fdt_live_find(fdt_process_at(fdt_process_here()), fd);
  return entry != NULL && FDT_LIVE_STATE(fdt_live_state(entry)) == FDT_LIVE_OPEN &&
         entry->owner == FDT_OWNER_LIBC;
}

struct fdt_hidden fdt_hidden_begin(enum fdt_hidden_family family) {
  struct fdt_hidden plan = {.sought = false};
  if (!is_possible() || (held_by(family) >= 0 && is_libcs(held_by(family))))
    return plan;
  plan.sought = true;
  for (int i = 0; i < FDT_HIDDEN_WORDS; i++)
    plan.before[i] = fdt_fds_open(i * 64);
  return plan;
}

/* Whatever was opened meanwhile and that no other call told of is taken for it. */
static void find(const struct fdt_act *act, enum fdt_hidden_family family,
                 const struct fdt_hidden *plan) {
  const struct fdt_birthmark mark = {
      .kind = family == FDT_HIDDEN_LOG ? FDT_KIND_UNIX : FDT_KIND_FILE, .owner = FDT_OWNER_LIBC};
  for (int i = 0; i < FDT_HIDDEN_WORDS; i++)
    for (uint64_t more = fdt_fds_open(i * 64) & ~plan->before[i]; more != 0; more &= more - 1) {
      int fd = i * 64 + __builtin_ctzll(more);
      fdt_arrived(act, fd, &mark, 0);
      if (is_libcs(fd))
        __atomic_store_n(&held[family], (uint32_t)fd + 1, __ATOMIC_RELAXED);
    }
}

void fdt_hidden_end(const struct fdt_act *act, enum fdt_hidden_family family,
                    const struct fdt_hidden *plan) {
  if (!is_possible())
    return;
  int saved = errno;
  int fd = held_by(family);
  if (plan->sought) {
    find(act, family, plan);
  } else if (fd >= 0 && !fdt_fd_is_open(fd)) {
    fdt_closed_range(act, (unsigned)fd, (unsigned)fd);
    __atomic_store_n(&held[family], 0, __ATOMIC_RELAXED);
  }
  errno = saved;
}
