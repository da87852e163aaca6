/* What the shim knows of the calling thread, in static TLS. */
#ifndef FDT_PROCESS_THREAD_H
#define FDT_PROCESS_THREAD_H

#include "fdtrack_format.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FDT_VFORK_DEPTH 4 /* vfork children inside of each other that are recorded */

/* How the next process comes into being; set before a fork-like call, so that
 * the child knows it even when it is first met inside libc's own child side. */
struct fdt_birth {
  uint32_t how;    /* enum fdt_how */
  uint32_t parent; /* process_ref of the caller, or 0 */
  uint32_t child;  /* process_ref made ready for the child, or 0 */
  uint16_t call;
  bool threads; /* the parent may have had others, which went on opening and closing */
  uint32_t stack;
};

/* What the parent takes back when its vfork child has gone. */
struct fdt_vfork_frame {
  uint32_t process; /* vfork_process before */
  uint32_t owner;   /* process before       */
  struct fdt_chunk *chunk;
  uint64_t sequence;
  uint32_t position;
  uint32_t tid;
  uint32_t mark;
  uint32_t mark_process;
};

struct fdt_thread {
  uint32_t process; /* process_ref that tid and chunk belong to */
  uint32_t tid;
  struct fdt_chunk *chunk;
  uint64_t sequence; /* of the chunk, when it was claimed */
  uint32_t position; /* next free record in it            */
  uint32_t writing;  /* not 0 while a record is being written: how many handlers found it so */
  /* Set while this thread is, in truth, the child of its own vfork: the child
   * shares this memory but is another process. */
  uint32_t vfork_process;
  uint32_t vfork_depth;
  struct fdt_vfork_frame vfork[FDT_VFORK_DEPTH + 1]; /* and of the first that is not */
  void *vfork_scratch; /* memory mapped by a vfork child for exec, freed by its parent */
  size_t vfork_scratch_size;
  struct fdt_birth birth;
  uint32_t mark;         /* mark_ref of this thread alone, 0: none */
  uint32_t mark_process; /* process_ref that it was set in: a fork child has it no more */
};

extern __thread struct fdt_thread fdt_thread __attribute__((tls_model("initial-exec")));

/* Finds out where libc keeps the numbers of threads, by a system call. To be called before
 * fdt_thread_libc_tid is, while system calls are allowed: most programs never need it. */
void fdt_thread_find_tids(void);

/* The caller's tid as libc has it, without a system call: 0 where that is not known,
 * the parent's in a child that libc did not make. Async-signal-safe. */
uint32_t fdt_thread_libc_tid(void);

/* Brings the thread's cached identity up to date with `process`. */
void fdt_thread_enter(uint32_t process);

/* The same for the first thread of a process, whose number is known to be `tid`. */
void fdt_thread_enter_as(uint32_t process, uint32_t tid);

#endif
