#include "sites.h"

#include "counters.h"
#include "losses.h"
#include "trace.h"

static void raise_peak(struct fdt_site *site, uint64_t ticks) {
  uint64_t opened = __atomic_load_n(&site->opened, __ATOMIC_RELAXED);
  uint64_t closed = __atomic_load_n(&site->closed, __ATOMIC_RELAXED);
  uint32_t live = opened > closed ? (uint32_t)(opened - closed) : 0;
  uint32_t peak = __atomic_load_n(&site->peak, __ATOMIC_RELAXED);
  while (live > peak) {
    if (__atomic_compare_exchange_n(&site->peak, &peak, live, true, __ATOMIC_RELAXED,
                                    __ATOMIC_RELAXED)) {
      __atomic_store_n(&site->peak_ticks, ticks, __ATOMIC_RELAXED);
      return;
    }
  }
}

/* Sites of one process are tried side by side first, and closers beside others of such
 * sites: each page that a process touches is a fault in each forked child. */
#define NEAR_SLOTS  256u
#define NEAR_PROBES 4

/* The slot to look at: NEAR_PROBES of them among those from `near`, then FDT_PROBES of
 * them anywhere; not side by side, where all may be taken while others are free. */
static inline uint32_t slot_at(int probe, uint32_t near, uint64_t hash) {
  if (probe < NEAR_PROBES)
    return (near & ~(NEAR_SLOTS - 1)) | (((uint32_t)(hash >> 32) + (uint32_t)probe) % NEAR_SLOTS);
  return (uint32_t)hash + (uint32_t)probe * ((uint32_t)(hash >> 32) | 1);
}

static struct fdt_site *find_site(uint32_t process, uint32_t stack, uint16_t call, uint8_t kind,
                                  uint64_t ticks) {
  uint64_t key = (uint64_t)process << 32 | stack;
  uint64_t hash = fdt_mix(key ^ (uint64_t)call << 48);
  uint32_t near = process * 0x9e3779b9u;
  for (int probe = 0; probe < NEAR_PROBES + FDT_PROBES; probe++) {
    struct fdt_site *site = &fdt_trace.sites[slot_at(probe, near, hash) & fdt_trace.site_mask];
    uint32_t state = __atomic_load_n(&site->state, __ATOMIC_ACQUIRE);
    if (state == FDT_RECORD_READY && site->stack == stack && site->process == process &&
        site->call == call)
      return site;
    if (state != FDT_RECORD_EMPTY)
      continue;
    if (!__atomic_compare_exchange_n(&site->state, &state, FDT_RECORD_BUSY, false, __ATOMIC_RELAXED,
                                     __ATOMIC_RELAXED))
      continue;
    site->process = process;
    site->stack = stack;
    site->call = call;
    site->kind = kind;
    site->first_ticks = ticks;
    __atomic_store_n(&site->state, FDT_RECORD_READY, __ATOMIC_RELEASE); /* pairs with the acquire */
    return site;
  }
  fdt_lose(FDT_LOSS_SITES);
  return NULL;
}

uint32_t fdt_site_opened(uint32_t process, uint32_t stack, uint16_t call, uint8_t kind,
                         uint64_t ticks) {
  struct fdt_site *site = find_site(process, stack, call, kind, ticks);
  if (site == NULL)
    return 0;
  fdt_count(&site->opened);
  __atomic_store_n(&site->last_ticks, ticks, __ATOMIC_RELAXED);
  raise_peak(site, ticks);
  return (uint32_t)(site - fdt_trace.sites) + 1;
}

static uint32_t lifetime_bucket(uint64_t age) {
  if (age < 1u << 12)
    return 0;
  uint32_t bucket = (uint32_t)(63 - __builtin_clzll(age) - 10) / 2;
  return bucket < FDT_LIFETIME_BUCKETS ? bucket : FDT_LIFETIME_BUCKETS - 1;
}

static void count_close(struct fdt_closer *closer, uint64_t ticks, uint64_t age) {
  fdt_count(&closer->count);
  fdt_count32(&closer->lifetimes[lifetime_bucket(age)]);
  __atomic_store_n(&closer->last_ticks, ticks, __ATOMIC_RELAXED);
  uint64_t least = __atomic_load_n(&closer->min_ticks, __ATOMIC_RELAXED);
  while (age < least && !__atomic_compare_exchange_n(&closer->min_ticks, &least, age, true,
                                                     __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
  }
  uint64_t most = __atomic_load_n(&closer->max_ticks, __ATOMIC_RELAXED);
  while (age > most && !__atomic_compare_exchange_n(&closer->max_ticks, &most, age, true,
                                                    __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
  }
}

void fdt_site_closed(uint32_t site, uint32_t stack, uint16_t call, uint64_t ticks, uint64_t age) {
  struct fdt_site *opener = fdt_site_known(site);
  if (opener == NULL)
    return;
  fdt_count(&opener->closed);
  uint64_t hash = fdt_mix((uint64_t)site << 32 | stack);
  for (int probe = 0; probe < NEAR_PROBES + FDT_PROBES; probe++) {
    struct fdt_closer *closer =
        &fdt_trace.closers[slot_at(probe, site, hash) & fdt_trace.closer_mask];
    uint32_t state = __atomic_load_n(&closer->state, __ATOMIC_ACQUIRE);
    if (state == FDT_RECORD_READY && closer->site == site && closer->stack == stack &&
        closer->call == call) {
      count_close(closer, ticks, age);
      return;
    }
    if (state != FDT_RECORD_EMPTY)
      continue;
    if (!__atomic_compare_exchange_n(&closer->state, &state, FDT_RECORD_BUSY, false,
                                     __ATOMIC_RELAXED, __ATOMIC_RELAXED))
      continue;
    closer->site = site;
    closer->stack = stack;
    closer->call = call;
    closer->min_ticks = UINT64_MAX;
    __atomic_store_n(&closer->state, FDT_RECORD_READY,
                     __ATOMIC_RELEASE); /* pairs with the acquire */
    count_close(closer, ticks, age);
    return;
  }
  fdt_lose(FDT_LOSS_CLOSERS);
}
