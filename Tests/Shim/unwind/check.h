/* The judge of every test here: libgcc's unwinder, frame by frame. */
#ifndef CHECK_H
#define CHECK_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Stands for an interposed function: captures its caller's stack, walks it with
 * _Unwind_Backtrace too, and counts in `tally` how the two compare. Returns the
 * stack's number. */
uint32_t probe(void);

/* As probe, without the comparison. */
uint32_t probe_only(void);

/* As probe, for a wrapper that has its caller already. */
struct fdt_caller;
void probe_of(const struct fdt_caller *caller);

struct tally {
  uint64_t equal;
  uint64_t flagged;  /* carries a mark; the frames before it are right */
  uint64_t longer;   /* went on, rightly or not, where libgcc gave up  */
  uint64_t mismatch; /* wrong */
};
extern struct tally tally;

/* Frames seen by libgcc in the last probe of this thread. */
unsigned last_depth(void);

/* Reports one property. */
void expect(int holds, const char *sentence);

/* Reports that no probe was wrong so far and at least one was right; with
 * `flags` zero, that none was flagged either. Starts the tally anew. */
void expect_all_equal(const char *sentence, int flags);

/* Prints the sums; the program's exit status. */
int finish(void);

/* Calls the unwinder's start, once, before main. */

#ifdef __cplusplus
}
#endif

#define NOINLINE __attribute__((noinline, noclone))
/* Keeps a call from becoming a tail call. */
#define STAY() __asm__ volatile("" ::: "memory")

#endif
