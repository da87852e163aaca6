/* openpty(3): two descriptors, the second one of an ioctl. Before glibc 2.34 it is
 * in libutil, which calls getpt(3) and others by name. */
#include "after.h"

#include "arrivals.h"
#include "kernel/clock.h"

#include <errno.h>
#include <pty.h>

FDT_EXPORT int openpty(int *master, int *slave, char *name, const struct termios *settings,
                       const struct winsize *size) {
  fdt_enter();
  if (FDT_LACKS(openpty))
    return fdt_lacking();
  uint64_t since = fdt_recording() ? fdt_ticks() : 0;
  int result = fdt_real.openpty(master, slave, name, settings, size);
  if (!fdt_recording())
    return result;
  struct fdt_act act = *FDT_ACT(openpty);
  if (result == 0) {
    fdt_arrived(&act, *master, &(struct fdt_birthmark){.kind = FDT_KIND_PTY, .path = "/dev/ptmx"},
                since);
    fdt_arrived(&act, *slave, &(struct fdt_birthmark){.kind = FDT_KIND_PTY, .path = name}, since);
  } else {
    fdt_open_failed(&act, errno);
  }
  return result;
}
