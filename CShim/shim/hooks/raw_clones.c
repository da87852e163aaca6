/* syscall(2) for fork, vfork, clone and clone3. A child that has a copy of its parent's
 * memory, and goes on where its parent was, is told of as that of fork(2) is. All others
 * come back on a stack or to a storage that no wrapper may stand on: those calls go
 * straight on. */
#include "after.h"
#include "births.h"

#include "kernel_numbers.h"
#include "trace/losses.h"
#include "unwind/memory.h"

#include <linux/sched.h>
#include <stddef.h>

/* What the caller asks for. */
struct request {
  uint64_t flags;
  uint64_t stack;
  const int *pidfd;
};

/* The structs of clone3(2) are known to begin with the first one's 64 bytes. */
static bool read_arguments(uintptr_t arguments, size_t size, struct request *request) {
  uint64_t pidfd;
  const struct {
    size_t place;
    void *to;
  } fields[] = {{offsetof(struct clone_args, flags), &request->flags},
                {offsetof(struct clone_args, pidfd), &pidfd},
                {offsetof(struct clone_args, stack), &request->stack}};
  if (size < CLONE_ARGS_SIZE_VER0)
    return false;
  /* They may be anywhere, since the kernel answers EFAULT. */
  for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
    if (!fdt_memory_copy8(arguments + fields[i].place, fields[i].to))
      return false;
  request->pidfd = (const int *)(uintptr_t)pidfd;
  return true;
}

/* False for what nobody can read, which fails. */
static bool read_request(long number, long a, long b, long c, struct request *request) {
  switch (number) {
  case SYS_clone3:
    return read_arguments((uintptr_t)a, (size_t)b, request);
  case SYS_clone:
    *request = (struct request){(uint32_t)a, (uint64_t)b, (const int *)c};
    return true;
#ifdef SYS_vfork
  case SYS_vfork:
    *request = (struct request){.flags = CLONE_VM | CLONE_VFORK};
    return true;
#endif
  default: /* SYS_fork */
    *request = (struct request){0};
    return true;
  }
}

/* For the assembly, before anything else: whether fdt_hook_clone is for the call. */
bool fdt_clone_is_hooked(long number, long a, long b, long c);
bool fdt_clone_is_hooked(long number, long a, long b, long c) {
  struct request request;
  if (!read_request(number, a, b, c, &request))
    return false;
  if ((request.flags & (CLONE_VM | CLONE_FILES)) == CLONE_VM && fdt_recording())
    fdt_lose(FDT_LOSS_TABLES); /* what the child does is taken for its parent's doing */
  return (request.flags & (CLONE_VM | CLONE_SETTLS)) == 0 && request.stack == 0;
}

long fdt_hook_clone(long number, long a, long b, long c, long d, long e, long f);
FDT_FORKED long fdt_hook_clone(long number, long a, long b, long c, long d, long e, long f) {
  fdt_enter();
  struct request request;
  if (!fdt_recording() || !read_request(number, a, b, c, &request))
    return fdt_real.syscall(number, a, b, c, d, e, f);
  const struct fdt_act act = *FDT_ACT(syscall);
  struct fdt_birth before = fdt_clone_begin(&act, request.flags);
  long result = fdt_real.syscall(number, a, b, c, d, e, f);
  if (result == 0)
    fdt_clone_child(request.flags, before);
  else
    fdt_clone_parent(&act, request.flags, result, request.pidfd, before);
  return result;
}
