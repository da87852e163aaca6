/* What must hold of a trace: structurally, always; and of its counts, when all
 * its processes came to a quiet end. */
#include "inspect.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

struct audit {
  const struct trace *trace;
  const struct fdt_process *process;
  uint32_t ref; /* of process */
  unsigned faults;
  uint32_t open; /* entries of the process that are open */
};

__attribute__((format(printf, 2, 3))) static void fault(struct audit *audit, const char *format,
                                                        ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "trace: process %u: ", audit->ref);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  audit->faults++;
}

static bool is_stack(const struct audit *audit, uint32_t stack) {
  if (stack == 0)
    return true;
  const struct fdt_stack_node *node = trace_at(audit->trace, FDT_SECTION_STACKS, stack - 1);
  return node != NULL && node->frame != 0 && node->frame != FDT_FRAME_BUSY;
}

static bool is_call(const struct audit *audit, uint32_t call) {
  return trace_at(audit->trace, FDT_SECTION_CALLS, call) != NULL;
}

static bool is_process(const struct audit *audit, uint32_t ref) {
  return ref <= trace_process_count(audit->trace);
}

/* ---- structure ----------------------------------------------------------------- */

static void check_entry(void *context, int fd, const struct fdt_live *entry) {
  struct audit *audit = context;
  uint32_t state = FDT_LIVE_STATE(entry->state);
  if (state > FDT_LIVE_VANISHED)
    fault(audit, "fd %d has state %u", fd, state);
  /* The rest is whole only while it is published: another opening may be half
   * written over what a close left. */
  if (state != FDT_LIVE_OPEN && state != FDT_LIVE_CLOSING)
    return;
  if (entry->kind >= FDT_KIND_COUNT || entry->owner > FDT_OWNER_LIBC || entry->via > FDT_VIA_UNSEEN)
    fault(audit, "fd %d has kind %u, owner %u, via %u", fd, entry->kind, entry->owner, entry->via);
  if (!is_call(audit, entry->call) || !is_call(audit, entry->note_call))
    fault(audit, "fd %d names calls %u and %u", fd, entry->call, entry->note_call);
  if (!is_stack(audit, entry->stack) || !is_stack(audit, entry->note_stack))
    fault(audit, "fd %d names stacks %u and %u", fd, entry->stack, entry->note_stack);
  if (!is_process(audit, entry->origin))
    fault(audit, "fd %d comes from process %u", fd, entry->origin);
  if (entry->site != 0) {
    const struct fdt_site *site = trace_at(audit->trace, FDT_SECTION_SITES, entry->site - 1);
    if (site == NULL || site->state != FDT_RECORD_READY || site->call != entry->call)
      fault(audit, "fd %d was not opened at site %u", fd, entry->site);
  }
}

static void check_process(struct audit *audit) {
  const struct fdt_process *process = audit->process;
  size_t size;
  /* An ancestor was taken before, so that chains of parents end. */
  if (process->parent >= audit->ref)
    fault(audit, "its parent is %u", process->parent);
  if (process->how > FDT_HOW_ATTACH || process->end_kind > FDT_END_EXEC)
    fault(audit, "how %u, end %u", process->how, process->end_kind);
  if (process->mark != 0 && trace_at(audit->trace, FDT_SECTION_MARKS, process->mark - 1) == NULL)
    fault(audit, "it began in mark %u", process->mark);
  if (!is_call(audit, process->born_call) || !is_stack(audit, process->born_stack))
    fault(audit, "born of call %u at stack %u", process->born_call, process->born_stack);
  const uint32_t texts[] = {process->exe, process->argv, process->cwd};
  for (int i = 0; i < 3; i++)
    if (texts[i] != 0 && trace_string(audit->trace, texts[i], &size) == NULL)
      fault(audit, "string %u is none", texts[i]);
  trace_each_live(audit->trace, process, check_entry, audit);
}

