/* What a program denies itself: system calls, by seccomp(2), and the time stamp
 * counter, by prctl(2).
 *
 * From the moment of a filter, a system call that the program does not make itself
 * may be its end, so no more snapshots are taken, no more stack memory is asked for,
 * and threads and children are known by what libc and their parent know of them. A
 * filter that a program was started under is made for whole programs, the loader
 * included, and allows them.
 *
 * In the strict mode the thread may neither open nor close, and the kernel takes the
 * time stamp counter from it besides, so there is nothing to record and no way to. */
#include "after.h"

#include "process/thread.h"
#include "snapshot/snapshot.h"
#include "trace/losses.h"

#include <linux/seccomp.h>
#include <stdarg.h>
#include <sys/prctl.h>

/* The last chance to ask who the caller is. */
void fdt_before_filter(void) {
  if (fdt_recording() && !fdt_snapshot_forbidden())
    fdt_thread_find_tids();
}

void fdt_after_filter(bool strict, int result) {
  if (result < 0)
    return;
  if (strict)
    fdt_thread.vfork_process = UINT32_MAX;
  /* A vfork child is about to become another program; this memory is its parent's. */
  if (fdt_thread.vfork_process == 0) {
    fdt_snapshot_forbid();
    fdt_capture_stop_asking();
  }
}

void fdt_after_prctl(long option, long argument, int result) {
  if (option == PR_SET_SECCOMP)
    fdt_after_filter(argument == SECCOMP_MODE_STRICT, result);
  /* Threads that this one starts go without the counter as well. */
  if (option == PR_SET_TSC && argument == PR_TSC_SIGSEGV && result == 0) {
    fdt_stop();
    fdt_lose(FDT_LOSS_TABLES);
  }
}

FDT_EXPORT int prctl(int option, ...) {
  va_list more;
  va_start(more, option);
  unsigned long a = va_arg(more, unsigned long), b = va_arg(more, unsigned long);
  unsigned long c = va_arg(more, unsigned long), d = va_arg(more, unsigned long);
  va_end(more);
  fdt_enter();
  if (option == PR_SET_SECCOMP)
    fdt_before_filter();
  int result = fdt_real.prctl(option, a, b, c, d);
  if (fdt_recording())
    fdt_after_prctl(option, (long)a, result);
  return result;
}
