#include "stack_nodes.h"

#include "trace.h"

#include <stdbool.h>
#include <stddef.h>

/* The index is hash tables, one behind the other, each eight times as large as the one before,
 * and the last with two places for each node. A stack stands in the first that is not half full
 * when it is stored. So what few stacks need is few pages, and nothing has to move when there
 * are more; and as a stack is stored after its parent, the tables that were left by then need
 * not be looked through for it. */
#define FIRST_BITS 9 /* at least */
#define MORE_BITS  3
#define LINE_BITS  3 /* entries of a cache line */
#define LINES      4 /* in turn that an entry may stand in */

static uint32_t log2_of(uint32_t x) { return 31 - (uint32_t)__builtin_clz(x); }

static uint32_t bits_of_last(void) { return log2_of(fdt_trace.stack_count) + 1; }
static uint32_t last_table(void) { return (bits_of_last() - FIRST_BITS) / MORE_BITS; }
static uint32_t bits_of_first(void) { return bits_of_last() - last_table() * MORE_BITS; }

/* One of them. */
struct table {
  uint64_t *entries;
  uint32_t bits; /* of their number */
  uint32_t end;  /* the last stack that it takes */
};

static struct table table_at(uint32_t table) {
  const uint32_t first = bits_of_first(), bits = first + table * MORE_BITS;
  const uint64_t before = ((UINT64_C(1) << (bits - first)) - 1) / 7 << first;
  return (struct table){&fdt_trace.stack_index[before], bits,
                        table == last_table() ? UINT32_MAX : UINT32_C(1) << (bits - 1)};
}

/* Which of them is for the stack of that number. */
static uint32_t table_of(uint32_t number) {
  const uint32_t left = (number - 1) >> (bits_of_first() - 1);
  const uint32_t table = left == 0 ? 0 : log2_of(left) / MORE_BITS + 1;
  return table < last_table() ? table : last_table();
}

/* The `turn`th line of entries in which to look. */
static inline uint64_t *line_in(const struct table *table, uint64_t hash, uint32_t turn) {
  const uint64_t line = (hash >> (64 - table->bits + LINE_BITS)) + turn;
  return &table->entries[line << LINE_BITS & ((UINT64_C(1) << table->bits) - 1)];
}

/* An entry of the index, never 0: path and number of a stack. */
static uint64_t entry_of(uint64_t hash, uint32_t number) {
  return (hash & ~(uint64_t)UINT32_MAX) | number;
}

static struct fdt_stack_node *node_of(uint32_t number) { return &fdt_trace.stacks[number - 1]; }

uint32_t fdt_stack_node_path(uint32_t number) {
  return number - 1 < fdt_trace.stack_count
             ? __atomic_load_n(&node_of(number)->path, __ATOMIC_RELAXED)
             : 0;
}

/* Whether `entry` leads to the stack; what the trace says of numbers is not to be trusted. */
static bool leads_to(uint64_t entry, uint32_t parent, uint64_t frame, uint64_t hash) {
  const uint32_t number = (uint32_t)entry;
  return entry >> 32 == hash >> 32 && number - 1 < fdt_trace.stack_count &&
         __atomic_load_n(&node_of(number)->frame, __ATOMIC_RELAXED) == frame &&
         node_of(number)->parent == parent;
}

static uint32_t find_in(const struct table *table, uint32_t parent, uint64_t frame, uint64_t hash) {
  for (uint32_t turn = 0; turn < LINES; turn++) {
    const uint64_t *line = line_in(table, hash, turn);
    for (uint32_t i = 0; i < 1u << LINE_BITS; i++) {
      /* Acquire pairs with the release of enter: what an entry leads to is whole. */
      const uint64_t entry = __atomic_load_n(&line[i], __ATOMIC_ACQUIRE);
      if (entry == 0)
        return 0; /* entries are never taken away: none stands beyond */
      if (leads_to(entry, parent, frame, hash))
        return (uint32_t)entry;
    }
  }
  return 0;
}

