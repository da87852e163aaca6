/* New programs: exec(3), posix_spawn(3), system(3). */
#include "hook.h"
#include "passing.h"

#include "kernel/syscall.h"
#include "kernel/text.h"
#include "kernel_numbers.h"
#include "process/exec.h"
#include "process/process.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* ---- exec ----------------------------------------------------------------------- */

/* Runs `call`, an exec of `path` with the environment `plan.vector`; it returns only on failure. */
#define EXEC_WITH(name, path, given, call)                                                         \
  do {                                                                                             \
    fdt_enter();                                                                                   \
    if (!fdt_recording()) {                                                                        \
      struct fdt_passed plan = {.vector = given};                                                  \
      return call;                                                                                 \
    }                                                                                              \
    char *small[FDT_PASSED_SMALL];                                                                 \
    struct fdt_passed plan;                                                                        \
    fdt_pass_prepare(&plan, given, 0, small);                                                      \
    fdt_exec_begin(FDT_ACT(name), path, given);                                                    \
    int result = call;                                                                             \
    if (fdt_unlikely(errno == E2BIG) && fdt_pass_less(&plan, given))                               \
      result = call;                                                                               \
    fdt_exec_failed(given);                                                                        \
    fdt_pass_dispose(&plan);                                                                       \
    return result;                                                                                 \
  } while (0)

FDT_EXPORT int execve(const char *path, char *const argv[], char *const envp[]) {
  EXEC_WITH(execve, path, envp, fdt_real.execve(path, argv, plan.vector));
}

FDT_EXPORT int execveat(int directory, const char *path, char *const argv[], char *const envp[],
                        int flags) {
  EXEC_WITH(execveat, path, envp, fdt_real.execveat(directory, path, argv, plan.vector, flags));
}

FDT_EXPORT int fexecve(int fd, char *const argv[], char *const envp[]) {
  EXEC_WITH(fexecve, NULL, envp, fdt_real.fexecve(fd, argv, plan.vector));
}

FDT_EXPORT int execvpe(const char *file, char *const argv[], char *const envp[]) {
  EXEC_WITH(execvpe, file, envp, fdt_real.execvpe(file, argv, plan.vector));
}

/* Those that take the process's environment pass it to a sibling that is told
 * one, as libc itself does. */
FDT_EXPORT int execv(const char *path, char *const argv[]) {
  EXEC_WITH(execv, path, environ, fdt_real.execve(path, argv, plan.vector));
}

FDT_EXPORT int execvp(const char *file, char *const argv[]) {
  EXEC_WITH(execvp, file, environ, fdt_real.execvpe(file, argv, plan.vector));
}

static size_t count_arguments(va_list more) {
  size_t count = 1;
  while (va_arg(more, char *) != NULL)
    count++;
  return count;
}

/* The arguments become a vector on the stack: exec(3) is async-signal-safe. */
#define EXECL_VECTOR(first, vector)                                                                \
  va_list more;                                                                                    \
  va_start(more, first);                                                                           \
  size_t count = count_arguments(more);                                                            \
  va_end(more);                                                                                    \
  char *vector[count + 1];                                                                         \
  va_start(more, first);                                                                           \
  vector[0] = (char *)first;                                                                       \
  for (size_t i = 1; i <= count; i++)                                                              \
    vector[i] = va_arg(more, char *);

FDT_EXPORT int execl(const char *path, const char *argument, ...) {
  EXECL_VECTOR(argument, argv)
  va_end(more);
  EXEC_WITH(execl, path, environ, fdt_real.execve(path, argv, plan.vector));
}

FDT_EXPORT int execlp(const char *file, const char *argument, ...) {
  EXECL_VECTOR(argument, argv)
  va_end(more);
  EXEC_WITH(execlp, file, environ, fdt_real.execvpe(file, argv, plan.vector));
}

FDT_EXPORT int execle(const char *path, const char *argument, ...) {
  EXECL_VECTOR(argument, argv)
  char *const *envp = va_arg(more, char *const *);
  va_end(more);
  EXEC_WITH(execle, path, envp, fdt_real.execve(path, argv, plan.vector));
}

/* ---- spawn ------------------------------------------------------------------------ */

#define SPAWN(name, function, real)                                                                \
  FDT_EXPORT int function(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions, \
                          const posix_spawnattr_t *attributes, char *const argv[],                 \
                          char *const envp[]) {                                                    \
    fdt_enter();                                                                                   \
    if (!fdt_recording())                                                                          \
      return real(pid, path, actions, attributes, argv, envp);                                     \
    struct fdt_act act = *FDT_ACT(name);                                                           \
    char *small[FDT_PASSED_SMALL];                                                                 \
    struct fdt_passed plan;                                                                        \
    pid_t mine = 0;                                                                                \
    pid_t *started = pid == NULL ? &mine : pid;                                                    \
    uint32_t child =                                                                               \
        fdt_spawn_begin(&act, &(struct fdt_spawned){.path = path, .actions = actions}, envp);      \
    fdt_pass_prepare(&plan, envp, child, small);                                                   \
    int error = real(started, path, actions, attributes, argv, plan.vector);                       \
    if (fdt_unlikely(error == E2BIG) && fdt_pass_less(&plan, envp))                                \
      error = real(started, path, actions, attributes, argv, plan.vector);                         \
    fdt_spawn_end(&act, child, error == 0 ? *started : 0, error != 0);                             \
    fdt_pass_dispose(&plan);                                                                       \
    return error;                                                                                  \
  }

