#include "hidden.h"

#include "arrivals.h"
#include "kernel/open_fds.h"
#include "kernel/text.h"
#include "process/process.h"
#include "snapshot/look.h"
#include "snapshot/snapshot.h"
#include "trace/live.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* The lowest free number is taken, so what a call opened is found early. */
#define FDT_HIDDEN_NUMBERS 4096
/* Open and unknown to the table: each costs a few system calls to look at. */
#define FDT_HIDDEN_LOOKS 64
/* With no more than this open, all are asked for even when their count has not risen,
 * which another thread's close may hide. */
#define FDT_HIDDEN_FEW 256

/* What a family holds, plus one. Relaxed: libc's own lock orders its calls, and
 * what is read is checked against the table. */
static uint32_t held[FDT_HIDDEN_FAMILIES];

/* What the last component of a family's file has in its name (nss_files, nss_db);
 * NULL: any, for the program chooses it. The log's socket is known by its peer. */
static const char *const names[FDT_HIDDEN_FAMILIES] = {
    [FDT_HIDDEN_PASSWD] = "passwd",
    [FDT_HIDDEN_GROUP] = "group",
    [FDT_HIDDEN_SHADOWS] = "shadow",
    [FDT_HIDDEN_GSHADOWS] = "gshadow",
    [FDT_HIDDEN_HOSTS] = "hosts",
    [FDT_HIDDEN_NETWORKS] = "networks",
    [FDT_HIDDEN_PROTOCOLS] = "protocols",
    [FDT_HIDDEN_SERVICES] = "services",
    [FDT_HIDDEN_RPC] = "rpc",
    [FDT_HIDDEN_PASSWD_LOCK] = ".pwd.lock",
    [FDT_HIDDEN_UTMP] = NULL,
    [FDT_HIDDEN_FSTAB] = "fstab",
    [FDT_HIDDEN_LOG] = "log",
};

static bool is_possible(void) {
  return fdt_recording() && fdt_thread.vfork_process == 0 && fdt_process_here() != 0 &&
         !fdt_snapshot_forbidden();
}

/* Whether the table has `fd` open, as libc's own. */
static bool is_libcs(int fd) {
  const struct fdt_live *entry = fdt_live_peek(fdt_process_at(fdt_process_here()), fd);
  return entry != NULL && FDT_LIVE_STATE(fdt_live_state(entry)) == FDT_LIVE_OPEN &&
         entry->owner == FDT_OWNER_LIBC;
}

struct fdt_hidden fdt_hidden_begin(enum fdt_hidden_family family) {
  struct fdt_hidden before = {.possible = is_possible(), .held = -1, .opened = -1};
  if (!before.possible)
    return before;
  int fd = (int)__atomic_load_n(&held[family], __ATOMIC_RELAXED) - 1;
  if (fd >= 0 && is_libcs(fd))
    before.held = fd;
  else
    before.opened = fdt_fds_count();
  return before;
}

/* The last component of a path that need not end with a NUL. */
static bool ends_in(const char *path, size_t size, const char *part) {
  const char *last = fdt_base_name(path, size);
  return last != path && fdt_text_holds(last, size - (size_t)(last - path), part);
}

static bool is_of(enum fdt_hidden_family family, const struct fdt_look *look) {
  const struct fdt_sight *sight = &look->sight;
  if (family == FDT_HIDDEN_LOG)
    return fdt_look_kind(sight) == FDT_KIND_UNIX && sight->remote_size > sizeof(sa_family_t) &&
           ends_in(look->remote.un.sun_path, sight->remote_size - sizeof(sa_family_t),
                   names[family]);
  return fdt_look_kind(sight) == FDT_KIND_FILE &&
         (names[family] == NULL || ends_in(sight->link, sight->link_size, names[family]));
}

/* Tells of the first open descriptor that is the family's and that no other call told of.
 * noinline: the room for a look is taken only when one is. */
static __attribute__((noinline)) void find(const struct fdt_act *act, enum fdt_hidden_family family,
                                           long opened) {
  int looks = FDT_HIDDEN_LOOKS;
  for (int fd = 0; fd < FDT_HIDDEN_NUMBERS && opened != 0 && looks > 0; fd++) {
    if (!fdt_fd_is_open(fd))
      continue;
    opened--;
    struct fdt_look look;
    if (fdt_is_told(fd, 0) || looks-- == 0 || !fdt_look_at(fd, FDT_KIND_UNKNOWN, &look) ||
        !is_of(family, &look))
      continue;
    const struct fdt_birthmark mark = {.kind = (uint8_t)fdt_look_kind(&look.sight),
                                       .owner = FDT_OWNER_LIBC};
    fdt_arrived(act, fd, &mark, 0);
    if (is_libcs(fd))
      __atomic_store_n(&held[family], (uint32_t)fd + 1, __ATOMIC_RELAXED);
    return;
  }
}

void fdt_hidden_end(const struct fdt_act *act, enum fdt_hidden_family family,
                    const struct fdt_hidden *before) {
  if (!before->possible || !is_possible())
    return;
  int saved = errno;
  if (before->held >= 0) {
    if (!fdt_fd_is_open(before->held)) {
      fdt_closed_range(act, (unsigned)before->held, (unsigned)before->held);
      __atomic_store_n(&held[family], 0, __ATOMIC_RELAXED);
      find(act, family, fdt_fds_count()); /* another may have taken its place */
    }
  } else {
    long opened = fdt_fds_count();
    if (opened < 0 || opened > before->opened || opened <= FDT_HIDDEN_FEW)
      find(act, family, opened);
  }
  errno = saved;
}
