#include "stack_nodes.h"

#include "trace.h"

#include <stdbool.h>

/* The index has the stacks at which walks ended, and of those between about every fourth, by
 * its path: what lies before such a milestone is found by way of it. So a stack of many new
 * frames needs few entries, each of which is a cache line of its own. Where two stacks part
 * behind a milestone, the frames from there on that they have in common, three or so, are
 * stored for each: equal content is the same stack.
 *
 * It is hash tables, one behind the other, each eight times as large as the one before, the
 * last with a place for each node. A stack stands in the first that is large enough for as many
 * as were stored before it. So what few stacks need is few pages, and nothing has to move when
 * there are more. */
#define MILESTONES 4
#define FIRST_BITS 9 /* at least */
#define MORE_BITS  3
#define LINE_BITS  3 /* entries of a cache line */
#define LINES      4 /* in turn that an entry may stand in */

static bool is_milestone(uint32_t path) { return path % MILESTONES == 0; }

static uint32_t log2_of(uint32_t x) { return 31 - (uint32_t)__builtin_clz(x); }

static uint32_t bits_of_last(void) { return log2_of(fdt_trace.stack_count); }
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
                        table == last_table() ? UINT32_MAX : UINT32_C(1) << bits};
}

/* Which of them is for the stack of that number. */
static uint32_t table_of(uint32_t number) {
  const uint32_t left = (number - 1) >> bits_of_first();
  const uint32_t table = left == 0 ? 0 : log2_of(left) / MORE_BITS + 1;
  return table < last_table() ? table : last_table();
}

/* The `turn`th line of entries in which to look. */
static inline uint64_t *line_in(const struct table *table, uint32_t path, uint32_t turn) {
  const uint64_t line = (path >> (32 - table->bits + LINE_BITS)) + turn;
  return &table->entries[line << LINE_BITS & ((UINT64_C(1) << table->bits) - 1)];
}

static struct fdt_stack_node *node_of(uint32_t number) { return &fdt_trace.stacks[number - 1]; }

uint32_t fdt_stack_node_path(uint32_t number) {
  return number - 1 < fdt_trace.stack_count
             ? __atomic_load_n(&node_of(number)->path, __ATOMIC_RELAXED)
             : 0;
}

uint32_t fdt_stack_node_parent(uint32_t number) {
  return number - 1 < fdt_trace.stack_count ? node_of(number)->parent : 0;
}

/* Whether there is a stack of that number, and it ends with `frame`. */
static inline bool ends_with(uint32_t number, uint64_t frame) {
  return number - 1 < fdt_trace.stack_count &&
         __atomic_load_n(&node_of(number)->frame, __ATOMIC_RELAXED) == frame;
}

/* Whether both have the same frames, though maybe not the same numbers. A parent's is the lower
 * one, unless somebody wrote over it. */
static bool are_equal(uint32_t one, uint32_t other) {
  while (one != other) {
    if (one - 1 >= fdt_trace.stack_count || !ends_with(other, node_of(one)->frame) ||
        node_of(one)->parent >= one)
      return false;
    one = node_of(one)->parent;
    other = node_of(other)->parent;
  }
  return true;
}

uint32_t fdt_stack_run_at(const struct fdt_stack_run *run, uint64_t entry) {
  if (entry >> 32 != run->path)
    return 0;
  uint32_t parent = (uint32_t)entry;
  for (uint32_t at = 0; at < run->size; at++) {
    if (!ends_with(parent, run->frames[at]))
      return 0;
    parent = node_of(parent)->parent;
  }
  return are_equal(parent, run->parent) ? (uint32_t)entry : 0;
}

static uint32_t find_in(const struct table *table, const struct fdt_stack_run *run) {
  for (uint32_t turn = 0; turn < LINES; turn++) {
    const uint64_t *line = line_in(table, run->path, turn);
    for (uint32_t i = 0; i < 1u << LINE_BITS; i++) {
      /* Acquire pairs with the release of enter: what an entry leads to is whole. */
      const uint64_t entry = __atomic_load_n(&line[i], __ATOMIC_ACQUIRE);
      if (entry == 0)
        return 0; /* entries are never taken away: none stands beyond */
      const uint32_t number = fdt_stack_run_at(run, entry);
      if (number != 0)
        return number;
    }
  }
  return 0;
}

static uint32_t given_out(void) {
  const uint64_t next = __atomic_load_n(&fdt_trace.header->stacks_next, __ATOMIC_RELAXED);
  return next < fdt_trace.stack_count ? (uint32_t)next : fdt_trace.stack_count;
}

struct fdt_stack_run fdt_stack_run_of(uint32_t parent, uint32_t path, const uint64_t *frames,
                                      uint32_t count) {
  uint32_t at = count;
  do
    path = fdt_stack_path(path, frames[--at]);
  while (at > 0 && !is_milestone(path));
  return (struct fdt_stack_run){parent, path, &frames[at], count - at};
}

uint32_t fdt_stack_run_find(const struct fdt_stack_run *run) {
  const uint32_t latest = given_out();
  uint32_t number = 0;
  for (uint32_t left = latest == 0 ? 0 : table_of(latest) + 1; number == 0 && left > 0; left--) {
    const struct table table = table_at(left - 1);
    number = find_in(&table, run);
  }
  return number;
}

void fdt_stack_runs_expect(uint32_t path, const uint64_t *frames, uint32_t count) {
  const uint32_t latest = given_out();
  const struct table table = table_at(table_of(latest == 0 ? 1 : latest));
  while (count-- > 0) {
    path = fdt_stack_path(path, frames[count]);
    if (count == 0 || is_milestone(path))
      __builtin_prefetch(line_in(&table, path, 0));
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
static void enter(const struct table *table, uint32_t number, uint32_t path) {
  for (uint32_t turn = 0; turn < LINES; turn++) {
    uint64_t *line = line_in(table, path, turn);
    for (uint32_t i = 0; i < 1u << LINE_BITS; i++) {
      /* Mostly free: a page that is read, and written to then, would be two faults. */
      uint64_t found = turn == 0 && i == 0 ? 0 : __atomic_load_n(&line[i], __ATOMIC_RELAXED);
      if (found == 0 && __atomic_compare_exchange_n(&line[i], &found, fdt_stack_entry(path, number),
                                                    false, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        return;
    }
  }
}

uint32_t fdt_stack_node_add(uint32_t parent, const uint64_t *frames, uint32_t count,
                            enum fdt_stack_claim claim) {
  const uint32_t first = take(count, claim);
  if (first == 0)
    return 0;
  const uint32_t end = first + count;
  uint32_t path = fdt_stack_node_path(parent);
  for (uint32_t number = first; number < end; parent = number++) {
    const uint64_t frame = frames[end - 1 - number];
    struct fdt_stack_node *node = node_of(number);
    path = fdt_stack_path(path, frame);
    node->parent = parent;
    __atomic_store_n(&node->path, path, __ATOMIC_RELAXED);
    /* Release: who goes through the nodes by number finds this one whole. */
    __atomic_store_n(&node->frame, frame, __ATOMIC_RELEASE);
  }
  struct table table = table_at(table_of(first));
  for (uint32_t number = first; number < end; number++) {
    if (number > table.end)
      table = table_at(table_of(number));
    path = node_of(number)->path;
    if (number == end - 1 || is_milestone(path))
      enter(&table, number, path);
  }
  return first;
}
