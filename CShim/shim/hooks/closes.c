/* The ends of descriptors: close(2), close_range(2), closefrom(3). */
#include "after.h"

#include "record/misuse.h"

#include <errno.h>
#include <limits.h>

#ifndef CLOSE_RANGE_UNSHARE
#define CLOSE_RANGE_UNSHARE (1U << 1)
#endif
#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

#define CLOSE(name)                                                                                \
  FDT_EXPORT int name(int fd) {                                                                    \
    fdt_enter();                                                                                   \
    if (!fdt_recording())                                                                          \
      return fdt_real.name(fd);                                                                    \
    struct fdt_act act = *FDT_ACT(name);                                                           \
    struct fdt_closing closing = fdt_close_begin(&act, fd);                                        \
    if (fdt_unlikely(closing.owner != FDT_OWNER_RAW))                                              \
      fdt_misuse_owned(&act, fd, closing);                                                         \
    int result = fdt_real.name(fd);                                                                \
    fdt_close_end(&act, fd, closing, result == 0 ? 0 : errno);                                     \
    return result;                                                                                 \
  }

CLOSE(close)
CLOSE(__close)

/* With CLOSE_RANGE_UNSHARE the calling thread gets a table of its own first. What it
 * closes there stays open in the process as long as that has other threads. */
static bool is_private(int flags) {
  return ((unsigned)flags & CLOSE_RANGE_UNSHARE) != 0 && fdt_shares_table();
}

/* Recorded after the call, when it is known to have closed: another thread's open
 * of one of the numbers in between is taken for closed, until a snapshot finds it. */
void fdt_after_close_range(const struct fdt_act *act, unsigned first, unsigned last, int flags,
                           int result) {
  if (result != 0)
    return;
  if (is_private(flags)) {
    fdt_leave_table();
    return;
  }
  if (((unsigned)flags & CLOSE_RANGE_CLOEXEC) != 0)
    fdt_cloexec_range(first, last);
  else
    fdt_closed_range(act, first, last);
}

FDT_EXPORT int close_range(unsigned first, unsigned last, int flags) {
  fdt_enter();
  int result = fdt_real.close_range(first, last, flags);
  if (fdt_recording())
    fdt_after_close_range(FDT_ACT(close_range), first, last, flags, result);
  return result;
}

FDT_EXPORT void closefrom(int first) {
  fdt_enter();
  fdt_real.closefrom(first);
  if (fdt_recording())
    fdt_closed_range(FDT_ACT(closefrom), first < 0 ? 0 : (unsigned)first, UINT_MAX);
}
