/* ioctl(2): FD_CLOEXEC by FIOCLEX, and the requests that make a descriptor. */
#include "after.h"

#include "arrivals.h"
#include "ioctl_places.h"
#include "kernel/readable.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>

#ifndef SIOCUNIXFILE
#define SIOCUNIXFILE 0x89e0
#endif
#ifndef SIOCGSKNS
#define SIOCGSKNS 0x894c
#endif

/* linux/auto_dev-ioctl.h: the one request that closes a descriptor, which its struct
 * names where that of AUTOFS_DEV_IOCTL_OPENMOUNT leaves it. */
#define CLOSES       _IOC((unsigned)(_IOC_READ | _IOC_WRITE), 0x93, 0x75, 0)
#define CLOSED_PLACE 12

static inline bool closes(uint32_t request) {
  return fdt_ioctl_key(request) == CLOSES && fdt_ioctl_reaches(request, CLOSED_PLACE);
}

/* Most requests have nothing to do with descriptors. The old ones of terminals and
 * files, 0x54.., are the most frequent by far, so they do not go through the table. */
static inline bool is_of_interest(uint32_t request) {
  if (fdt_likely(request >> 8 == 'T'))
    return request == FIOCLEX || request == FIONCLEX || request == TIOCGPTPEER;
  return request == SIOCGSKNS || request == SIOCUNIXFILE || closes(request) ||
         fdt_ioctl_place(request).place != FDT_NONE;
}

/* Requests of sockets have no direction and no size in them. */
static struct fdt_ioctl_place place_of(int fd, uint32_t request) {
  if (request == SIOCGSKNS)
    return (struct fdt_ioctl_place){FDT_RESULT, FDT_KIND_NAMESPACE};
  /* Every family gives a number of its own meaning to SIOCPROTOPRIVATE. */
  if (request == SIOCUNIXFILE)
    return (struct fdt_ioctl_place){fdt_kind_of(fd) == FDT_KIND_UNIX ? FDT_RESULT : FDT_NONE,
                                    FDT_KIND_FILE};
  return fdt_ioctl_place(request);
}

/* Where no size stands in its number, another driver's request may take a number and no
 * address. */
static int made_by(struct fdt_ioctl_place place, int result, const void *argument) {
  const char *at = (const char *)argument + place.place;
  bool reads = result >= 0 && place.place >= 0;
  return reads && !fdt_readable_bytes(at, sizeof(int)) ? -1
                                                       : fdt_ioctl_made(place, result, argument);
}

/* Only now is the struct known to be readable. */
static void after_close(const struct fdt_act *act, const void *argument, int result) {
  int fd;
  if (result != 0)
    return;
  memcpy(&fd, (const char *)argument + CLOSED_PLACE, sizeof fd);
  struct fdt_closing closing = fdt_close_begin(act, fd);
  fdt_close_end(act, fd, closing, 0);
}

void fdt_after_ioctl(const struct fdt_act *act, int fd, uint32_t request, const void *argument,
                     int result) {
  if (request == FIOCLEX || request == FIONCLEX) {
    if (result == 0)
      fdt_cloexec_changed(act, fd, request == FIOCLEX);
    return;
  }
  if (closes(request)) {
    after_close(act, argument, result);
    return;
  }
  struct fdt_ioctl_place place = place_of(fd, request);
  int made = made_by(place, result, argument);
  if (made >= 0)
    fdt_arrived(act, made, &(struct fdt_birthmark){.kind = place.kind, .cloexec = true}, 0);
  else if (result < 0 && place.place != FDT_NONE)
    fdt_open_failed(act, errno);
}

FDT_EXPORT int ioctl(int fd, unsigned long request, ...) {
  va_list more;
  va_start(more, request);
  void *argument = va_arg(more, void *);
  va_end(more);
  fdt_enter();
  int result = fdt_real.ioctl(fd, request, argument);
  if (fdt_unlikely(is_of_interest((uint32_t)request)) && fdt_recording())
    fdt_after_ioctl(FDT_ACT(ioctl), fd, (uint32_t)request, argument, result);
  return result;
}
