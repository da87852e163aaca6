#include "ring.h"

#include "kernel/clock.h"
#include "process/thread.h"
#include "trace.h"

/* A chunk begins with a moment on all clocks, so that a trace cut short by
 * SIGKILL still has two of them, far apart. */
static void take_instant(void) {
  struct fdt_header *header = fdt_trace.header;
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

static void fill(struct fdt_record *record, const struct fdt_happening *happening,
                 uint64_t sequence) {
  __atomic_store_n(&record->tag, 0, __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_RELEASE);
  record->ticks = happening->ticks;
  record->stack = happening->stack;
  record->fd = happening->fd;
  record->result = happening->result;
  record->other = happening->other;
  record->call = happening->call;
  record->event = happening->event;
  record->flags = 0;
  __atomic_store_n(&record->tag, (uint32_t)sequence, __ATOMIC_RELEASE);
}

void fdt_ring_write(uint32_t process, const struct fdt_happening *happening) {
  struct fdt_thread *self = &fdt_thread;
  if (fdt_unlikely(self->process != process))
    fdt_thread_enter(process);
  if (fdt_unlikely(self->writing != 0 && self->writing++ < FDT_NESTED_MAX)) {
    /* A signal handler on top of this very function: a chunk of its own. */
    uint64_t sequence;
    struct fdt_chunk *chunk = claim(process, &sequence);
    fill(&chunk->records[0], happening, sequence);
    return;
  }
  self->writing = 1;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  /* Read once: a signal handler that forks gives the child's thread no chunk,
   * and then returns here. The chunk's process tells such a child afterwards. */
  struct fdt_chunk *chunk = self->chunk;
  uint64_t sequence = self->sequence;
  uint32_t position = self->position;
  if (fdt_unlikely(chunk == NULL || position == FDT_CHUNK_RECORDS || chunk->sequence != sequence ||
                   chunk->process != process)) {
    chunk = claim(process, &sequence);
    position = 0;
    self->chunk = chunk;
    self->sequence = sequence;
  }
  fill(&chunk->records[position], happening, sequence);
  self->position = position + 1;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  self->writing = 0;
}
