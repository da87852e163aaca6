/* A server that enters a chroot and gives up its user: later forks and failing
 * execs are as without the shim. As another user than root only the rest is run.
 * audit: sound */
#include "host.h"

#include <sys/stat.h>

int main(void) {
  int kept = open_null();
  if (geteuid() == 0) {
    CHECK(mkdir("jail", 0755) == 0 && chroot("jail") == 0 && chdir("/") == 0);
    CHECK(setgid(65534) == 0 && setuid(65534) == 0);
    CHECK(open("/dev/null", O_RDONLY) == -1 && errno == ENOENT);
    CHECK(execl("/bin/sh", "sh", (char *)NULL) == -1 && errno == ENOENT);
  }
  for (int i = 0; i < 50; i++) {
    pid_t child = fork();
    if (child == 0)
      _exit(close(kept) == 0 && close(dup(0)) == 0 ? 0 : 1);
    CHECK_EQUAL(reap(child), 0);
  }
  CHECK(close(kept) == 0);
  return CHECKED();
}
