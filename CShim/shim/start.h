/* Whether anything is recorded, and how that begins. */
#ifndef FDT_START_H
#define FDT_START_H

#include "trace/trace.h"

#include <stdbool.h>
#include <stdint.h>

enum fdt_phase { FDT_COLD = 0, FDT_STARTING = 1, FDT_RECORDING = 2, FDT_OFF = 3 };
extern uint32_t fdt_phase;

/* Starts the shim when a wrapper is called before its constructor: in the
 * constructor of another library. Leaves errno as it was. */
void fdt_start_early(void);

/* Finds the originals when needed. Every wrapper calls it before anything else. */
static inline void fdt_enter(void) {
  if (fdt_unlikely(__atomic_load_n(&fdt_phase, __ATOMIC_ACQUIRE) <= FDT_STARTING))
    fdt_start_early();
}

/* The one test on every event path: is there a trace to record into? */
static inline bool fdt_recording(void) {
  return fdt_likely(__atomic_load_n(&fdt_phase, __ATOMIC_ACQUIRE) == FDT_RECORDING);
}

/* Stops recording in this process for good. */
void fdt_stop(void);

/* How a program finds the trace of its tree: "id:/path" in its environment, and
 * the record that posix_spawn made for it. `fdtrack run` gives "id.pid:/path" to what it
 * starts: such a trace is made by whichever program has the shim first, and `pid` is the
 * command's own, all in hexadecimal. That program's children get the short form; those of
 * programs without the shim, or which copied their environment before it, the long one. */
#define FDT_JOIN_NAME  "FDTRACK_JOIN"
#define FDT_CHILD_NAME "FDTRACK_CHILD"

extern char *fdt_join_setting; /* "FDTRACK_JOIN=id:/path", or NULL */

/* Set to anything but 0, programs whose environment lacks the preload get it too. */
#define FDT_FOLLOW_NAME "FDTRACK_FOLLOW"

/* What a program is doing, as whoever starts it says. */
#define FDT_MARK_NAME "FDTRACK_MARK"

extern char *fdt_preload_setting; /* "LD_PRELOAD=/path" for those, or NULL */

#endif
