#include "detail.h"

#include "process/process.h"
#include "trace/live.h"
#include "trace/strings.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>

#define FDT_LONG_TEXT_MAX 4096

/* Opens the detail of `fd` for writing: a reader ignores it until the
 * generation is stored again. What another opening left is cleared. */
static struct fdt_detail *edit(struct fdt_process *process, int fd, const struct fdt_live *entry) {
  struct fdt_detail *detail = fdt_detail_make(process, fd);
  if (detail == NULL)
    return NULL;
  uint32_t held = __atomic_load_n(&detail->generation, __ATOMIC_RELAXED);
  __atomic_store_n(&detail->generation, 0, __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_RELEASE);
  if (held != FDT_LIVE_GENERATION(entry->state))
    memset(detail, 0,
           offsetof(struct fdt_detail, text)); /* text_size tells how much of it counts */
  return detail;
}

static void publish(struct fdt_detail *detail, const struct fdt_live *entry) {
  __atomic_store_n(&detail->generation, FDT_LIVE_GENERATION(entry->state), __ATOMIC_RELEASE);
}

/* Compilers make one string instruction of a memcpy of at most FDT_TEXT_MAX bytes, and that
 * takes longer to begin than all of this. */
static inline void copy_text(char *to, const char *from, uint32_t size) {
  typedef char part __attribute__((vector_size(16), aligned(1), may_alias));
  uint32_t at = 0;
  for (; size - at >= sizeof(part); at += (uint32_t)sizeof(part))
    *(part *)(to + at) = *(const part *)(from + at);
  for (; at < size; at++)
    to[at] = from[at];
}

/* Keeps a text: short ones in place; long ones in the string store when `store`
 * says so, else their end, which tells more than their beginning. */
static void set_text(struct fdt_detail *detail, enum fdt_text_form form, const char *text,
                     uint32_t size, bool cut, bool store) {
  detail->form = (uint8_t)form;
  detail->cut = cut;
  /* A snapshot that finds the same name again must not fill the store with it. */
  if (size > FDT_TEXT_MAX && store &&
      fdt_string_is(detail->text_ref, text, size, FDT_LONG_TEXT_MAX))
    return;
  detail->text_ref = 0;
  if (size > FDT_TEXT_MAX && store)
    detail->text_ref = fdt_string(text, size, FDT_LONG_TEXT_MAX);
  if (size > FDT_TEXT_MAX) {
    if (detail->text_ref == 0)
      detail->cut = 1;
    text += size - FDT_TEXT_MAX;
    size = FDT_TEXT_MAX;
  }
  detail->text_size = (uint16_t)size;
  copy_text(detail->text, text, size);
}

static void set_address(struct fdt_detail *detail, bool remote, const void *address,
                        uint32_t size) {
  uint16_t family;
  if (address == NULL || size < sizeof family)
    return;
  memcpy(&family, address, sizeof family);
  if (detail->domain == 0)
    detail->domain = family;
  if (family == AF_UNIX) {
    const char *path = (const char *)address + sizeof family;
    uint32_t length = size - (uint32_t)sizeof family;
    if (length > sizeof(((struct sockaddr_un *)0)->sun_path))
      length = sizeof(((struct sockaddr_un *)0)->sun_path);
    if (length > 0 && path[0] != '\0')
      length = (uint32_t)strnlen(path, length);
    if (length > 0) /* a peer's name does for a socket that has none of its own */
      set_text(detail, FDT_TEXT_SUN, path, length, false, true);
    return;
  }
  uint8_t kept = size < FDT_ADDRESS_MAX ? (uint8_t)size : FDT_ADDRESS_MAX;
  memcpy(remote ? detail->remote : detail->local, address, kept);
  *(remote ? &detail->remote_size : &detail->local_size) = kept;
}

void fdt_detail_opened(struct fdt_process *process, int fd, const struct fdt_live *entry,
                       const struct fdt_birthmark *mark) {
  struct fdt_detail *detail = edit(process, fd, entry);
  if (detail == NULL)
    return;
  detail->domain = mark->domain;
  detail->type = mark->type;
  if (mark->path != NULL)
    set_text(detail, FDT_TEXT_PATH, mark->path, (uint32_t)strnlen(mark->path, FDT_LONG_TEXT_MAX),
             false, false);
  set_address(detail, true, mark->remote, mark->remote_size);
  publish(detail, entry);
}

/* Details are not copied into children: what is inherited is described where it was
 * opened, as long as the number was not used for something else there. */
