#include "capture.h"

#include <stdatomic.h>

#include "../trace/losses.h"
#include "../trace/stacks.h"
#include "fdtrack_format.h"
#include "known_stacks.h"
#include "last_walk.h"
#include "objects.h"
#include "thread_stack.h"
#include "walk.h"

/* What a thread keeps between captures: about 4 KiB. Initial-exec, so that no
 * access calls into the loader. */
static __thread struct {
  /* The frame address of the capture that is using the rest; 0: none is. Only
   * the thread itself and signal handlers on it look at it. */
  _Atomic uintptr_t user;
  struct fdt_thread_stack stack;
  struct fdt_last_walk last;
  struct fdt_known_stacks *known; /* NULL: none */
} thread;

/* Numbers the states of the code map; rules and walks of older ones are void. */
static _Atomic uint64_t code_generation = 1;

/* How many threads are inside dlclose. */
static _Atomic uint32_t code_changing;

void fdt_capture_start(void) {
  fdt_memory_start();
  fdt_thread_stack_start();
  fdt_objects_start();
  fdt_rules_start();
  fdt_known_stacks_start();
}

static uint64_t new_generation(void) {
  /* release: who sees the new generation sees the list expired */
  return atomic_fetch_add_explicit(&code_generation, 1, memory_order_acq_rel) + 1;
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

void fdt_capture_forked(void) {
  if (atomic_load_explicit(&code_changing, memory_order_relaxed) == 0)
    return;
  new_generation();
  atomic_store_explicit(&code_changing, 0, memory_order_release);
}

/* One compact step outwards from a frame of `kind` SP or FP. False, with
 * nothing changed, when anything about it is odd: the tables decide then. */
static inline __attribute__((always_inline)) bool step_by_rule(struct fdt_walk *walk,
                                                               struct fdt_rule rule,
                                                               const struct fdt_last_walk *last,
                                                               struct fdt_arrival *arrival) {
  const uintptr_t cfa =
      (fdt_rule_kind(rule) == FDT_RULE_SP ? walk->sp : walk->fp) + fdt_rule_cfa_offset(rule);
  const uintptr_t pc_slot = cfa - fdt_rule_ra_depth(rule);
  const uintptr_t fp_slot = fdt_rule_saves_fp(rule) ? cfa - fdt_rule_fp_depth(rule) : 0;
  uintptr_t pc_word, fp = walk->fp;
  if (cfa <= walk->sp || pc_slot < walk->sp || (fp_slot != 0 && fp_slot < walk->sp))
    return false;
  if (last != NULL &&
      (!fdt_last_walk_can_hold(last, walk->sp) || !fdt_last_walk_can_hold(last, cfa) ||
       (fdt_rule_kind(rule) == FDT_RULE_FP && fdt_below(last, walk->fp) == 0)))
    return false;
  if (!fdt_memory_read(&walk->memory, pc_slot, &pc_word))
    return false;
  if (fp_slot != 0 && !fdt_memory_read(&walk->memory, fp_slot, &fp))
    return false;
  *arrival = (struct fdt_arrival){pc_word, pc_slot, fp_slot};
  walk->pc = fdt_strip(pc_word);
  walk->sp = cfa;
  walk->fp = fp;
  walk->exact = false;
  return true;
}

/* Walks to the end, or to where the thread's last walk is met. */
static inline __attribute__((always_inline)) enum fdt_walk_end
walk_outwards(struct fdt_walk *walk, struct fdt_last_walk *last) {
  struct fdt_arrival arrival = {0, 0, 0};
  for (;;) {
    if (!fdt_walk_is_code(walk->pc))
      return fdt_walk_no_code(walk, walk->pc);
    if (last != NULL && fdt_last_walk_joins(last, walk, &arrival))
      return FDT_WALK_JOINED;
    const struct fdt_rule rule = fdt_rule_find(walk->pc, walk->exact, walk->generation);
    const enum fdt_rule_kind kind = fdt_rule_kind(rule);
    if (__builtin_expect(kind <= FDT_RULE_OUTERMOST, 1)) {
      if (walk->count == FDT_WALK_FRAMES)
        return FDT_WALK_CUT;
      if (last != NULL)
        fdt_last_walk_note(last, walk, &arrival, kind == FDT_RULE_FP);
      const bool exact = walk->exact;
      walk->frames[walk->count] = rule.frame;
      if (kind == FDT_RULE_OUTERMOST || step_by_rule(walk, rule, last, &arrival)) {
        walk->count++;
        if (exact)
          walk->compact_from = walk->count;
        if (kind == FDT_RULE_OUTERMOST)
          return FDT_WALK_COMPLETE;
        continue;
      }
    }
    enum fdt_walk_end end = fdt_walk_by_tables(walk);
    if (end != FDT_WALK_GOES_ON)
      return end;
    arrival = (struct fdt_arrival){0, 0, 0};
  }
}

/* Stores the frames found, outermost first, continuing stack `parent`; returns
 * the number of the whole, or 0. With `last`, notes the numbers of those frames
 * that it may keep, and counts in `*stored` how many were stored at all. */
static inline __attribute__((always_inline)) uint32_t store_frames(const struct fdt_walk *walk,
                                                                   uint32_t parent,
                                                                   struct fdt_last_walk *last,
                                                                   uint32_t *stored) {
  for (uint32_t i = walk->count; i > 0; i--) {
    parent = fdt_stack_child(parent, walk->frames[i - 1]);
    if (parent == 0)
      return 0;
    if (last != NULL && i > walk->compact_from)
      last->stacks[i - 1] = parent;
    ++*stored;
  }
  return parent;
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
    *parent = last->stacks[last->first];
    return true;
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

static inline __attribute__((always_inline)) void
begin(struct fdt_walk *walk, const struct fdt_caller *caller, uint64_t generation) {
  walk->pc = caller->pc;
  walk->sp = caller->sp;
  walk->fp = caller->fp;
  walk->exact = false;
  walk->generation = generation;
  walk->count = 0;
  walk->compact_from = 0;
}

static inline __attribute__((always_inline)) uint32_t capture(const struct fdt_caller *caller,
                                                              struct fdt_last_walk *last,
                                                              uint64_t generation, bool nested) {
  struct fdt_walk walk;
  begin(&walk, caller, generation);
  walk.nested = nested;
  walk.memory = (struct fdt_memory){0, 0};
  if (last != NULL)
    walk.memory = (struct fdt_memory){caller->sp & ~(uintptr_t)(FDT_PAGE - 1), thread.stack.hi};

  enum fdt_walk_end end = walk_outwards(&walk, last);
  if (end == FDT_WALK_NEEDS_REGISTERS) {
    end = fdt_walk_all_registers(&walk, caller);
    walk.compact_from = walk.count;
  }
  uint32_t parent = 0, stored = 0, number = 0;
  if (outermost(end, last, &parent))
    number = store_frames(&walk, parent, last, &stored);
  if (last != NULL && end == FDT_WALK_COMPLETE)
    last->first = FDT_WALK_FRAMES; /* met none of it */
  if (last != NULL && (end == FDT_WALK_COMPLETE || end == FDT_WALK_JOINED))
    fdt_last_walk_keep(last, &walk, stored);
  if (number == 0)
    fdt_lose(FDT_LOSS_STACKS);
  return number;
}

/* Without memory of earlier walks: on other stacks, and inside another capture. */
static __attribute__((noinline)) uint32_t capture_plainly(const struct fdt_caller *caller,
                                                          uint64_t generation, bool nested) {
  if (!nested && fdt_objects_expired())
    fdt_objects_refresh();
  return capture(caller, NULL, generation, nested);
}

/* Whether the capture that uses the thread's state will never come back: it was
 * left by a longjmp out of a signal handler, or by a vfork child that died in
 * it. It stood below this one on the same stack, then. */
static bool is_abandoned(uintptr_t user, uintptr_t here) {
  return user >= thread.stack.lo && here < thread.stack.base && here >= user;
}

/* By the thread's last walk; what comes again is learnt as a whole. */
static __attribute__((noinline)) uint32_t capture_anew(const struct fdt_caller *caller,
                                                       uint64_t generation) {
  if (fdt_objects_expired())
    fdt_objects_refresh();
  uint32_t number = capture(caller, &thread.last, generation, false);
  if (thread.known != NULL && number != 0)
    fdt_known_stack_learn(thread.known, caller, &thread.last, number);
  return number;
}

/* On the thread's own stack, with all that it remembers. */
static inline __attribute__((always_inline)) uint32_t
capture_by_memory(const struct fdt_caller *caller, uint64_t generation, bool abandoned) {
  if (__builtin_expect(abandoned || thread.last.generation != generation, 0)) {
    thread.last.first = FDT_WALK_FRAMES;
    thread.last.base = thread.stack.base;
    thread.last.generation = generation;
    thread.known = fdt_known_stacks_of(thread.stack.base);
  }
  if (__builtin_expect(thread.known != NULL, 1)) {
    struct fdt_known_stack *known = fdt_known_stack_find(thread.known, caller);
    uint32_t number = known == NULL ? 0 : fdt_known_stack_number(known, caller, generation);
    if (__builtin_expect(number != 0, 1))
      return number;
    number = known == NULL ? 0 : fdt_known_variant_number(thread.known, known, caller, generation);
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
    number = capture_by_memory(caller, generation, user != 0);
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
         atomic_load_explicit(&code_generation, memory_order_acquire) == thread.last.generation &&
         sp >= thread.stack.lo && sp < thread.stack.base && thread.known != NULL;
}

uint32_t fdt_capture(const struct fdt_caller *caller) {
  const uintptr_t here = (uintptr_t)__builtin_frame_address(0);
  if (__builtin_expect(is_ordinary(caller->sp), 1)) {
    atomic_store_explicit(&thread.user, here, memory_order_relaxed);
    atomic_signal_fence(memory_order_seq_cst);
    const struct fdt_known_stack *stack = fdt_known_stack_hinted(thread.known, caller);
    uint32_t number = 0;
    if (__builtin_expect(fdt_known_stack_starts(stack, caller), 1))
      number = fdt_known_stack_number(stack, caller, thread.last.generation);
    if (__builtin_expect(leave(here) && number != 0, 1))
      return number;
  }
  return capture_by_search(caller, here);
}

void fdt_capture_stop_asking(void) { fdt_memory_stop_asking(); }