#if defined(__x86_64__)
/* Programs linked before glibc 2.15 ask for versions that run a file without #! by
 * the shell; an unversioned wrapper would give them the later ones. */
#define VERSIONS(name)                                                                             \
  __attribute__((symver(#name "@@GLIBC_2.15"))) SPAWN(name, fdt_##name##_2_15, fdt_real.name)      \
      __attribute__((symver(#name "@GLIBC_2.2.5")))                                                \
      SPAWN(name, fdt_##name##_2_2_5, FDT_REAL_2_2_5(name))

VERSIONS(posix_spawn)
VERSIONS(posix_spawnp)
#else
SPAWN(posix_spawn, posix_spawn, fdt_real.posix_spawn)
SPAWN(posix_spawnp, posix_spawnp, fdt_real.posix_spawnp)
#endif

/* glibc has them since 2.39. Where it lacks them, and yet a program found them here,
 * a child's descriptor is asked for once there is a child. */
#define PIDFD_SPAWN(name, plain)                                                                   \
  static int start_##name(int *pidfd, const char *path, const posix_spawn_file_actions_t *actions, \
                          const posix_spawnattr_t *attributes, char *const argv[],                 \
                          char *const envp[]) {                                                    \
    if (FDT_HAS(name))                                                                             \
      return fdt_real.name(pidfd, path, actions, attributes, argv, envp);                          \
    pid_t pid = 0;                                                                                 \
    int error = fdt_real.plain(&pid, path, actions, attributes, argv, envp);                       \
    if (error != 0)                                                                                \
      return error;                                                                                \
    long fd = fdt_syscall2(SYS_pidfd_open, pid, 0);                                                \
    *pidfd = (int)fd;                                                                              \
    return fdt_failed(fd) ? (int)-fd : 0;                                                          \
  }                                                                                                \
  FDT_EXPORT int name(int *pidfd, const char *path, const posix_spawn_file_actions_t *actions,     \
                      const posix_spawnattr_t *attributes, char *const argv[],                     \
                      char *const envp[]) {                                                        \
    fdt_enter();                                                                                   \
    if (!fdt_recording())                                                                          \
      return start_##name(pidfd, path, actions, attributes, argv, envp);                           \
    struct fdt_act act = *FDT_ACT(name);                                                           \
    char *small[FDT_PASSED_SMALL];                                                                 \
    struct fdt_passed plan;                                                                        \
    uint32_t child =                                                                               \
        fdt_spawn_begin(&act, &(struct fdt_spawned){.path = path, .actions = actions}, envp);      \
    fdt_pass_prepare(&plan, envp, child, small);                                                   \
    int error = start_##name(pidfd, path, actions, attributes, argv, plan.vector);                 \
    if (fdt_unlikely(error == E2BIG) && fdt_pass_less(&plan, envp))                                \
      error = start_##name(pidfd, path, actions, attributes, argv, plan.vector);                   \
    fdt_spawn_end(&act, child, 0, error != 0);                                                     \
    if (error == 0)                                                                                \
      fdt_opened(&act, *pidfd, &(struct fdt_birthmark){.kind = FDT_KIND_PIDFD, .cloexec = true});  \
    else                                                                                           \
      fdt_open_failed(&act, error);                                                                \
    fdt_pass_dispose(&plan);                                                                       \
    return error;                                                                                  \
  }

PIDFD_SPAWN(pidfd_spawn, posix_spawn)
PIDFD_SPAWN(pidfd_spawnp, posix_spawnp)

/* Asked whether there is a shell (NULL), libc runs "exit 0", and the result is
 * no wait status. */
FDT_EXPORT int system(const char *command) {
  fdt_enter();
  if (!fdt_recording())
    return fdt_real.system(command);
  struct fdt_act act = *FDT_ACT(system);
  const struct fdt_spawned shell = {.command = command == NULL ? "exit 0" : command};
  uint32_t child = fdt_spawn_begin(&act, &shell, environ);
  int status = fdt_real.system(command);
  int saved = errno;
  fdt_spawn_end(&act, child, 0, status == -1);
  if (child != 0 && status != -1 && command != NULL)
    fdt_process_told_ended(child, status);
  errno = saved;
  return status;
}
