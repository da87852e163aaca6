/* Stand-ins for the trace: what the unwinder stores, kept where a test can look. */
#ifndef FAKES_H
#define FAKES_H

#include <stdint.h>

#include "fdtrack_format.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Copies the frames of stack `number`, innermost first; returns how many. */
unsigned fake_frames(uint32_t number, uint64_t *frames, unsigned capacity);

/* The path of module `number`. */
const char *fake_module_path(uint32_t number);
const struct fdt_module *fake_module(uint32_t number);

uint64_t fake_losses(enum fdt_loss loss);

/* Makes the store refuse (1) or accept (0) new stacks; empties it. */
void fake_store_refuse(int refuse);
void fake_store_clear(void);

#ifdef __cplusplus
}
#endif
#endif
