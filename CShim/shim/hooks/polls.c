/* poll(2) and select(2) for a few descriptors: where the time ran out, the program has waited for
 * each of them in vain, and may leave it there. Loops over many are left alone. */
#include "hook.h"

#include "record/reads.h"

enum { FEW = 4 };

static void after_poll(const struct fdt_act *act, const struct pollfd *fds, nfds_t count,
                       int result) {
  for (nfds_t i = 0; i < count; i++)
    if (fds[i].fd < 0)
      continue;
    else if (result == 0)
      fdt_timed_out(act, fds[i].fd);
    else if (fds[i].revents != 0 && fdt_is_awaited(fds[i].fd))
      fdt_went_on(fds[i].fd);
}

/* A time of zero is no wait. What one brings is news where there were others in vain. */
static inline bool is_telling(int result, bool waits) {
  return result == 0 ? fdt_unlikely(waits)
                     : result > 0 && result <= __atomic_load_n(&fdt_read_watch, __ATOMIC_RELAXED);
}

static inline bool is_wait(const struct timespec *timeout) {
  return timeout != NULL && (timeout->tv_sec != 0 || timeout->tv_nsec != 0);
}

#define POLL(name, parameters, arguments, waits)                                                   \
  FDT_EXPORT int name parameters {                                                                 \
    fdt_enter();                                                                                   \
    int result = fdt_real.name arguments;                                                          \
    if (count <= FEW && is_telling(result, waits) && fdt_recording())                              \
      after_poll(FDT_ACT(name), fds, count, result);                                               \
    return result;                                                                                 \
  }

POLL(poll, (struct pollfd * fds, nfds_t count, int timeout), (fds, count, timeout), timeout != 0)
POLL(__poll_chk, (struct pollfd * fds, nfds_t count, int timeout, size_t size_known),
     (fds, count, timeout, size_known), timeout != 0)
POLL(ppoll,
     (struct pollfd * fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask),
     (fds, count, timeout, mask), is_wait(timeout))
POLL(__ppoll_chk,
     (struct pollfd * fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask,
      size_t size_known),
     (fds, count, timeout, mask, size_known), is_wait(timeout))

/* What a select waits for: the kernel takes out of the sets what is not ready. */
struct awaited {
  unsigned count; /* 0: no wait, or one for many */
  int fds[FEW];
};

/* Adds those of 64 descriptors from `first` on. */
static void add(struct awaited *awaited, int first, uint64_t fds) {
  for (; fds != 0; fds &= fds - 1) {
    if (awaited->count < FEW)
      awaited->fds[awaited->count] = first + __builtin_ctzll(fds);
    awaited->count++;
  }
}

/* The sets are read before the kernel has found that they can be, and so only on the stack of the
 * thread, where nearly all programs have them. */
static struct awaited await(int limit, const fd_set *const sets[3], const uint64_t timeout[2],
                            uintptr_t sp) {
  struct awaited awaited = {.count = 0};
  if (limit <= 0 || limit > FD_SETSIZE || timeout == NULL ||
      !fdt_on_own_stack(timeout, 2 * sizeof *timeout, sp) || (timeout[0] | timeout[1]) == 0)
    return awaited;
  const unsigned words = ((unsigned)limit + 63) / 64;
  for (int i = 0; i < 3; i++)
    if (sets[i] != NULL && !fdt_on_own_stack(sets[i], words * sizeof(uint64_t), sp))
      return awaited;
  for (unsigned i = 0; i < words && awaited.count <= FEW; i++) {
    uint64_t fds = 0;
    for (int j = 0; j < 3; j++)
      fds |= sets[j] != NULL ? ((const uint64_t *)sets[j])[i] : 0;
    if (i == words - 1 && limit % 64 != 0)
      fds &= (UINT64_C(1) << limit % 64) - 1;
    add(&awaited, (int)i * 64, fds);
  }
  if (awaited.count > FEW)
    awaited.count = 0;
  return awaited;
}

static bool is_in(const fd_set *set, int fd) { return set != NULL && FD_ISSET(fd, set); }

static void after_select(const struct fdt_act *act, const struct awaited *awaited,
                         const fd_set *const sets[3], int result) {
  for (unsigned i = 0; i < awaited->count; i++) {
    int fd = awaited->fds[i];
    if (result == 0)
      fdt_timed_out(act, fd);
    else if (fdt_is_awaited(fd) && (is_in(sets[0], fd) || is_in(sets[1], fd) || is_in(sets[2], fd)))
      fdt_went_on(fd);
  }
}

#define SELECT(name, parameters, arguments)                                                        \
  FDT_EXPORT int name parameters {                                                                 \
    fdt_enter();                                                                                   \
    if (!fdt_recording())                                                                          \
      return fdt_real.name arguments;                                                              \
    const fd_set *const sets[3] = {reads, writes, exceptions};                                     \
    struct fdt_act act = *FDT_ACT(name);                                                           \
    _Static_assert(sizeof *timeout == 2 * sizeof(uint64_t), "seconds and a part of one");          \
    struct awaited awaited = await(limit, sets, (const uint64_t *)timeout, act.caller.sp);         \
    int result = fdt_real.name arguments;                                                          \
    if (awaited.count != 0 && is_telling(result, true))                                            \
      after_select(&act, &awaited, sets, result);                                                  \
    return result;                                                                                 \
  }

SELECT(select,
       (int limit, fd_set *reads, fd_set *writes, fd_set *exceptions, struct timeval *timeout),
       (limit, reads, writes, exceptions, timeout))
SELECT(pselect,
       (int limit, fd_set *reads, fd_set *writes, fd_set *exceptions,
        const struct timespec *timeout, const sigset_t *mask),
       (limit, reads, writes, exceptions, timeout, mask))
