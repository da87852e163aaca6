/* POSIX message queues and shared memory: mq_overview(7), shm_overview(7). A named
 * semaphore's descriptor is gone again when sem_open(3) returns. */
#include "after.h"

#include "arrivals.h"
#include "kernel/clock.h"
#include "kernel/open_fds.h"
#include "kernel/text.h"
#include "snapshot/look.h"
#include "snapshot/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/netlink.h>
#include <mqueue.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>

/* Where libc's socket is looked for: the lowest free number was taken for it. */
#define HELPER_BELOW (1 << 16)

/* Queues are always made with FD_CLOEXEC, and so are shared memory objects. */
void fdt_after_queue(const struct fdt_act *act, int fd, const char *name) {
  fdt_after_descriptor(act, fd, FDT_KIND_MQUEUE, O_CLOEXEC, name);
}

FDT_EXPORT mqd_t mq_open(const char *name, int flags, ...) {
  mode_t mode = 0;
  struct mq_attr *attributes = NULL;
  if ((flags & O_CREAT) != 0) {
    va_list more;
    va_start(more, flags);
    mode = va_arg(more, mode_t);
    attributes = va_arg(more, struct mq_attr *);
    va_end(more);
  }
  fdt_enter();
  if (FDT_LACKS(mq_open))
    return fdt_lacking();
  mqd_t queue = fdt_real.mq_open(name, flags, mode, attributes);
  if (fdt_recording())
    fdt_after_queue(FDT_ACT(mq_open), queue, name);
  return queue;
}

FDT_EXPORT mqd_t __mq_open_2(const char *name, int flags) {
  fdt_enter();
  if (FDT_LACKS(__mq_open_2))
    return fdt_lacking();
  mqd_t queue = fdt_real.__mq_open_2(name, flags);
  if (fdt_recording())
    fdt_after_queue(FDT_ACT(__mq_open_2), queue, name);
  return queue;
}

FDT_EXPORT int mq_close(mqd_t queue) {
  fdt_enter();
  if (FDT_LACKS(mq_close))
    return fdt_lacking();
  if (!fdt_recording())
    return fdt_real.mq_close(queue);
  struct fdt_act act = *FDT_ACT(mq_close);
  struct fdt_closing closing = fdt_close_begin(&act, queue);
  int result = fdt_real.mq_close(queue);
  fdt_close_end(&act, queue, closing, result == 0 ? 0 : errno);
  return result;
}

/* ---- notification by a thread ------------------------------------------------------
 * For SIGEV_THREAD libc keeps a netlink socket, which no call returns, from the
 * first time until the process ends. */

/* An unbound netlink socket: the others of libc's own are bound before use. */
static bool is_helper(int fd) {
  struct fdt_look look;
  if (fdt_is_told(fd, 0) || !fdt_look_at(fd, FDT_KIND_UNKNOWN, &look) ||
      fdt_look_kind(&look.sight) != FDT_KIND_NETLINK)
    return false;
  struct sockaddr_nl name = {0};
  memcpy(&name, &look.local, sizeof name);
  return name.nl_pid == 0;
}

static void find_helper(const struct fdt_act *act) {
  static bool found;
  long count = fdt_fds_count(), left = count < 0 ? HELPER_BELOW : count;
  if (fdt_snapshot_forbidden() || __atomic_load_n(&found, __ATOMIC_RELAXED))
    return;
  for (int fd = 0; left > 0 && fd < HELPER_BELOW; fd++) {
    if (!fdt_fd_is_open(fd))
      continue;
    left--;
    if (!is_helper(fd))
      continue;
    fdt_opened(act, fd, &(struct fdt_birthmark){.kind = FDT_KIND_NETLINK, .cloexec = true});
    __atomic_store_n(&found, true, __ATOMIC_RELAXED);
    return;
  }
}

FDT_EXPORT int mq_notify(mqd_t queue, const struct sigevent *how) {
  fdt_enter();
  if (FDT_LACKS(mq_notify))
    return fdt_lacking();
  int result = fdt_real.mq_notify(queue, how);
  if (result == 0 && how != NULL && how->sigev_notify == SIGEV_THREAD && fdt_recording())
    find_helper(FDT_ACT(mq_notify));
  return result;
}

/* ---- shared memory ------------------------------------------------------------------- */

/* Where the object stands in the file system, shm_open(3). */
static void after_shared_memory(const struct fdt_act *act, int fd, const char *name,
                                uint64_t since) {
  char path[sizeof "/dev/shm/" + NAME_MAX];
  struct fdt_text text = FDT_TEXT(path);
  if (fd < 0) {
    fdt_open_failed(act, errno);
    return;
  }
  while (*name == '/')
    name++;
  fdt_text_add(&text, "/dev/shm/");
  fdt_text_add(&text, name);
  fdt_arrived(act, fd,
              &(struct fdt_birthmark){.kind = FDT_KIND_FILE, .cloexec = true, .path = path}, since);
}

/* Before glibc 2.34 it is in librt, which calls open(2) by name. */
FDT_EXPORT int shm_open(const char *name, int flags, mode_t mode) {
  fdt_enter();
  if (FDT_LACKS(shm_open))
    return fdt_lacking();
  uint64_t since = fdt_recording() ? fdt_ticks() : 0;
  int fd = fdt_real.shm_open(name, flags, mode);
  if (fdt_recording())
    after_shared_memory(FDT_ACT(shm_open), fd, name, since);
  return fd;
}
