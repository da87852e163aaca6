/* As many arguments as the kernel takes, to the byte: what the shim adds to an
 * environment must not be what makes them too many. */
#include "host.h"

#include <spawn.h>
#include <sys/syscall.h>

#define PIECE 100000

extern char **environ;

/* Not through libc, and so without what the shim adds. */
static long raw_execve(const char *path, char **argv, char **envp) {
#if defined(__x86_64__)
  long result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(SYS_execve), "D"(path), "S"(argv), "d"(envp)
                   : "rcx", "r11", "memory");
  return result;
#else
  register long number __asm__("x8") = SYS_execve;
  register long a __asm__("x0") = (long)path;
  register long b __asm__("x1") = (long)argv;
  register long c __asm__("x2") = (long)envp;
  __asm__ volatile("svc #0" : "+r"(a) : "r"(number), "r"(b), "r"(c) : "memory");
  return a;
#endif
}

/* Arguments of `size` bytes in all, after the program's name. */
static char **arguments(size_t size) {
  char **argv = calloc(size / PIECE + 4, sizeof *argv);
  size_t count = 0;
  argv[count++] = "long_arguments";
  argv[count++] = "child";
  for (; size > 0; size -= size < PIECE ? size : PIECE) {
    size_t length = size < PIECE ? size : PIECE;
    argv[count] = malloc(length + 1);
    memset(argv[count], 'a', length);
    argv[count++][length] = '\0';
  }
  return argv;
}

enum way { RAW, EXECVE, EXECV, VFORK, SPAWN };

/* The exit status of the program that was given so much; 42 where it was too much. */
static int given(size_t size, enum way way, char **envp) {
  char **argv = arguments(size);
  pid_t child;
  if (way == SPAWN) {
    int error = posix_spawn(&child, "/proc/self/exe", NULL, NULL, argv, envp);
    CHECK(error == 0 || error == E2BIG);
    return error != 0 ? 42 : reap(child);
  }
  child = way == VFORK ? vfork() : fork();
  if (child == 0) {
    long error = E2BIG;
    environ = envp;
    if (way == RAW)
      error = -raw_execve("/proc/self/exe", argv, envp);
    else if (way == EXECV)
      error = execv("/proc/self/exe", argv) == -1 ? errno : 0;
    else
      error = execve("/proc/self/exe", argv, envp) == -1 ? errno : 0;
    _exit(error == E2BIG ? 42 : 99);
  }
  return reap(child);
}

int main(int argc, char **argv) {
  char preload[4200] = "NONE=1", *envp[] = {preload, NULL};
  (void)argv;
  if (argc > 1)
    return 21;
  if (getenv("LD_PRELOAD") != NULL)
    snprintf(preload, sizeof preload, "LD_PRELOAD=%s", getenv("LD_PRELOAD"));
  size_t most = 1000, too_many = 64 << 20;
  while (too_many - most > 1) {
    size_t middle = most + (too_many - most) / 2;
    *(given(middle, RAW, envp) == 21 ? &most : &too_many) = middle;
  }
  CHECK_EQUAL(given(most, RAW, envp), 21);
  for (enum way way = EXECVE; way <= SPAWN; way++) {
    CHECK_EQUAL(given(most, way, envp), 21);
    CHECK_EQUAL(given(most - 50, way, envp), 21);
    CHECK_EQUAL(given(most + 1, way, envp), 42);
  }
  return CHECKED();
}
