/* What the table knows of an open descriptor. */
#include "event.h"

bool fdt_is_told(int fd, uint64_t since) {
  const struct fdt_live *entry = fdt_entry_seen(fd);
  return entry != NULL && entry->opened_ticks >= since;
}

uint8_t fdt_kind_of(int fd) {
  const struct fdt_live *entry = fdt_entry_seen(fd);
  return entry == NULL ? FDT_KIND_UNKNOWN : entry->kind;
}

bool fdt_path_of(int fd, char path[FDT_TEXT_MAX + 1]) {
  const struct fdt_live *entry = fdt_entry_seen(fd);
  const struct fdt_detail *detail =
      entry == NULL ? NULL : fdt_detail_find(fdt_process_at(fdt_process_here()), fd);
  if (detail == NULL ||
      __atomic_load_n(&detail->generation, __ATOMIC_ACQUIRE) !=
          FDT_LIVE_GENERATION(fdt_live_state(entry)) ||
      (detail->form != FDT_TEXT_PATH && detail->form != FDT_TEXT_LINK) || detail->cut ||
      detail->text_size > FDT_TEXT_MAX)
    return false;
  __builtin_memcpy(path, detail->text, detail->text_size);
  path[detail->text_size] = '\0';
  return true;
}

bool fdt_has_peer_of_its_own(int fd) {
  const struct fdt_live *entry = fdt_entry_seen(fd);
  return entry != NULL && entry->kind == FDT_KIND_UNIX && (entry->flags & FDT_FD_CONNECTED) != 0;
}

bool fdt_ends_by_peer(int fd) {
  const struct fdt_live *entry = fdt_entry_seen(fd);
  if (entry == NULL)
    return false;
  if (entry->kind != FDT_KIND_UNIX)
    return entry->kind == FDT_KIND_TCP || entry->kind == FDT_KIND_PIPE;
  /* A datagram may be empty. */
  const struct fdt_detail *detail = fdt_detail_find(fdt_process_at(fdt_process_here()), fd);
  return detail == NULL || detail->type != SOCK_DGRAM;
}
