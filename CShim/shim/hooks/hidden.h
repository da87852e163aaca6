/* Descriptors that libc keeps for itself between calls, and whose numbers it tells
 * nobody: databases that are walked entry by entry, the system log's socket. */
#ifndef FDT_HOOKS_HIDDEN_H
#define FDT_HOOKS_HIDDEN_H

#include "hook.h"

/* Each keeps one descriptor at most. */
enum fdt_hidden_family {
  FDT_HIDDEN_PASSWD,
  FDT_HIDDEN_GROUP,
  FDT_HIDDEN_SHADOWS,
  FDT_HIDDEN_GSHADOWS,
  FDT_HIDDEN_HOSTS,
  FDT_HIDDEN_NETWORKS,
  FDT_HIDDEN_PROTOCOLS,
  FDT_HIDDEN_SERVICES,
  FDT_HIDDEN_RPC,
  FDT_HIDDEN_PASSWD_LOCK,
  FDT_HIDDEN_UTMP,
  FDT_HIDDEN_FSTAB,
  FDT_HIDDEN_LOG,
  FDT_HIDDEN_FAMILIES
};

struct fdt_hidden {
  bool possible;
  int held;    /* what the table had for the family's before the call; -1: nothing */
  long opened; /* how many descriptors were open then; -1: not asked, or not told */
};

/* Before and after a call of `family`. Nothing is done where system calls of our own
 * are not allowed, or in a vfork child. errno stays.
 *
 * A descriptor is taken for the family's when the table does not have it, the kernel
 * says that it is such a file or socket as the family opens, and it is among the first
 * few thousand numbers. */
struct fdt_hidden fdt_hidden_begin(enum fdt_hidden_family family);
void fdt_hidden_end(const struct fdt_act *act, enum fdt_hidden_family family,
                    const struct fdt_hidden *before);

#endif
