/* Unwind tables of random and of damaged bytes: refused or evaluated, never a
 * read outside the object, which stands between unreadable pages. */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "../../../CShim/shim/unwind/cfi.h"
#include "../../../CShim/shim/unwind/expression.h"
#include "../../../CShim/shim/unwind/step.h"
#include "check.h"

#define SIZE 65536u

static uint64_t seed;
static uint64_t draw(void) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return seed;
}

static uint8_t *area; /* SIZE bytes, a page that cannot be read on either side */
static struct fdt_object object;
static unsigned long found, refused, stepped, evaluated;

static int damaging;

static void try_address(uintptr_t address) {
  struct fdt_fde fde;
  struct fdt_row row;
  struct fdt_registers registers;
  struct fdt_memory memory = {0, 0};
  if (!fdt_fde_find(&object, address, &fde))
    return;
  found++;
  if (damaging) /* the area is writable, and borrowed afresh */
    for (uint8_t *at = (uint8_t *)(uintptr_t)fde.program.at; at < fde.program.end; at++)
      if (draw() % 4 == 0)
        *at = (uint8_t)(draw() % 3 == 0 ? draw() : draw() % 0x30);
  if (!fdt_row_at(&object, &fde, address, &row)) {
    refused++;
    return;
  }
  registers.known = draw();
  registers.pc = address;
  registers.exact = draw() & 1;
  for (unsigned i = 0; i < FDT_REG_COUNT; i++)
    registers.value[i] = draw() % 2 ? (uintptr_t)area + draw() % SIZE : draw();
  if (fdt_step_by_row(&object, &row, &registers, &memory) == FDT_STEP_DONE)
    stepped++;
}

/* The tables of the object that holds `address`, damaged in `damage` places. */
static int borrow(uintptr_t address, unsigned damage, uintptr_t *lo, uintptr_t *size) {
  struct fdt_object source;
  if (!fdt_object_find(address, &source) || source.eh_frame_hdr == 0)
    return 0;
  struct fdt_cursor c = fdt_object_cursor(&source, source.eh_frame_hdr);
  size_t bytes = (size_t)(c.end - c.at) < SIZE ? (size_t)(c.end - c.at) : SIZE;
  memcpy(area, c.at, bytes);
  object = source;
  /* Shifted as a whole: relative pointers then name code at the same distance. */
  object.bias = 0;
  object.base = (uintptr_t)area;
  object.end = (uintptr_t)area + SIZE;
  object.eh_frame_hdr = (uintptr_t)area;
  object.span_count = 1;
  object.spans[0].lo = (uintptr_t)area;
  object.spans[0].hi = (uintptr_t)area + bytes;
  *lo = (uintptr_t)area + (source.base - source.eh_frame_hdr);
  *size = source.end - source.base;
  for (unsigned i = 0; i < damage; i++) {
    size_t at = draw() % 4 == 0 ? draw() % 64 : draw() % bytes;
    area[at] = (uint8_t)draw();
  }
  return 1;
}

static void random_tables(void) {
  for (unsigned i = 0; i < SIZE; i++)
    area[i] = (uint8_t)draw();
  area[0] = 1;
  area[1] = 0x1b;
  area[2] = draw() % 2 ? 0x03 : 0xff;
  area[3] = 0x3b;
  int32_t distance = (int32_t)(draw() % 256);
  memcpy(area + 4, &distance, 4);
}

static void random_expression(void) {
  uint8_t *code = area + SIZE - 64;
  struct fdt_registers registers;
  struct fdt_memory memory = {0, 0};
  uintptr_t result, initial = draw();
  registers.known = draw();
  for (unsigned i = 0; i < FDT_REG_COUNT; i++)
    registers.value[i] = (uintptr_t)area + draw() % SIZE;
  for (unsigned i = 0; i < 64; i++)
    code[i] = (uint8_t)(draw() % 3 ? 3 + draw() % 0x94 : draw());
  struct fdt_cursor c = {code, code + 64 - draw() % 60, false};
  if (fdt_evaluate(c, &registers, &memory, draw() % 2 ? &initial : NULL, &result) == FDT_OK)
    evaluated++;
}

