#include "capture.h"

#include <stdatomic.h>

#include "by_rules.h"
#include "fdtrack_format.h"
#include "objects.h"
#include "rules.h"
#include "thread_memory.h"
#include "thread_stack.h"
#include "trace/losses.h"
#include "trace/stacks.h"
#include "trace/trace.h"
#include "walk.h"

/* What a thread keeps between captures. Initial-exec, so that no access calls into the
 * loader. */
static __thread struct {
  uint64_t generation; /* of what it remembers */
  struct fdt_thread_memory memory;
  struct fdt_thread_stack stack;
  /* The frame address of the capture that is using the rest; 0: none is. Only
   * the thread itself and signal handlers on it look at it. Each capture writes to it, so it
   * stands beside fdt_thread: a page that a parent writes to after a fork is a fault. */
  _Atomic uintptr_t user;
  uint32_t brief; /* stacks that it does not learn yet */
} thread;

/* What a forked child learns goes into pages of its own, a fault for each; so one that captures
 * few stacks learns none. */
#define BRIEF 64

/* Numbers the states of the code map; rules and walks of older ones are void. */
static _Atomic uint64_t code_generation;

/* How many threads are inside dlclose. */
static _Atomic uint32_t code_changing;

static uint64_t new_generation(void) {
  /* release: who sees the new generation sees the list expired */
  return atomic_fetch_add_explicit(&code_generation, 1, memory_order_acq_rel) + 1;
}

void fdt_capture_start(const char *program) {
  fdt_thread_stack_start();
  fdt_objects_start(program);
  fdt_rules_start();
  new_generation(); /* a thread that has captured nothing yet knows of none, which is 0 */
}

/* The state of the code map for one capture. While it changes, each capture gets a
 * state of its own, so that what it learns is of no use to any other. */
static inline uint64_t generation_now(void) {
  /* acquire: pairs with the release of fdt_capture_code_changed */
  if (__builtin_expect(atomic_load_explicit(&code_changing, memory_order_acquire) != 0, 0)) {
    fdt_objects_expire();
    return new_generation();
  }
  return atomic_load_explicit(&code_generation, memory_order_acquire);
}

bool fdt_on_own_stack(const void *bytes, size_t size, uintptr_t sp) {
  const uintptr_t start = (uintptr_t)bytes;
  return start >= sp && fdt_thread_stack_holds(&thread.stack, sp) && start < thread.stack.base &&
         size <= thread.stack.base - start;
}

void fdt_capture_code_changes(void) {
  atomic_fetch_add_explicit(&code_changing, 1, memory_order_acq_rel);
}

void fdt_capture_code_changed(void) {
  fdt_objects_expire();
  fdt_rules_unloaded();
  new_generation();
  /* A fork meanwhile, by a destructor, has left nothing to take back. */
  uint32_t threads = atomic_load_explicit(&code_changing, memory_order_relaxed);
  while (threads != 0 &&
         !atomic_compare_exchange_weak_explicit(&code_changing, &threads, threads - 1,
                                                memory_order_release, memory_order_relaxed)) {
  }
}

FDT_FORKED void fdt_capture_forked(void) {
  thread.brief = BRIEF;
  if (atomic_load_explicit(&code_changing, memory_order_relaxed) == 0)
    return;
  new_generation();
  atomic_store_explicit(&code_changing, 0, memory_order_release);
}

/* The stack number that the frames of an ended walk continue; false when that
 * could not be stored. */
static bool outermost(enum fdt_walk_end end, const struct fdt_last_walk *last, uint32_t *parent) {
  switch (end) {
  case FDT_WALK_COMPLETE:
  case FDT_WALK_AT_ZERO:
    *parent = 0;
    return true;
  case FDT_WALK_JOINED:
    *parent = last->frames[last->first].stack;
    return *parent != 0;
  case FDT_WALK_CUT:
    fdt_lose(FDT_LOSS_STACKS_CUT);
    *parent = fdt_stack_child(0, FDT_MARK_CUT);
    return *parent != 0;
  default:
    fdt_lose(FDT_LOSS_STACKS_BROKEN);
    *parent = fdt_stack_child(0, FDT_MARK_BROKEN);
    return *parent != 0;
  }
}

