/* Code that no loaded object holds, as a JIT compiler makes it. */
#define _GNU_SOURCE
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "check.h"
#include "fakes.h"

typedef void (*callback)(long);
typedef void (*generated)(callback, long);

/* Calls its first argument with its second. */
#if defined(__x86_64__)
static const uint8_t with_frame[] = {0x55, 0x48, 0x89, 0xe5, 0x48, 0x89, 0xf8,
                                     0x48, 0x89, 0xf7, 0xff, 0xd0, 0x5d, 0xc3};
static const uint8_t without_frame[] = {0x48, 0x83, 0xec, 0x08, 0x48, 0x89, 0xf8, 0x48, 0x89,
                                        0xf7, 0xff, 0xd0, 0x90, 0x48, 0x83, 0xc4, 0x08, 0xc3};
static const uint8_t returning[] = {0x48, 0x83, 0xec, 0x08, 0x48, 0x89, 0xf8, 0x48, 0x89,
                                    0xf7, 0xff, 0xd0, 0x48, 0x83, 0xc4, 0x08, 0xc3};
/* push %rax; xchg %rdi, %rsi; call *%rsi; pop %rcx; ret */
static const uint8_t early[] = {0x50, 0x48, 0x87, 0xfe, 0xff, 0xd6, 0x59, 0xc3};
/* Saves rbx, rbp and r12, clears them, and pops them again; 0x400 bytes below them. */
static const uint8_t popping[] = {0x53, 0x55, 0x41, 0x54, 0x48, 0x81, 0xec, 0x00, 0x04, 0x00,
                                  0x00, 0x31, 0xdb, 0x31, 0xed, 0x4d, 0x31, 0xe4, 0x48, 0x89,
                                  0xf8, 0x48, 0x89, 0xf7, 0xff, 0xd0, 0x48, 0x81, 0xc4, 0x00,
                                  0x04, 0x00, 0x00, 0x41, 0x5c, 0x5d, 0x5b, 0xc3};
/* At 0 as with_frame, but that it does not return at once; at 64 what calls a stub at 128,
 * which jumps to that. */
static const uint8_t by_stub[] = {
    [0] = 0x55, 0x48, 0x89, 0xe5, 0x48,        0x89,         0xf8, 0x48, 0x89, 0xf7, 0xff,
    0xd0,       0x90, 0x5d, 0xc3, [64] = 0x55, 0x48,         0x89, 0xe5, 0xe8, 0x37, 0x00,
    0x00,       0x00, 0x90, 0x5d, 0xc3,        [128] = 0xe9, 0x7b, 0xff, 0xff, 0xff};
enum {
  RETURN_FRAMED = 12,
  RETURN_BARE = 12,
  RETURN_RETURNING = 12,
  RETURN_POPPING = 26,
  RETURN_JUMPED_TO = 12,
  RETURN_BY_STUB = 73
};
#elif defined(__aarch64__)
/* stp x29, x30, [sp, #-16]!; mov x29, sp; mov x8, x0; mov x0, x1; blr x8;
 * ldp x29, x30, [sp], #16; ret */
static const uint32_t with_frame[] = {0xa9bf7bfd, 0x910003fd, 0xaa0003e8, 0xaa0103e0,
                                      0xd63f0100, 0xa8c17bfd, 0xd65f03c0};
/* str x30, [sp, #-16]!; mov x8, x0; mov x0, x1; blr x8; nop; ldr x30, [sp], #16; ret */
static const uint32_t without_frame[] = {0xf81f0ffe, 0xaa0003e8, 0xaa0103e0, 0xd63f0100,
                                         0xd503201f, 0xf84107fe, 0xd65f03c0};
static const uint32_t returning[] = {0xf81f0ffe, 0xaa0003e8, 0xaa0103e0,
                                     0xd63f0100, 0xf84107fe, 0xd65f03c0};
/* As early as any can return: four instructions lead there. */
static const uint32_t early[] = {0xf81f0ffe, 0xaa0003e8, 0xaa0103e0,
                                 0xd63f0100, 0xf84107fe, 0xd65f03c0};
/* stp x29, x30, [sp, #-16]!; mov x29, xzr; sub sp, sp, #1024; mov x8, x0; mov x0, x1; blr x8;
 * add sp, sp, #1024; ldp x29, x30, [sp], #16; ret */
static const uint32_t popping[] = {0xa9bf7bfd, 0xaa1f03fd, 0xd11003ff, 0xaa0003e8, 0xaa0103e0,
                                   0xd63f0100, 0x911003ff, 0xa8c17bfd, 0xd65f03c0};
/* At 0 as with_frame, but that it does not return at once; at 64 what calls a stub at 128,
 * which jumps to that. */
static const uint32_t by_stub[] = {
    [0] = 0xa9bf7bfd, 0x910003fd, 0xaa0003e8, 0xaa0103e0,        0xd63f0100,
    0xd503201f,       0xa8c17bfd, 0xd65f03c0, [16] = 0xa9bf7bfd, 0x910003fd,
    0x9400000e,       0xd503201f, 0xa8c17bfd, 0xd65f03c0,        [32] = 0x17ffffe0};
enum {
  RETURN_FRAMED = 20,
  RETURN_BARE = 16,
  RETURN_RETURNING = 16,
  RETURN_POPPING = 24,
  RETURN_JUMPED_TO = 20,
  RETURN_BY_STUB = 76
};
#endif

