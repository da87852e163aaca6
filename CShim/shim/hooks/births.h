/* How a wrapper makes a process known: before the call, in the child, and after
 * the call in the parent. See forks.c. */
#ifndef FDT_HOOKS_BIRTHS_H
#define FDT_HOOKS_BIRTHS_H

#include "hook.h"
#include "process/thread.h"

/* Makes a record ready for the child that `act` is about to make: a copy of the
 * caller's table. Returns what the thread was about to do before: a handler may
 * fork in the middle of a fork. */
struct fdt_birth fdt_birth_begin(const struct fdt_act *act, enum fdt_how how);

/* After the call, with its result: 0 in the child, a pid in the parent. */
void fdt_birth_end(long result, struct fdt_birth before);

/* The same for a clone(2) with `flags`, whose child may be at its parent's table. */
struct fdt_birth fdt_clone_begin(const struct fdt_act *act, uint64_t flags);

/* In the child, which has memory of its own, before anything else of it runs. */
void fdt_clone_child(uint64_t flags, struct fdt_birth before);

/* In the parent; `pidfd` is where CLONE_PIDFD left one. */
void fdt_clone_parent(const struct fdt_act *act, uint64_t flags, long result, const int *pidfd,
                      struct fdt_birth before);

/* The thread as it is, to be taken back after a child that ran in its memory and
 * its thread-local storage, while it waited. */
struct fdt_vfork_frame fdt_vfork_frame(void);
void fdt_vfork_frame_restore(const struct fdt_vfork_frame *frame);

/* In a child that shares memory, not the table: it becomes the process `child`,
 * of which only its thread-local storage knows. 0: it goes unrecorded. */
void fdt_vfork_child(uint32_t child);

#endif
