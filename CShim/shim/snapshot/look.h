/* Looks at one fd through system calls that open nothing. */
#ifndef FDT_SNAPSHOT_LOOK_H
#define FDT_SNAPSHOT_LOOK_H

#include "record/detail.h"

#include <sys/socket.h>
#include <sys/un.h>

/* Room for what a sight points to. */
struct fdt_look {
  char link[512];
  union {
    struct sockaddr any;
    struct sockaddr_un un; /* the longest */
  } local, remote;
  struct fdt_sight sight;
};

/* Fills look->sight with what an open fd of the calling process is; false when it is not open.
 * `known` is what it is, if the call that made it told: a link that says no more is not asked for.
 */
bool fdt_look_at(int fd, enum fdt_kind known, struct fdt_look *look);

/* Adds what state it is in, which passes: of connections, and of their other ends. */
void fdt_look_at_state(int fd, struct fdt_look *look);

/* Of a socket; `type` is without flags. */
enum fdt_kind fdt_look_socket_kind(int domain, int type);

/* What the kernel made, as far as st_mode, link and socket domain tell. */
enum fdt_kind fdt_look_kind(const struct fdt_sight *sight);

#endif
