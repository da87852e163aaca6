/* The functions behind the wrappers. */
#ifndef FDT_HOOKS_ORIGINALS_H
#define FDT_HOOKS_ORIGINALS_H

#include "trace/calls.h"

#include <dirent.h>
#include <dlfcn.h>
#include <fts.h>
#include <mqueue.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>

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

/* The next definition of each call after the shim's. Filled before the first wrapper
 * returns, with stubs that look it up when it is first called: a program calls few of
 * them. NULL once that found none: ask FDT_HAS where libc may lack one. */
extern struct fdt_originals fdt_real;

/* Makes all of fdt_real callable. Not async-signal-safe (the loader's lock). */
void fdt_originals_start(void);

/* Looks up all that libc has. Async-signal-safe. */
void fdt_originals_look_ahead(void);

/* Returns the original of `call`, looked up if need be; NULL when there is none.
 * Async-signal-safe for what libc has, or what FDT_HAS asks for. */
void *fdt_original(enum fdt_call_number call);

#if defined(__x86_64__)
/* The older one of a call that glibc has in two versions which differ. */
void *fdt_original_2_2_5(enum fdt_call_number call);
#define FDT_REAL_2_2_5(name) ((__typeof__(&name))fdt_original_2_2_5(FDT_CALL_##name))
#endif

/* Looks one up that may not have been there at the start: in a library that libc has
 * taken over since 2.34, and that was loaded later. False when nobody has it. Not
 * async-signal-safe. */
bool fdt_original_find(enum fdt_call_number call);

/* Whether libc has the call `name`. */
#define FDT_HAS(name) (fdt_original(FDT_CALL_##name) != NULL)

/* Whether the call `name` is nowhere to be found; then it is to fail with ENOSYS. */
#define FDT_LACKS(name) (!fdt_original_find(FDT_CALL_##name))

/* Makes a call that is no more than its system call, also where libc lacks it:
 * whoever found it in the shim may call it. */
#define FDT_REAL_OR_RAW(name, ...)                                                                 \
  (FDT_HAS(name) ? fdt_real.name(__VA_ARGS__) : (int)fdt_real.syscall(SYS_##name, __VA_ARGS__))

#endif
