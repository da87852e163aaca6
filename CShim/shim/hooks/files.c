/* open(2) in all its names, and files with made-up names: mkstemp(3). */
#include "after.h"

#include "kernel_numbers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>

#ifndef O_TMPFILE
#define O_TMPFILE (020000000 | O_DIRECTORY)
#endif

static inline bool needs_mode(int flags) {
  return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
}

void fdt_after_open(const struct fdt_act *act, int fd, const char *path, int flags) {
  if (fd < 0) {
    fdt_open_failed(act, errno);
    return;
  }
  uint8_t kind = (flags & O_DIRECTORY) != 0 && (flags & O_TMPFILE) != O_TMPFILE ? FDT_KIND_DIR
                 : strcmp(path, "/dev/ptmx") == 0                               ? FDT_KIND_PTY
                                                                                : FDT_KIND_FILE;
  fdt_opened(
      act, fd,
      &(struct fdt_birthmark){.kind = kind, .cloexec = (flags & O_CLOEXEC) != 0, .path = path});
}

/* One file: its path, and the flags that it is opened with. */
#define OPEN(name, parameters, arguments, path, flags)                                             \
  FDT_EXPORT int name parameters {                                                                 \
    fdt_enter();                                                                                   \
    int fd = fdt_real.name arguments;                                                              \
    if (fdt_recording())                                                                           \
      fdt_after_open(FDT_ACT(name), fd, path, flags);                                              \
    return fd;                                                                                     \
  }

/* The same, where a mode may follow the flags. */
#define OPEN_WITH_MODE(name, parameters, arguments)                                                \
  FDT_EXPORT int name parameters {                                                                 \
    mode_t mode = 0;                                                                               \
    fdt_enter();                                                                                   \
    if (needs_mode(flags)) {                                                                       \
      va_list more;                                                                                \
      va_start(more, flags);                                                                       \
      mode = va_arg(more, mode_t);                                                                 \
      va_end(more);                                                                                \
    }                                                                                              \
    int fd = fdt_real.name arguments;                                                              \
    if (fdt_recording())                                                                           \
      fdt_after_open(FDT_ACT(name), fd, path, flags);                                              \
    return fd;                                                                                     \
  }

OPEN_WITH_MODE(open, (const char *path, int flags, ...), (path, flags, mode))
OPEN_WITH_MODE(open64, (const char *path, int flags, ...), (path, flags, mode))
OPEN_WITH_MODE(__open, (const char *path, int flags, ...), (path, flags, mode))
OPEN_WITH_MODE(__open64, (const char *path, int flags, ...), (path, flags, mode))
OPEN_WITH_MODE(openat, (int at, const char *path, int flags, ...), (at, path, flags, mode))
OPEN_WITH_MODE(openat64, (int at, const char *path, int flags, ...), (at, path, flags, mode))

/* _FORTIFY_SOURCE calls these when the flags ask for no mode. */
OPEN(__open_2, (const char *path, int flags), (path, flags), path, flags)
OPEN(__open64_2, (const char *path, int flags), (path, flags), path, flags)
OPEN(__openat_2, (int at, const char *path, int flags), (at, path, flags), path, flags)
OPEN(__openat64_2, (int at, const char *path, int flags), (at, path, flags), path, flags)

/* `how` starts with the flags, openat2(2); it was readable when the call succeeded. */
void fdt_after_openat2(const struct fdt_act *act, int fd, const char *path,
                       const struct open_how *how) {
  uint64_t flags = 0;
  if (fd >= 0)
    memcpy(&flags, how, sizeof flags);
  fdt_after_open(act, fd, path, (int)flags);
}

FDT_EXPORT int openat2(int directory, const char *path, const struct open_how *how, size_t size) {
  fdt_enter();
  int fd = FDT_REAL_OR_RAW(openat2, directory, path, how, size);
  if (fdt_recording())
    fdt_after_openat2(FDT_ACT(openat2), fd, path, how);
  return fd;
}

/* A handle tells no name. */
void fdt_after_open_by_handle(const struct fdt_act *act, int fd, int flags) {
  fdt_after_descriptor(act, fd, (flags & O_DIRECTORY) != 0 ? FDT_KIND_DIR : FDT_KIND_FILE, flags,
                       NULL);
}

FDT_EXPORT int open_by_handle_at(int mount, struct file_handle *handle, int flags) {
  fdt_enter();
  int fd = fdt_real.open_by_handle_at(mount, handle, flags);
  if (fdt_recording())
    fdt_after_open_by_handle(FDT_ACT(open_by_handle_at), fd, flags);
  return fd;
}

OPEN(creat, (const char *path, mode_t mode), (path, mode), path, O_CREAT | O_WRONLY)
OPEN(creat64, (const char *path, mode_t mode), (path, mode), path, O_CREAT | O_WRONLY)

/* The template holds the name once the call returned. */
#define MKSTEMP(name, parameters, arguments, flags)                                                \
  OPEN(name, parameters, arguments, template, flags)

MKSTEMP(mkstemp, (char *template), (template), 0)
MKSTEMP(mkstemp64, (char *template), (template), 0)
MKSTEMP(mkostemp, (char *template, int flags), (template, flags), flags)
MKSTEMP(mkostemp64, (char *template, int flags), (template, flags), flags)
MKSTEMP(mkstemps, (char *template, int suffix), (template, suffix), 0)
MKSTEMP(mkstemps64, (char *template, int suffix), (template, suffix), 0)
MKSTEMP(mkostemps, (char *template, int suffix, int flags), (template, suffix, flags), flags)
MKSTEMP(mkostemps64, (char *template, int suffix, int flags), (template, suffix, flags), flags)
