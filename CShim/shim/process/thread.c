#include "thread.h"

#include "kernel/symbols.h"
#include "kernel/syscall.h"
#include "snapshot/snapshot.h"
#include "trace/trace.h"
#include "unwind/registers.h"

#include <pthread.h>

/* The last by its section's name, which is nearest to libc's own record of the thread:
 * that a forked child writes to anyway, and so the kernel copies one page, not two. */
__thread struct fdt_thread fdt_thread
    __attribute__((tls_model("initial-exec"), section(".tbss.thread")));

/* Where libc keeps a thread's number, counted from the thread's pointer; 0: unknown. */
static intptr_t tid_offset;

static uint32_t tid_at(intptr_t offset) {
  return *(const uint32_t *)(fdt_thread_pointer() + (uintptr_t)offset);
}

void fdt_thread_find_tids(void) {
  /* libc tells its debuggers (nptl_db): size in bits, number, offset. */
  const uint32_t *field = fdt_symbols_find("_thread_db_pthread_tid", FDT_SYMBOL_DEFAULT).address;
  __typeof__(&pthread_self) pthread_self_ = FDT_LATE(pthread_self);
  if (field == NULL || field[0] != 32 || field[2] >= 4096 || pthread_self_ == NULL)
    return;
  const intptr_t offset = (intptr_t)(pthread_self_() + field[2] - fdt_thread_pointer());
  if (tid_at(offset) == (uint32_t)fdt_syscall0(SYS_gettid))
    tid_offset = offset;
}

uint32_t fdt_thread_libc_tid(void) { return tid_offset == 0 ? 0 : tid_at(tid_offset); }

FDT_FORKED void fdt_thread_enter_as(uint32_t process, uint32_t tid) {
  fdt_thread.process = process;
  fdt_thread.tid = tid;
  fdt_thread.chunk = NULL;
  fdt_thread.writing = 0;
}

void fdt_thread_enter(uint32_t process) {
  fdt_thread_enter_as(process, fdt_snapshot_forbidden() ? fdt_thread_libc_tid()
                                                        : (uint32_t)fdt_syscall0(SYS_gettid));
}
