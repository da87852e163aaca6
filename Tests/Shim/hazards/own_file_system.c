/* A file system in user space whose only thread ends while it has its root open: nobody is there
 * any more to answer what that is. */
#include "host.h"

#include <linux/fuse.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>

static int mount_own(int device) {
  char options[64];
  snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0", device);
  CHECK(mkdir("mnt", 0755) == 0);
  return mount("own", "mnt", "fuse", 0, options);
}

static void serve_first_request(int device) {
  static char bytes[1 << 17];
  CHECK(read(device, bytes, sizeof bytes) > 0);
  struct fuse_in_header asked;
  memcpy(&asked, bytes, sizeof asked);
  struct {
    struct fuse_out_header header;
    struct fuse_init_out body;
  } answer = {{sizeof answer, 0, asked.unique},
              {.major = 7, .minor = 31, .max_readahead = 65536, .max_write = 65536}};
  CHECK_EQUAL(write(device, &answer, sizeof answer), sizeof answer);
}

int main(void) {
  alarm(20);
  if (unshare(CLONE_NEWNS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
    SKIP("unshare");
  int device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
  if (device < 0)
    SKIP("/dev/fuse");
  if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 || mount_own(device) != 0)
    SKIP("mount");
  CHECK(open("mnt", O_PATH) >= 0);
  serve_first_request(device);
  CHECK_EQUAL(system("true"), 0);
  return CHECKED();
}
