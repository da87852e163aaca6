/* Traces of many stacks, and of stacks that no program can have. */
#include "cases.h"

#include <elf.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One descriptor of each site,, spread over a minute; `stack` tells the i-th stack. */
static void open_each(struct trace *trace, struct fdt_process *process, size_t size,
                      uint32_t (*stack)(size_t)) {
  for (size_t i = 0; i < size; i++) {
    struct fdt_live *live = trace_live(trace, process, (uint32_t)i + 3,
                                       TRACE_START + 1000000 + 60000000000ull / size * i, NULL);
    live->stack = stack(i);
    live->site = trace_site(trace, live->stack, 1, 0);
  }
}

static uint32_t from_first(size_t i) { return (uint32_t)i + 1; }

/* Sites whose stacks are as deep as stacks can be, and share their outer frames. */
void case_deep_sites(const char *path, size_t size) {
  size_t depth = 900;
  struct trace trace = trace_create(path, (struct counts){.stacks = size * 4 + depth,
                                                          .sites = size,
                                                          .units = trace_table_units(size, false)});
  /* Leaves first, so that the i-th is stack i + 1. */
  uint32_t middle = (uint32_t)size, outer = (uint32_t)(size * 4);
  for (size_t i = 0; i < size; i++)
    trace_stack(&trace, 0x100000 + 64 * i, middle + (uint32_t)i * 3 + 1);
  for (size_t i = 0; i < size; i++) {
    trace_stack(&trace, 0x8000000 + 96 * i, middle + (uint32_t)i * 3 + 2);
    trace_stack(&trace, 0x10000000 + 96 * i, middle + (uint32_t)i * 3 + 3);
    trace_stack(&trace, 0x20000000 + 96 * i, outer + 1);
  }
  for (size_t i = 0; i < depth; i++)
    trace_stack(&trace, 0x1000 + 16 * i, i + 1 < depth ? outer + (uint32_t)i + 2 : 0);
  open_each(&trace, trace_process(&trace, 0), size, from_first);
}

/* Sites that differ in one frame by a few bytes, as copies of an unrolled loop do. */
void case_alike_sites(const char *path, size_t size) {
  struct trace trace = trace_create(
      path,
      (struct counts){.stacks = size + 16, .sites = size, .units = trace_table_units(size, false)});
  for (size_t i = 0; i < size; i++)
    trace_stack(&trace, 0x10000 + i, (uint32_t)size + 1);
  for (size_t i = 0; i < 16; i++)
    trace_stack(&trace, 0x1000 + 16 * i, i < 15 ? (uint32_t)(size + i) + 2 : 0);
  open_each(&trace, trace_process(&trace, 0), size, from_first);
}

/* Each stack is its own caller. */
void case_own_parent(const char *path, size_t size) {
  struct trace trace = trace_create(
      path,
      (struct counts){.stacks = size, .sites = size, .units = trace_table_units(size, false)});
  for (size_t i = 0; i < size; i++)
    trace_stack(&trace, 0x100000 + 64 * i, (uint32_t)i + 1);
  open_each(&trace, trace_process(&trace, 0), size, from_first);
}

/* Fills in the build-id of this very program. */
static int own_build_id(struct dl_phdr_info *program, size_t size, void *module_) {
  struct fdt_module *module = module_;
  (void)size;
  for (int i = 0; i < program->dlpi_phnum; i++) {
    if (program->dlpi_phdr[i].p_type != PT_NOTE)
      continue;
    const char *at = (const char *)program->dlpi_addr + program->dlpi_phdr[i].p_vaddr;
    const char *end = at + program->dlpi_phdr[i].p_memsz;
    while (at + sizeof(ElfW(Nhdr)) <= end) {
      const ElfW(Nhdr) *note = (const void *)at;
      const char *id = at + sizeof *note + (note->n_namesz + 3) / 4 * 4;
      if (note->n_type == NT_GNU_BUILD_ID && note->n_descsz <= FDT_BUILD_ID_MAX) {
        module->build_id_size = note->n_descsz;
        memcpy(module->build_id, id, note->n_descsz);
      }
      at = id + (note->n_descsz + 3) / 4 * 4;
    }
  }
  return 1;
}

/* Frames of as many modules, all of which are one file by as many names. */
void case_many_modules(const char *path, size_t size) {
  char own[PATH_MAX] = "";
  if (readlink("/proc/self/exe", own, sizeof own - 1) < 0)
    exit(3);
  struct trace trace = trace_create(path, (struct counts){.stacks = size,
                                                          .sites = size,
                                                          .modules = size,
                                                          .strings = 8 + (strlen(own) + 128) * size,
                                                          .units = trace_table_units(size, false)});
  for (size_t i = 0; i < size; i++) {
    char name[PATH_MAX + 128], slashes[65];
    memset(slashes, '/', sizeof slashes);
    int length = snprintf(name, sizeof name, "/proc/self/root%.*s%s", (int)(i % 64), slashes, own);
    struct fdt_module *module = &trace.modules[i];
    dl_iterate_phdr(own_build_id, module);
    module->path = trace_string(&trace, name, (size_t)length);
    module->key = i + 1;
    trace.stacks[i].frame = (uint64_t)(i + 1) << FDT_FRAME_ADDRESS_BITS | (0x2000 + 16 * (i % 64));
  }
  open_each(&trace, trace_process(&trace, 0), size, from_first);
}
