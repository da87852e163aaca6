#include "thread.h"

#include "kernel/syscall.h"

__thread struct fdt_thread fdt_thread __attribute__((tls_model("initial-exec")));

void fdt_thread_enter(uint32_t process) {
  fdt_thread.process = process;
  fdt_thread.tid = (uint32_t)fdt_syscall0(SYS_gettid);
  fdt_thread.chunk = NULL;
  fdt_thread.writing = 0;
}
