#include "file.h"

#include "calls.h"
#include "guard/mapping.h"
#include "kernel/clock.h"
#include "kernel/libc.h"
#include "kernel/memory.h"
#include "kernel/syscall.h"
#include "kernel/text.h"
#include "layout.h"
#include "strings.h"
#include "trace.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>

struct fdt_trace fdt_trace;

#if defined(__x86_64__)
#define FDT_MACHINE EM_X86_64
#else
#define FDT_MACHINE EM_AARCH64
#endif

/* Every block gets its place on the disk now: a store into a hole that the disk
 * cannot fill any more would be a SIGBUS in the host. */
static long allocate(int fd, uint64_t size) {
  long result = fdt_syscall4(SYS_fallocate, fd, 0, 0, size);
  /* tmpfs gives up when a signal is pending. A timer's would come at each try, and what is
   * written goes on where it stopped. */
  if (result != -EOPNOTSUPP && result != -ENOSYS && result != -EINTR)
    return result;
  static const char zeros[16384];
  for (uint64_t at = 0; at < size; at += (uint64_t)result) {
    const uint64_t rest = size - at;
    result = fdt_syscall4(SYS_pwrite64, fd, zeros, rest < sizeof zeros ? rest : sizeof zeros, at);
    if (result <= 0)
      return result == 0 ? -ENOSPC : result;
  }
  return 0;
}

static uint64_t random_id(void) {
  /* 16 random bytes that the kernel gave this program. */
  const uint8_t *bytes = (const uint8_t *)getauxval(AT_RANDOM);
  uint64_t id = 0;
  if (bytes != NULL)
    memcpy(&id, bytes, sizeof id);
  return fdt_mix(id ^ fdt_clock_ns(0) ^ (uint64_t)fdt_syscall0(SYS_getpid) << 48);
}

static uint32_t text_of(const char *text) { return fdt_string(text, strlen(text), 256); }

static void describe_machine(struct fdt_header *header) {
  struct utsname name;
  if (!fdt_failed(fdt_syscall1(SYS_uname, &name))) {
    header->host = text_of(name.nodename);
    char kernel[3 * sizeof name.release];
    struct fdt_text text = FDT_TEXT(kernel);
    fdt_text_add(&text, name.sysname);
    fdt_text_add(&text, " ");
    fdt_text_add(&text, name.release);
    fdt_text_add(&text, " ");
    fdt_text_add(&text, name.machine);
    header->kernel = text_of(kernel);
  }
  const char *libc = fdt_libc_version();
  if (libc != NULL)
    header->libc = text_of(libc);
}

static void fill(struct fdt_header *header, uint64_t size, uint64_t trace_id) {
  memcpy(header->magic, FDT_MAGIC, sizeof header->magic);
  header->byte_order = FDT_BYTE_ORDER;
  header->version = FDT_VERSION;
  header->header_size = sizeof *header;
  header->machine = FDT_MACHINE;
  header->file_size = size;
  header->trace_id = trace_id != 0 ? trace_id : random_id();
  header->clock = fdt_clock_kind;
  header->ticks_hz_hint = fdt_clock_kind == FDT_CLOCK_COUNTER ? fdt_clock_hint() : 1000000000u;
  fdt_clock_instant(&header->first);
  header->strings_next = 8; /* reference 0 means none */
  fdt_layout(header, FDT_CALL_COUNT);
}

