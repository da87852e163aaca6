/* Socket options: those that are descriptors, how a connect ended that went on by
 * itself (SO_ERROR, socket(7)), and what could not be set. */
#include "after.h"

#include "arrivals.h"
#include "option_places.h"

#include <errno.h>
#include <string.h>

/* asm-generic/socket.h, which not all headers of libc have. */
enum { RECEIVE_TIMEOUT_NEW = 66, SEND_TIMEOUT_NEW = 67 };

static bool is_outcome(int level, int option) { return level == SOL_SOCKET && option == SO_ERROR; }

/* Each under two numbers, for times of two sizes. */
static bool is_timeout(int level, int option) {
  return level == SOL_SOCKET && (option == SO_RCVTIMEO || option == SO_SNDTIMEO ||
                                 option == RECEIVE_TIMEOUT_NEW || option == SEND_TIMEOUT_NEW);
}

/* The kernel tells an error of a socket once. One that is still to come, or none, is
 * no news. */
static void after_outcome(const struct fdt_act *act, int fd, const void *value,
                          const socklen_t *size) {
  int error = 0;
  if (*size >= sizeof error)
    memcpy(&error, value, sizeof error);
  if (error > 0 && error != EINPROGRESS && error != EALREADY)
    fdt_noted(act, fd, error);
}

void fdt_after_getsockopt(const struct fdt_act *act, int fd, int level, int option,
                          const void *value, const socklen_t *size, int result) {
  if (result < 0) {
    if (fdt_option_place(level, option).place >= 0)
      fdt_failed_from(act, fd, errno);
    else if (errno == EBADF)
      fdt_noted(act, fd, EBADF);
    return;
  }
  if (is_outcome(level, option)) {
    after_outcome(act, fd, value, size);
    return;
  }
  struct fdt_option_place place = fdt_option_place(level, option);
  if (place.place < 0)
    return;
  int made;
  memcpy(&made, (const char *)value + place.place, sizeof made);
  fdt_arrived(act, made,
              &(struct fdt_birthmark){.kind = place.kind, .cloexec = place.kind == FDT_KIND_PIDFD},
              0);
}

FDT_EXPORT int getsockopt(int fd, int level, int option, void *value, socklen_t *size) {
  fdt_enter();
  int result = fdt_real.getsockopt(fd, level, option, value, size);
  if (fdt_unlikely(result < 0 || is_outcome(level, option) ||
                   fdt_option_place(level, option).place >= 0) &&
      fdt_recording())
    fdt_after_getsockopt(FDT_ACT(getsockopt), fd, level, option, value, size, result);
  return result;
}

/* An option that is lacking hardly ever stops a program: what was noted before, like
 * the end of the connection that makes the call fail, tells more. */
void fdt_after_setsockopt(const struct fdt_act *act, int fd, int level, int option, int result) {
  if (result < 0)
    fdt_noted_at_first(act, fd, errno);
  else if (is_timeout(level, option))
    fdt_watch_timeout(fd);
}

FDT_EXPORT int setsockopt(int fd, int level, int option, const void *value, socklen_t size) {
  fdt_enter();
  int result = fdt_real.setsockopt(fd, level, option, value, size);
  if (fdt_unlikely(result < 0 || is_timeout(level, option)) && fdt_recording())
    fdt_after_setsockopt(FDT_ACT(setsockopt), fd, level, option, result);
  return result;
}
