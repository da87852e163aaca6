/* The functions behind the wrappers, and the numbers that a trace gives them. */
#ifndef FDT_HOOKS_ORIGINALS_H
#define FDT_HOOKS_ORIGINALS_H

#include <dirent.h>
#include <fts.h>
#include <mqueue.h>
#include <pty.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
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

struct file_handle;
struct fstab;
struct group;
struct hostent;
struct netent;
struct passwd;
struct protoent;
struct rpcent;
struct servent;
struct sgrp;
struct spwd;
struct utmp;
struct utmpx;
struct open_how;

struct fdt_originals {
#define FDT_CALL(result, name, parameters) result(*name) parameters;
#include "calls.def"
#undef FDT_CALL
};

/* The next definition of each call after the shim's, NULL where there is none.
 * Filled before the first wrapper returns; read-only afterwards. */
extern struct fdt_originals fdt_real;

#if defined(__x86_64__)
/* The older ones of calls that glibc has in two versions which differ. */
struct fdt_spawns {
  __typeof__(&posix_spawn) posix_spawn;
  __typeof__(&posix_spawnp) posix_spawnp;
};
extern struct fdt_spawns fdt_real_2_2_5;
#endif

extern const char *const fdt_call_names[FDT_CALL_COUNT]; /* [0] is "" */
extern const uint32_t fdt_call_count;                    /* FDT_CALL_COUNT */

/* Looks all originals up. Not async-signal-safe (dlsym). */
void fdt_originals_find(void);

/* Looks one up that was not there at the start: in a library that libc has taken
 * over since 2.34, and that was loaded later. False when nobody has it. Not
 * async-signal-safe. */
bool fdt_original_find(enum fdt_call_number call);

/* Whether the call `name` is nowhere to be found; then it is to fail with ENOSYS. */
#define FDT_LACKS(name)                                                                            \
  (__builtin_expect(fdt_real.name == NULL, 0) && !fdt_original_find(FDT_CALL_##name))

/* Makes a call that is no more than its system call, also where libc lacks it:
 * whoever found it in the shim may call it. */
#define FDT_REAL_OR_RAW(name, ...)                                                                 \
  (fdt_real.name != NULL ? fdt_real.name(__VA_ARGS__)                                              \
                         : (int)fdt_real.syscall(SYS_##name, __VA_ARGS__))

/* "glibc 2.36", or NULL on another libc, where fdtrack records nothing. */
const char *fdt_libc_version(void);

#endif
