#include "command.h"

#include "kernel/syscall.h"
#include "kernel/text.h"
#include "process/process.h"
#include "trace/strings.h"

#include <fcntl.h>
#include <limits.h>

/* "/proc/PID/NAME", in `bytes`. */
static void name_file(char bytes[64], uint32_t pid, const char *name) {
  struct fdt_text text = {.bytes = bytes, .size = 64};
  fdt_text_add(&text, "/proc/");
  fdt_text_add_number(&text, pid);
  fdt_text_add(&text, name);
}

static uint32_t target_of(uint32_t pid, const char *name) {
  char path[64], target[PATH_MAX];
  name_file(path, pid, name);
  long size = fdt_syscall4(SYS_readlinkat, AT_FDCWD, path, target, sizeof target);
  return fdt_failed(size) ? 0 : fdt_string(target, (size_t)size, PATH_MAX);
}

static uint32_t arguments_of(uint32_t pid) {
  char path[64], bytes[FDT_ARGV_MAX + 1];
  name_file(path, pid, "/cmdline");
  long fd = fdt_syscall4(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
  if (fdt_failed(fd))
    return 0;
  long size = fdt_syscall3(SYS_read, fd, bytes, sizeof bytes);
  fdt_syscall1(SYS_close, fd);
  /* Joined by NULs, as they are kept, but for the last one. */
  if (fdt_failed(size) || size == 0)
    return 0;
  size_t kept = (size_t)size - (bytes[size - 1] == '\0');
  return fdt_string(bytes, kept, FDT_ARGV_MAX);
}

void fdt_command_unseen(uint32_t pid) {
  uint32_t process = fdt_process_take();
  if (process == 0)
    return;
  struct fdt_process *record = fdt_process_at(process);
  record->how = FDT_HOW_SPAWN;
  record->pid = pid;
  record->exe = target_of(pid, "/exe");
  record->cwd = target_of(pid, "/cwd");
  record->argv = arguments_of(pid);
  fdt_process_publish(process);
}
