/* stdio(3): descriptors that a FILE owns. */
#include "after.h"

#include "kernel/syscall.h"
#include "kernel/text.h"
#include "process/exec.h"
#include "process/process.h"
#include "snapshot/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>

/* "e" is O_CLOEXEC among the six characters after the first, where fopen(3) looks,
 * in whatever comes there (",ccs="); popen(3) knows it anywhere. */
bool fdt_mode_has_cloexec(const char *mode) {
  for (int i = 0; i < 7 && mode[i] != '\0'; i++)
    if (i > 0 && mode[i] == 'e')
      return true;
  return false;
}

/* As fileno(3), without its errno: a FILE in memory never set _fileno, and those of
 * fmemopen and fopencookie have it below zero. */
static int number_of(const FILE *stream) {
  enum { IS_FILEBUF = 0x2000 }; /* _IO_IS_FILEBUF, libio.h */
  return stream == NULL || (stream->_flags & IS_FILEBUF) == 0 ? -1 : stream->_fileno;
}

static void opened(const struct fdt_act *act, const FILE *stream, struct fdt_birthmark mark) {
  if (stream == NULL)
    fdt_open_failed(act, errno);
  else if (number_of(stream) >= 0)
    fdt_opened(act, number_of(stream), &mark);
}

#define FOPEN(name)                                                                                \
  FDT_EXPORT FILE *name(const char *path, const char *mode) {                                      \
    fdt_enter();                                                                                   \
    FILE *stream = fdt_real.name(path, mode);                                                      \
    if (fdt_recording())                                                                           \
      opened(FDT_ACT(name), stream,                                                                \
             (struct fdt_birthmark){.kind = FDT_KIND_FILE,                                         \
                                    .owner = FDT_OWNER_FILE,                                       \
                                    .cloexec = stream != NULL && fdt_mode_has_cloexec(mode),       \
                                    .path = path});                                                \
    return stream;                                                                                 \
  }

FOPEN(fopen)
FOPEN(fopen64)
FOPEN(_IO_fopen)

#define FDOPEN(name)                                                                               \
  FDT_EXPORT FILE *name(int fd, const char *mode) {                                                \
    fdt_enter();                                                                                   \
    FILE *stream = fdt_real.name(fd, mode);                                                        \
    if (fdt_recording()) {                                                                         \
      if (stream != NULL)                                                                          \
        fdt_owned(fd, FDT_OWNER_FILE);                                                             \
      else                                                                                         \
        fdt_noted(FDT_ACT(name), fd, errno);                                                       \
    }                                                                                              \
    return stream;                                                                                 \
  }

FDOPEN(fdopen)
FDOPEN(_IO_fdopen)

#define TMPFILE(name)                                                                              \
  FDT_EXPORT FILE *name(void) {                                                                    \
    fdt_enter();                                                                                   \
    FILE *stream = fdt_real.name();                                                                \
    if (fdt_recording())                                                                           \
      opened(FDT_ACT(name), stream,                                                                \
             (struct fdt_birthmark){.kind = FDT_KIND_FILE, .owner = FDT_OWNER_FILE});              \
    return stream;                                                                                 \
  }

TMPFILE(tmpfile)
TMPFILE(tmpfile64)

/* Runs a call that closes the descriptor of `stream`, which is gone afterwards. */
#define FCLOSE(name)                                                                               \
  FDT_EXPORT int name(FILE *stream) {                                                              \
    fdt_enter();                                                                                   \
    int fd = number_of(stream);                                                                    \
    if (fd < 0 || !fdt_recording())                                                                \
      return fdt_real.name(stream);                                                                \
    struct fdt_act act = *FDT_ACT(name);                                                           \
    struct fdt_closing closing = fdt_close_begin(&act, fd);                                        \
    int result = fdt_real.name(stream);                                                            \
    fdt_close_end(&act, fd, closing, result < 0 && errno == EBADF ? EBADF : 0);                    \
    return result;                                                                                 \
  }

FCLOSE(fclose)
FCLOSE(_IO_fclose)

/* libc waits for the child without a call that can be seen, and tells its end; unless
 * the descriptor was not there to be closed. */
FDT_EXPORT int pclose(FILE *stream) {
  fdt_enter();
  int fd = number_of(stream);
  if (fd < 0 || !fdt_recording())
    return fdt_real.pclose(stream);
  struct fdt_act act = *FDT_ACT(pclose);
  struct fdt_closing closing = fdt_close_begin(&act, fd);
  int status = fdt_real.pclose(stream);
  int saved = errno;
  fdt_close_end(&act, fd, closing, status == -1 && saved == EBADF ? EBADF : 0);
  if (status != -1)
    fdt_spawn_stream_reaped(fd, status);
  errno = saved;
  return status;
}

