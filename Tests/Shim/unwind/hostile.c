/* Stacks and callers that make no sense: a capture ends, and never faults. */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "../../../CShim/shim/unwind/capture.h"
#include "check.h"
#include "fakes.h"

static uint64_t seed = 0x123456789abcdef1u;
static uint64_t draw(void) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return seed;
}

static int is_broken(uint32_t number) {
  uint64_t frames[130];
  unsigned count = fake_frames(number, frames, 130);
  return count > 0 && frames[count - 1] == FDT_MARK_BROKEN;
}

/* Overwrites the frame record of its caller's caller while it captures. */
NOINLINE static uint32_t with_record(uintptr_t *record, uintptr_t fp, uintptr_t pc) {
  uintptr_t saved_fp = record[0], saved_pc = record[1];
  record[0] = fp;
  record[1] = pc;
  uint32_t number = probe_only();
  record[0] = saved_fp;
  record[1] = saved_pc;
  STAY();
  return number;
}

__attribute__((optimize("no-omit-frame-pointer"))) NOINLINE static uint32_t corrupt(uintptr_t fp,
                                                                                    uintptr_t pc) {
  uint32_t number = with_record(__builtin_frame_address(0), fp, pc);
  STAY();
  return number;
}

static uintptr_t somewhere(const uintptr_t *addresses, unsigned count) {
  uintptr_t address = addresses[draw() % count];
  switch (draw() % 4) {
  case 0:
    return address;
  case 1:
    return address + draw() % 4096;
  case 2:
    return address - draw() % 65536;
  default:
    return draw() % 3 == 0 ? draw() : address + (draw() % 1024) * 8;
  }
}

int main(void) {
  uintptr_t on_stack = (uintptr_t)__builtin_frame_address(0);
  char *pages = mmap(NULL, 5 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(pages, 4096, PROT_NONE);
  mprotect(pages + 4 * 4096, 4096, PROT_NONE);
  const uintptr_t addresses[] = {
      on_stack,
      on_stack - 4096,
      (uintptr_t)pages + 4096,
      (uintptr_t)pages + 4 * 4096,
      (uintptr_t)main,
      (uintptr_t)printf,
      (uintptr_t)memcpy,
      (uintptr_t)&seed,
      0,
      UINTPTR_MAX,
      UINT64_C(0x7fffffffe000),
  };
  const unsigned count = sizeof(addresses) / sizeof(addresses[0]);
  unsigned stored = 0;
  for (int i = 0; i < 200000; i++) {
    for (uintptr_t *word = (uintptr_t *)(pages + 4096); word < (uintptr_t *)(pages + 4 * 4096);
         word += 1 + draw() % 16)
      *word = i % 50 == 0 ? somewhere(addresses, count) : *word;
    struct fdt_caller caller = {somewhere(addresses, count), somewhere(addresses, count),
                                somewhere(addresses, count), on_stack};
    stored += fdt_capture(&caller) != 0;
  }
  expect(stored == 200000, "Captures from nonsense end and are stored");

  unsigned broken = 0;
  for (int i = 0; i < 20000; i++) {
    uint32_t number = corrupt(somewhere(addresses, count), somewhere(addresses, count));
    if (number != 0)
      broken += (unsigned)is_broken(number);
  }
  expect(broken > 10000, "A corrupted frame breaks the walk, with a mark");
  expect(is_broken(corrupt(8, 8)), "An impossible return address is not taken for a frame");
  probe();
  expect_all_equal("Captures are right again afterwards", 0);
  return finish();
}
