/* Keeps the host alive when the trace's pages go away under it: somebody truncated
 * the file, or its disk failed. A store into such a page is a SIGBUS, which would
 * end the host. So SIGBUS is caught; a fault inside the mapping has memory of the
 * process's own put in the trace's place, ends the recording, and goes on. Every
 * other SIGBUS takes the way that the program chose for it.
 *
 * The program sees its own choice, not this one: the wrappers of sigaction(2) and
 * signal(2) hand the kernel fdt_guard_entry where it chose a handler or the default,
 * and put its choice back into what the kernel answers. SIG_IGN is left as it is
 * (exec hands it on, and an ignored signal interrupts no call).
 *
 * What cannot be hidden: bit 7 of SigCgt in /proc/PID/status; that the process ends
 * by a signal of its own (si_code SI_TKILL in a core) where the program had chosen the default
 * without SA_SIGINFO. What cannot be helped: a thread that blocks SIGBUS, and a program
 * that ignores it or sets its handler by a system call of its own. */
#ifndef FDT_GUARD_MAPPING_H
#define FDT_GUARD_MAPPING_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Catches SIGBUS from now on. Once, before the first mapping; async-signal-unsafe. */
void fdt_guard_start(void);

/* What is guarded: the one mapping of the trace; size 0: nothing. */
void fdt_guard_mapping(const void *base, uint64_t size);

/* A handler as the kernel knows it. */
typedef void (*fdt_handler)(int);

/* struct sigaction as rt_sigaction has it, on both machines. */
struct fdt_kernel_action {
  fdt_handler handler;
  unsigned long flags;
  void (*restorer)(void);
  uint64_t mask;
};

/* What a program sees of its own choice about SIGBUS, and the kernel instead. */
struct fdt_guard_choice {
  fdt_handler before;
  bool changed; /* a new one was noted: taken back when the call fails */
};

/* Whether calls about signal `number` need all this. */
bool fdt_guard_concerns(int number);

/* A call is about to set `*handler`, or to ask only (NULL). Notes what the program
 * chooses and replaces it by what the kernel is to be told. */
struct fdt_guard_choice fdt_guard_choose(fdt_handler *handler);

/* The call is back: with an error, or with `*handler` as what was there before. Returns true
 * when the program never chose anything, so that flags and mask are void too. */
void fdt_guard_failed(struct fdt_guard_choice choice);
bool fdt_guard_answer(struct fdt_guard_choice choice, fdt_handler *handler);

#endif
