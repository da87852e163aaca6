#define _GNU_SOURCE
#include "check.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <unwind.h>

#include "../../../CShim/shim/unwind/capture.h"
#include "fakes.h"

#define MAX   4096
#define LIMIT 128

struct tally tally;
static unsigned passed, failed;
static __thread unsigned depth;

struct frame {
  uintptr_t address; /* within the code of the frame */
  int exact;
};

struct walk {
  uintptr_t until_cfa; /* frames inside the caller of this one are left out */
  int begun;
  unsigned count;
  struct frame frames[MAX];
};

static _Unwind_Reason_Code note(struct _Unwind_Context *context, void *argument) {
  struct walk *walk = argument;
  int exact = 0;
  uintptr_t pc = _Unwind_GetIPInfo(context, &exact);
  if (pc == 0)
    return _URC_END_OF_STACK;
  /* At a frame, GetCFA gives the CFA of the frame inside it. */
  if (!walk->begun && _Unwind_GetCFA(context) == walk->until_cfa)
    walk->begun = 1;
  if (!walk->begun)
    return _URC_NO_REASON;
  if (exact && walk->count > 0)
    walk->frames[walk->count - 1].address++; /* its restorer */
  walk->frames[walk->count++] = (struct frame){exact ? pc : pc - 1, exact};
  return walk->count == MAX ? _URC_END_OF_STACK : _URC_NO_REASON;
}

/* libgcc's own look-up, as its unwinder uses it. */
struct dwarf_eh_bases {
  void *tbase, *dbase, *func;
};
extern const void *_Unwind_Find_FDE(void *pc, struct dwarf_eh_bases *bases);

/* The running program's path, for which the loader has no name. */
static char program[4096];

static int same(uint64_t frame, uintptr_t address) {
  struct dl_find_object object;
  struct dwarf_eh_bases bases;
  /* The start of a function put there as a stack's end is shown as such. */
  if (_Unwind_Find_FDE((void *)address, &bases) == NULL &&
      _Unwind_Find_FDE((void *)(address + 1), &bases) != NULL &&
      bases.func == (void *)(address + 1))
    address++;
  uint32_t module = (uint32_t)(frame >> FDT_FRAME_ADDRESS_BITS);
  uint64_t offset = frame & ((UINT64_C(1) << FDT_FRAME_ADDRESS_BITS) - 1);
  if (_dl_find_object((void *)address, &object) != 0)
    return module == 0 && offset == address;
  const char *name = object.dlfo_link_map->l_name;
  if (name[0] == 0)
    name = program;
  if (module == 0)
    return offset == address; /* the fake's table was busy */
  return strcmp(fake_module_path(module), name) == 0 &&
         offset == address - object.dlfo_link_map->l_addr;
}

static void show(const uint64_t *ours, unsigned count, const struct walk *theirs) {
  static int shown;
  if (__atomic_fetch_add(&shown, 1, __ATOMIC_RELAXED) >= 3)
    return;
  char line[200];
  for (unsigned i = 0; i < count || i < theirs->count; i++) {
    Dl_info info = {0};
    if (i < theirs->count)
      dladdr((void *)theirs->frames[i].address, &info);
    int size = snprintf(line, sizeof(line), "  %3u %#18llx  %#18llx%s %s\n", i,
                        i < count ? (unsigned long long)ours[i] : 0,
                        i < theirs->count ? (unsigned long long)theirs->frames[i].address : 0,
                        i < theirs->count && theirs->frames[i].exact ? "!" : "",
                        info.dli_sname ? info.dli_sname : "");
    if (size > 0)
      (void)!write(2, line, (size_t)size);
  }
  (void)!write(2, "  --\n", 5);
}

static void add(uint64_t *count) { __atomic_fetch_add(count, 1, __ATOMIC_RELAXED); }

static NOINLINE void compare(uint32_t number, const struct walk *theirs) {
  uint64_t ours[LIMIT + 2];
  unsigned count = fake_frames(number, ours, LIMIT + 2);
  uint64_t mark = count > 0 && ours[count - 1] < FDT_MARK_LIMIT ? ours[count - 1] : 0;
  if (mark != 0)
    count--;
  unsigned common = count < theirs->count ? count : theirs->count;
  int right = number != 0;
  for (unsigned i = 0; i < common && right; i++)
    right = same(ours[i], theirs->frames[i].address);
  if (mark == FDT_MARK_CUT)
    right = right && count == LIMIT && theirs->count > LIMIT;
  else if (mark == 0 && count < theirs->count)
    right = 0; /* ended without saying why */
  if (!right) {
    add(&tally.mismatch);
    show(ours, count, theirs);
  } else if (mark == FDT_MARK_BROKEN) {
    add(&tally.flagged);
  } else if (count > theirs->count) {
    add(&tally.longer);
  } else {
    add(&tally.equal);
  }
}

/* The comparison's own data is large: kept off the stack, so that tests may run
 * on small ones. A few at once, for signals that interrupt a comparison. */
#define WALKS 64
static struct walk walks[WALKS];
static int taken[WALKS];

static NOINLINE void check(uint32_t number, uintptr_t cfa) {
  int i = 0;
  while (__atomic_exchange_n(&taken[i], 1, __ATOMIC_ACQUIRE))
    i = (i + 1) % WALKS;
  struct walk *walk = &walks[i];
  walk->until_cfa = cfa;
  walk->begun = 0;
  walk->count = 0;
  _Unwind_Backtrace(note, walk);
  depth = walk->count;
  compare(number, walk);
  __atomic_store_n(&taken[i], 0, __ATOMIC_RELEASE);
}

NOINLINE uint32_t probe(void) {
  struct fdt_caller caller = FDT_CALLER();
  uint32_t number = fdt_capture(&caller);
  check(number, caller.sp);
  STAY();
  return number;
}

NOINLINE void probe_of(const struct fdt_caller *caller) {
  check(fdt_capture(caller), caller->sp);
  STAY();
}

NOINLINE uint32_t probe_only(void) {
  struct fdt_caller caller = FDT_CALLER();
  uint32_t number = fdt_capture(&caller);
  STAY();
  return number;
}

unsigned last_depth(void) { return depth; }

void expect(int holds, const char *sentence) {
  if (holds)
    passed++;
  else
    failed++;
  printf("%s - %s\n", holds ? "ok" : "NOT OK", sentence);
}

void expect_all_equal(const char *sentence, int flags) {
  char line[400];
  snprintf(line, sizeof(line), "%s (%llu equal, %llu flagged, %llu longer, %llu wrong)", sentence,
           (unsigned long long)tally.equal, (unsigned long long)tally.flagged,
           (unsigned long long)tally.longer, (unsigned long long)tally.mismatch);
  expect(tally.mismatch == 0 && tally.equal > 0 &&
             (flags || (tally.flagged == 0 && tally.longer == 0)),
         line);
  tally = (struct tally){0, 0, 0, 0};
}

int finish(void) {
  printf("%u passed, %u failed\n", passed, failed);
  return failed != 0;
}

/* Before other constructors: nothing may be captured until this is done. */
__attribute__((constructor(101))) static void start(void) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  ssize_t size = readlink("/proc/self/exe", program, sizeof program - 1);
  program[size < 0 ? 0 : size] = '\0';
  fdt_capture_start(program);
}
