#include "passing.h"

#include "kernel/readable.h"
#include "kernel/syscall.h"
#include "kernel/text.h"
#include "process/thread.h"

#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#define PRELOAD_NAME "LD_PRELOAD"

static char **room_for(struct fdt_passed *plan, size_t size, char **small) {
  if (size <= FDT_PASSED_SMALL * sizeof *small)
    return small;
  long room = fdt_syscall6(SYS_mmap, 0, (long)size, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (fdt_failed(room))
    return NULL;
  plan->mapped = (void *)room;
  plan->mapped_size = size;
  if (fdt_thread.vfork_process != 0 && fdt_thread.vfork_scratch == NULL) {
    fdt_thread.vfork_scratch = plan->mapped; /* a successful exec leaves it to the parent */
    fdt_thread.vfork_scratch_size = size;
  }
  return (char **)room;
}

/* "LD_PRELOAD=" of this library, in front of what the program was to get. */
static char *join_preloads(struct fdt_text text, const char *given) {
  fdt_text_add(&text, fdt_preload_setting);
  fdt_text_add(&text, ":");
  fdt_text_add(&text, given);
  return text.bytes;
}

void fdt_pass_prepare(struct fdt_passed *plan, char *const *from, uint32_t child, char **small) {
  static char *const none[] = {NULL};
  plan->vector = from;
  plan->mapped = NULL;
  if (from == NULL)
    from = none; /* which Linux takes for an empty one */
  if (fdt_join_setting == NULL || !fdt_readable_vector(from))
    return; /* the kernel answers EFAULT */
  const char *preload = fdt_environment(from, PRELOAD_NAME);
  bool preloaded = preload != NULL && fdt_text_holds(preload, strlen(preload), "libfdtrack");
  if (!preloaded && fdt_preload_setting == NULL)
    return;
  size_t count = 0;
  bool joined = false;
  for (; from[count] != NULL; count++)
    joined =
        joined || (*from[count] == *fdt_join_setting && strcmp(from[count], fdt_join_setting) == 0);
  if (preloaded && joined && child == 0)
    return;
  bool joins_preloads = !preloaded && preload != NULL && *preload != '\0';
  size_t slots = (count + 5) * sizeof *small;
  size_t text_size =
      joins_preloads ? strlen(fdt_preload_setting) + strlen(preload) + sizeof ":" : 0;
  char **vector = room_for(plan, slots + text_size, small);
  if (vector == NULL)
    return;
  size_t kept = 0;
  for (size_t i = 0; i < count; i++)
    if (fdt_setting(from[i], FDT_JOIN_NAME) == NULL &&
        fdt_setting(from[i], FDT_CHILD_NAME) == NULL &&
        (preloaded || (fdt_setting(from[i], PRELOAD_NAME) == NULL &&
                       fdt_setting(from[i], FDT_FOLLOW_NAME) == NULL)))
      vector[kept++] = from[i];
  if (joins_preloads)
    vector[kept++] = join_preloads(
        (struct fdt_text){.bytes = (char *)vector + slots, .size = text_size}, preload);
  else if (!preloaded)
    vector[kept++] = fdt_preload_setting;
  if (!preloaded)
    vector[kept++] = (char *)FDT_FOLLOW_NAME "=1";
  vector[kept++] = fdt_join_setting;
  if (child != 0) {
    struct fdt_text text = FDT_TEXT(plan->child);
    fdt_text_add(&text, FDT_CHILD_NAME "=");
    fdt_text_add_hex(&text, child);
    vector[kept++] = plan->child;
  }
  vector[kept] = NULL;
  plan->vector = vector;
}

bool fdt_pass_less(struct fdt_passed *plan, char *const *from) {
  bool less = plan->vector != from;
  plan->vector = from;
  return less;
}

void fdt_pass_dispose(const struct fdt_passed *plan) {
  if (plan->mapped == NULL)
    return;
  if (fdt_thread.vfork_scratch == plan->mapped)
    fdt_thread.vfork_scratch = NULL;
  fdt_syscall2(SYS_munmap, plan->mapped, plan->mapped_size);
}
