/* The truth at one moment: what the kernel says is open, held against the live
 * table. Opens no fd of its own. Async-signal-safe. */
#ifndef FDT_SNAPSHOT_SNAPSHOT_H
#define FDT_SNAPSHOT_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

/* Refreshes names, addresses and states of all open fds of this process; enters
 * those that no seen call opened as FDT_VIA_UNSEEN; marks as vanished those that
 * are no longer open. Both numbers go into the process record. `call` is the
 * slot of the call that asks for it. Does nothing while another one runs. */
void fdt_snapshot(uint16_t call);

/* No snapshot is taken any more, because its system calls might not be allowed. */
void fdt_snapshot_forbid(void);

/* Whether the program may die of system calls that it does not make itself. */
bool fdt_snapshot_forbidden(void);

/* At the start of a program: enters what is open and not in the table as `via`
 * says (FDT_VIA_OUTSIDE), drops what is in the table and no longer open, and
 * returns how many were of each sort. */
struct fdt_difference {
  uint32_t open;
  uint32_t unseen;
  uint32_t gone;
};
struct fdt_difference fdt_reconcile_start(uint32_t process);

#endif
