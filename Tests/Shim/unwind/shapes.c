/* Frames of every shape that a compiler makes; built at several levels. */
#include <alloca.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fakes.h"

static volatile unsigned sink;

NOINLINE static void leaf(void) {
  probe();
  STAY();
}

NOINLINE static void down(unsigned n) {
  char block[48];
  memset(block, (int)n, sizeof(block));
  sink += (unsigned)block[n % sizeof(block)];
  if (n == 0)
    leaf();
  else
    down(n - 1);
  sink += (unsigned)block[0];
  STAY();
}

NOINLINE static void with_alloca(unsigned n) {
  char *block = alloca(16 + n * 24);
  memset(block, 1, 16 + n * 24);
  if (n == 0)
    leaf();
  else
    with_alloca(n - 1);
  sink += (unsigned)block[n];
}

NOINLINE static void with_alignment(unsigned n) {
  _Alignas(64) volatile char block[64];
  char *more = alloca(8 + n);
  more[n] = 1;
  block[0] = (char)n;
  if (n == 0)
    leaf();
  else
    with_alignment(n - 1);
  sink += (unsigned)block[0] + (unsigned)more[n];
}

NOINLINE static int with_arguments(int count, ...) {
  va_list list;
  int sum = 0;
  va_start(list, count);
  for (int i = 0; i < count; i++)
    sum += va_arg(list, int);
  va_end(list);
  leaf();
  return sum;
}

NOINLINE static long many(long a, long b, long c, long d, long e, long f, long g, long h) {
  leaf();
  return a + b + c + d + e + f + g + h;
}

NOINLINE static void large_frame(unsigned n) {
  volatile char block[200000];
  block[n] = 1;
  if (n == 0)
    leaf();
  else
    large_frame(n - 1);
  sink += (unsigned)block[n];
}

static int by_value(const void *a, const void *b) {
  static unsigned calls;
  if (calls++ % 16 == 0)
    probe();
  return *(const int *)a - *(const int *)b;
}

/* Walks at random through functions that call each other, so that every capture
 * shares an arbitrary part of the one before it. */
static unsigned long long seed = 88172645463325252ull;
static unsigned draw(unsigned bound) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return (unsigned)(seed >> 33) % bound;
}

static void wander(unsigned depth);
#define WANDERER(n)                                                                                \
  NOINLINE static void wander##n(unsigned depth) {                                                 \
    volatile char block[8 + (n)*40];                                                               \
    block[n] = 1;                                                                                  \
    for (unsigned i = 0; i < 1 + draw(3); i++) {                                                   \
      if (draw(4) == 0)                                                                            \
        probe();                                                                                   \
      if (depth > 0)                                                                               \
        wander(depth - 1);                                                                         \
      if (draw(8) == 0)                                                                            \
        probe();                                                                                   \
    }                                                                                              \
    sink += (unsigned)block[n];                                                                    \
  }
WANDERER(0)
WANDERER(1)
WANDERER(2)
WANDERER(3)
WANDERER(4)
WANDERER(5)
static void (*const wanderers[])(unsigned) = {wander0, wander1, wander2, wander3, wander4, wander5};
NOINLINE static void wander(unsigned depth) {
  unsigned which = draw(7);
  if (which == 6) {
    volatile char *block = alloca(16 + draw(200));
    block[0] = 1;
    wanderers[draw(6)](depth);
    sink += (unsigned)block[0];
  } else {
    wanderers[which](depth);
    STAY();
  }
}

/* Each bit of `path` chooses one of two return addresses. */
NOINLINE static void turn(unsigned path, unsigned bits) {
  if (bits == 0) {
    probe();
  } else if (path & 1) {
    turn(path >> 1, bits - 1);
    __asm__ volatile("nop" ::: "memory"); /* lest the two calls become one */
  } else {
    turn(path >> 1, bits - 1);
  }
  STAY();
}

int main(void) {
  for (int round = 0; round < 3; round++) {
    for (unsigned n = 0; n < 100; n++)
      down(n);
  }
  expect_all_equal("Plain recursion is walked as libgcc walks it", 0);
  uint64_t cut = fake_losses(FDT_LOSS_STACKS_CUT);
  for (unsigned n = 100; n < 400; n += 7)
    down(n);
  expect_all_equal("Stacks around and beyond the depth limit keep their innermost frames", 0);
  expect(fake_losses(FDT_LOSS_STACKS_CUT) > cut + 20, "Stacks cut at the limit are counted");
  for (unsigned n = 0; n < 60; n++)
    with_alloca(n);
  expect_all_equal("Frames with alloca are walked", 0);
  for (int round = 0; round < 3; round++)
    for (unsigned n = 0; n < 40; n++)
      with_alignment(n);
  expect_all_equal("Realigned frames, whose CFA is an expression, are walked", 0);
  for (int i = 0; i < 3; i++) {
    with_arguments(5, 1, 2, 3, 4, 5);
    many(1, 2, 3, 4, 5, 6, 7, 8);
  }
  for (unsigned n = 0; n < 6; n++)
    large_frame(n);
  expect_all_equal("Variable arguments, stack arguments and large frames are walked", 0);
  int values[500];
  for (int round = 0; round < 5; round++) {
    for (unsigned i = 0; i < 500; i++)
      values[i] = (int)draw(1000);
    qsort(values, 500, sizeof(int), by_value);
    for (int i = 0; i < 100; i++)
      bsearch(&i, values, 500, sizeof(int), by_value);
  }
  expect_all_equal("Callbacks from qsort and bsearch are walked", 0);
  for (int i = 0; i < 60; i++)
    wander(14);
  expect_all_equal("Captures that share any part of the one before are exact", 0);

  for (unsigned bits = 7; bits <= 28; bits += 7)
    for (unsigned round = 0; round < 5; round++)
      for (unsigned path = 0; path < 128; path++) {
        turn(path, bits);
        if (path % 5 == 0)
          turn(path, bits);
      }
  for (unsigned path = 0; path < 1u << 24; path += 0x8765)
    turn(path, 24);
  expect_all_equal("Stacks with one start that come in turn are told apart", 0);

  uint32_t before = probe_only();
  uint64_t lost = fake_losses(FDT_LOSS_STACKS);
  fake_store_refuse(1);
  uint32_t refused = 1;
  for (int i = 0; i < 2; i++)
    refused = probe_only();
  fake_store_refuse(0);
  expect(before != 0 && refused == 0, "A stack that cannot be stored has number 0");
  expect(fake_losses(FDT_LOSS_STACKS) == lost + 2, "Each such stack is counted once");
  for (unsigned n = 0; n < 50; n++)
    down(n);
  expect_all_equal("After a refusal captures are right again", 0);
  return finish();
}
