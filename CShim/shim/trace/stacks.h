/* The stack store: a prefix tree of frames in the trace (see struct
 * fdt_stack_node). Lock-free, async-signal-safe, shared by all processes. */
#ifndef FDT_TRACE_STACKS_H
#define FDT_TRACE_STACKS_H

#include <stdint.h>

/* Bytes of memory, all zeros at first, that fdt_stacks_remember_in is to be given: where
 * processes of one program remember together what they stored, in the first FDT_STACKS_NEAR
 * of them as long as there is room. Called at most once. */
#define FDT_STACKS_NEAR   (64u << 10)
#define FDT_STACKS_MEMORY (FDT_STACKS_NEAR + (256u << 10))
void fdt_stacks_remember_in(void *memory);

/* Returns the number of the stack that continues `parent` (0: an outermost
 * frame) inwards by `frame` (module << 48 | address), storing it when new;
 * 0 when the store is full around its slot (at most 20 probes). The caller
 * counts that loss once per stack. `frame` must not be 0. */
uint32_t fdt_stack_child(uint32_t parent, uint64_t frame);

/* The same for `count` frames, of which the last continues `parent` and the first is
 * innermost. Each is replaced by the number of the stack that ends there, from the one
 * inwards that finds no room by 0. Returns the innermost's, `parent` when there are none. */
uint32_t fdt_stack_store(uint32_t parent, uint64_t *frames, uint32_t count);

#endif