static uint32_t given_out(void) {
  const uint64_t next = __atomic_load_n(&fdt_trace.header->stacks_next, __ATOMIC_RELAXED);
  return next < fdt_trace.stack_count ? (uint32_t)next : fdt_trace.stack_count;
}

uint32_t fdt_stack_node_find(uint32_t parent, uint64_t frame, uint64_t hash) {
  const uint32_t latest = given_out();
  if (latest <= parent)
    return 0;
  const uint32_t first = table_of(parent + 1);
  for (uint32_t at = table_of(latest);; at--) {
    const struct table table = table_at(at);
    const uint32_t number = find_in(&table, parent, frame, hash);
    if (number != 0 || at <= first)
      return number;
  }
}

void fdt_stack_node_expect(uint32_t path, const uint64_t *frames, uint32_t count) {
  const uint32_t latest = given_out();
  const struct table table = table_at(table_of(latest == 0 ? 1 : latest));
  while (count-- > 0) {
    const uint64_t hash = fdt_stack_hash(path, frames[count]);
    __builtin_prefetch(line_in(&table, hash, 0));
    path = fdt_stack_path(hash);
  }
}

/* The last sixteenth is kept for stacks that were cut, which are few. Returns the first of
 * `count` numbers; 0 when there are not as many. */
static uint32_t take(uint32_t count, enum fdt_stack_claim claim) {
  uint64_t *cursor = &fdt_trace.header->stacks_next;
  const uint64_t all = fdt_trace.stack_count,
                 room = claim == FDT_STACK_LAST_RESORT ? all : all - all / 16;
  uint64_t next = __atomic_load_n(cursor, __ATOMIC_RELAXED);
  do {
    if (next >= room || count > room - next)
      return 0;
  } while (!__atomic_compare_exchange_n(cursor, &next, next + count, true, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED));
  return (uint32_t)next + 1;
}

/* Without room in its lines a stack is not found again, and at worst stored twice. */
static void enter(const struct table *table, uint32_t number, uint64_t hash) {
  for (uint32_t turn = 0; turn < LINES; turn++) {
    uint64_t *line = line_in(table, hash, turn);
    for (uint32_t i = 0; i < 1u << LINE_BITS; i++) {
      /* Mostly free: a page that is read, and written to then, would be two faults. */
      uint64_t found = turn == 0 && i == 0 ? 0 : __atomic_load_n(&line[i], __ATOMIC_RELAXED);
      if (found == 0 && __atomic_compare_exchange_n(&line[i], &found, entry_of(hash, number), false,
                                                    __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        return;
    }
  }
}

uint32_t fdt_stack_node_add(uint32_t parent, const uint64_t *frames, uint32_t count,
                            enum fdt_stack_claim claim) {
  const uint32_t first = take(count, claim);
  if (first == 0)
    return 0;
  const uint32_t outer_path = fdt_stack_node_path(parent);
  struct table table = table_at(table_of(first));
  uint32_t number = first, path = outer_path;
  for (uint32_t left = count; left > 0; parent = number++) {
    const uint64_t frame = frames[--left], hash = fdt_stack_hash(path, frame);
    fdt_prefetch_write(line_in(&table, hash, 0));
    struct fdt_stack_node *node = node_of(number);
    node->parent = parent;
    path = fdt_stack_path(hash);
    __atomic_store_n(&node->path, path, __ATOMIC_RELAXED);
    /* Release: who goes through the nodes by number finds this one whole. */
    __atomic_store_n(&node->frame, frame, __ATOMIC_RELEASE);
  }
  path = outer_path;
  number = first;
  for (uint32_t left = count; left > 0; number++) {
    const uint64_t hash = fdt_stack_hash(path, frames[--left]);
    if (number > table.end)
      table = table_at(table_of(number));
    enter(&table, number, hash);
    path = fdt_stack_path(hash);
  }
  return first;
}
