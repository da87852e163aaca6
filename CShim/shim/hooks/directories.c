/* Directory streams: descriptors that a DIR owns. */
#include "hook.h"

#include <errno.h>

FDT_EXPORT DIR *opendir(const char *path) {
  fdt_enter();
  DIR *stream = fdt_real.opendir(path);
  if (fdt_recording()) {
    /* opendir(3) sets FD_CLOEXEC. */
    if (stream != NULL)
      fdt_opened(FDT_ACT(opendir), dirfd(stream),
                 &(struct fdt_birthmark){
                     .kind = FDT_KIND_DIR, .owner = FDT_OWNER_DIR, .cloexec = true, .path = path});
    else
      fdt_open_failed(FDT_ACT(opendir), errno);
  }
  return stream;
}

FDT_EXPORT DIR *fdopendir(int fd) {
  fdt_enter();
  DIR *stream = fdt_real.fdopendir(fd);
  if (fdt_recording()) {
    if (stream != NULL) {
      fdt_owned(fd, FDT_OWNER_DIR);
      fdt_cloexec_changed(FDT_ACT(fdopendir), fd, true); /* glibc sets it */
    } else {
      fdt_noted(FDT_ACT(fdopendir), fd, errno);
    }
  }
  return stream;
}

FDT_EXPORT int closedir(DIR *stream) {
  fdt_enter();
  __asm__("" : "+r"(stream)); /* declared nonnull, and yet closedir(NULL) is EINVAL */
  if (stream == NULL || !fdt_recording())
    return fdt_real.closedir(stream);
  struct fdt_act act = *FDT_ACT(closedir);
  int fd = dirfd(stream);
  struct fdt_closing closing = fdt_close_begin(&act, fd);
  int result = fdt_real.closedir(stream);
  fdt_close_end(&act, fd, closing, result == 0 ? 0 : errno);
  return result;
}
