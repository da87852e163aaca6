/* Where a successful ioctl(2) left a new descriptor, by ioctls.def. Pure. */
#ifndef FDT_HOOKS_IOCTL_PLACES_H
#define FDT_HOOKS_IOCTL_PLACES_H

#include "fdtrack_format.h"

#include <linux/ioctl.h>
#include <stdbool.h>
#include <stdint.h>

#define FDT_RESULT (-1)
#define FDT_NONE   (-2)

struct fdt_ioctl_place {
  int16_t place; /* FDT_NONE, FDT_RESULT, or an offset into the argument */
  uint8_t kind;  /* enum fdt_kind */
};

/* Numbers of requests are 32 bits wide; those above the sign bit reach ioctl(2) in
 * either extension. */
static inline uint32_t fdt_ioctl_key(uint32_t request) {
  return request & ~(uint32_t)(_IOC_SIZEMASK << _IOC_SIZESHIFT);
}

/* Whether what a request's argument points to reaches `place`, as far as its number tells: drivers
 * give the same numbers to structs of their own. */
static inline bool fdt_ioctl_reaches(uint32_t request, int place) {
  return place < 0 || _IOC_DIR(request) == _IOC_NONE ||
         _IOC_SIZE(request) >= (uint32_t)place + sizeof(int);
}

static inline struct fdt_ioctl_place fdt_ioctl_place(uint32_t request) {
  switch (fdt_ioctl_key(request)) {
#define FDT_IOCTL(name, direction, type, number, place, kind)                                      \
  case _IOC((unsigned)(_IOC_##direction), type, number, 0):                                        \
    return (struct fdt_ioctl_place){fdt_ioctl_reaches(request, place) ? place : FDT_NONE,          \
                                    FDT_KIND_##kind};
#include "ioctls.def"
#undef FDT_IOCTL
  default:
    return (struct fdt_ioctl_place){FDT_NONE, FDT_KIND_UNKNOWN};
  }
}

/* The descriptor that a call with this outcome made, or -1. */
static inline int fdt_ioctl_made(struct fdt_ioctl_place place, int result, const void *argument) {
  int fd = -1;
  if (result < 0 || place.place == FDT_NONE)
    return -1;
  if (place.place == FDT_RESULT)
    return result;
  if (argument != 0)
    __builtin_memcpy(&fd, (const char *)argument + place.place, sizeof fd);
  return fd;
}

#endif
