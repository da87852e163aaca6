/* Programs linked before glibc 2.15 get a posix_spawn that gives a script without
 * #! to the shell; later ones get ENOEXEC. */
#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__x86_64__)
int old_spawn(pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *,
              char *const[], char *const[]);
__asm__(".symver old_spawn, posix_spawn@GLIBC_2.2.5");
int old_spawnp(pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *,
               char *const[], char *const[]);
__asm__(".symver old_spawnp, posix_spawnp@GLIBC_2.2.5");
#endif

int main(void) {
  char *arguments[] = {"script", NULL};
  pid_t child = 0;
  int status = 0;
  int fd = open("script", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
  CHECK(fd >= 0 && write(fd, "exit 7\n", 7) == 7 && close(fd) == 0);
  CHECK(posix_spawn(&child, "./script", NULL, NULL, arguments, environ) == ENOEXEC);
  CHECK(posix_spawnp(&child, "./script", NULL, NULL, arguments, environ) == ENOEXEC);
#if defined(__x86_64__)
  CHECK(old_spawn(&child, "./script", NULL, NULL, arguments, environ) == 0);
  CHECK(waitpid(child, &status, 0) == child && status == 7 << 8);
  CHECK(old_spawnp(&child, "./script", NULL, NULL, arguments, environ) == 0);
  CHECK(waitpid(child, &status, 0) == child && status == 7 << 8);
#endif
  CHECK(unlink("script") == 0);
  (void)status;
  return CHECKED();
}
