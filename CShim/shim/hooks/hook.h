/* What every wrapper is made of: enter, call, record, return.
 *
 * A wrapper returns what its original returned, and errno as it left it: nothing
 * in recording touches errno. Signals, cancellation and exceptions pass through,
 * for no wrapper holds anything across the call of its original. */
#ifndef FDT_HOOKS_HOOK_H
#define FDT_HOOKS_HOOK_H

#include "originals.h"
#include "record/record.h"
#include "start.h"

#include <errno.h>

#define FDT_EXPORT __attribute__((visibility("default")))

/* The act of the wrapper that it stands in. */
#define FDT_ACT(name) (&(struct fdt_act){FDT_CALL_##name, FDT_CALLER()})

/* Enough for a wrapper that records nothing: sanitizers call it while they start, and
 * what the shim calls to start are then functions of theirs that are not ready. */
static inline void fdt_enter_unstarted(void) {
  if (fdt_unlikely(fdt_real.sigaction == NULL))
    fdt_originals_start();
}

/* What a call returns that libc lacks: errno is ENOSYS. */
static inline int fdt_lacking(void) {
  errno = ENOSYS;
  return -1;
}

#endif