/* From here to unmap, a fault in the mapping is survived. */
static struct fdt_header *map(int fd, uint64_t size) {
  long base = fdt_syscall6(SYS_mmap, 0, (long)size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (fdt_failed(base))
    return NULL;
  /* Tables are touched here and there: what the system reads ahead (8 MiB where its disk is
   * set so) would be cleared for nothing, and makes pages so large that a forked child's first
   * write to one marks hundreds of blocks. */
  fdt_syscall3(SYS_madvise, base, (long)size, MADV_RANDOM);
  fdt_guard_mapping((void *)base, size);
  return (struct fdt_header *)base;
}

static void unmap(struct fdt_header *base, uint64_t size) {
  fdt_guard_mapping(NULL, 0);
  fdt_syscall2(SYS_munmap, base, size);
}

static int build(int fd, uint64_t size, uint64_t trace_id, const struct fdt_trace_first *first) {
  long result = allocate(fd, size);
  if (result != 0)
    return (int)-result;
  struct fdt_header *header = map(fd, size);
  if (header == NULL)
    return ENOMEM;
  fdt_clock_kind = fdt_clock_choose();
  fill(header, size, trace_id);
  if (!fdt_layout_adopt(header, size, FDT_CALL_COUNT)) {
    unmap(header, size);
    return EINVAL;
  }
  memcpy(fdt_trace.calls, fdt_calls, sizeof fdt_calls);
  describe_machine(header);
  if (first != NULL)
    first->enter(first->pid);
  __atomic_store_n(&header->ready, 1, __ATOMIC_RELEASE);
  return 0;
}

static uint64_t limit_of(int resource) {
  struct rlimit limit;
  return fdt_failed(fdt_syscall4(SYS_prlimit64, 0, resource, 0, &limit)) ? RLIM_INFINITY
                                                                         : limit.rlim_cur;
}

/* A host that may map only so much is left nearly all of it. */
static uint64_t mappable(void) { return limit_of(RLIMIT_AS) / 16; }

/* A trace that is memory, all of it from the start, must not bring the host the end that the kernel
 * has for a control group above its limit: the host is left nearly all of what there is. */
static uint64_t affordable(int fd, uint64_t size) {
  enum { SHARE = 8 };
  if (!fdt_is_memory(fd))
    return size;
  uint64_t share = fdt_memory_left(size * SHARE) / SHARE;
  return share < size ? share & ~4095ull : size;
}

int fdt_trace_create(const char *path, uint64_t size, uint64_t trace_id,
                     const struct fdt_trace_first *first) {
  /* Growing past RLIMIT_FSIZE would bring the host a SIGXFSZ. */
  if (limit_of(RLIMIT_FSIZE) < size)
    size = limit_of(RLIMIT_FSIZE);
  if (size < FDT_SIZE_MIN)
    return EFBIG;
  if (mappable() < size)
    size = mappable();
  size &= ~4095ull;
  if (size < FDT_SIZE_MIN)
    return ENOMEM;
  long fd = fdt_syscall4(SYS_openat, AT_FDCWD, path,
                         O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fdt_failed(fd))
    return (int)-fd;
  bool awaited = trace_id != 0;
  if (awaited)
    fdt_syscall2(SYS_flock, fd, LOCK_EX);
  /* Whatever the umask, and the directory's default ACL. */
  fdt_syscall2(SYS_fchmod, fd, 0600);
  size = affordable((int)fd, size);
  int error = size < FDT_SIZE_MIN ? ENOBUFS : build((int)fd, size, trace_id, first);
  while ((error == ENOSPC || error == EDQUOT || error == ENOMEM) && size / 4 >= FDT_SIZE_MIN) {
    size = (size / 4) & ~4095ull;
    fdt_syscall2(SYS_ftruncate, fd, 0);
    error = build((int)fd, size, trace_id, first);
  }
  if (error != 0)
    fdt_syscall3(SYS_unlinkat, AT_FDCWD, path, 0);
  if (awaited) /* by hand: a forked child may have a copy of the fd */
    fdt_syscall2(SYS_flock, fd, LOCK_UN);
  fdt_syscall1(SYS_close, fd);
  return error;
}

static bool header_matches(const struct fdt_header *header) {
  return memcmp(header->magic, FDT_MAGIC, sizeof header->magic) == 0 &&
         header->byte_order == FDT_BYTE_ORDER && header->version == FDT_VERSION &&
         header->header_size == sizeof *header;
}

/* A trace that other users could have put there is not written to: it is the
 * caller's own, or root's. */
static bool is_owned(const struct stat *about) {
  return S_ISREG(about->st_mode) &&
         (about->st_uid == (uid_t)fdt_syscall0(SYS_geteuid) || about->st_uid == 0);
}

static bool is_trusted(const struct stat *about) {
  return is_owned(about) && (uint64_t)about->st_size >= FDT_SIZE_MIN;
}

int fdt_trace_join(const char *path, uint64_t trace_id) {
  long fd =
      fdt_syscall4(SYS_openat, AT_FDCWD, path, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0);
  if (fdt_failed(fd))
    return (int)-fd;
  struct stat about;
  struct fdt_header *header = NULL;
  bool known = !fdt_failed(fdt_syscall2(SYS_fstat, fd, &about));
  if (known && is_trusted(&about) && (uint64_t)about.st_size <= mappable())
    header = map((int)fd, (uint64_t)about.st_size);
  fdt_syscall1(SYS_close, fd);
  if (header == NULL)
    return known && is_owned(&about) && (uint64_t)about.st_size < FDT_SIZE_MIN ? EAGAIN : EINVAL;
  uint64_t size = (uint64_t)about.st_size;
  uint32_t ready = __atomic_load_n(&header->ready, __ATOMIC_ACQUIRE);
  if (header_matches(header) && ready == 1 && header->trace_id == trace_id &&
      fdt_layout_adopt(header, size, FDT_CALL_COUNT) &&
      memcmp(fdt_trace.calls, fdt_calls, sizeof fdt_calls) == 0) {
    fdt_clock_kind = header->clock;
    return 0;
  }
  fdt_trace = (struct fdt_trace){0};
  unmap(header, size);
  return ready == 0 ? EAGAIN : EINVAL;
}

/* How long a program waits for the one that makes its trace: milliseconds in which that holds
 * the lock, and others, in which it has not come to take it yet, or was killed. */
enum { WAIT_WHILE_MADE = 1000, WAIT_WHILE_FREE = 50 };

/* Whether somebody is making what stands at `path`: the kernel takes a lock back from whoever
 * is killed. Never waits for it, as a host has better things to do. */
static bool is_being_made(const char *path) {
  long fd =
      fdt_syscall4(SYS_openat, AT_FDCWD, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0);
  if (fdt_failed(fd))
    return false;
  bool locked = fdt_syscall2(SYS_flock, fd, LOCK_SH | LOCK_NB) == -EWOULDBLOCK;
  fdt_syscall1(SYS_close, fd);
  return locked;
}

int fdt_trace_share(const char *path, uint64_t size, uint64_t trace_id,
                    const struct fdt_trace_first *first, bool *made) {
  const struct timespec pause = {.tv_nsec = 1000000};
  int busy = WAIT_WHILE_MADE, left = WAIT_WHILE_FREE;
  *made = false;
  for (;;) {
    int error = fdt_trace_join(path, trace_id);
    if (error == ENOENT) {
      error = fdt_trace_create(path, size, trace_id, first);
      *made = error == 0;
      if (error == EEXIST)
        error = EAGAIN;
    }
    if (error != EAGAIN || (is_being_made(path) ? busy-- : left--) == 0)
      return error;
    fdt_syscall2(SYS_nanosleep, &pause, NULL);
  }
}

/* ---- what stands there already ---------------------------------------------------- */

/* Reads all of it or returns false. Not through a mapping: the file may shrink. */
static bool read_at(long fd, void *bytes, size_t size, uint64_t offset) {
  return fdt_syscall4(SYS_pread64, fd, bytes, size, offset) == (long)size;
}

static bool somebody_writes(long fd, const struct fdt_header *header) {
  const struct fdt_section *section = &header->sections[FDT_SECTION_PROCESSES];
  uint64_t used = header->processes_next < section->count ? header->processes_next : section->count;
  bool published = false;
  for (uint64_t i = 0; i < used; i++) {
    struct fdt_process process;
    if (!read_at(fd, &process, sizeof process, section->offset + i * sizeof process))
      break;
    if (process.state != FDT_RECORD_READY)
      continue;
    published = true;
    /* A pid that was given to another process since looks alive: the safe error.
     * After exec the pid goes on, perhaps in a record that is not published yet. */
    if ((process.end_kind == FDT_END_NONE || process.end_kind == FDT_END_EXEC) &&
        process.pid != 0 && fdt_syscall2(SYS_kill, process.pid, 0) != -ESRCH)
      return true;
  }
  /* Whoever makes it may be about to enter its first process. */
  return !published;
}

/* Whether `path` is a trace that nobody writes to any more. */
static bool is_finished_trace(const char *path) {
  long fd =
      fdt_syscall4(SYS_openat, AT_FDCWD, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0);
  if (fdt_failed(fd))
    return false;
  struct stat about;
  struct fdt_header header;
  bool finished = !fdt_failed(fdt_syscall2(SYS_fstat, fd, &about)) && is_trusted(&about) &&
                  read_at(fd, &header, sizeof header, 0) && header_matches(&header) &&
                  !somebody_writes(fd, &header);
  fdt_syscall1(SYS_close, fd);
  return finished;
}

bool fdt_trace_has_place(const char *path) {
  struct stat about;
  return fdt_failed(fdt_syscall4(SYS_newfstatat, AT_FDCWD, path, &about, 0)) ||
         S_ISREG(about.st_mode);
}

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1
#endif

bool fdt_trace_make_way(const char *path) {
  char old[4096];
  struct fdt_text text = FDT_TEXT(old);
  fdt_text_add(&text, path);
  fdt_text_add(&text, ".old");
  if (text.full || !is_finished_trace(path))
    return false;
  long result = fdt_syscall5(SYS_renameat2, AT_FDCWD, path, AT_FDCWD, old, RENAME_NOREPLACE);
  /* Only an older trace gives way to this one. */
  if (result == -EEXIST && is_finished_trace(old))
    result = fdt_syscall4(SYS_renameat, AT_FDCWD, path, AT_FDCWD, old);
  else if (result == -EINVAL) /* a file system that cannot tell */
    result = fdt_syscall4(SYS_faccessat, AT_FDCWD, old, 0, 0) != -ENOENT
                 ? -EEXIST
                 : fdt_syscall4(SYS_renameat, AT_FDCWD, path, AT_FDCWD, old);
  return !fdt_failed(result) || result == -ENOENT;
}