static void begin(struct fdt_walk *walk, const struct fdt_caller *caller, uint64_t generation,
                  bool nested) {
  walk->pc = caller->pc;
  walk->sp = caller->sp;
  walk->fp = caller->fp;
  walk->exact = false;
  walk->nested = nested;
  walk->generation = generation;
  walk->memory = (struct fdt_memory){0, 0};
  walk->count = 0;
  walk->compact_from = 0;
}

/* Ends a walk that may need registers, and stores its frames: returns their number, or 0.
 * `last` is what a joined walk goes on in. */
static uint32_t conclude(struct fdt_walk *walk, enum fdt_walk_end *end,
                         const struct fdt_caller *caller, const struct fdt_last_walk *last) {
  if (*end == FDT_WALK_NEEDS_REGISTERS) {
    *end = fdt_walk_all_registers(walk, caller);
    walk->compact_from = walk->count;
  }
  uint32_t parent = 0, number = 0;
  if (outermost(*end, last, &parent))
    number = fdt_stack_store(parent, walk->frames, walk->count);
  else
    __builtin_memset(walk->frames, 0, walk->count * sizeof walk->frames[0]);
  if (number == 0)
    fdt_lose(FDT_LOSS_STACKS);
  return number;
}

/* Without memory of earlier walks: on other stacks, and inside another capture. */
static __attribute__((noinline)) uint32_t capture_plainly(const struct fdt_caller *caller,
                                                          uint64_t generation, bool nested) {
  if (!nested && fdt_objects_expired())
    fdt_objects_refresh();
  struct fdt_walk walk;
  begin(&walk, caller, generation, nested);
  enum fdt_walk_end end = fdt_walk_by_rules(&walk);
  return conclude(&walk, &end, caller, NULL);
}

/* Whether the capture that uses the thread's state will never come back: it was
 * left by a longjmp out of a signal handler, or by a vfork child that died in
 * it. It stood below this one on the same stack, then. */
static bool is_abandoned(uintptr_t user, uintptr_t here) {
  return user >= thread.stack.lo && here < thread.stack.base && here >= user;
}

/* Walks the thread's own stack, as far as the last walk. */
static enum fdt_walk_end walk_own(struct fdt_walk *walk, const struct fdt_caller *caller,
                                  uint64_t generation) {
  begin(walk, caller, generation, false);
  walk->memory = (struct fdt_memory){caller->sp & ~(uintptr_t)(FDT_PAGE - 1), thread.stack.hi};
  return fdt_walk_to_last(walk, thread.memory.last);
}

/* By the thread's last walk; what comes again is learnt as a whole. */
static __attribute__((noinline)) uint32_t capture_anew(const struct fdt_caller *caller,
                                                       uint64_t generation) {
  if (fdt_objects_expired())
    fdt_objects_refresh();
  struct fdt_last_walk *last = thread.memory.last;
  struct fdt_walk walk;
  fdt_last_walk_check(last, caller->sp);
  enum fdt_walk_end end = walk_own(&walk, caller, generation);
  if (__builtin_expect(end == FDT_WALK_JOINED && last->frames[last->first].stack == 0, 0)) {
    /* The trace had no room for what it joined: all of it is needed to tell the most. */
    last->first = FDT_LAST_END;
    end = walk_own(&walk, caller, generation);
  }
  const uint32_t number = conclude(&walk, &end, caller, last);
  if (end == FDT_WALK_COMPLETE)
    last->first = FDT_LAST_END; /* met none of it */
  if (end == FDT_WALK_COMPLETE || end == FDT_WALK_JOINED)
    fdt_last_walk_keep(last, &walk);
  if (thread.brief > 0)
    thread.brief--;
  else if (thread.memory.known != NULL && number != 0)
    fdt_known_stack_learn(thread.memory.known, caller, last, number);
  return number;
}

/* On the thread's own stack, with all that it remembers but `denied`, which is known not to
 * be the caller's. */
