/* A file tells once that what it shows has changed, to whoever asks by poll(2): a child that ends
 * must not ask in its parent's place. */
#include "host.h"

#include <poll.h>
#include <sched.h>

static const char name[] = "fdtrack-test";

int main(void) {
  if (unshare(CLONE_NEWUTS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWUTS) != 0)
    SKIP("unshare");
  char before[64];
  struct pollfd host = {.fd = open("/proc/sys/kernel/hostname", O_RDONLY | O_CLOEXEC)};
  CHECK(read(host.fd, before, sizeof before) > 0);
  CHECK(poll(&host, 1, 0) >= 0);
  CHECK(sethostname(name, sizeof name - 1) == 0);
  pid_t child = fork();
  if (child == 0)
    exit(open_null() >= 0 ? CHECKED() : 1);
  CHECK_EQUAL(reap(child), 0);
  CHECK_EQUAL(poll(&host, 1, 0), 1);
  CHECK((host.revents & POLLERR) != 0);
  return CHECKED();
}
