#include "misuses.h"

#include "counters.h"
#include "losses.h"
#include "trace.h"

#include <stdbool.h>

static bool is_same(const struct fdt_misuse *a, const struct fdt_misuse *b) {
  return a->stack == b->stack && a->process == b->process && a->kind == b->kind &&
         a->call == b->call && a->opened_stack == b->opened_stack &&
         a->closed_stack == b->closed_stack;
}

static void widen(struct fdt_misuse *misuse, int fd) {
  int low = __atomic_load_n(&misuse->low_fd, __ATOMIC_RELAXED);
  while (fd < low && !__atomic_compare_exchange_n(&misuse->low_fd, &low, fd, true, __ATOMIC_RELAXED,
                                                  __ATOMIC_RELAXED)) {
  }
  int high = __atomic_load_n(&misuse->high_fd, __ATOMIC_RELAXED);
  while (fd > high && !__atomic_compare_exchange_n(&misuse->high_fd, &high, fd, true,
                                                   __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
  }
}

static void count(struct fdt_misuse *misuse, int fd, uint64_t ticks) {
  widen(misuse, fd);
  __atomic_store_n(&misuse->last_ticks, ticks, __ATOMIC_RELAXED);
  fdt_count(&misuse->count);
}

void fdt_misuse_add(const struct fdt_misuse *what, int fd, uint64_t ticks) {
  uint64_t key = (uint64_t)what->process << 40 ^ (uint64_t)what->kind << 32 ^ what->stack;
  uint64_t history = (uint64_t)what->opened_stack << 32 | what->closed_stack;
  uint32_t slot = (uint32_t)fdt_mix(fdt_mix(key) ^ history);
  for (int probe = 0; probe < FDT_PROBES; probe++, slot++) {
    struct fdt_misuse *misuse = &fdt_trace.misuses[slot & fdt_trace.misuse_mask];
    uint32_t state = __atomic_load_n(&misuse->state, __ATOMIC_ACQUIRE);
    if (state == FDT_RECORD_READY && is_same(misuse, what)) {
      count(misuse, fd, ticks);
      return;
    }
    if (state != FDT_RECORD_EMPTY)
      continue;
    if (!__atomic_compare_exchange_n(&misuse->state, &state, FDT_RECORD_BUSY, false,
                                     __ATOMIC_RELAXED, __ATOMIC_RELAXED))
      continue;
    struct fdt_misuse fresh = *what;
    fresh.low_fd = fd;
    fresh.high_fd = fd;
    fresh.first_ticks = ticks;
    __builtin_memcpy((char *)misuse + sizeof misuse->state, (char *)&fresh + sizeof fresh.state,
                     sizeof fresh - sizeof fresh.state);
    __atomic_store_n(&misuse->state, FDT_RECORD_READY,
                     __ATOMIC_RELEASE); /* pairs with the acquire */
    count(misuse, fd, ticks);
    return;
  }
  fdt_lose(FDT_LOSS_MISUSES);
}
