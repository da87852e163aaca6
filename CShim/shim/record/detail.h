/* The cold part of an entry: names and addresses. Async-signal-safe. */
#ifndef FDT_RECORD_DETAIL_H
#define FDT_RECORD_DETAIL_H

#include "record.h"

void fdt_detail_opened(struct fdt_process *process, int fd, const struct fdt_live *entry,
                       const struct fdt_birthmark *mark);

/* Copies what is known of `source` to its duplicate. */
void fdt_detail_duplicated(struct fdt_process *process, int source, const struct fdt_live *from,
                           int fd, const struct fdt_live *entry);

/* A local (bind) or remote (connect) socket address; `size` as the program gave it. */
void fdt_detail_address(struct fdt_process *process, int fd, const struct fdt_live *entry,
                        bool remote, const void *address, uint32_t size);

/* What the kernel told when it was asked: the link in /proc/self/fd, st_mode and
 * inode, and for sockets their addresses; states, if a snapshot asked. */
struct fdt_sight {
  const char *link;
  uint32_t link_size;
  bool link_cut;
  uint32_t mode;
  uint64_t inode;
  uint16_t domain;
  uint16_t type;
  uint8_t tcp_state;
  uint8_t ends;      /* as in struct fdt_detail */
  uint32_t quiet_ms; /* plus one, or 0; see text_ref of struct fdt_detail */
  const void *local;
  uint32_t local_size;
  const void *remote;
  uint32_t remote_size;
  uint64_t ticks; /* when states were asked for, 0: they were not */
};
/* Whether a snapshot saw what `entry`, inherited, is, and it still has that mode and inode. */
bool fdt_detail_is_seen(const struct fdt_process *process, int fd, const struct fdt_live *entry,
                        uint32_t mode, uint64_t inode);

void fdt_detail_seen(struct fdt_process *process, int fd, const struct fdt_live *entry,
                     const struct fdt_sight *sight);

#endif
