/* The mapped trace: where its sections stand in this process. Filled once,
 * before recording starts; read-only afterwards.
 *
 * The mapping is shared with other processes and with whoever may write the file,
 * so its content is not to be trusted: a stray program that writes over it must
 * not bring a host down. Capacities are kept here, and whatever is read from the
 * mapping is held against them before it is followed (fdt_process_known,
 * fdt_site_known, the units of live.c); loops are bounded by them. */
#ifndef FDT_TRACE_TRACE_H
#define FDT_TRACE_TRACE_H

#include "fdtrack_format.h"
#include "kernel/compiler.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fdt_trace {
  struct fdt_header *header; /* NULL: there is no trace */
  struct fdt_call *calls;
  struct fdt_process *processes;
  struct fdt_stack_node *stacks;
  uint64_t *stack_index;
  struct fdt_site *sites;
  struct fdt_closer *closers;
  struct fdt_module *modules;
  uint8_t *strings;
  uint8_t *units;
  struct fdt_chunk *ring;
  struct fdt_misuse *misuses;
  struct fdt_mark *marks;
  uint32_t process_count;
  uint32_t stack_count;
  uint32_t site_mask; /* capacities of the hash tables are powers of two */
  uint32_t closer_mask;
  uint32_t misuse_mask;
  uint32_t module_mask;
  uint32_t string_bytes;
  uint32_t unit_count;
  uint32_t chunk_count;
  uint32_t mark_count;
};

extern struct fdt_trace fdt_trace;

/* How many slots a hash table may be searched for before it counts as full there. */
#define FDT_PROBES 16

/* Returns the record behind a process_ref, which must not be 0. */
static inline struct fdt_process *fdt_process_at(uint32_t process) {
  return &fdt_trace.processes[process - 1];
}

/* The same for a reference read from the mapping; NULL when it leads nowhere. */
static inline struct fdt_process *fdt_process_known(uint32_t process) {
  return process - 1 < fdt_trace.process_count ? fdt_process_at(process) : NULL;
}

/* Returns the counters behind a site_ref read from the mapping; NULL for none. */
static inline struct fdt_site *fdt_site_known(uint32_t site) {
  return site - 1 <= fdt_trace.site_mask && site != 0 ? &fdt_trace.sites[site - 1] : NULL;
}

/* The same for a mark. */
static inline struct fdt_mark *fdt_mark_known(uint32_t mark) {
  return mark - 1 < fdt_trace.mark_count ? &fdt_trace.marks[mark - 1] : NULL;
}

/* Mixes 64 bits for hash tables (the finalizer of MurmurHash3, public domain). */
static inline uint64_t fdt_mix(uint64_t x) {
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccdULL;
  x ^= x >> 33;
  x *= 0xc4ceb9fe1a85ec53ULL;
  x ^= x >> 33;
  return x;
}

#endif