static generated framed, bare, trampoline, stubbed;
static uint32_t number;
static volatile int sink;

/* At the start of memory: there is none before it. */
static void *generate(const void *code, size_t size) {
  char *page = mmap(NULL, 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  page += 4096;
  mprotect(page, 4096, PROT_READ | PROT_WRITE);
  memcpy(page, code, size);
  mprotect(page, 4096, PROT_READ | PROT_EXEC);
  __builtin___clear_cache(page, page + size);
  return page;
}

/* Goes n times through that code. */
#define THROUGH(code)                                                                              \
  NOINLINE static void through_##code(long n) {                                                    \
    if (n == 0)                                                                                    \
      number = probe_only();                                                                       \
    else                                                                                           \
      code(through_##code, n - 1);                                                                 \
    sink++;                                                                                        \
  }

THROUGH(framed)
THROUGH(bare)
THROUGH(trampoline)
THROUGH(stubbed)

/* Frames of code with and without frame pointers in turn. */
NOINLINE static void through_both(long n) {
  if (n == 0)
    number = probe_only();
  else if (n % 2 == 0)
    framed(through_both, n - 1);
  else
    bare(through_both, n - 1);
  sink++;
}

static uint64_t frames[130];

/* How many frames the stack `number` has, without its mark. */
static unsigned read_frames(uint64_t *mark) {
  unsigned count = fake_frames(number, frames, 130);
  *mark = count > 0 && frames[count - 1] < FDT_MARK_LIMIT ? frames[count - 1] : 0;
  return count - (*mark != 0);
}

int main(void) {
  uint64_t mark;
  framed = (generated)(uintptr_t)generate(with_frame, sizeof(with_frame));
  bare = (generated)(uintptr_t)generate(without_frame, sizeof(without_frame));

  through_framed(0);
  unsigned base = read_frames(&mark);
  uint64_t outermost = frames[base - 1];
  expect(mark == 0 && base >= 3, "A stack without generated code is complete");
  int right = 1;
  for (int round = 0; round < 3; round++)
    for (long n = 1; n < 20; n++) {
      through_framed(n);
      unsigned count = read_frames(&mark);
      right =
          right && mark == 0 && count == base + 2 * (unsigned)n && frames[count - 1] == outermost;
      for (long i = 0; i < n && right; i++)
        right = frames[1 + 2 * i] == (uintptr_t)framed + RETURN_FRAMED - 1;
    }
  expect(right, "Generated code with frame pointers is followed to the outermost frame");

  const struct {
    const void *code;
    size_t size;
    unsigned returns;
    const char *what;
  } trampolines[] = {
      {returning, sizeof(returning), RETURN_RETURNING,
       "Generated code without frame pointers is followed where it returns at once"},
      {popping, sizeof(popping), RETURN_POPPING, "So is it where it pops registers before"},
  };
  for (unsigned i = 0; i < 2; i++) {
    trampoline = (generated)(uintptr_t)generate(trampolines[i].code, trampolines[i].size);
    right = 1;
    for (int round = 0; round < 3; round++)
      for (long n = 1; n < 20; n++) {
        through_trampoline(n);
        unsigned count = read_frames(&mark);
        right =
            right && mark == 0 && count == base + 2 * (unsigned)n && frames[count - 1] == outermost;
        for (long at = 0; at < n && right; at++)
          right = frames[1 + 2 * at] == (uintptr_t)trampoline + trampolines[i].returns - 1;
      }
    expect(right, trampolines[i].what);
  }

  trampoline = (generated)(uintptr_t)generate(early, sizeof(early));
  through_trampoline(3);
  expect(read_frames(&mark) == base + 6 && mark == 0,
         "A call may stand so close to where memory begins that less than 8 bytes can be read");

  const uintptr_t start = (uintptr_t)generate(by_stub, sizeof(by_stub));
  stubbed = (generated)(start + 64);
  right = 1;
  for (long n = 1; n < 20; n++) {
    through_stubbed(n);
    unsigned count = read_frames(&mark);
    right = right && mark == 0 && count == base + 3 * (unsigned)n && frames[count - 1] == outermost;
    for (long i = 0; i < n && right; i++)
      right = frames[1 + 3 * i] == start + RETURN_JUMPED_TO - 1 &&
              frames[2 + 3 * i] == start + RETURN_BY_STUB - 1;
  }
  expect(right, "A call may lead to generated code through a stub that lies elsewhere");

  uint64_t lost = fake_losses(FDT_LOSS_STACKS_BROKEN);
  right = 1;
  for (long n = 1; n < 20; n++) {
    through_bare(n);
    unsigned count = read_frames(&mark);
    right = right && mark == FDT_MARK_BROKEN && count == 2 &&
            frames[1] == (uintptr_t)bare + RETURN_BARE - 1;
  }
  expect(right, "Generated code without frame pointers ends the walk with a mark");
  expect(fake_losses(FDT_LOSS_STACKS_BROKEN) == lost + 19, "Each such stack is counted");

  right = 1;
  for (long n = 2; n < 20; n++) {
    through_both(n);
    unsigned count = read_frames(&mark);
    right = right && mark == FDT_MARK_BROKEN && count == 2 &&
            frames[1] == (uintptr_t)bare + RETURN_BARE - 1;
  }
  expect(right, "A frame pointer that belongs farther out is not followed over frames");
  return finish();
}
