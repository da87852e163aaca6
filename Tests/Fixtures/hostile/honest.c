/* What a recorder leaves of a busy server: nothing hostile, and much of it. */
#include "cases.h"

#include <string.h>

/* `size` events of descriptors that were opened and closed again, from one stack for each
 * hundred events; a few of each tenth site's were not closed. */
void case_honest(const char *path, size_t size) {
  size_t stacks = size / 100 + 1, leaks = stacks / 10 * 5;
  struct trace trace =
      trace_create(path, (struct counts){.processes = 4096,
                                         .stacks = stacks * 4 + 64,
                                         .sites = stacks,
                                         .closers = stacks,
                                         .modules = 64,
                                         .strings = 1 << 20,
                                         .units = trace_table_units(leaks + 64, true),
                                         .chunks = size / FDT_CHUNK_RECORDS + 1,
                                         .misuses = 1024});
  struct fdt_process *process = trace_process(&trace, 0);
  process->exe = trace_string(&trace, "/srv/server", 11);
  process->argv = trace_string(&trace, "server\0-v\0", 10);
  process->fd_limit = 1 << 20;
  for (size_t i = 0; i < 20; i++)
    trace.modules[i] = (struct fdt_module){
        .key = i + 1, .path = trace_string(&trace, "/srv/server", 11), .build_id_size = 20};
  uint32_t outer = trace_chain(&trace, 0x1000, 25);
  uint32_t fd = 3, site = 0, stack = 0, close_stack = 0;
  for (size_t i = 0; i < size / 2; i++) {
    uint64_t ticks = TRACE_START + 10000 + i * 3000;
    if (i % 50 == 0) {
      uint32_t middle = trace_stack(&trace, 0x100000 + 512 * (i / 50), outer);
      stack = trace_stack(&trace, 0x4000000 + 512 * (i / 50), middle);
      close_stack = trace_stack(&trace, 0x8000000 + 512 * (i / 50), middle);
      site = trace_site(&trace, stack, 50, i / 50 % 10 == 0 ? 45 : 50);
      trace.closers[site - 1] = (struct fdt_closer){.state = FDT_RECORD_READY,
                                                    .site = site,
                                                    .stack = close_stack,
                                                    .call = CALL_CLOSE,
                                                    .count = 50,
                                                    .min_ticks = 1000,
                                                    .max_ticks = 200000,
                                                    .last_ticks = ticks,
                                                    .lifetimes = {[2] = 50}};
    }
    trace_event(&trace, FDT_EVENT_OPENED, (int)fd, stack, ticks);
    trace_event(&trace, FDT_EVENT_CLOSED, (int)fd, close_stack, ticks + 1500);
    if (i / 50 % 10 == 0 && i % 10 == 0) {
      struct fdt_detail *detail;
      struct fdt_live *live = trace_live(&trace, process, fd++, ticks, &detail);
      live->stack = stack;
      live->site = site;
      detail->form = FDT_TEXT_PATH;
      detail->text_size = 14;
      memcpy(detail->text, "/var/data/file", 14);
    }
  }
}
