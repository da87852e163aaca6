/* System calls of which no more is to be said than that they return a descriptor,
 * of what kind, and whether with FD_CLOEXEC. Many have no function in libc. */
#include "after.h"

#include "kernel_numbers.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <string.h>

#define ALWAYS (-1) /* with FD_CLOEXEC */
#define NEVER  (-2)

static const struct maker {
  uint16_t number;
  uint8_t kind;
  int8_t place;  /* of the flags among the arguments, or ALWAYS, NEVER */
  uint32_t flag; /* the one for FD_CLOEXEC */
} makers[] = {
#ifdef SYS_eventfd
    {SYS_eventfd, FDT_KIND_EVENTFD, NEVER, 0},
    {SYS_epoll_create, FDT_KIND_EPOLL, NEVER, 0},
    {SYS_inotify_init, FDT_KIND_INOTIFY, NEVER, 0},
#endif
    {SYS_eventfd2, FDT_KIND_EVENTFD, 1, O_CLOEXEC},
    {SYS_epoll_create1, FDT_KIND_EPOLL, 0, O_CLOEXEC},
    {SYS_timerfd_create, FDT_KIND_TIMERFD, 1, O_CLOEXEC},
    {SYS_inotify_init1, FDT_KIND_INOTIFY, 0, O_CLOEXEC},
    {SYS_fanotify_init, FDT_KIND_FANOTIFY, 0, 1},
    {SYS_userfaultfd, FDT_KIND_USERFAULTFD, 0, O_CLOEXEC},
    {SYS_memfd_secret, FDT_KIND_MEMFD, 0, O_CLOEXEC},
    {SYS_pidfd_open, FDT_KIND_PIDFD, ALWAYS, 0},
    {SYS_perf_event_open, FDT_KIND_PERF_EVENT, 4, 8},
    {SYS_io_uring_setup, FDT_KIND_IO_URING, ALWAYS, 0},
    {SYS_landlock_create_ruleset, FDT_KIND_OTHER, ALWAYS, 0},
    {SYS_bpf, FDT_KIND_BPF, ALWAYS, 0},
    {SYS_seccomp, FDT_KIND_OTHER, ALWAYS, 0},
    {SYS_fsopen, FDT_KIND_MOUNT, 1, 1},
    {SYS_fsmount, FDT_KIND_MOUNT, 1, 1},
    {SYS_fspick, FDT_KIND_MOUNT, 2, 1},
};

/* bpf(2) has one number for all that it does. */
static bool command_makes(int command) {
  switch (command) {
  case BPF_MAP_CREATE:
  case BPF_PROG_LOAD:
  case BPF_OBJ_GET:
  case BPF_PROG_GET_FD_BY_ID:
  case BPF_MAP_GET_FD_BY_ID:
  case BPF_RAW_TRACEPOINT_OPEN:
  case BPF_BTF_LOAD:
  case BPF_BTF_GET_FD_BY_ID:
  case BPF_LINK_CREATE:
  case BPF_LINK_GET_FD_BY_ID:
  case BPF_ENABLE_STATS:
  case BPF_ITER_CREATE:
  case 36: /* BPF_TOKEN_CREATE, Linux 6.9 */
    return true;
  default:
    return false;
  }
}

/* struct io_uring_params: a ring may be known to the kernel by an index alone. */
static bool ring_is_registered(const void *parameters, int result) {
  enum { FLAGS_PLACE = 8, REGISTERED_FD_ONLY = 1 << 15 };
  uint32_t flags;
  if (result < 0)
    return false;
  memcpy(&flags, (const char *)parameters + FLAGS_PLACE, sizeof flags);
  return (flags & REGISTERED_FD_ONLY) != 0;
}

/* Some return a descriptor only when they are asked for one. */
static bool makes(long number, const long arguments[6], int result) {
  enum { SET_MODE_FILTER = 1, NEW_LISTENER = 1 << 3 };
  switch (number) {
  case SYS_bpf:
    return command_makes((int)arguments[0]);
  case SYS_io_uring_setup:
    return !ring_is_registered((const void *)arguments[1], result);
  case SYS_landlock_create_ruleset:
    return (uint32_t)arguments[2] == 0; /* else it tells a version */
  case SYS_seccomp:
    return arguments[0] == SET_MODE_FILTER && (arguments[1] & NEW_LISTENER) != 0;
  default:
    return true;
  }
}

void fdt_after_maker(const struct fdt_act *act, long number, const long arguments[6], int result) {
  for (size_t i = 0; i < sizeof makers / sizeof makers[0]; i++) {
    const struct maker *maker = &makers[i];
    if (maker->number != number)
      continue;
    bool cloexec = maker->place >= 0 ? ((uint32_t)arguments[maker->place] & maker->flag) != 0
                                     : maker->place == ALWAYS;
    const char *path = number == SYS_fsopen   ? (const char *)arguments[0]
                       : number == SYS_fspick ? (const char *)arguments[1]
                                              : NULL;
    if (makes(number, arguments, result))
      fdt_after_descriptor(act, result, maker->kind, cloexec ? O_CLOEXEC : 0, path);
    return;
  }
}
