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

/* A stack that was stored, so that it is found again without a look into the trace, where each
 * page is a fault in a forked child. Of all threads and of the processes of a program, without
 * order between its words: the first mixes the frame with the second, so that words of
 * different writers do not pass for a stack. */
struct memo {
  _Atomic uint64_t check;
  _Atomic uint64_t link; /* parent << 32 | number; 0: none */
};

/* Where a stack may stand, by a hash of its frames: where its frame alone stands would hang on
 * where its parent does, and so each look wait for the one before. Near is where most programs
 * have room for all: searched for as long as there is, and given up at the first that finds
 * none. */
enum { NEAR_BITS = 12, FAR_BITS = 14, NEAR_CHOICES = 8 };
struct memory {
  struct memo near[1 << NEAR_BITS];
  struct memo far[1 << FAR_BITS];
};
_Static_assert(sizeof((struct memory *)0)->near == FDT_STACKS_NEAR &&
                   sizeof(struct memory) == FDT_STACKS_MEMORY,
               "whoever gives the memory knows how much");

FDT_LARGE static struct memory own;
static struct memory *_Atomic shared;
static _Atomic bool is_full; /* near is, as far as this process has seen */

void fdt_stacks_remember_in(void *memory) {
  atomic_store_explicit(&shared, memory, memory_order_relaxed);
}

static inline uint64_t check_of(uint64_t frame, uint64_t link) {
  return frame ^ link * UINT64_C(0xc2b2ae3d27d4eb4f);
}

/* The number that `memo` has of `frame` inside `parent`; 0 for none. */
static inline uint32_t recall(const struct memo *memo, uint32_t parent, uint64_t frame) {
  const uint64_t link = atomic_load_explicit(&memo->link, memory_order_relaxed);
  const uint64_t check = atomic_load_explicit(&memo->check, memory_order_relaxed);
  return link >> 32 == parent && check == check_of(frame, link) ? (uint32_t)link : 0;
}

static inline bool is_taken(const struct memo *memo) {
  return atomic_load_explicit(&memo->link, memory_order_relaxed) != 0;
}

/* Finds what does not stand at `memo`, the first place for it. */
static __attribute__((noinline)) uint32_t find(struct memory *memory, struct memo *memo,
                                               uint64_t hash, uint32_t parent, uint64_t frame) {
  uint64_t place = hash >> (64 - NEAR_BITS);
  const bool is_near = memo == &memory->near[place];
  /* Nothing is ever taken away, so nothing stands beyond a place that is free. */
  for (int choice = 1; is_near && is_taken(memo); choice++) {
    if (choice == NEAR_CHOICES) {
      atomic_store_explicit(&is_full, true, memory_order_relaxed);
      memo = &memory->far[hash >> (64 - FAR_BITS)];
      break;
    }
    place = (place + (hash >> 40 | 1)) % (1 << NEAR_BITS);
    memo = &memory->near[place];
    const uint32_t number = recall(memo, parent, frame);
    if (number != 0)
      return number;
  }
  const uint32_t number = find_child(parent, frame);
  if (number == 0)
    return 0;
  const uint64_t link = (uint64_t)parent << 32 | number;
  atomic_store_explicit(&memo->link, link, memory_order_relaxed);
  atomic_store_explicit(&memo->check, check_of(frame, link), memory_order_relaxed);
  return number;
}

uint32_t fdt_stack_store(uint32_t parent, uint64_t *frames, uint32_t count) {
  struct memory *memory = atomic_load_explicit(&shared, memory_order_relaxed);
  if (memory == NULL)
    memory = &own;
  const bool far = atomic_load_explicit(&is_full, memory_order_relaxed);
  struct memo *const places = far ? memory->far : memory->near;
  const int shift = 64 - (far ? FAR_BITS : NEAR_BITS);
  uint64_t hash = parent;
  bool room = true;
  for (; count > 0 && room; room = parent != 0) {
    const uint64_t frame = frames[--count];
    hash = (hash ^ frame) * UINT64_C(0x9e3779b97f4a7c15);
    uint32_t number = recall(&places[hash >> shift], parent, frame);
    if (number == 0)
      number = find(memory, &places[hash >> shift], hash, parent, frame);
    frames[count] = parent = number;
  }
  while (count > 0)
    frames[--count] = 0;
  return parent;
}

uint32_t fdt_stack_child(uint32_t parent, uint64_t frame) {
  return fdt_stack_store(parent, &frame, 1);
}
