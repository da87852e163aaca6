/* openpty(3), whose second descriptor is an ioctl's, forkpty(3) and login_tty(3).
 * Before glibc 2.34 they are in libutil, which calls getpt(3) and others by name. */
#include "after.h"

#include "arrivals.h"
#include "births.h"
#include "kernel/clock.h"

#include <errno.h>
#include <pty.h>

/* The child of forkpty, or the caller of login_tty, has the terminal as its
 * standard streams. */
static void took_streams(const struct fdt_act *act) {
  for (int fd = 0; fd <= 2; fd++)
    fdt_opened(act, fd, &(struct fdt_birthmark){.kind = FDT_KIND_PTY, .replaces = true});
}

FDT_EXPORT pid_t forkpty(int *master, char *name, const struct termios *settings,
                         const struct winsize *size) {
  fdt_enter();
  if (FDT_LACKS(forkpty))
    return fdt_lacking();
  if (!fdt_recording())
    return fdt_real.forkpty(master, name, settings, size);
  const struct fdt_act act = *FDT_ACT(forkpty);
  uint64_t since = fdt_ticks();
  struct fdt_birth before = fdt_birth_begin(&act, FDT_HOW_FORK);
  pid_t pid = fdt_real.forkpty(master, name, settings, size);
  int saved = errno;
  fdt_birth_end(pid, before);
  if (pid == 0)
    took_streams(&act);
  else if (pid > 0)
    fdt_arrived(&act, *master, &(struct fdt_birthmark){.kind = FDT_KIND_PTY, .path = "/dev/ptmx"},
                since);
  else
    fdt_open_failed(&act, saved);
  errno = saved;
  return pid;
}

FDT_EXPORT int login_tty(int fd) {
  fdt_enter();
  if (FDT_LACKS(login_tty))
    return fdt_lacking();
  int result = fdt_real.login_tty(fd);
  if (!fdt_recording() || result != 0)
    return result;
  const struct fdt_act act = *FDT_ACT(login_tty);
  for (int stream = 0; stream <= 2; stream++)
    if (stream != fd)
      fdt_duplicated(&act, fd, stream, false, true);
  if (fd > 2)
    fdt_closed_range(&act, (unsigned)fd, (unsigned)fd);
  return result;
}

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
