#include "modules.h"

#include "losses.h"
#include "strings.h"
#include "trace.h"

#include <stdbool.h>
#include <string.h>

#define FDT_MODULE_PATH_MAX 4096

static uint64_t module_key(const char *path, const uint8_t *build_id, uint32_t build_id_size) {
  uint64_t key = 0x9e3779b97f4a7c15ULL;
  for (const char *c = path; *c != '\0'; c++)
    key = (key ^ (uint8_t)*c) * 0x100000001b3ULL;
  for (uint32_t i = 0; i < build_id_size; i++)
    key = (key ^ build_id[i]) * 0x100000001b3ULL;
  key = fdt_mix(key);
  return key + 1 < 2 ? 2 : key; /* neither it nor its complement is 0, which is empty */
}

uint32_t fdt_module_number(const char *path, const uint8_t *build_id, uint32_t build_id_size,
                           uint64_t start, uint64_t end) {
  if (build_id_size > FDT_BUILD_ID_MAX)
    build_id_size = FDT_BUILD_ID_MAX;
  uint64_t key = module_key(path, build_id, build_id_size);
  uint32_t slot = (uint32_t)key;
  for (uint32_t probe = 0; probe < FDT_PROBES; probe++, slot++) {
    struct fdt_module *module = &fdt_trace.modules[slot & fdt_trace.module_mask];
    uint64_t seen = __atomic_load_n(&module->key, __ATOMIC_ACQUIRE);
    /* The complement: being written, by another thread or under this very handler.
     * Its number is all that is asked for: one more record of the object would be
     * another module, and its stacks other stacks. */
    bool mine = seen == 0 && __atomic_compare_exchange_n(&module->key, &seen, ~key, false,
                                                         __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    if (!mine && (seen == key || seen == ~key))
      return (slot & fdt_trace.module_mask) + 1;
    if (!mine)
      continue;
    module->start = start;
    module->end = end;
    module->path = fdt_string(path, strlen(path), FDT_MODULE_PATH_MAX);
    module->build_id_size = build_id_size;
    memcpy(module->build_id, build_id, build_id_size);
    __atomic_store_n(&module->key, key, __ATOMIC_RELEASE); /* pairs with the acquire above */
    return (slot & fdt_trace.module_mask) + 1;
  }
  fdt_lose(FDT_LOSS_MODULES);
  return 0;
}
