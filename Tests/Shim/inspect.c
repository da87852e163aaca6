#include "inspect.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct fdt_section *section_of(const struct trace *trace, enum fdt_section_id id) {
  return &trace->header->sections[id];
}

static bool sections_fit(const struct trace *trace) {
  for (int i = 0; i < FDT_SECTION_COUNT; i++) {
    const struct fdt_section *section = section_of(trace, i);
    if (section->offset % 4096 != 0 || section->offset < sizeof *trace->header ||
        section->offset > trace->size || section->size > trace->size - section->offset)
      return false;
    if (section->stride == 0 || section->count > section->size / section->stride)
      return false;
  }
  return true;
}

bool trace_map(struct trace *trace, const char *path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  struct stat about;
  if (fd < 0)
    return false;
  void *base = MAP_FAILED;
  if (fstat(fd, &about) == 0 && about.st_size >= (off_t)sizeof(struct fdt_header))
    base = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_SHARED, fd, 0);
  close(fd);
  if (base == MAP_FAILED)
    return false;
  *trace = (struct trace){base, (size_t)about.st_size, base};
  const struct fdt_header *header = trace->header;
  return memcmp(header->magic, FDT_MAGIC, sizeof header->magic) == 0 &&
         header->byte_order == FDT_BYTE_ORDER && header->version == FDT_VERSION &&
         header->header_size == sizeof *header && header->file_size == trace->size &&
         __atomic_load_n(&header->ready, __ATOMIC_ACQUIRE) == 1 && sections_fit(trace);
}

const struct trace *trace_own(void) {
  static struct trace own;
  const char *path = getenv("FDTRACK_OUT");
  if (own.base == NULL && (path == NULL || !trace_map(&own, path)))
    own.base = NULL;
  return own.base == NULL ? NULL : &own;
}

const void *trace_at(const struct trace *trace, enum fdt_section_id id, uint64_t index) {
  const struct fdt_section *section = section_of(trace, id);
  return index < section->count ? trace->base + section->offset + index * section->stride : NULL;
}

uint32_t trace_process_count(const struct trace *trace) {
  uint64_t used = __atomic_load_n(&trace->header->processes_next, __ATOMIC_RELAXED);
  uint32_t room = section_of(trace, FDT_SECTION_PROCESSES)->count;
  return used < room ? (uint32_t)used : room;
}

const struct fdt_process *trace_process(const struct trace *trace, uint32_t ref) {
  const struct fdt_process *process =
      ref == 0 ? NULL : trace_at(trace, FDT_SECTION_PROCESSES, ref - 1);
  if (process == NULL || __atomic_load_n(&process->state, __ATOMIC_ACQUIRE) != FDT_RECORD_READY)
    return NULL;
  return process;
}

uint32_t trace_find(const struct trace *trace, pid_t pid) {
  for (uint32_t ref = trace_process_count(trace); ref > 0; ref--) {
    const struct fdt_process *process = trace_process(trace, ref);
    if (process != NULL && process->pid == (uint32_t)pid)
      return ref;
  }
  return 0;
}

/* ---- live tables --------------------------------------------------------- */

/* The `count` units that `ref`, which may be shared, refers to, or NULL. */
static const void *units(const struct trace *trace, uint32_t ref, uint32_t count) {
  ref &= ~FDT_REF_SHARED;
  const struct fdt_section *section = section_of(trace, FDT_SECTION_UNITS);
  if (ref == 0 || count > section->count || ref - 1 > section->count - count)
    return NULL;
  return trace_at(trace, FDT_SECTION_UNITS, ref - 1);
}

static const struct fdt_block_ref *block_of(const struct trace *trace,
                                            const struct fdt_process *process, int fd) {
  if (fd < 0 || fd >= FDT_MAX_FDS)
    return NULL;
  if (fd < FDT_DIRECT_FDS)
    return &process->direct[fd / FDT_BLOCK_FDS];
  uint32_t leaf = (uint32_t)fd / FDT_LEAF_FDS;
  const uint32_t *mids = units(trace, process->root[leaf / FDT_MID_ENTRIES], 1);
  const struct fdt_block_ref *blocks =
      mids == NULL ? NULL : units(trace, mids[leaf % FDT_MID_ENTRIES], 1);
  return blocks == NULL ? NULL : &blocks[fd % FDT_LEAF_FDS / FDT_BLOCK_FDS];
}

const struct fdt_live *trace_live(const struct trace *trace, const struct fdt_process *process,
                                  int fd) {
  const struct fdt_block_ref *block = block_of(trace, process, fd);
  const struct fdt_live *entries = block == NULL ? NULL : units(trace, block->live, 1);
  return entries == NULL ? NULL : &entries[fd % FDT_BLOCK_FDS];
}

const struct fdt_detail *trace_detail(const struct trace *trace, const struct fdt_process *process,
                                      int fd, const struct fdt_live *entry) {
  const struct fdt_block_ref *block = block_of(trace, process, fd);
  const struct fdt_detail *details =
      block == NULL ? NULL : units(trace, block->detail, FDT_DETAIL_UNITS);
  if (details == NULL)
    return NULL;
  const struct fdt_detail *detail = &details[fd % FDT_BLOCK_FDS];
  uint32_t generation = __atomic_load_n(&detail->generation, __ATOMIC_ACQUIRE);
  return generation == FDT_LIVE_GENERATION(entry->state) ? detail : NULL;
}

uint32_t trace_live_count(const struct fdt_process *process) {
  return process->inherited + (uint32_t)(process->opened - process->closed);
}

void trace_each_live(const struct trace *trace, const struct fdt_process *process,
                     void (*visit)(void *context, int fd, const struct fdt_live *entry),
                     void *context) {
  for (int fd = 0; fd < FDT_MAX_FDS;) {
    /* Whole stretches without a table are skipped. */
    if (fd >= FDT_DIRECT_FDS && fd % FDT_LEAF_FDS == 0 && block_of(trace, process, fd) == NULL) {
      fd += FDT_LEAF_FDS;
      continue;
    }
    const struct fdt_live *entries = trace_live(trace, process, fd);
    for (int i = 0; entries != NULL && i < FDT_BLOCK_FDS; i++)
      visit(context, fd + i, &entries[i]);
    fd += FDT_BLOCK_FDS;
  }
}

/* ---- names ----------------------------------------------------------------- */

const char *trace_call(const struct trace *trace, uint32_t slot) {
  const struct fdt_call *call = trace_at(trace, FDT_SECTION_CALLS, slot);
  return call == NULL || call->name[sizeof call->name - 1] != '\0' ? "?" : call->name;
}

const char *trace_string(const struct trace *trace, uint32_t ref, size_t *size) {
  const struct fdt_section *section = section_of(trace, FDT_SECTION_STRINGS);
  if (ref == 0 || ref % 8 != 0 || ref > section->size - 4)
    return NULL;
  const struct fdt_string *string = (const void *)(trace->base + section->offset + ref);
  uint32_t word = __atomic_load_n(&string->size, __ATOMIC_ACQUIRE);
  uint32_t length = word & ~FDT_STRING_CUT;
  if (word == 0 || length > section->size - ref - 4)
    return NULL;
  *size = length;
  return string->bytes;
}
