/* Groups of fanotify(7): descriptors that make more of them. Every event that is
 * read from one may hold a descriptor of the file it is about, and one of the
 * process; a userfaultfd (ioctl_userfaultfd(2)) tells of a fork with one for the
 * child's memory. */
#include "after.h"

#include "arrivals.h"
#include "record/reads.h"

#include <fcntl.h>
#include <string.h>
#include <sys/fanotify.h>

#ifndef FAN_EVENT_INFO_TYPE_PIDFD
#define FAN_EVENT_INFO_TYPE_PIDFD 4
#endif

/* As in linux/fanotify.h and linux/userfaultfd.h, whose own names depend on their age. */
struct info {
  uint8_t type;
  uint8_t pad;
  uint16_t size;
};
#define FORK_EVENT    0x13
#define FAULT_EVENT   32 /* bytes of one struct uffd_msg */
#define FORK_FD_PLACE 8

static int number_at(const uint8_t *data) {
  int fd;
  memcpy(&fd, data, sizeof fd);
  return fd;
}

static void arrived(const struct fdt_act *act, int fd, enum fdt_kind kind) {
  fdt_arrived_from_outside(act, fd, &(struct fdt_birthmark){.kind = (uint8_t)kind});
}

static void after_group_event(const struct fdt_act *act, const uint8_t *event, size_t size,
                              size_t header) {
  struct fanotify_event_metadata about;
  memcpy(&about, event, sizeof about);
  arrived(act, about.fd, FDT_KIND_FILE);
  for (size_t at = header; at + sizeof(struct info) + sizeof(int) <= size;) {
    struct info info;
    memcpy(&info, event + at, sizeof info);
    if (info.type == FAN_EVENT_INFO_TYPE_PIDFD)
      arrived(act, number_at(event + at + sizeof info), FDT_KIND_PIDFD);
    if (info.size < sizeof info)
      return;
    at += info.size;
  }
}

static void after_group_events(const struct fdt_act *act, const uint8_t *data, size_t size) {
  struct fanotify_event_metadata about;
  for (size_t at = 0; size - at >= sizeof about; at += about.event_len) {
    memcpy(&about, data + at, sizeof about);
    if (about.event_len < sizeof about || about.event_len > size - at ||
        about.metadata_len < sizeof about || about.vers != FANOTIFY_METADATA_VERSION)
      return;
    after_group_event(act, data + at, about.event_len, about.metadata_len);
  }
}

static void after_fault_events(const struct fdt_act *act, const uint8_t *data, size_t size) {
  for (size_t at = 0; size - at >= FAULT_EVENT; at += FAULT_EVENT)
    if (data[at] == FORK_EVENT)
      arrived(act, number_at(data + at + FORK_FD_PLACE), FDT_KIND_USERFAULTFD);
}

/* The kernel fills each part by a read of its own, so no event stands in two. */
void fdt_after_events(const struct fdt_act *act, int fd, const struct iovec *parts, int count,
                      size_t size) {
  uint8_t kind = fdt_kind_of(fd);
  if (!fdt_kind_carries(kind))
    return;
  for (int i = 0; i < count && size > 0; i++) {
    size_t here = parts[i].iov_len < size ? parts[i].iov_len : size;
    if (kind == FDT_KIND_FANOTIFY)
      after_group_events(act, parts[i].iov_base, here);
    else
      after_fault_events(act, parts[i].iov_base, here);
    size -= here;
  }
}

FDT_EXPORT int fanotify_init(unsigned flags, unsigned event_flags) {
  fdt_enter();
  int fd = fdt_real.fanotify_init(flags, event_flags);
  if (fdt_recording())
    fdt_after_descriptor(FDT_ACT(fanotify_init), fd, FDT_KIND_FANOTIFY,
                         (flags & FAN_CLOEXEC) != 0 ? O_CLOEXEC : 0, NULL);
  return fd;
}
