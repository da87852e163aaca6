#include "trace.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char *const call_names[] = {
    "",       "open",    "socket", "close",   "connect",  "fork",
    "fclose", "accept4", "fcntl",  "opendir", "closedir", "pidfd_open",
};
#define CALLS (sizeof call_names / sizeof *call_names)

static struct { size_t process, stack, site, misuse, chunk, record; } used;

static void must(bool ok, const char *step) {
  if (ok)
    return;
  perror(step);
  exit(3);
}

static void refuse_if(bool full, const char *section) {
  if (!full)
    return;
  fprintf(stderr, "the section of %s is too small\n", section);
  exit(3);
}

static uint64_t place(struct fdt_header *header, uint64_t at, enum fdt_section_id id, size_t count,
                      size_t stride) {
  if (count == 0)
    count = 1;
  uint64_t size = (count * stride + 4095) / 4096 * 4096;
  header->sections[id] = (struct fdt_section){
      .offset = at, .size = size, .stride = (uint32_t)stride, .count = (uint32_t)count};
  return at + size;
}

static struct fdt_instant instant(uint64_t ticks) {
  uint64_t realtime = 1700000000000000000ull + ticks;
  return (struct fdt_instant){ticks, ticks, realtime, ticks ^ ticks ^ realtime};
}

