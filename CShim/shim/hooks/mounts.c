/* Mounts as descriptors: fsopen(2), fsmount(2), fspick(2), open_tree(2). */
#include "after.h"

#include "kernel_numbers.h"

#include <fcntl.h>
#include <sys/mount.h>

#define CLOSES_ON_EXEC       1u /* FSOPEN_CLOEXEC, FSMOUNT_CLOEXEC, FSPICK_CLOEXEC */
#define CLONES               1u /* OPEN_TREE_CLONE */
#define FLAGS_OF(mount_flag) (((mount_flag)&CLOSES_ON_EXEC) != 0 ? O_CLOEXEC : 0)

FDT_EXPORT int fsopen(const char *type, unsigned flags) {
  fdt_enter();
  int fd = FDT_REAL_OR_RAW(fsopen, type, flags);
  if (fdt_recording())
    fdt_after_descriptor(FDT_ACT(fsopen), fd, FDT_KIND_MOUNT, FLAGS_OF(flags), type);
  return fd;
}

FDT_EXPORT int fsmount(int context, unsigned flags, unsigned attributes) {
  fdt_enter();
  int fd = FDT_REAL_OR_RAW(fsmount, context, flags, attributes);
  if (fdt_recording())
    fdt_after_descriptor(FDT_ACT(fsmount), fd, FDT_KIND_MOUNT, FLAGS_OF(flags), NULL);
  return fd;
}

FDT_EXPORT int fspick(int directory, const char *path, unsigned flags) {
  fdt_enter();
  int fd = FDT_REAL_OR_RAW(fspick, directory, path, flags);
  if (fdt_recording())
    fdt_after_descriptor(FDT_ACT(fspick), fd, FDT_KIND_MOUNT, FLAGS_OF(flags), path);
  return fd;
}

/* Without a tree to clone it opens a path, as O_PATH does. */
void fdt_after_open_tree(const struct fdt_act *act, int fd, const char *path, unsigned flags) {
  fdt_after_descriptor(act, fd, (flags & CLONES) != 0 ? FDT_KIND_MOUNT : FDT_KIND_FILE, (int)flags,
                       path);
}

FDT_EXPORT int open_tree(int directory, const char *path, unsigned flags) {
  fdt_enter();
  int fd = FDT_REAL_OR_RAW(open_tree, directory, path, flags);
  if (fdt_recording())
    fdt_after_open_tree(FDT_ACT(open_tree), fd, path, flags);
  return fd;
}