/* freopen keeps the number where it can: a new file is opened, moved onto the
 * old number, and the temporary one closed; on failure the old one is closed.
 * Without a path it is the same file that is opened again. */
struct reopening {
  const char *path;
  uint8_t kind;
  struct fdt_closing closing;
  int before;
  char known[FDT_TEXT_MAX + 1];
};

static void reopen_begin(struct reopening *plan, const struct fdt_act *act, const char *path,
                         const FILE *stream) {
  plan->path = path;
  plan->kind = FDT_KIND_FILE;
  plan->before = number_of(stream);
  plan->closing = (struct fdt_closing){.entry = NULL};
  if (plan->before < 0)
    return;
  if (path == NULL && fdt_is_told(plan->before, 0)) {
    plan->kind = fdt_kind_of(plan->before);
    plan->path = fdt_path_of(plan->before, plan->known) ? plan->known : NULL;
  }
  plan->closing = fdt_close_begin(act, plan->before);
}

/* libc keeps the "e" of an earlier mode where it moves the new file onto the old
 * number, so the kernel is asked, as far as that is allowed. */
static bool is_reopened_cloexec(int fd, const char *mode) {
  long flags = fdt_snapshot_forbidden() ? -ENOSYS : fdt_syscall2(SYS_fcntl, fd, F_GETFD);
  return fdt_failed(flags) ? fdt_mode_has_cloexec(mode) : (flags & FD_CLOEXEC) != 0;
}

static void reopen_end(const struct reopening *plan, const struct fdt_act *act, const FILE *stream,
                       const char *mode) {
  if (plan->closing.entry != NULL)
    fdt_close_end(act, plan->before, plan->closing, 0);
  opened(act, stream,
         (struct fdt_birthmark){.kind = plan->kind,
                                .owner = FDT_OWNER_FILE,
                                .cloexec = number_of(stream) >= 0 &&
                                           is_reopened_cloexec(number_of(stream), mode),
                                .replaces = true,
                                .path = plan->path});
}

#define FREOPEN(name)                                                                              \
  FDT_EXPORT FILE *name(const char *path, const char *mode, FILE *stream) {                        \
    fdt_enter();                                                                                   \
    if (!fdt_recording())                                                                          \
      return fdt_real.name(path, mode, stream);                                                    \
    struct fdt_act act = *FDT_ACT(name);                                                           \
    struct reopening plan;                                                                         \
    reopen_begin(&plan, &act, path, stream);                                                       \
    FILE *result = fdt_real.name(path, mode, stream);                                              \
    reopen_end(&plan, &act, result, mode);                                                         \
    return result;                                                                                 \
  }

FREOPEN(freopen)
FREOPEN(freopen64)

/* libc keeps the child's number for pclose, behind the FILE and the table of its functions
 * (libioP.h, struct _IO_proc_file). It counts when the kernel knows a child of that number: of one
 * that starts when its parent has ended already, nothing else tells whose it is. */
static int child_of(const FILE *stream) {
  struct with_child {
    FILE file;
    const void *functions;
    int child;
  };
  if (stream == NULL || fdt_snapshot_forbidden())
    return 0;
  siginfo_t told; /* valgrind takes none for a mistake */
  int child = ((const struct with_child *)stream)->child;
  return child > 0 && !fdt_failed(fdt_syscall5(SYS_waitid, P_PID, child, (long)&told,
                                               WEXITED | WNOHANG | WNOWAIT, 0))
             ? child
             : 0;
}

#define POPEN(name)                                                                                \
  FDT_EXPORT FILE *name(const char *command, const char *mode) {                                   \
    fdt_enter();                                                                                   \
    if (!fdt_recording())                                                                          \
      return fdt_real.name(command, mode);                                                         \
    struct fdt_act act = *FDT_ACT(name);                                                           \
    uint32_t child = fdt_spawn_begin(&act, &(struct fdt_spawned){.command = command}, environ);    \
    FILE *stream = fdt_real.name(command, mode);                                                   \
    fdt_spawn_end(&act, child, child_of(stream), stream == NULL);                                  \
    fdt_spawn_has_stream(child, number_of(stream));                                                \
    opened(&act, stream,                                                                           \
           (struct fdt_birthmark){.kind = FDT_KIND_PIPE,                                           \
                                  .owner = FDT_OWNER_POPEN,                                        \
                                  .cloexec =                                                       \
                                      stream != NULL && fdt_text_holds(mode, strlen(mode), "e")}); \
    return stream;                                                                                 \
  }

POPEN(popen)
POPEN(_IO_popen)