struct trace trace_create(const char *path, struct counts counts) {
  struct fdt_header header = {
      .magic = FDT_MAGIC,
      .byte_order = FDT_BYTE_ORDER,
      .version = FDT_VERSION,
      .header_size = sizeof header,
      .ready = 1,
      .clock = FDT_CLOCK_MONOTONIC,
      .strings_next = 8,
      .first = instant(TRACE_START),
      .last = {instant(3600000000000ull)},
  };
  uint64_t end = place(&header, 4096, FDT_SECTION_CALLS, CALLS, sizeof(struct fdt_call));
#define PLACE(id, member, type)                                                                    \
  end = place(&header, end, FDT_SECTION_##id, counts.member, sizeof(type))
  PLACE(PROCESSES, processes, struct fdt_process);
  PLACE(STACKS, stacks, struct fdt_stack_node);
  PLACE(SITES, sites, struct fdt_site);
  PLACE(CLOSERS, closers, struct fdt_closer);
  PLACE(MODULES, modules, struct fdt_module);
  PLACE(STRINGS, strings, char);
  PLACE(UNITS, units, char[FDT_UNIT_SIZE]);
  PLACE(RING, chunks, struct fdt_chunk);
  PLACE(MISUSES, misuses, struct fdt_misuse);
  PLACE(MARKS, marks, struct fdt_mark);
  header.file_size = end;

  int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  must(fd >= 0 && ftruncate(fd, (off_t)end) == 0, path);
  uint8_t *base = mmap(NULL, end, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  must(base != MAP_FAILED, "mmap");
  close(fd);
  memcpy(base, &header, sizeof header);
  struct fdt_call *calls = (void *)(base + header.sections[FDT_SECTION_CALLS].offset);
  for (size_t i = 0; i < CALLS; i++)
    strcpy(calls[i].name, call_names[i]);
#define AT(id) (void *)(base + header.sections[FDT_SECTION_##id].offset)
  return (struct trace){
      .header = (void *)base,
      .processes = AT(PROCESSES),
      .stacks = AT(STACKS),
      .sites = AT(SITES),
      .closers = AT(CLOSERS),
      .modules = AT(MODULES),
      .strings = AT(STRINGS),
      .units = AT(UNITS),
      .chunks = AT(RING),
      .misuses = AT(MISUSES),
      .marks = AT(MARKS),
  };
}

static uint32_t capacity(const struct trace *trace, enum fdt_section_id id) {
  return trace->header->sections[id].count;
}

uint32_t trace_ref(const struct trace *trace, const struct fdt_process *process) {
  return (uint32_t)(process - trace->processes) + 1;
}

struct fdt_process *trace_process(struct trace *trace, uint32_t parent) {
  refuse_if(used.process == capacity(trace, FDT_SECTION_PROCESSES), "processes");
  struct fdt_process *process = &trace->processes[used.process++];
  process->pid = 1000 + trace_ref(trace, process);
  process->parent = parent;
  process->how = parent == 0 ? FDT_HOW_START : FDT_HOW_FORK;
  process->start_ticks = TRACE_START + 1000 * used.process;
  process->flags = FDT_PROCESS_ATTACHED;
  process->state = FDT_RECORD_READY;
  trace->header->processes_next = used.process;
  return process;
}

uint32_t trace_string(struct trace *trace, const void *bytes, size_t size) {
  uint64_t at = trace->header->strings_next;
  refuse_if(at + 4 + size > capacity(trace, FDT_SECTION_STRINGS), "strings");
  uint32_t word = (uint32_t)size;
  memcpy(trace->strings + at, &word, sizeof word);
  memcpy(trace->strings + at + 4, bytes, size);
  trace->header->strings_next = at + (4 + size + 7) / 8 * 8;
  return (uint32_t)at;
}

uint32_t trace_stack(struct trace *trace, uint64_t address, uint32_t parent) {
  refuse_if(used.stack == capacity(trace, FDT_SECTION_STACKS), "stacks");
  trace->stacks[used.stack] =
      (struct fdt_stack_node){.frame = 1ull << FDT_FRAME_ADDRESS_BITS | address, .parent = parent};
  return (uint32_t)++used.stack;
}

uint32_t trace_chain(struct trace *trace, uint64_t address, size_t depth) {
  uint32_t stack = 0;
  for (size_t i = 0; i < depth; i++)
    stack = trace_stack(trace, address + 16 * i, stack);
  return stack;
}

static uint32_t take_units(struct trace *trace, uint32_t count) {
  refuse_if(trace->header->units_next + count > capacity(trace, FDT_SECTION_UNITS), "units");
  trace->header->units_next += count;
  return (uint32_t)trace->header->units_next - count + 1;
}

static void *unit(struct trace *trace, uint32_t ref) {
  return trace->units + (size_t)(ref - 1) * FDT_UNIT_SIZE;
}

static uint32_t *index_entry(struct trace *trace, uint32_t *ref, size_t slot) {
  if (*ref == 0)
    *ref = take_units(trace, 1);
  return (uint32_t *)unit(trace, *ref) + slot;
}

struct fdt_live *trace_live(struct trace *trace, struct fdt_process *process, uint32_t fd,
                            uint64_t ticks, struct fdt_detail **detail) {
  struct fdt_block_ref *block;
  if (fd < FDT_DIRECT_FDS) {
    block = &process->direct[fd / FDT_BLOCK_FDS];
  } else {
    uint32_t number = fd / FDT_LEAF_FDS;
    uint32_t *leaf =
        index_entry(trace, &process->root[number / FDT_MID_ENTRIES], number % FDT_MID_ENTRIES);
    block = (void *)index_entry(trace, leaf, fd % FDT_LEAF_FDS / FDT_BLOCK_FDS * 2);
  }
  if (block->live == 0)
    block->live = take_units(trace, 1);
  if (block->detail == 0 && detail != NULL)
    block->detail = take_units(trace, FDT_DETAIL_UNITS);
  if (detail != NULL) {
    *detail = (struct fdt_detail *)unit(trace, block->detail) + fd % FDT_BLOCK_FDS;
    (*detail)->generation = 1;
  }
  struct fdt_live *live = (struct fdt_live *)unit(trace, block->live) + fd % FDT_BLOCK_FDS;
  *live = (struct fdt_live){
      .state = 1 << 8 | FDT_LIVE_OPEN,
      .opened_ticks = ticks,
      .thread = 1001,
      .origin = trace_ref(trace, process),
      .call = CALL_OPEN,
      .kind = FDT_KIND_FILE,
  };
  process->opened++;
  return live;
}

static void share(uint32_t *ref) {
  if (*ref != 0)
    *ref |= FDT_REF_SHARED;
}

void trace_share(struct trace *trace, struct fdt_process *process) {
  for (size_t i = 0; i < FDT_DIRECT_BLOCKS; i++)
    share(&process->direct[i].live);
  for (size_t i = 0; i < FDT_ROOT_BLOCKS; i++) {
    if (process->root[i] == 0)
      continue;
    uint32_t *leaves = unit(trace, process->root[i]);
    for (size_t j = 0; j < FDT_MID_ENTRIES; j++) {
      if (leaves[j] == 0)
        continue;
      struct fdt_block_ref *blocks = unit(trace, leaves[j]);
      for (size_t k = 0; k < FDT_LEAF_ENTRIES; k++)
        share(&blocks[k].live);
      share(&leaves[j]);
    }
    share(&process->root[i]);
  }
}

uint32_t trace_site(struct trace *trace, uint32_t stack, uint64_t opened, uint64_t closed) {
  refuse_if(used.site == capacity(trace, FDT_SECTION_SITES), "sites");
  trace->sites[used.site] = (struct fdt_site){
      .state = FDT_RECORD_READY,
      .process = 1,
      .stack = stack,
      .call = CALL_OPEN,
      .kind = FDT_KIND_FILE,
      .opened = opened,
      .closed = closed,
      .first_ticks = TRACE_START,
      .last_ticks = TRACE_START + 3000000000000ull,
      .peak = 10,
  };
  return (uint32_t)++used.site;
}

struct fdt_misuse *trace_misuse(struct trace *trace, enum fdt_misuse_kind kind, uint32_t stack) {
  refuse_if(used.misuse == capacity(trace, FDT_SECTION_MISUSES), "misuses");
  struct fdt_misuse *misuse = &trace->misuses[used.misuse++];
  *misuse = (struct fdt_misuse){
      .state = FDT_RECORD_READY,
      .process = 1,
      .stack = stack,
      .call = CALL_CLOSE,
      .closed_call = CALL_CLOSE,
      .opened_call = CALL_OPEN,
      .kind = (uint8_t)kind,
      .low_fd = 3,
      .high_fd = 3,
      .count = 1,
  };
  return misuse;
}

struct fdt_mark *trace_mark(struct trace *trace, uint32_t name, uint64_t ticks) {
  uint64_t slot = trace->header->marks_next;
  refuse_if(slot == capacity(trace, FDT_SECTION_MARKS), "marks");
  trace->marks[slot] = (struct fdt_mark){
      .state = FDT_RECORD_READY, .process = 1, .name = name, .begin_ticks = ticks};
  trace->header->marks_next = slot + 1;
  return &trace->marks[slot];
}

void trace_chunk(struct trace *trace, const struct fdt_process *process) {
  refuse_if(used.chunk == capacity(trace, FDT_SECTION_RING), "events");
  struct fdt_chunk *fresh = &trace->chunks[used.chunk++];
  fresh->sequence = used.chunk;
  fresh->process = trace_ref(trace, process);
  fresh->thread = process->pid;
  used.record = 0;
  trace->header->ring_next = used.chunk;
}

size_t trace_chunks(size_t events) { return events / FDT_CHUNK_RECORDS + 1; }

struct fdt_record *trace_event(struct trace *trace, enum fdt_event event, int fd, uint32_t stack,
                               uint64_t ticks) {
  if (used.chunk == 0)
    trace_chunk(trace, trace->processes);
  else if (used.record == FDT_CHUNK_RECORDS)
    trace_chunk(trace, &trace->processes[trace->chunks[used.chunk - 1].process - 1]);
  struct fdt_record *record = &trace->chunks[used.chunk - 1].records[used.record++];
  *record = (struct fdt_record){
      .ticks = ticks,
      .stack = stack,
      .fd = fd,
      .call = event == FDT_EVENT_CLOSED ? CALL_CLOSE : CALL_OPEN,
      .event = (uint8_t)event,
      .tag = (uint32_t)used.chunk,
  };
  return record;
}

size_t trace_table_units(size_t fds, bool details) {
  size_t blocks = fds / FDT_BLOCK_FDS + 1;
  return blocks * (details ? 1 + FDT_DETAIL_UNITS : 1) + fds / FDT_LEAF_FDS + FDT_ROOT_BLOCKS + 2;
}