static inline __attribute__((always_inline)) uint32_t
capture_by_memory(const struct fdt_caller *caller, const struct fdt_known_stack *denied,
                  uint64_t generation, bool abandoned) {
  if (__builtin_expect(abandoned || thread.generation != generation, 0)) {
    thread.memory = fdt_thread_memory_of(thread.stack.base);
    thread.generation = generation;
    if (thread.memory.last != NULL)
      fdt_last_walk_forget(thread.memory.last, generation);
  }
  if (thread.memory.last == NULL)
    return capture_plainly(caller, generation, false);
  if (__builtin_expect(thread.memory.known != NULL, 1)) {
    struct fdt_known_stack *known = fdt_known_stack_find(thread.memory.known, caller);
    uint32_t number =
        known == NULL || known == denied ? 0 : fdt_known_stack_number(known, caller, generation);
    if (number != 0)
      return number;
    number = known == NULL
                 ? 0
                 : fdt_known_variant_number(thread.memory.known, known, caller, generation);
    if (number != 0)
      return number;
  }
  return capture_anew(caller, generation);
}

/* Gives the thread's state back. A handler on an alternate stack above this frame may
 * have taken the capture for an abandoned one: false, and what was found is void. */
static inline bool leave(uintptr_t here) {
  atomic_signal_fence(memory_order_seq_cst);
  if (atomic_load_explicit(&thread.user, memory_order_relaxed) != here)
    return false;
  atomic_store_explicit(&thread.user, 0, memory_order_relaxed);
  return true;
}

/* What the thread's known stacks do not answer at once. */
static __attribute__((noinline)) uint32_t capture_by_search(const struct fdt_caller *caller,
                                                            const struct fdt_known_stack *denied,
                                                            uintptr_t here) {
  const uintptr_t user = atomic_load_explicit(&thread.user, memory_order_relaxed);
  const uint64_t generation = generation_now();
  if (__builtin_expect(user != 0, 0) && !is_abandoned(user, here))
    return capture_plainly(caller, generation, true);

  atomic_store_explicit(&thread.user, here, memory_order_relaxed);
  atomic_signal_fence(memory_order_seq_cst);
  uint32_t number = 0;
  bool own_stack = fdt_thread_stack_holds(&thread.stack, caller->sp);
  if (own_stack)
    number = capture_by_memory(caller, denied, generation, user != 0);
  if (leave(here) && own_stack)
    return number;
  return capture_plainly(caller, generation, false);
}

/* Whether all that fdt_capture takes for granted is so: no capture under way, no code
 * coming or going, and `sp` on the thread's own stack, of which something is known. */
static inline bool is_ordinary(uintptr_t sp) {
  /* acquire: as in generation_now */
  return atomic_load_explicit(&thread.user, memory_order_relaxed) == 0 &&
         atomic_load_explicit(&code_changing, memory_order_acquire) == 0 &&
         atomic_load_explicit(&code_generation, memory_order_acquire) == thread.generation &&
         sp >= thread.stack.lo && sp < thread.stack.base && thread.memory.known != NULL;
}

uint32_t fdt_capture(const struct fdt_caller *caller) {
  const uintptr_t here = (uintptr_t)__builtin_frame_address(0);
  const struct fdt_known_stack *denied = NULL;
  if (__builtin_expect(is_ordinary(caller->sp), 1)) {
    atomic_store_explicit(&thread.user, here, memory_order_relaxed);
    atomic_signal_fence(memory_order_seq_cst);
    const struct fdt_known_stack *stack = fdt_known_stack_hinted(thread.memory.known, caller);
    uint32_t number = 0;
    if (__builtin_expect(fdt_known_stack_starts(stack, caller), 1)) {
      number = fdt_known_stack_number(stack, caller, thread.generation);
      denied = stack;
    }
    if (__builtin_expect(leave(here) && number != 0, 1))
      return number;
  }
  return capture_by_search(caller, denied, here);
}

void fdt_capture_stop_asking(void) {
  fdt_readable_stop_asking();
  fdt_rules_stay_own();
  fdt_thread_memory_stay_unreserved();
}
