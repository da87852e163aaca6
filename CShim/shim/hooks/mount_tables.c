/* The table of mounted file systems, getmntent(3): a FILE of its own kind. */
#include "after.h"

#include <errno.h>
#include <mntent.h>

#define SETMNTENT(name)                                                                            \
  FDT_EXPORT FILE *name(const char *path, const char *mode) {                                      \
    fdt_enter();                                                                                   \
    FILE *stream = fdt_real.name(path, mode);                                                      \
    if (!fdt_recording())                                                                          \
      return stream;                                                                               \
    if (stream == NULL)                                                                            \
      fdt_open_failed(FDT_ACT(name), errno);                                                       \
    else /* opened with "e" whatever the mode says */                                              \
      fdt_opened(                                                                                  \
          FDT_ACT(name), stream->_fileno,                                                          \
          &(struct fdt_birthmark){                                                                 \
              .kind = FDT_KIND_FILE, .owner = FDT_OWNER_FILE, .cloexec = true, .path = path});     \
    return stream;                                                                                 \
  }

SETMNTENT(setmntent)
SETMNTENT(__setmntent)

#define ENDMNTENT(name)                                                                            \
  FDT_EXPORT int name(FILE *stream) {                                                              \
    fdt_enter();                                                                                   \
    if (stream == NULL || !fdt_recording())                                                        \
      return fdt_real.name(stream);                                                                \
    struct fdt_act act = *FDT_ACT(name);                                                           \
    int fd = stream->_fileno;                                                                      \
    struct fdt_closing closing = fdt_close_begin(&act, fd);                                        \
    int result = fdt_real.name(stream);                                                            \
    fdt_close_end(&act, fd, closing, 0);                                                           \
    return result;                                                                                 \
  }

ENDMNTENT(endmntent)
ENDMNTENT(__endmntent)
