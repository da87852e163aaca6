/* Libraries of different code loaded one after the other at the same address. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>

#include "../../../CShim/shim/unwind/capture.h"
#include "check.h"

static void call(int variant) {
  (void)variant;
  probe();
  STAY();
}

/* Called by the library as it is loaded. */
void offer(void (*function)(void (*)(int), int));
static void (*work)(void (*)(int), int);
void offer(void (*function)(void (*)(int), int)) { work = function; }

int main(void) {
  unsigned long last = 0, reused = 0;
  int closing = 0;
  for (int i = 0; i < 400; i++) {
    char path[64];
    snprintf(path, sizeof(path), "./library%d.so", 1 + i % 3);
    void *library = dlopen(path, RTLD_NOW);
    if (library == NULL) {
      expect(0, "The library loads");
      break;
    }
    if ((unsigned long)(uintptr_t)work >> 12 == last)
      reused++;
    last = (unsigned long)(uintptr_t)work >> 12;
    for (int depth = 0; depth < 6; depth++)
      work(call, depth % 3);
    if (closing)
      fdt_capture_code_changed();
    fdt_capture_code_changes();
    dlclose(library);
    closing = i % 2; /* as if the thread that closes it were slow to return */
    if (!closing)
      fdt_capture_code_changed();
  }
  expect(reused > 300, "The libraries were loaded at the same address");
  expect_all_equal("Rules of unloaded code are not applied to what replaces it", 0);
  return finish();
}
