#include "memory.h"

#include "compiler.h"
#include "syscall.h"
#include "text.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>

bool fdt_is_memory(int fd) {
  struct statfs about;
  if (fdt_failed(fdt_syscall2(SYS_fstatfs, fd, &about)))
    return false;
  const uint32_t type = (uint32_t)about.f_type;
  return type == TMPFS_MAGIC || type == RAMFS_MAGIC;
}

/* Where a hierarchy of control groups tells of memory. Arrays: pointers would be relocated in every
 * program. */
struct hierarchy {
  char folder[24]; /* where it is mounted */
  /* Of what exceeds the first, something is killed; what exceeds the other is held up, and for
   * ever, as a trace is not given back. May be empty. */
  char limits[2][24];
  char used[24];
  char caches[2][24]; /* what could be given back, in memory.stat */
};

static const struct hierarchy unified = {"/sys/fs/cgroup",
                                         {"/memory.max", "/memory.high"},
                                         "/memory.current",
                                         {"inactive_file ", "active_file "}};
static const struct hierarchy legacy = {"/sys/fs/cgroup/memory",
                                        {"/memory.limit_in_bytes", ""},
                                        "/memory.usage_in_bytes",
                                        {"total_inactive_file ", "total_active_file "}};

/* Not on the stack of who starts: the names of the groups, and what a file of one says. */
static FDT_LARGE char groups[4096], said[4096];

/* Reads the beginning of a file. Returns false where there is none. */
static bool read_file(const char *path, char *bytes, size_t size) {
  long fd = fdt_syscall4(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NOCTTY, 0);
  if (fdt_failed(fd))
    return false;
  size_t used = 0;
  long count;
  while (used < size - 1 && (count = fdt_syscall3(SYS_read, fd, bytes + used, size - 1 - used)) > 0)
    used += (size_t)count;
  fdt_syscall1(SYS_close, fd);
  bytes[used] = '\0';
  return used > 0;
}

/* "max" is no number, and no limit. */
static uint64_t number_of(const char *digits) {
  uint64_t value = 0;
  if (*digits < '0' || *digits > '9')
    return UINT64_MAX;
  for (; *digits >= '0' && *digits <= '9' && value < UINT64_MAX / 16; digits++)
    value = value * 10 + (uint64_t)(*digits - '0');
  return value;
}

static bool read_of(const struct fdt_text *group, const char *name) {
  char path[1200];
  struct fdt_text text = FDT_TEXT(path);
  fdt_text_add_bytes(&text, group->bytes, group->used);
  fdt_text_add(&text, name);
  return !text.full && read_file(path, said, sizeof said);
}

/* What the kernel takes back before it kills for it. */
static uint64_t cached(const struct hierarchy *kind, const struct fdt_text *group) {
  uint64_t sum = 0;
  if (!read_of(group, "/memory.stat"))
    return 0;
  for (const char *line = said; line != NULL;) {
    for (int i = 0; i < 2; i++) {
      const size_t size = strlen(kind->caches[i]);
      uint64_t value = strncmp(line, kind->caches[i], size) == 0 ? number_of(line + size) : 0;
      sum += value == UINT64_MAX ? 0 : value;
    }
    line = strchr(line, '\n');
    if (line != NULL)
      line++;
  }
  return sum;
}

static uint64_t left_in(const struct hierarchy *kind, const struct fdt_text *group,
                        uint64_t enough) {
  uint64_t limit = UINT64_MAX;
  for (int i = 0; i < 2; i++)
    if (kind->limits[i][0] != '\0' && read_of(group, kind->limits[i]) && number_of(said) < limit)
      limit = number_of(said);
  if (limit == UINT64_MAX || !read_of(group, kind->used))
    return UINT64_MAX;
  uint64_t used = number_of(said);
  if (used < limit && limit - used >= enough)
    return limit - used;
  uint64_t given_back = cached(kind, group);
  used -= given_back < used ? given_back : used;
  return used < limit ? limit - used : 0;
}

/* The least that is left in a group or in one of those that it is part of. A container may see its
 * own group as the root, under the name that it has outside: that is met on the way up, too. */
static uint64_t left_up_from(const struct hierarchy *kind, const char *name, size_t size,
                             uint64_t enough) {
  char path[1024];
  uint64_t least = UINT64_MAX;
  struct fdt_text group = FDT_TEXT(path);
  fdt_text_add(&group, kind->folder);
  const size_t root = group.used;
  fdt_text_add_bytes(&group, name, size);
  for (;;) {
    while (group.used > root && group.bytes[group.used - 1] == '/')
      group.used--;
    uint64_t left = left_in(kind, &group, enough);
    least = left < least ? left : least;
    if (group.used == root)
      return least;
    while (group.used > root && group.bytes[group.used - 1] != '/')
      group.used--;
  }
}

/* Whether `name` is among names with commas between. */
static bool is_among(const char *names, size_t size, const char *name) {
  const size_t length = strlen(name);
  for (const char *end = names + size; names < end;) {
    const char *comma = memchr(names, ',', (size_t)(end - names));
    const size_t part = (size_t)((comma == NULL ? end : comma) - names);
    if (part == length && memcmp(names, name, length) == 0)
      return true;
    names += part + 1;
  }
  return false;
}

uint64_t fdt_memory_left(uint64_t enough) {
  uint64_t least = UINT64_MAX;
  if (!read_file("/proc/self/cgroup", groups, sizeof groups))
    return least;
  /* cgroups(7): "hierarchy:controllers:path", the unified one without controllers. */
  for (const char *line = groups, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
    const char *controllers = memchr(line, ':', (size_t)(end - line));
    if (controllers == NULL)
      continue;
    controllers++;
    const char *name = memchr(controllers, ':', (size_t)(end - controllers));
    if (name == NULL)
      continue;
    const size_t size = (size_t)(name - controllers);
    name++;
    const struct hierarchy *kind = size == 0                               ? &unified
                                   : is_among(controllers, size, "memory") ? &legacy
                                                                           : NULL;
    if (kind == NULL)
      continue;
    uint64_t left = left_up_from(kind, name, (size_t)(end - name), enough);
    least = left < least ? left : least;
  }
  return least;
}
