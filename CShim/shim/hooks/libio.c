/* The parts that stdio is made of, as libc still exports them: old C++ libraries
 * opened and closed their files by them, on FILEs of their own. */
#include "after.h"

#include <errno.h>
#include <fcntl.h>

/* A FILE of libc's own making stays; its descriptor goes. */
#define CLOSES(name)                                                                               \
  FDT_EXPORT int name(FILE *stream) {                                                              \
    fdt_enter();                                                                                   \
    int fd = stream->_fileno;                                                                      \
    if (fd < 0 || !fdt_recording())                                                                \
      return fdt_real.name(stream);                                                                \
    struct fdt_act act = *FDT_ACT(name);                                                           \
    struct fdt_closing closing = fdt_close_begin(&act, fd);                                        \
    int result = fdt_real.name(stream);                                                            \
    fdt_close_end(&act, fd, closing, result < 0 && errno == EBADF ? EBADF : 0);                    \
    return result;                                                                                 \
  }

CLOSES(_IO_file_close_it)
CLOSES(_IO_file_close)

FDT_EXPORT void _IO_file_finish(FILE *stream, int unused) {
  fdt_enter();
  int fd = stream->_fileno;
  if (fd < 0 || !fdt_recording()) {
    fdt_real._IO_file_finish(stream, unused);
    return;
  }
  struct fdt_act act = *FDT_ACT(_IO_file_finish);
  struct fdt_closing closing = fdt_close_begin(&act, fd);
  fdt_real._IO_file_finish(stream, unused);
  fdt_close_end(&act, fd, closing, 0);
}

FDT_EXPORT FILE *_IO_file_attach(FILE *stream, int fd) {
  fdt_enter();
  FILE *result = fdt_real._IO_file_attach(stream, fd);
  if (result != NULL && fdt_recording())
    fdt_owned(fd, FDT_OWNER_FILE);
  return result;
}

static void opened(const struct fdt_act *act, const FILE *stream, const char *path, int flags) {
  if (stream == NULL)
    fdt_open_failed(act, errno);
  else
    fdt_opened(act, stream->_fileno,
               &(struct fdt_birthmark){.kind = FDT_KIND_FILE,
                                       .owner = FDT_OWNER_FILE,
                                       .cloexec = (flags & O_CLOEXEC) != 0,
                                       .path = path});
}

/* Refused (NULL) with the stream open already. */
FDT_EXPORT FILE *_IO_file_fopen(FILE *stream, const char *path, const char *mode, int wide) {
  fdt_enter();
  FILE *result = fdt_real._IO_file_fopen(stream, path, mode, wide);
  if (fdt_recording())
    opened(FDT_ACT(_IO_file_fopen), result, path,
           result != NULL && fdt_mode_has_cloexec(mode) ? O_CLOEXEC : 0);
  return result;
}

FDT_EXPORT FILE *_IO_file_open(FILE *stream, const char *path, int flags, int mode, int state,
                               int wide) {
  fdt_enter();
  FILE *result = fdt_real._IO_file_open(stream, path, flags, mode, state, wide);
  if (fdt_recording())
    opened(FDT_ACT(_IO_file_open), result, path, flags);
  return result;
}
