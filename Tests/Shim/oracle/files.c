/* Files, by path. */
#include "life.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static int some_flags(struct life *life) { return choose(life, 2) == 0 ? O_CLOEXEC : 0; }

static const char *some_path(struct life *life) {
  static const char *const paths[] = {"/dev/null", "/dev/zero", ".", "a", "b", "no/such/file"};
  return paths[choose(life, sizeof paths / sizeof paths[0])];
}

static void act_open(struct life *life) {
  hold(life, DO(life, open(some_path(life), O_RDONLY | some_flags(life))));
}

static void act_open_path(struct life *life) {
  hold(life, DO(life, open(some_path(life), O_PATH | some_flags(life))));
}

static void act_open64(struct life *life) {
  hold(life, DO(life, open64("a", O_RDWR | O_CREAT | some_flags(life), 0600)));
}

static void act_openat(struct life *life) {
  /* Relative to what may be no folder, or nothing. */
  int folder = choose(life, 2) == 0 ? AT_FDCWD : held(life);
  hold(life, DO(life, openat(folder, some_path(life), O_RDONLY | some_flags(life))));
}

static void act_creat(struct life *life) { hold(life, DO(life, creat("b", 0600))); }

static void act_temporary(struct life *life) {
  char name[] = "tXXXXXX";
  int fd = choose(life, 2) == 0 ? DO(life, mkstemp(name)) : DO(life, mkostemp(name, O_CLOEXEC));
  if (fd >= 0)
    unlink(name);
  hold(life, fd);
}

static void act_memory(struct life *life) {
  hold(life, DO(life, memfd_create("m", choose(life, 2) == 0 ? MFD_CLOEXEC : 0)));
}

static void act_terminal(struct life *life) {
  hold(life, DO(life, posix_openpt(O_RDWR | O_NOCTTY | some_flags(life))));
}

const struct act file_acts[] = {
    {act_open, 12, false},  {act_open_path, 3, false}, {act_open64, 4, false},
    {act_openat, 6, false}, {act_creat, 4, false},     {act_temporary, 4, false},
    {act_memory, 3, false}, {act_terminal, 1, false},  {NULL, 0, false},
};
