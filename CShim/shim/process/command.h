/* The command that `fdtrack run` was given, where the shim does not get into it. */
#ifndef FDT_PROCESS_COMMAND_H
#define FDT_PROCESS_COMMAND_H

#include <stdint.h>

/* Enters the process `pid` as one that was started and never joined, so that the tree which the
 * trace tells of has its root, and a report cannot take what that root started for all there
 * was. */
void fdt_command_unseen(uint32_t pid);

#endif
