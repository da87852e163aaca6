/* The nodes of the stack store (struct fdt_stack_node), given out in turn, so that a trace
 * holds them side by side, and the index that finds them. Lock-free, async-signal-safe, shared
 * by all processes. */
#ifndef FDT_TRACE_STACK_NODES_H
#define FDT_TRACE_STACK_NODES_H

#include <stdint.h>

/* What fdt_stack_node.path of `number` is; 0 for 0, the parent of the outermost frames. */
uint32_t fdt_stack_node_path(uint32_t number);

/* A hash of all frames of a stack, of `frame` and what its parent has as path. Those of a
 * stack's frames do not wait for each other's nodes to be found. (Both halves of a product
 * in one, as in wyhash, public domain: frames of one function differ in few bits.) */
static inline uint32_t fdt_stack_path(uint32_t parent_path, uint64_t frame) {
  const unsigned __int128 product =
      (unsigned __int128)(parent_path ^ UINT64_C(0xa0761d6478bd642f)) *
      (frame ^ UINT64_C(0xe7037ed1a0b428db));
  return (uint32_t)(((uint64_t)product ^ (uint64_t)(product >> 64)) >> 32);
}

/* The outermost of the frames that continue a stack inwards, up to the first whose stack the
 * index would have: what is found or not as one. */
struct fdt_stack_run {
  uint32_t parent;        /* the stack that it continues */
  uint32_t path;          /* of the stack at its end */
  const uint64_t *frames; /* the first is innermost, the last continues `parent` */
  uint32_t size;
};

/* The run with which the `count` > 0 frames, the last of them first, continue `parent`, whose
 * path is `path`. */
struct fdt_stack_run fdt_stack_run_of(uint32_t parent, uint32_t path, const uint64_t *frames,
                                      uint32_t count);

/* How a stack is entered where it is sought by its path: never 0. */
static inline uint64_t fdt_stack_entry(uint32_t path, uint32_t number) {
  return (uint64_t)path << 32 | number;
}

/* Returns the number of the stack that `entry`, of which nothing is taken for granted, leads to,
 * if it is the one at the end of `run`; else 0. */
uint32_t fdt_stack_run_at(const struct fdt_stack_run *run, uint64_t entry);

/* Returns the number of the stack at the end of `run`; 0 when none was found, which of stacks
 * that others are storing, or that stand in crowded places, may be so though there is one. */
uint32_t fdt_stack_run_find(const struct fdt_stack_run *run);

/* Says that fdt_stack_run_find is about to be asked for all runs of these frames: their entries
 * come into the cache side by side. */
void fdt_stack_runs_expect(uint32_t path, const uint64_t *frames, uint32_t count);

/* The number of its parent; 0 where there is none. */
uint32_t fdt_stack_node_parent(uint32_t number);

/* Which stacks may take the last nodes. */
enum fdt_stack_claim { FDT_STACK_WHOLE, FDT_STACK_LAST_RESORT };

/* Stores the `count` > 0 stacks that continue `parent` inwards, by the last of `frames` first,
 * each the parent of the next. None of the frames may be 0. Returns the number of the first,
 * which those of the others follow in turn; 0, with nothing stored, when there is no room for
 * all. */
uint32_t fdt_stack_node_add(uint32_t parent, const uint64_t *frames, uint32_t count,
                            enum fdt_stack_claim claim);

#endif
