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

/* Counters of one process are tried in one page first, its home, then in those around, then near
 * those of stacks that were stored at the same time, then anywhere: each page that a process
 * touches is a fault in each forked child, or two, for it is looked at before it is written to. */
#define HOME_BYTES  4096u
#define NEAR_HOMES  8u
#define HOME_PROBES 4
#define NEAR_PROBES 2
#define AGE_PROBES  4
#define AGE_FIRST   (HOME_PROBES + NEAR_PROBES)
#define ALL_PROBES  (AGE_FIRST + AGE_PROBES + FDT_PROBES)

/* The slot to look at, of those of which a home has `room`; `age` is one that grows with what
 * came last. The last probes stand far from each other, for all near one place may be taken. */
static inline uint32_t slot_at(int probe, uint32_t home, uint32_t room, uint32_t age,
                               uint64_t hash) {
  const uint32_t step = (uint32_t)probe, high = (uint32_t)(hash >> 32);
  if (probe < HOME_PROBES)
    return home * room + (high + step) % room;
  if (probe < AGE_FIRST)
    return home / NEAR_HOMES * NEAR_HOMES * room + ((high >> 6) + step) % (NEAR_HOMES * room);
  if (probe < AGE_FIRST + AGE_PROBES)
    return age + step;
  return (uint32_t)hash + step * 0x9e3779b9u;
}
#define SITE_ROOM   (HOME_BYTES / (uint32_t)sizeof(struct fdt_site))
#define CLOSER_ROOM (HOME_BYTES / (uint32_t)sizeof(struct fdt_closer))

/* Numbers of stacks, most of which lie inside of others, to a slot. */
#define STACKS_OF_SITE 4

/* Where the thread found the counters of a stack last, by the stack's number. Only a
 * hint: what stands there says itself whose it is, so a handler that interrupts does no
 * harm. */
#define HINTS 64u
static __thread struct {
  uint32_t sites[HINTS];   /* site_ref, 0: none */
  uint32_t closers[HINTS]; /* slot + 1 */
} hints FDT_THREAD_OFTEN;

FDT_FORKED void fdt_sites_forked(void) { __builtin_memset(&hints, 0, sizeof hints); }

/* Acquire: pairs with the release of whoever filled it. */
static inline bool is_site_of(const struct fdt_site *site, uint32_t process, uint32_t stack,
                              uint16_t call) {
  return __atomic_load_n(&site->state, __ATOMIC_ACQUIRE) == FDT_RECORD_READY &&
         site->stack == stack && site->process == process && site->call == call;
}

static inline bool is_closer_of(const struct fdt_closer *closer, uint32_t site, uint32_t stack,
                                uint16_t call) {
  return __atomic_load_n(&closer->state, __ATOMIC_ACQUIRE) == FDT_RECORD_READY &&
         closer->site == site && closer->stack == stack && closer->call == call;
}

/* Where nothing is there yet most likely: a page that is read, and written to then, would be two
 * faults. */
static inline void expect_fresh(uint32_t *state) {
  __atomic_fetch_or(state, FDT_RECORD_EMPTY, __ATOMIC_RELAXED);
}

/* The newest stacks of which the counters were looked for in this process. */
static struct { uint32_t site, closer; } newest;

/* Whether that stack is newer than `latest`. */
static inline bool is_newest(uint32_t stack, uint32_t *latest) {
  if (stack <= __atomic_load_n(latest, __ATOMIC_RELAXED))
    return false;
  __atomic_store_n(latest, stack, __ATOMIC_RELAXED);
  return true;
}

/* Takes the place for the caller to fill in; false when it is taken. */
static inline bool claim(uint32_t *state) {
  uint32_t found = __atomic_load_n(state, __ATOMIC_RELAXED);
  return found == FDT_RECORD_EMPTY &&
         __atomic_compare_exchange_n(state, &found, FDT_RECORD_BUSY, false, __ATOMIC_RELAXED,
                                     __ATOMIC_RELAXED);
}

