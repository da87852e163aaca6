#include "threads.h"

#include "syscall.h"

#include <fcntl.h>
#include <sys/stat.h>

/* A task's directory has two links more than there are threads: proc(5). */
long fdt_threads_count(void) {
  struct stat tasks;
  if (fdt_failed(fdt_syscall4(SYS_newfstatat, AT_FDCWD, "/proc/self/task", &tasks, 0)))
    return -1;
  return (long)tasks.st_nlink - 2;
}
