/* From one program to the next: exec and spawn. */
#ifndef FDT_PROCESS_EXEC_H
#define FDT_PROCESS_EXEC_H

#include "unwind/capture.h"

#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>

/* Before exec: notes that this process is about to become another program, that of `path`,
 * which may be NULL. */
void fdt_exec_begin(const struct fdt_act *act, const char *path, char *const *environment);
/* Exec returned, so it failed: the process goes on as it was. */
void fdt_exec_failed(char *const *environment);

/* What a child is to run: a program, or a command of the shell's. */
struct fdt_spawned {
  const char *path;    /* NULL: the shell */
  const char *command; /* NULL: none      */
  const posix_spawn_file_actions_t *actions;
};

/* Makes the record of a child that libc is about to start for this process
 * (posix_spawn, system, popen), with the fds that it will hold: the file actions
 * are applied when given. Returns its process_ref, or 0. */
uint32_t fdt_spawn_begin(const struct fdt_act *act, const struct fdt_spawned *spawned,
                         char *const *environment);
/* The child's pid is known now (0: nobody tells), or starting it failed. */
void fdt_spawn_end(const struct fdt_act *act, uint32_t child, int pid, bool failed);

/* popen's child and the parent's end of its pipe; what pclose learnt of its end. */
void fdt_spawn_has_stream(uint32_t child, int fd);
void fdt_spawn_stream_reaped(int fd, int status);

/* A hash by which a program started by system or popen finds its record. */
uint32_t fdt_command_hash(const char *command);

/* The record of the calling program, which joined an existing trace: by exec,
 * by spawn (`hint`: the record its environment names, or 0), or by a way not
 * seen. 0 when the process table is full. */
uint32_t fdt_process_join(uint32_t hint, int argc, char *const *argv);

#endif
