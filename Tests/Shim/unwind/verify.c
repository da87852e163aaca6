/* Preloaded into any program: holds the unwinder against libgcc's at each of its calls of
 * some common functions. What came of it is appended, a line for each process, to the
 * file that UNWIND_VERIFY names: equal, flagged, longer, wrong, and the program. */
#define _GNU_SOURCE
#include "check.h"

#include "../../../CShim/shim/unwind/capture.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static char report_path[4096];
static int ready;
static __thread int inside;

static void *original(void **slot, const char *name) {
  void *found = __atomic_load_n(slot, __ATOMIC_ACQUIRE);
  if (found == NULL) {
    found = dlsym(RTLD_NEXT, name);
    __atomic_store_n(slot, found, __ATOMIC_RELEASE);
  }
  return found;
}

/* Not on top of itself: libgcc's unwinder may call what is wrapped here. */
#define VERIFY()                                                                                   \
  do {                                                                                             \
    if (__atomic_load_n(&ready, __ATOMIC_ACQUIRE) && !inside) {                                    \
      int saved = errno;                                                                           \
      inside = 1;                                                                                  \
      probe_of(&caller);                                                                           \
      inside = 0;                                                                                  \
      errno = saved;                                                                               \
    }                                                                                              \
  } while (0)

#define WRAP(type, name, parameters, arguments)                                                    \
  __attribute__((visibility("default"))) type name parameters {                                    \
    static void *slot;                                                                             \
    struct fdt_caller caller = FDT_CALLER();                                                       \
    VERIFY();                                                                                      \
    return ((type(*) parameters)original(&slot, #name))arguments;                                  \
  }

WRAP(int, close, (int fd), (fd))
WRAP(ssize_t, read, (int fd, void *bytes, size_t count), (fd, bytes, count))
WRAP(ssize_t, write, (int fd, const void *bytes, size_t count), (fd, bytes, count))
WRAP(ssize_t, writev, (int fd, const struct iovec *parts, int count), (fd, parts, count))
WRAP(off_t, lseek64, (int fd, off_t offset, int whence), (fd, offset, whence))
WRAP(int, access, (const char *path, int mode), (path, mode))
WRAP(ssize_t, readlink, (const char *path, char *bytes, size_t size), (path, bytes, size))
WRAP(int, poll, (struct pollfd * fds, nfds_t count, int timeout), (fds, count, timeout))
WRAP(char *, getcwd, (char *bytes, size_t size), (bytes, size))
WRAP(FILE *, fopen64, (const char *path, const char *mode), (path, mode))
WRAP(int, fclose, (FILE * stream), (stream))

struct stat;
WRAP(int, stat, (const char *path, struct stat *status), (path, status))
WRAP(int, lstat, (const char *path, struct stat *status), (path, status))
WRAP(int, fstat, (int fd, struct stat *status), (fd, status))

#define WRAP_OPEN(name)                                                                            \
  __attribute__((visibility("default"))) int name(const char *path, int flags, ...) {              \
    static void *slot;                                                                             \
    va_list more;                                                                                  \
    va_start(more, flags);                                                                         \
    mode_t mode = va_arg(more, mode_t);                                                            \
    va_end(more);                                                                                  \
    struct fdt_caller caller = FDT_CALLER();                                                       \
    VERIFY();                                                                                      \
    return ((int (*)(const char *, int, ...))original(&slot, #name))(path, flags, mode);           \
  }
WRAP_OPEN(open)
WRAP_OPEN(open64)

#define WRAP_OPENAT(name)                                                                          \
  __attribute__((visibility("default"))) int name(int at, const char *path, int flags, ...) {      \
    static void *slot;                                                                             \
    va_list more;                                                                                  \
    va_start(more, flags);                                                                         \
    mode_t mode = va_arg(more, mode_t);                                                            \
    va_end(more);                                                                                  \
    struct fdt_caller caller = FDT_CALLER();                                                       \
    VERIFY();                                                                                      \
    return ((int (*)(int, const char *, int, ...))original(&slot, #name))(at, path, flags, mode);  \
  }
WRAP_OPENAT(openat)
WRAP_OPENAT(openat64)

/* As the shim does: what was learnt of unloaded code is void. */
__attribute__((visibility("default"))) int dlclose(void *handle) {
  static void *slot;
  int (*close_object)(void *) = (int (*)(void *))original(&slot, "dlclose");
  fdt_capture_code_changes();
  int result = close_object(handle);
  fdt_capture_code_changed();
  return result;
}

static void report(void) {
  if (!__atomic_exchange_n(&ready, 0, __ATOMIC_ACQ_REL))
    return;
  char line[512], program[256] = "";
  ssize_t size = syscall(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", program, sizeof program - 1);
  program[size > 0 ? size : 0] = '\0';
  int length =
      snprintf(line, sizeof line, "%llu %llu %llu %llu %s\n", (unsigned long long)tally.equal,
               (unsigned long long)tally.flagged, (unsigned long long)tally.longer,
               (unsigned long long)tally.mismatch, program);
  long fd =
      syscall(SYS_openat, AT_FDCWD, report_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0)
    return;
  syscall(SYS_write, fd, line, (size_t)length);
  syscall(SYS_close, fd);
}

/* Programs that leave without their destructors. */
__attribute__((visibility("default"), noreturn)) void _exit(int status) {
  report();
  for (;;)
    syscall(SYS_exit_group, status);
}

static void start_anew(void) {
  tally = (struct tally){0, 0, 0, 0};
  fdt_capture_forked();
}

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("UNWIND_VERIFY");
  if (path == NULL || strlen(path) >= sizeof report_path)
    return;
  strcpy(report_path, path);
  pthread_atfork(NULL, NULL, start_anew);
  __atomic_store_n(&ready, 1, __ATOMIC_RELEASE);
}

__attribute__((destructor)) static void end(void) { report(); }
