/* The socket options that are descriptors, and where getsockopt(2) leaves them. Pure. */
#ifndef FDT_HOOKS_OPTION_PLACES_H
#define FDT_HOOKS_OPTION_PLACES_H

#include "fdtrack_format.h"

#include <stdint.h>
#include <sys/socket.h>

struct fdt_option_place {
  int8_t place; /* offset into the value, or -1: no descriptor */
  uint8_t kind; /* enum fdt_kind */
};

/* unix(7), linux/sctp.h; the kernel's numbers, since headers may be older. */
static inline struct fdt_option_place fdt_option_place(int level, int option) {
  enum { PEERPIDFD = 77, SCTP = 132, PEELOFF = 102, PEELOFF_FLAGS = 122 };
  if (__builtin_expect(level == SOL_SOCKET && option == PEERPIDFD, 0))
    return (struct fdt_option_place){0, FDT_KIND_PIDFD};
  if (__builtin_expect(level == SCTP && (option == PEELOFF || option == PEELOFF_FLAGS), 0))
    return (struct fdt_option_place){4, FDT_KIND_OTHER};
  return (struct fdt_option_place){-1, FDT_KIND_UNKNOWN};
}

#endif
