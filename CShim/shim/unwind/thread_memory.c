#include "thread_memory.h"

#include "kernel/compiler.h"
#include "kernel/syscall.h"

#include <stddef.h>
#include <sys/mman.h>

/* Powers of two. Last walks are small, and to have none is dear. */
#define KNOWN 32
#define WALKS 512
#define TRIES 4

struct memory {
  struct fdt_known_stacks known[KNOWN];
  struct fdt_last_walk walks[WALKS];
};

/* Of the thread that asks first, which has no other in most programs that fork: what stands
 * in the library's own memory is no mapping more for each child. */
static FDT_LARGE struct fdt_known_stacks first_known;
static FDT_LARGE struct fdt_last_walk first_walk;

/* NULL: not yet. */
static struct memory *reserved;
#define REFUSED ((struct memory *)-1)

void fdt_thread_memory_stay_unreserved(void) {
  struct memory *none = NULL;
  __atomic_compare_exchange_n(&reserved, &none, REFUSED, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

/* The memory for all others, reserved when it is first asked for.
 * Relaxed: it is zero to whoever finds it. */
static struct memory *all_of_it(void) {
  struct memory *all = __atomic_load_n(&reserved, __ATOMIC_RELAXED);
  if (all == NULL) {
    long memory = fdt_syscall6(SYS_mmap, 0, sizeof *all, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    struct memory *mine = fdt_failed(memory) ? REFUSED : (void *)memory;
    if (__atomic_compare_exchange_n(&reserved, &all, mine, false, __ATOMIC_RELAXED,
                                    __ATOMIC_RELAXED))
      all = mine;
    else if (mine != REFUSED)
      fdt_syscall2(SYS_munmap, memory, sizeof *all);
  }
  return all == REFUSED ? NULL : all;
}

static bool belongs_to(uintptr_t *owner, uintptr_t base) {
  uintptr_t nobody = 0;
  /* Relaxed: only the thread that has `base` looks at the rest. */
  return __atomic_load_n(owner, __ATOMIC_RELAXED) == base ||
         __atomic_compare_exchange_n(owner, &nobody, base, false, __ATOMIC_RELAXED,
                                     __ATOMIC_RELAXED);
}

struct fdt_thread_memory fdt_thread_memory_of(uintptr_t base) {
  struct fdt_thread_memory mine = {NULL, NULL};
  if (belongs_to(&first_walk.base, base))
    return (struct fdt_thread_memory){&first_walk,
                                      belongs_to(&first_known.base, base) ? &first_known : NULL};
  struct memory *all = all_of_it();
  if (all == NULL)
    return mine;
  const size_t slot = (base * UINT64_C(0x9e3779b97f4a7c15)) >> 48;
  for (size_t i = 0; i < TRIES && mine.last == NULL; i++) {
    struct fdt_last_walk *last = &all->walks[(slot + i) % WALKS];
    if (belongs_to(&last->base, base))
      mine.last = last;
  }
  for (size_t i = 0; i < TRIES && mine.last != NULL && mine.known == NULL; i++) {
    struct fdt_known_stacks *known = &all->known[(slot / WALKS + i) % KNOWN];
    if (belongs_to(&known->base, base))
      mine.known = known;
  }
  return mine;
}
