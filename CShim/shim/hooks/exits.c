/* Ends that run no atexit handlers: _exit(2), quick_exit(3). exit(3) and the
 * return from main are seen through on_exit(3), see start.c. */
#include "after.h"

#include "kernel/syscall.h"
#include "process/process.h"
#include "snapshot/snapshot.h"

void fdt_before_exit(const struct fdt_act *act, int status) {
  uint32_t process = fdt_recording() ? fdt_process_here() : 0;
  if (process == 0)
    return;
  if (fdt_thread.vfork_process == 0) /* a vfork child has its parent's stack to think of */
    fdt_snapshot(act->call);
  /* A process of its own that shares all memory with this one is not its end. */
  if (fdt_thread.vfork_process == 0 && !fdt_snapshot_forbidden() &&
      (uint32_t)fdt_syscall0(SYS_getpid) != fdt_process_at(process)->pid)
    return;
  fdt_process_ended(process, FDT_END_EXIT, status & 0xff);
}

#define EXIT(name)                                                                                 \
  FDT_EXPORT __attribute__((noreturn)) void name(int status) {                                     \
    fdt_enter();                                                                                   \
    fdt_before_exit(FDT_ACT(name), status);                                                        \
    fdt_real.name(status);                                                                         \
    __builtin_unreachable();                                                                       \
  }

EXIT(_exit)
EXIT(_Exit)
EXIT(quick_exit)