static uintptr_t value_of(const uint8_t *code, size_t size) {
  struct fdt_registers registers;
  struct fdt_memory memory = {0, 0};
  uintptr_t result = 0;
  registers.known = ~UINT64_C(0);
  for (unsigned i = 0; i < FDT_REG_COUNT; i++)
    registers.value[i] = 1000 * i;
  struct fdt_cursor c = {code, code + size, false};
  return fdt_evaluate(c, &registers, &memory, NULL, &result) == FDT_OK ? result : UINTPTR_MAX;
}

#define VALUE(...) value_of((const uint8_t[]){__VA_ARGS__}, sizeof((uint8_t[]){__VA_ARGS__}))

static void known_expressions(void) {
  expect(VALUE(0x77, 0x08, 0x80, 0x00, 0x3f, 0x1a, 0x3b, 0x2a, 0x33, 0x24, 0x22) == 7008 &&
             VALUE(0x77, 0x08, 0x3f, 0x3f, 0x1a, 0x3b, 0x2a, 0x33, 0x24, 0x22) == 7008 + 8,
         "The expression of PLT entries adds a word after the push");
  expect(VALUE(0x09, 0xf0, 0x32, 0x26) == (uintptr_t)-4 && VALUE(0x3f, 0x32, 0x25) == 3,
         "Shifts are arithmetic where asked");
  expect(VALUE(0x3a, 0x33, 0x1b) == 3 && VALUE(0x3a, 0x33, 0x1d) == 1 &&
             VALUE(0x3a, 0x33, 0x1c) == 7,
         "Division, modulus and difference take their operands in order");
  expect(VALUE(0x31, 0x32, 0x33, 0x17, 0x1c, 0x1e) == (uintptr_t)(3 * (1 - 2)),
         "DW_OP_rot moves the top to the third place");
  expect(VALUE(0x31, 0x28, 0x01, 0x00, 0x06, 0x35) == 5, "DW_OP_bra jumps over what follows");
}

int main(int argc, char **argv) {
  seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 0x9e3779b97f4a7c15u;
  printf("seed %#llx\n", (unsigned long long)seed);
  uint8_t *mapped = mmap(NULL, SIZE + 2 * 65536, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  area = mapped + 65536;
  mprotect(area, SIZE, PROT_READ | PROT_WRITE);
  known_expressions();

  uintptr_t lo, size;
  const uintptr_t sources[] = {(uintptr_t)printf, (uintptr_t)main};
  for (int i = 0; i < 2; i++)
    if (borrow(sources[i], 0, &lo, &size))
      for (int j = 0; j < 20000; j++)
        try_address(lo + draw() % size);
  expect(found > 1000 && stepped > 10, "Undamaged tables are understood");
  const unsigned long before = found;
  damaging = 1;
  for (int round = 0; round < 3000; round++)
    if (borrow(sources[round % 2], draw() % 2 ? 0 : 1u << draw() % 12, &lo, &size))
      for (int j = 0; j < 30; j++)
        try_address(lo + draw() % size);
  damaging = 0;
  printf("%lu found, %lu of them refused\n", found - before, refused);
  expect(found > before && refused > 100, "Damaged tables are refused, or understood as they are");
  object.base = object.eh_frame_hdr = object.spans[0].lo = (uintptr_t)area;
  object.end = object.spans[0].hi = (uintptr_t)area + SIZE;
  for (int round = 0; round < 500; round++) {
    random_tables();
    for (int j = 0; j < 30; j++)
      try_address((uintptr_t)area + draw() % (2 * SIZE));
  }
  for (int i = 0; i < 2000000; i++)
    random_expression();
  expect(evaluated > 1000, "Random expressions are evaluated or refused");
  return finish();
}
