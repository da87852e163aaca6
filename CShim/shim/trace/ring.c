#include "ring.h"

#include "kernel/clock.h"
#include "process/thread.h"
#include "trace.h"

/* Some chunks begin with a moment on all clocks, so that a trace cut short by SIGKILL still
 * has two of them, far apart. Where the latest is no older than an eighth of the trace's time
 * before it, and than a second or so, it does: the clocks' pages are two faults in each
 * forked child. */
static void take_instant(void) {
  struct fdt_header *header = fdt_trace.header;
  const uint64_t latest = __atomic_load_n(&header->last_index, __ATOMIC_RELAXED);
  const uint64_t last = __atomic_load_n(&header->last[latest & 1].ticks, __ATOMIC_RELAXED);
  const uint64_t since = fdt_ticks() - last;
  if (since < (last - header->first.ticks) / 8 && since < UINT64_C(1) << 31)
    return;
  uint64_t turn = __atomic_add_fetch(&header->last_index, 1, __ATOMIC_RELAXED);
  fdt_clock_instant(&header->last[turn & 1]);
}

/* A handler that writes more than this on top of an unfinished record did not
 * come back to it: it left by siglongjmp. The record stays unpublished. */
#define FDT_NESTED_MAX 64

static struct fdt_chunk *claim(uint32_t process, uint64_t *sequence) {
  uint64_t number = __atomic_fetch_add(&fdt_trace.header->ring_next, 1, __ATOMIC_RELAXED);
  struct fdt_chunk *chunk = &fdt_trace.ring[number % fdt_trace.chunk_count];
  /* Nobody may take old records for new ones: their tags differ, and the
   * sequence is zero while process and thread change. Release stores pair with
   * the reader's acquire of the sequence. */
  __atomic_store_n(&chunk->sequence, 0, __ATOMIC_RELEASE);
  __atomic_thread_fence(__ATOMIC_RELEASE);
  chunk->process = process;
  chunk->thread = fdt_thread.tid;
  __atomic_store_n(&chunk->sequence, number + 1, __ATOMIC_RELEASE);
  *sequence = number + 1;
  take_instant();
  return chunk;
}

static inline __attribute__((always_inline)) void fill(struct fdt_record *record, uint64_t ticks,
                                                       uint64_t stack_fd, uint64_t result_other,
                                                       uint32_t call_event, uint64_t sequence) {
  __atomic_store_n(&record->tag, 0, __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_RELEASE);
  uint64_t *word = (uint64_t *)record;
  word[0] = ticks;
  word[1] = stack_fd;
  word[2] = result_other;
  /* With the tag: published by this one store. */
  __atomic_store_n(&word[3], (uint64_t)(uint32_t)sequence << 32 | call_event, __ATOMIC_RELEASE);
}

/* A signal handler on top of fdt_ring_put itself: a chunk of its own. */
static __attribute__((noinline)) void put_nested(uint32_t process, uint64_t ticks,
                                                 uint64_t stack_fd, uint64_t result_other,
                                                 uint32_t call_event) {
  uint64_t sequence;
  struct fdt_chunk *chunk = claim(process, &sequence);
  fill(&chunk->records[0], ticks, stack_fd, result_other, call_event, sequence);
}

/* The chunk is full, another thread's by now, or that of a process before a fork. */
static __attribute__((noinline)) void put_first(uint32_t process, uint64_t ticks, uint64_t stack_fd,
                                                uint64_t result_other, uint32_t call_event) {
  struct fdt_thread *self = &fdt_thread;
  uint64_t sequence;
  struct fdt_chunk *chunk = claim(process, &sequence);
  self->chunk = chunk;
  self->sequence = sequence;
  fill(&chunk->records[0], ticks, stack_fd, result_other, call_event, sequence);
  self->position = 1;
}

void fdt_ring_put(uint32_t process, uint64_t ticks, uint64_t stack_fd, uint64_t result_other,
                  uint32_t call_event) {
  struct fdt_thread *self = &fdt_thread;
  if (fdt_unlikely(self->process != process))
    fdt_thread_enter(process);
  if (fdt_unlikely(self->writing != 0 && self->writing++ < FDT_NESTED_MAX)) {
    put_nested(process, ticks, stack_fd, result_other, call_event);
    return;
  }
  self->writing = 1;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  /* Read once: a signal handler that forks gives the child's thread no chunk,
   * and then returns here. The chunk's process tells such a child afterwards. */
  struct fdt_chunk *chunk = self->chunk;
  const uint64_t sequence = self->sequence;
  const uint32_t position = self->position;
  if (fdt_unlikely(chunk == NULL || position == FDT_CHUNK_RECORDS || chunk->sequence != sequence ||
                   chunk->process != process)) {
    put_first(process, ticks, stack_fd, result_other, call_event);
  } else {
    struct fdt_record *record = &chunk->records[position];
    fill(record, ticks, stack_fd, result_other, call_event, sequence);
    self->position = position + 1;
    /* The ring is larger than any cache, and the next system call's locks would wait
     * for the line. */
    fdt_prefetch_write(record + 3);
  }
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  self->writing = 0;
}
