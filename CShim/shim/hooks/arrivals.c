#include "arrivals.h"

#include "kernel/syscall.h"
#include "snapshot/look.h"
#include "snapshot/snapshot.h"

#include <fcntl.h>
#include <sys/stat.h>

/* Fills in FD_CLOEXEC; false when there is no such descriptor. */
static bool look(int fd, struct fdt_birthmark *mark) {
  if (fd < 0)
    return false;
  if (fdt_snapshot_forbidden())
    return true;
  long flags = fdt_syscall2(SYS_fcntl, fd, F_GETFD);
  if (fdt_failed(flags))
    return false;
  mark->cloexec = (flags & FD_CLOEXEC) != 0;
  return true;
}

void fdt_arrived(const struct fdt_act *act, int fd, const struct fdt_birthmark *mark,
                 uint64_t since) {
  struct fdt_birthmark checked = *mark;
  if (!fdt_is_told(fd, since) && look(fd, &checked))
    fdt_opened(act, fd, &checked);
}

void fdt_arrived_from_outside(const struct fdt_act *act, int fd, const struct fdt_birthmark *mark) {
  struct fdt_birthmark checked = *mark;
  if (look(fd, &checked))
    fdt_received(act, fd, &checked, NULL);
}

static bool listens(int fd) {
  int answer = 0;
  socklen_t size = sizeof answer;
  return !fdt_failed(fdt_syscall5(SYS_getsockopt, fd, SOL_SOCKET, SO_ACCEPTCONN, &answer, &size)) &&
         answer != 0;
}

void fdt_arrived_untold(const struct fdt_act *act, int fd, const struct fdt_birthmark *mark) {
  struct fdt_birthmark told = *mark;
  struct fdt_look look;
  if (fdt_snapshot_forbidden() || !fdt_look_at(fd, FDT_KIND_UNKNOWN, &look)) {
    fdt_received(act, fd, mark, NULL);
    return;
  }
  told.kind = (uint8_t)fdt_look_kind(&look.sight);
  fdt_received(act, fd, &told, &look.sight);
  if (S_ISSOCK(look.sight.mode) && listens(fd))
    fdt_listening(fd);
}