/* site_ref of the counters, made if need be; 0 when there is no room (counted). */
static __attribute__((noinline)) uint32_t find_site(uint32_t process, uint32_t stack, uint16_t call,
                                                    uint8_t kind, uint64_t ticks) {
  uint64_t key = (uint64_t)process << 32 | stack;
  uint64_t hash = fdt_mix(key ^ (uint64_t)call << 48);
  const uint32_t home = process * 0x9e3779b9u;
  const bool is_new = is_newest(stack, &newest.site);
  for (int probe = 0; probe < ALL_PROBES; probe++) {
    const uint32_t slot =
        slot_at(probe, home, SITE_ROOM, home * SITE_ROOM + stack / STACKS_OF_SITE, hash) &
        fdt_trace.site_mask;
    struct fdt_site *site = &fdt_trace.sites[slot];
    if ((probe == 0 && hints.sites[stack % HINTS] == 0) || (probe == AGE_FIRST && is_new))
      expect_fresh(&site->state);
    if (!is_site_of(site, process, stack, call)) {
      if (!claim(&site->state))
        continue;
      site->process = process;
      site->stack = stack;
      site->call = call;
      site->kind = kind;
      site->first_ticks = ticks;
      __atomic_store_n(&site->state, FDT_RECORD_READY, __ATOMIC_RELEASE); /* as in is_site_of */
    }
    return hints.sites[stack % HINTS] = slot + 1;
  }
  fdt_lose(FDT_LOSS_SITES);
  return 0;
}

uint32_t fdt_site_opened(uint32_t process, uint32_t stack, uint16_t call, uint8_t kind,
                         uint64_t ticks) {
  uint32_t ref = hints.sites[stack % HINTS];
  if (fdt_unlikely(ref == 0 || !is_site_of(&fdt_trace.sites[ref - 1], process, stack, call))) {
    ref = find_site(process, stack, call, kind, ticks);
    if (ref == 0)
      return 0;
  }
  struct fdt_site *site = &fdt_trace.sites[ref - 1];
  fdt_count(&site->opened);
  __atomic_store_n(&site->last_ticks, ticks, __ATOMIC_RELAXED);
  raise_peak(site, ticks);
  return ref;
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

/* Slot + 1 of the counters, made if need be; 0 when there is no room (counted). */
static __attribute__((noinline)) uint32_t find_closer(uint32_t site, uint32_t stack,
                                                      uint16_t call) {
  uint64_t hash = fdt_mix((uint64_t)site << 32 | stack);
  const uint32_t home = (site - 1) / SITE_ROOM;
  const bool is_new = is_newest(fdt_trace.sites[site - 1].stack, &newest.closer);
  for (int probe = 0; probe < ALL_PROBES; probe++) {
    const uint32_t slot = slot_at(probe, home, CLOSER_ROOM, site, hash) & fdt_trace.closer_mask;
    struct fdt_closer *closer = &fdt_trace.closers[slot];
    if ((probe == 0 && hints.closers[(stack ^ site) % HINTS] == 0) ||
        (probe == AGE_FIRST && is_new))
      expect_fresh(&closer->state);
    if (!is_closer_of(closer, site, stack, call)) {
      if (!claim(&closer->state))
        continue;
      closer->site = site;
      closer->stack = stack;
      closer->call = call;
      closer->min_ticks = UINT64_MAX;
      __atomic_store_n(&closer->state, FDT_RECORD_READY, __ATOMIC_RELEASE); /* as above */
    }
    return hints.closers[(stack ^ site) % HINTS] = slot + 1;
  }
  fdt_lose(FDT_LOSS_CLOSERS);
  return 0;
}

void fdt_site_closed(uint32_t site, uint32_t stack, uint16_t call, uint64_t ticks, uint64_t age) {
  struct fdt_site *opener = fdt_site_known(site);
  if (opener == NULL)
    return;
  fdt_count(&opener->closed);
  uint32_t place = hints.closers[(stack ^ site) % HINTS];
  if (fdt_unlikely(place == 0 || !is_closer_of(&fdt_trace.closers[place - 1], site, stack, call))) {
    place = find_closer(site, stack, call);
    if (place == 0)
      return;
  }
  count_close(&fdt_trace.closers[place - 1], ticks, age);
}
