/* What the units of the shim need from parts that are not built in: wrappers, the
 * unwinder, the start. */
#include "fakes.h"

#include "guard/mapping.h"
#include "process/thread.h"
#include "start.h"
#include "trace/stacks.h"
#include "unwind/capture.h"

uint32_t fdt_phase = FDT_RECORDING;
void fdt_guard_mapping(const void *base, uint64_t size) { (void)base, (void)size; }

void fdt_capture_forked(void) {}

/* The caller's pc names the stack: fake_depth frames below a common outermost one. */
uint32_t fdt_capture(const struct fdt_caller *caller) {
  uint32_t stack = fdt_stack_child(0, UINT64_C(1) << 48 | 1);
  for (uint64_t depth = 1; stack != 0 && depth <= FAKE_DEPTH; depth++)
    stack = fdt_stack_child(stack, UINT64_C(1) << 48 | caller->pc << 8 | depth);
  return stack;
}
