/* Children, other programs, and the end. */
#include "life.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEPTH_MAX 3

_Noreturn void end(struct life *life) {
  int status = (int)choose(life, 100);
  switch (choose(life, 6)) {
  case 0:
  case 1:
    exit(status);
  case 2:
    quick_exit(status);
  case 3:
    syscall(SYS_exit_group, status);
    break;
  case 4:
    raise(choose(life, 2) == 0 ? SIGKILL : SIGTERM);
    break;
  default:
    break;
  }
  _exit(status);
}

/* A child's life begins with what its parent holds. */
static _Noreturn void be_child(struct life *life) {
  life->depth++;
  life->random ^= 0x5bd1e995u * (unsigned)life->operation;
  life->acts_left = (int)choose(life, 40);
  life->alone = true;
  life->child_count = 0; /* its parent's */
  live(life);
  reap(life);
  end(life);
}

static void started(struct life *life, pid_t child) {
  if (child <= 0)
    return;
  if (life->child_count == 16 || choose(life, 2) == 0)
    waitpid(child, NULL, 0);
  else
    life->children[life->child_count++] = child;
}

static void act_fork(struct life *life) {
  if (life->depth >= DEPTH_MAX)
    return;
  pid_t child = DO(life, fork());
  if (child == 0)
    be_child(life);
  started(life, child);
}

static void act_raw_fork(struct life *life) {
  if (life->depth >= DEPTH_MAX)
    return;
  pid_t child = (pid_t)DO(life, syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
  if (child == 0)
    be_child(life);
  started(life, child);
}

static char **own_arguments(struct life *life) {
  static char seed[24], depth[12], *arguments[] = {life_program, seed, depth, NULL};
  snprintf(seed, sizeof seed, "%u", choose(life, 1u << 30));
  snprintf(depth, sizeof depth, "%d", life->depth + 1);
  return arguments;
}

/* With the shim, or without any environment. */
static char **some_environment(struct life *life) {
  static char *nothing[] = {NULL};
  return choose(life, 4) == 0 ? nothing : environ;
}

static void act_vfork(struct life *life) {
  char **arguments = own_arguments(life), **environment = some_environment(life);
  bool runs = life->depth < DEPTH_MAX && choose(life, 2) == 0;
  int gone = held(life);
  pid_t child = DO(life, vfork());
  if (child == 0) {
    if (gone >= 0)
      DO(life, close(gone));
    DO(life, dup2(0, 190));
    if (runs)
      DO(life, execve(life_program, arguments, environment));
    DO(life, _exit(7));
  }
  started(life, child);
}

static void act_spawn(struct life *life) {
  posix_spawn_file_actions_t actions;
  pid_t child = 0;
  if (life->depth >= DEPTH_MAX)
    return;
  posix_spawn_file_actions_init(&actions);
  int source = held(life);
  if (source >= 0 && choose(life, 2) == 0)
    posix_spawn_file_actions_adddup2(&actions, source, 40 + (int)choose(life, 20));
  if (choose(life, 2) == 0)
    posix_spawn_file_actions_addclose(&actions, (int)choose(life, 30));
  if (choose(life, 2) == 0)
    posix_spawn_file_actions_addopen(&actions, 30 + (int)choose(life, 20), "/dev/null", O_RDONLY,
                                     0);
  if (choose(life, 4) == 0)
    posix_spawn_file_actions_addclosefrom_np(&actions, 20 + (int)choose(life, 30));
  const char *program = choose(life, 3) == 0 ? "/no/such/program" : life_program;
  char **arguments = own_arguments(life), **environment = some_environment(life);
  int error = DO(life, posix_spawn(&child, program, &actions, NULL, arguments, environment));
  posix_spawn_file_actions_destroy(&actions);
  started(life, error == 0 ? child : 0);
}

static void act_system(struct life *life) {
  static const char *const commands[] = {"exit 3", "exec 8</dev/null; true",
                                         "cat </dev/null | true", "kill -9 $$"};
  const char *command = commands[choose(life, 4)];
  DO(life, system(command));
}

/* The same process goes on as another program, with what it held. */
static void act_exec(struct life *life) {
  if (life->depth >= DEPTH_MAX)
    return;
  reap(life);
  char **arguments = own_arguments(life), **environment = some_environment(life);
  if (choose(life, 3) == 0)
    DO(life, execve("/no/such/program", arguments, environ));
  DO(life, execve(life_program, arguments, environment));
}

const struct act process_acts[] = {
    {act_fork, 3, false},  {act_raw_fork, 1, true}, {act_vfork, 2, true}, {act_spawn, 2, true},
    {act_system, 1, true}, {act_exec, 1, true},     {NULL, 0, false},
};
