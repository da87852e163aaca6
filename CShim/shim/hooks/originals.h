/* The functions behind the wrappers, and the numbers that a trace gives them. */
#ifndef FDT_HOOKS_ORIGINALS_H
#define FDT_HOOKS_ORIGINALS_H

#include <dirent.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>

/* Numbers from 1: 0 is "no call". */
enum fdt_call_number {
  FDT_CALL_NONE,
#define FDT_CALL(result, name, parameters) FDT_CALL_##name,
#include "calls.def"
#undef FDT_CALL
  FDT_CALL_COUNT
};

struct fdt_originals {
#define FDT_CALL(result, name, parameters) result(*name) parameters;
#include "calls.def"
#undef FDT_CALL
};

/* The next definition of each call after the shim's, NULL where there is none.
 * Filled before the first wrapper returns; read-only afterwards. */
extern struct fdt_originals fdt_real;

extern const char *const fdt_call_names[FDT_CALL_COUNT]; /* [0] is "" */
extern const uint32_t fdt_call_count;                    /* FDT_CALL_COUNT */

/* Looks all originals up. Not async-signal-safe (dlsym). */
void fdt_originals_find(void);

/* "glibc 2.36", or NULL on another libc, where fdtrack records nothing. */
const char *fdt_libc_version(void);

#endif
