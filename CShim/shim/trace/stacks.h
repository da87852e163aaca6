/* The stack store: a prefix tree of frames in the trace (see struct
 * fdt_stack_node). Lock-free, async-signal-safe, shared by all processes. */
#ifndef FDT_TRACE_STACKS_H
#define FDT_TRACE_STACKS_H

#include <stdint.h>

/* Bytes of memory, all zeros at first, that fdt_stacks_remember_in is to be given: where
 * processes of one program remember together where stacks are, in the first FDT_STACKS_NEAR
 * of them as long as there is room. Called at most once. */
#define FDT_STACKS_NEAR   (64u << 10)
#define FDT_STACKS_MEMORY (FDT_STACKS_NEAR + (128u << 10))
void fdt_stacks_remember_in(void *memory);

/* Returns the number of the stack that continues `parent` (0: an outermost frame) inwards by
 * the `count` frames (module << 48 | address), of which the last continues `parent` and the
 * first is innermost; `parent` when there are none. What is new is stored. Each frame is
 * replaced by the number of the stack that ends there. None may be 0.
 *
 * Where the store has no room, the innermost frames are stored as a stack of their own under
 * FDT_MARK_CUT, for which a part of it is kept, and counted; those of `frames` that are not in
 * the store are then replaced by 0. Returns 0 when there is no room for that either: the caller
 * counts that loss once per stack. */
uint32_t fdt_stack_store(uint32_t parent, uint64_t *frames, uint32_t count);

/* The same for one frame. */
uint32_t fdt_stack_child(uint32_t parent, uint64_t frame);

#endif