static void check_chunk(struct audit *audit, uint32_t index, const struct fdt_chunk *chunk) {
  uint32_t count = audit->trace->header->sections[FDT_SECTION_RING].count;
  if (chunk->sequence == 0)
    return;
  if (chunk->sequence > audit->trace->header->ring_next || (chunk->sequence - 1) % count != index) {
    fault(audit, "chunk %u holds sequence %" PRIu64, index, chunk->sequence);
    return;
  }
  if (!is_process(audit, chunk->process))
    fault(audit, "chunk %u is of process %u", index, chunk->process);
  for (int i = 0; i < FDT_CHUNK_RECORDS; i++) {
    const struct fdt_record *record = &chunk->records[i];
    if (record->tag != (uint32_t)chunk->sequence)
      continue;
    if (record->event == FDT_EVENT_NONE || record->event > FDT_EVENT_REAPED ||
        !is_call(audit, record->call) || !is_stack(audit, record->stack))
      fault(audit, "chunk %u record %d: event %u, call %u, stack %u", index, i, record->event,
            record->call, record->stack);
  }
}

static void check_stack(struct audit *audit, uint32_t stack) {
  const struct fdt_stack_node *node = trace_at(audit->trace, FDT_SECTION_STACKS, stack - 1);
  uint32_t steps = 0;
  if (node->frame == 0 || node->frame == FDT_FRAME_BUSY)
    return;
  for (; node->parent != 0 && steps < 100000; steps++) {
    if (!is_stack(audit, node->parent)) {
      fault(audit, "stack %u leads to %u", stack, node->parent);
      return;
    }
    node = trace_at(audit->trace, FDT_SECTION_STACKS, node->parent - 1);
  }
  if (node->parent != 0)
    fault(audit, "stack %u has no end", stack);
}

static void check_misuse(struct audit *audit, uint32_t slot, const struct fdt_misuse *misuse) {
  if (misuse->state != FDT_RECORD_READY)
    return;
  if (misuse->kind == 0 || misuse->kind > FDT_MISUSE_CUT_MESSAGE || misuse->low_fd < 0 ||
      misuse->low_fd > misuse->high_fd || !is_process(audit, misuse->process))
    fault(audit, "misuse %u has kind %u, fds %d to %d, process %u", slot, misuse->kind,
          misuse->low_fd, misuse->high_fd, misuse->process);
  if (!is_stack(audit, misuse->stack) || !is_stack(audit, misuse->opened_stack) ||
      !is_stack(audit, misuse->closed_stack) || !is_call(audit, misuse->call))
    fault(audit, "misuse %u names stacks %u, %u and %u, call %u", slot, misuse->stack,
          misuse->opened_stack, misuse->closed_stack, misuse->call);
}

static void check_mark(struct audit *audit, uint32_t slot, const struct fdt_mark *mark) {
  size_t size;
  if (mark->state != FDT_RECORD_READY)
    return;
  if (!is_process(audit, mark->process) || mark->process == 0 ||
      (mark->name != 0 && trace_string(audit->trace, mark->name, &size) == NULL))
    fault(audit, "mark %u is of process %u, its name %u", slot, mark->process, mark->name);
  if (mark->end_ticks != 0 && mark->end_ticks < mark->begin_ticks)
    fault(audit, "mark %u ends before it begins", slot);
}

