#include "fakes.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include "../../../CShim/shim/kernel/symbols.h"
#include "../../../CShim/shim/trace/losses.h"
#include "../../../CShim/shim/trace/modules.h"
#include "../../../CShim/shim/trace/stacks.h"

#define NODES   (1u << 22)
#define PROBES  65536 /* generous: a lost stack would look like a wrong one */
#define MODULES 256

static struct {
  _Atomic uint64_t frame;
  _Atomic uint32_t parent;
} nodes[NODES];
static struct fdt_module modules[MODULES];
static char paths[MODULES][512];
static _Atomic uint32_t module_count;
static atomic_flag module_lock = ATOMIC_FLAG_INIT;
static _Atomic uint64_t losses[FDT_LOSS_COUNT];
static _Atomic int refusing;

struct fdt_definition fdt_symbols_find_anywhere(const char *name, enum fdt_symbol_version version) {
  (void)version;
  return (struct fdt_definition){.address = dlsym(RTLD_DEFAULT, name)};
}

void fdt_lose(enum fdt_loss loss) { atomic_fetch_add(&losses[loss], 1); }
uint64_t fake_losses(enum fdt_loss loss) { return atomic_load(&losses[loss]); }
void fake_store_refuse(int refuse) { atomic_store(&refusing, refuse); }
void fake_store_clear(void) { memset(nodes, 0, sizeof(nodes)); }

void fdt_stacks_remember_in(void *memory) { (void)memory; }

uint32_t fdt_stack_child(uint32_t parent, uint64_t frame) {
  if (atomic_load_explicit(&refusing, memory_order_relaxed))
    return 0;
  uint64_t hash = (frame ^ parent * UINT64_C(0xc2b2ae3d27d4eb4f)) * UINT64_C(0x9e3779b97f4a7c15);
  uint32_t at = (uint32_t)(hash >> 42);
  for (unsigned probe = 0; probe < PROBES; probe++, at = (at + 1) % NODES) {
    uint64_t seen = atomic_load_explicit(&nodes[at].frame, memory_order_acquire);
    if (seen == 0 && atomic_compare_exchange_strong(&nodes[at].frame, &seen, FDT_FRAME_BUSY)) {
      atomic_store_explicit(&nodes[at].parent, parent, memory_order_relaxed);
      atomic_store_explicit(&nodes[at].frame, frame, memory_order_release);
      return at + 1;
    }
    if (seen == frame && atomic_load_explicit(&nodes[at].parent, memory_order_relaxed) == parent)
      return at + 1;
  }
  return 0;
}

uint32_t fdt_stack_store(uint32_t parent, uint64_t *frames, uint32_t count) {
  bool room = true;
  while (count-- > 0) {
    if (room)
      parent = fdt_stack_child(parent, frames[count]);
    room = parent != 0;
    frames[count] = parent;
  }
  return parent;
}

/* A handler that interrupts the lock's holder would wait for ever: it gets 0. */
uint32_t fdt_module_number(const char *path, const uint8_t *build_id, uint32_t build_id_size,
                           uint64_t start, uint64_t end) {
  for (uint32_t i = 0; i < atomic_load(&module_count); i++)
    if (strcmp(paths[i], path) == 0 && modules[i].build_id_size == build_id_size &&
        (build_id_size == 0 || memcmp(modules[i].build_id, build_id, build_id_size) == 0))
      return i + 1;
  if (atomic_flag_test_and_set(&module_lock))
    return 0;
  uint32_t at = atomic_load(&module_count);
  uint32_t number = 0;
  if (at < MODULES) {
    strncpy(paths[at], path, sizeof(paths[at]) - 1);
    modules[at].build_id_size = build_id_size;
    if (build_id_size != 0)
      memcpy(modules[at].build_id, build_id, build_id_size);
    modules[at].start = start;
    modules[at].end = end;
    atomic_store(&module_count, at + 1);
    number = at + 1;
  }
  atomic_flag_clear(&module_lock);
  return number;
}

const char *fake_module_path(uint32_t number) { return paths[number - 1]; }
const struct fdt_module *fake_module(uint32_t number) { return &modules[number - 1]; }

unsigned fake_frames(uint32_t number, uint64_t *frames, unsigned capacity) {
  unsigned count = 0;
  for (; number != 0 && count < capacity; number = atomic_load(&nodes[number - 1].parent))
    frames[count++] = atomic_load(&nodes[number - 1].frame);
  return count;
}
