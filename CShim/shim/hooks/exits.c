/* Ends that run no atexit handlers: _exit(2), quick_exit(3). exit(3) and the
 * return from main are seen through on_exit(3), see start.c. */
#include "after.h"

#include "kernel/symbols.h"
#include "kernel/syscall.h"
#include "process/process.h"
#include "snapshot/snapshot.h"

FDT_FORKED void fdt_before_exit(const struct fdt_act *act, int status) {
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
  FDT_EXPORT FDT_FORKED __attribute__((noreturn)) void name(int status) {                          \
    fdt_enter();                                                                                   \
    fdt_before_exit(FDT_ACT(name), status);                                                        \
    fdt_real.name(status);                                                                         \
    __builtin_unreachable();                                                                       \
  }

EXIT(_exit)
EXIT(_Exit)

/* at_quick_exit(3) is linked into each program; this is what it calls. */
typedef int at_quick_exit_function(void (*function)(void *), void *module);

static bool quick_exit_watched;
static int quick_exit_status; /* the handler of the program's last quick_exit reads it */

static void after_handlers(void *unused) {
  (void)unused;
  fdt_before_exit(&(struct fdt_act){.call = FDT_CALL_quick_exit},
                  __atomic_load_n(&quick_exit_status, __ATOMIC_RELAXED));
}

void fdt_watch_quick_exit(void) {
  at_quick_exit_function *at_quick_exit_ =
      (at_quick_exit_function *)fdt_symbols_find("__cxa_at_quick_exit", FDT_SYMBOL_DEFAULT).address;
  quick_exit_watched = at_quick_exit_ != NULL && at_quick_exit_(after_handlers, NULL) == 0;
}

FDT_EXPORT __attribute__((noreturn)) void quick_exit(int status) {
  fdt_enter();
  __atomic_store_n(&quick_exit_status, status, __ATOMIC_RELAXED);
  if (!quick_exit_watched)
    fdt_before_exit(FDT_ACT(quick_exit), status);
  fdt_real.quick_exit(status);
  __builtin_unreachable();
}