unsigned trace_unsound(const struct trace *trace) {
  struct audit audit = {.trace = trace};
  const struct fdt_section *sections = trace->header->sections;
  for (uint32_t i = 0; i < sections[FDT_SECTION_RING].count; i++)
    check_chunk(&audit, i, trace_at(trace, FDT_SECTION_RING, i));
  for (uint32_t i = 0; i < sections[FDT_SECTION_STACKS].count; i++)
    check_stack(&audit, i + 1);
  for (uint32_t i = 0; i < sections[FDT_SECTION_CLOSERS].count; i++) {
    const struct fdt_closer *closer = trace_at(trace, FDT_SECTION_CLOSERS, i);
    if (closer->state == FDT_RECORD_READY &&
        (closer->site == 0 || trace_at(trace, FDT_SECTION_SITES, closer->site - 1) == NULL))
      fault(&audit, "closer %u is of site %u", i, closer->site);
  }
  for (uint32_t i = 0; i < sections[FDT_SECTION_MISUSES].count; i++)
    check_misuse(&audit, i, trace_at(trace, FDT_SECTION_MISUSES, i));
  for (uint32_t i = 0; i < sections[FDT_SECTION_MARKS].count; i++)
    check_mark(&audit, i, trace_at(trace, FDT_SECTION_MARKS, i));
  for (audit.ref = 1; audit.ref <= trace_process_count(trace); audit.ref++) {
    audit.process = trace_process(trace, audit.ref);
    if (audit.process != NULL)
      check_process(&audit);
  }
  return audit.faults;
}

/* ---- counts ---------------------------------------------------------------------- */

struct site_count {
  const struct audit *audit;
  uint32_t site; /* site_ref */
  uint64_t open;
};

static void count_open(void *context, int fd, const struct fdt_live *entry) {
  struct audit *audit = context;
  if (FDT_LIVE_STATE(entry->state) == FDT_LIVE_CLOSING)
    fault(audit, "fd %d is still being closed", fd);
  audit->open += FDT_LIVE_STATE(entry->state) == FDT_LIVE_OPEN;
}

static void count_of_site(void *context, int fd, const struct fdt_live *entry) {
  struct site_count *count = context;
  (void)fd;
  count->open += FDT_LIVE_STATE(entry->state) == FDT_LIVE_OPEN && entry->site == count->site &&
                 entry->origin == count->audit->ref;
}

static void count_process(struct audit *audit) {
  const struct fdt_process *process = audit->process;
  audit->open = 0;
  trace_each_live(audit->trace, process, count_open, audit);
  if (trace_live_count(process) != audit->open)
    fault(audit, "%u are counted as open, but %u entries are", trace_live_count(process),
          audit->open);
  if (process->unseen != 0 || process->vanished != 0)
    fault(audit, "%u fds unseen, %u vanished", process->unseen, process->vanished);
  if (process->end_kind == FDT_END_EXIT && (process->flags & FDT_PROCESS_SNAPSHOT) != 0 &&
      process->snapshot_open != audit->open)
    fault(audit, "the kernel had %u fds open, the table %u", process->snapshot_open, audit->open);
}

unsigned trace_inexact(const struct trace *trace) {
  struct audit audit = {.trace = trace};
  for (uint32_t loss = 0; loss < FDT_LOSS_COUNT; loss++)
    /* How far a stack reaches changes no count; the unwinder has tests of its own. */
    if (trace->header->losses[loss] != 0 && loss != FDT_LOSS_STACKS_CUT &&
        loss != FDT_LOSS_STACKS_BROKEN)
      fault(&audit, "lost %" PRIu64 " of %s", trace->header->losses[loss], fdt_loss_name(loss));
  for (audit.ref = 1; audit.ref <= trace_process_count(trace); audit.ref++) {
    audit.process = trace_process(trace, audit.ref);
    if (audit.process != NULL)
      count_process(&audit);
  }
  for (uint32_t i = 0; i < trace->header->sections[FDT_SECTION_SITES].count; i++) {
    const struct fdt_site *site = trace_at(trace, FDT_SECTION_SITES, i);
    if (site->state != FDT_RECORD_READY)
      continue;
    audit.ref = site->process;
    audit.process = trace_process(trace, site->process);
    struct site_count count = {&audit, i + 1, 0};
    if (audit.process != NULL)
      trace_each_live(trace, audit.process, count_of_site, &count);
    if (site->opened - site->closed != count.open)
      fault(&audit, "site %u (%s): %" PRIu64 " opened, %" PRIu64 " closed, but %" PRIu64 " open",
            i + 1, trace_call(trace, site->call), site->opened, site->closed, count.open);
  }
  return audit.faults;
}