static const struct fdt_detail *find_known(const struct fdt_process *process, int fd,
                                           const struct fdt_live *entry, bool inherited) {
  uint32_t generation = FDT_LIVE_GENERATION(fdt_live_state(entry));
  for (int hops = 0; hops < 16; hops++) {
    const struct fdt_detail *detail = fdt_detail_find(process, fd);
    if (detail != NULL && __atomic_load_n(&detail->generation, __ATOMIC_ACQUIRE) == generation)
      return detail;
    bool opened_it = process == fdt_process_known(entry->origin);
    process = inherited && !opened_it ? fdt_process_known(process->parent) : NULL;
    if (process == NULL)
      return NULL;
  }
  return NULL;
}

/* Of what has a file type; what has none (eventfd, epoll, ...) shares one inode. Sockets have
 * states. */
static bool is_told_by_inode(uint32_t mode) {
  return S_ISREG(mode) || S_ISDIR(mode) || S_ISCHR(mode) || S_ISBLK(mode) || S_ISFIFO(mode);
}

bool fdt_detail_is_seen(const struct fdt_process *process, int fd, const struct fdt_live *entry,
                        uint32_t mode, uint64_t inode) {
  const struct fdt_detail *known =
      find_known(process, fd, entry, entry->via == FDT_VIA_FORK || entry->via == FDT_VIA_EXEC);
  return known != NULL && known->checked_ticks != 0 && is_told_by_inode(mode) &&
         known->mode == mode && known->inode == inode;
}

void fdt_detail_duplicated(struct fdt_process *process, int source, const struct fdt_live *from,
                           int fd, const struct fdt_live *entry) {
  /* What came over exec, a snapshot looks at, and at its duplicates, if they last till then. */
  const struct fdt_detail *known = find_known(process, source, from, from->via == FDT_VIA_FORK);
  struct fdt_detail *detail = known == NULL ? NULL : fdt_detail_make(process, fd);
  if (detail == NULL)
    return;
  const size_t first = sizeof detail->generation;
  size_t size = offsetof(struct fdt_detail, text) - first +
                (known->text_size < FDT_TEXT_MAX ? known->text_size : FDT_TEXT_MAX);
  /* A number that is a duplicate of the same again and again has it all already. */
  if (memcmp((const char *)detail + first, (const char *)known + first, size) == 0) {
    publish(detail, entry);
    return;
  }
  __atomic_store_n(&detail->generation, 0, __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_RELEASE);
  memcpy((char *)detail + first, (const char *)known + first, size);
  publish(detail, entry);
}

void fdt_detail_address(struct fdt_process *process, int fd, const struct fdt_live *entry,
                        bool remote, const void *address, uint32_t size) {
  struct fdt_detail *detail = edit(process, fd, entry);
  if (detail == NULL)
    return;
  set_address(detail, remote, address, size);
  publish(detail, entry);
}

/* A socket that no bind succeeded on. */
static bool is_unbound(const struct fdt_sight *sight) {
  const struct sockaddr_in *address = sight->local;
  return (sight->domain == AF_INET || sight->domain == AF_INET6) &&
         sight->local_size >= sizeof *address && address->sin_port == 0;
}

void fdt_detail_seen(struct fdt_process *process, int fd, const struct fdt_live *entry,
                     const struct fdt_sight *sight) {
  struct fdt_detail *detail = edit(process, fd, entry);
  if (detail == NULL)
    return;
  detail->mode = sight->mode;
  detail->inode = sight->inode;
  detail->tcp_state = sight->tcp_state;
  detail->ends = sight->ends;
  detail->checked_ticks = sight->ticks;
  if (sight->domain != 0) {
    detail->domain = sight->domain;
    detail->type = sight->type;
    set_address(detail, true, sight->remote, sight->remote_size);
    /* What it could not be bound to tells more than that it is not. */
    if (!is_unbound(sight) || detail->local_size == 0)
      set_address(detail, false, sight->local, sight->local_size);
    /* A unix name that a program gave to a TCP socket has the place. */
    if (sight->tcp_state != 0 && detail->form == FDT_TEXT_NONE)
      detail->text_ref = sight->quiet_ms;
  } else if (sight->link_size != 0 && !(sight->link_cut && detail->form == FDT_TEXT_PATH)) {
    /* A link that was cut has lost its end: what the program itself said tells more. */
    set_text(detail, FDT_TEXT_LINK, sight->link, sight->link_size, sight->link_cut, true);
  }
  publish(detail, entry);
}
