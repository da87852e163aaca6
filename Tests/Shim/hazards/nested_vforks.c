/* vfork children inside of vfork children, deeper than anybody goes: each comes back to where
 * it was called, and has its own descriptors.
 * audit: sound - from some depth on they are not recorded, and counted as a loss. */
#include "host.h"

static char *many[400]; /* variables, more than fit on the stack of a call */

/* The child at the bottom is another program at last, or fails to become one. */
static int bottom(bool succeeds) {
  if (succeeds)
    execve("/bin/sh", (char *[]){"sh", "-c", "exit 3", NULL}, many);
  execve("/no/such/program", (char *[]){"none", NULL}, many);
  return errno == ENOENT ? 3 : 99;
}

static int nest(int depth, bool succeeds) {
  int fd = open_null(), status = 0;
  pid_t child = vfork();
  if (child == 0) {
    int result = close(fd) != 0 ? 98 : depth == 1 ? bottom(succeeds) : nest(depth - 1, succeeds);
    _exit(result + (depth > 1));
  }
  if (waitpid(child, &status, 0) != child || !WIFEXITED(status) || close(fd) != 0)
    return 97;
  return WEXITSTATUS(status);
}

int main(void) {
  char preload[4200] = "NONE=1";
  if (getenv("LD_PRELOAD") != NULL)
    snprintf(preload, sizeof preload, "LD_PRELOAD=%s", getenv("LD_PRELOAD"));
  for (int i = 0; i < 398; i++)
    many[i] = "X=1";
  many[398] = preload;
  int before = count_fds();
  for (int depth = 1; depth < 12; depth++)
    for (int succeeds = 0; succeeds < 2; succeeds++)
      CHECK_EQUAL(nest(depth, succeeds), 3 + depth - 1);
  CHECK_EQUAL(count_fds(), before);
  return CHECKED();
}
