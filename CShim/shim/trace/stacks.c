#include "stacks.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "trace.h"

/* A cache line of the page in which the parent stands is tried first, then one of the 64 KiB
 * around it, which Linux maps at one fault, then any others. A walk then touches a few pages of
 * the trace and not one for each of its frames; and each page is a fault in every child that is
 * forked. */
#define LINE_SLOTS   4u
#define PAGE_LINES   64u
#define AROUND_LINES (16u * PAGE_LINES)

/* Whether `frame` inside `parent` stands at `slot`, or is put there. */
static inline bool stands_at(uint32_t slot, uint32_t parent, uint64_t frame) {
  struct fdt_stack_node *node = &fdt_trace.stacks[slot];
  /* Acquire pairs with the release store below: a frame seen has its parent. */
  uint64_t seen = __atomic_load_n(&node->frame, __ATOMIC_ACQUIRE);
  if (seen == frame)
    return node->parent == parent;
  /* Another's, or being written: never waited for, at worst stored twice. */
  if (seen != 0 || !__atomic_compare_exchange_n(&node->frame, &seen, FDT_FRAME_BUSY, false,
                                                __ATOMIC_RELAXED, __ATOMIC_RELAXED))
    return false;
  node->parent = parent;
  __atomic_store_n(&node->frame, frame, __ATOMIC_RELEASE);
  return true;
}

/* Looks through a cache line from the slot where `hash` leads; returns the number, or 0. */
static inline uint32_t in_line(uint32_t line, uint64_t hash, uint32_t parent, uint64_t frame) {
  for (uint32_t probe = 0; probe < LINE_SLOTS; probe++) {
    const uint32_t slot = line * LINE_SLOTS + ((uint32_t)(hash >> 56) + probe) % LINE_SLOTS;
    if (stands_at(slot & fdt_trace.stack_mask, parent, frame))
      return (slot & fdt_trace.stack_mask) + 1;
  }
  return 0;
}

/* Some cache lines anywhere: side by side they might all be in one full page. */
static __attribute__((noinline)) uint32_t far_child(uint64_t hash, uint32_t parent,
                                                    uint64_t frame) {
  const uint64_t mixed = fdt_mix(hash);
  const uint32_t step = (uint32_t)(mixed >> 32) | 1;
  uint32_t line = (uint32_t)mixed, number = 0;
  for (uint32_t i = 0; i < FDT_PROBES / LINE_SLOTS; i++)
    fdt_prefetch_write(&fdt_trace.stacks[((line + i * step) * LINE_SLOTS) & fdt_trace.stack_mask]);
  for (uint32_t i = 0; i < FDT_PROBES / LINE_SLOTS && number == 0; i++, line += step)
    number = in_line(line, hash, parent, frame);
  return number;
}

static __attribute__((noinline)) uint32_t find_child(uint32_t parent, uint64_t frame) {
  const uint64_t hash =
      (frame * UINT64_C(0xff51afd7ed558ccd) ^ parent) * UINT64_C(0x9e3779b97f4a7c15);
  const uint32_t line = (parent - 1) / LINE_SLOTS;
  uint32_t number = 0;
  if (parent != 0) {
    const uint32_t around = (line & ~(AROUND_LINES - 1)) + (uint32_t)(hash >> 54);
    fdt_prefetch_write(&fdt_trace.stacks[(around * LINE_SLOTS) & fdt_trace.stack_mask]);
    number = in_line((line & ~(PAGE_LINES - 1)) + (uint32_t)(hash >> 58), hash, parent, frame);
    if (number == 0)
      number = in_line(around, hash, parent, frame);
  }
  return number != 0 ? number : far_child(hash, parent, frame);
}

/* Where stacks were found, by a hash of their frames: to be tried first. Where a frame
 * stands hangs on where its parent does; a guess at all of them at once needs no memory to
 * have answered. Of all threads, without order: what is there is only ever a guess, also
 * where forked children make theirs in the same memory. Spread as they are, each of them
 * would be a page fault in a child of its own. */
#define GUESSES (FDT_STACK_GUESSES / sizeof(uint32_t))
FDT_LARGE static _Atomic uint32_t own_guesses[GUESSES];
static _Atomic uint32_t *_Atomic shared_guesses;

void fdt_stacks_guess_in(void *memory) {
  atomic_store_explicit(&shared_guesses, (_Atomic uint32_t *)memory, memory_order_relaxed);
}

static inline bool is_child(uint32_t number, uint32_t parent, uint64_t frame) {
  const struct fdt_stack_node *node = &fdt_trace.stacks[(number - 1) & fdt_trace.stack_mask];
  /* Acquire: as in stands_at. */
  return __atomic_load_n(&node->frame, __ATOMIC_ACQUIRE) == frame && node->parent == parent &&
         number != 0;
}

uint32_t fdt_stack_store(uint32_t parent, uint64_t *frames, uint32_t count) {
  _Atomic uint32_t *shared = atomic_load_explicit(&shared_guesses, memory_order_relaxed);
  _Atomic uint32_t *guesses = shared != NULL ? shared : own_guesses;
  uint64_t hash = parent;
  bool room = true;
  for (; count > 0 && room; room = parent != 0) {
    const uint64_t frame = frames[--count];
    hash = (hash ^ frame) * UINT64_C(0x9e3779b97f4a7c15);
    _Atomic uint32_t *guess = &guesses[hash >> 50];
    uint32_t number = atomic_load_explicit(guess, memory_order_relaxed);
    if (!is_child(number, parent, frame)) {
      number = find_child(parent, frame);
      atomic_store_explicit(guess, number, memory_order_relaxed);
    }
    frames[count] = parent = number;
  }
  while (count > 0)
    frames[--count] = 0;
  return parent;
}
_Static_assert(GUESSES == 1u << (64 - 50), "fdt_stack_store takes that many bits");

uint32_t fdt_stack_child(uint32_t parent, uint64_t frame) {
  return fdt_stack_store(parent, &frame, 1);
}
