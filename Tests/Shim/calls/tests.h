/* One test per interposed call: a TEST(name) somewhere in this folder for each
 * line of calls.def and for each number in hooks/raw.c. One that is missing does
 * not link. */
#ifndef FDTRACK_TESTS_CALLS_H
#define FDTRACK_TESTS_CALLS_H

#include "check.h"
#include "inspect.h"

#include <dirent.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

#define TEST(name)     void test_##name(void)
#define RAW_TEST(name) void test_syscall_##name(void)
#define CASE(name)     void test_case_##name(void)

#define FDT_CALL(result, name, parameters) TEST(name);
#include "calls.def"
#undef FDT_CALL
#define RAW_NUMBER(name) RAW_TEST(name);
#include "raw_numbers.def"
#undef RAW_NUMBER
#define CALL_CASE(name, sentence) CASE(name);
#include "cases.def"
#undef CALL_CASE

/* ---- what the trace says of this process ---------------------------------- */

const struct trace *traced(void);
/* The record of the calling process (also of a vfork child). */
uint32_t own_ref(void);
const struct fdt_process *own_process(void);
/* The entry of `fd` in the calling process; NULL where none was ever made. */
const struct fdt_live *entry_of(int fd);
const struct fdt_detail *detail_of(int fd);
/* True when the trace and the name agree. */
bool is_call(uint32_t slot, const char *name);

/* ---- descriptors ------------------------------------------------------------ */

/* `fd` was just opened by `call` in this thread: everything that its entry must say. */
void check_opened(int fd, const char *call, enum fdt_kind kind, enum fdt_owner owner);
/* `fd` was just closed by `call`. */
void check_closed(int fd, const char *call);
/* `fd` is a duplicate of `source`, made by `call`. */
void check_duplicate(int fd, int source, const char *call);

/* `set` sets and clears FD_CLOEXEC: both show, as done by a later call. */
void check_late_cloexec(int fd, int (*set)(int fd, int on));
/* The table has open just what the kernel has, up to some thousand. */
void check_table(void);
/* `fd`, or the end of the test when the system refuses to make one. */
int or_skip(int fd, const char *what);

/* The last notable event of `fd`: a call and its errno, or none; and whether it came again. */
void check_note(int fd, const char *call, int error);
void check_no_note(int fd);
bool retried(int fd);

/* One call that returns an fd, closed again by close(2). */
#define OPENS(name, kind, expression)                                                              \
  TEST(name) {                                                                                     \
    int fd = or_skip(expression, #name);                                                           \
    check_opened(fd, #name, FDT_KIND_##kind, FDT_OWNER_RAW);                                       \
    CHECK(close(fd) == 0);                                                                         \
    check_closed(fd, "close");                                                                     \
  }

/* ---- processes --------------------------------------------------------------- */

/* Two fds for a child to inherit: one that goes along over exec, one that does not. */
struct legacy {
  int kept;
  int private;
};
struct legacy legacy_make(void);

/* Waits for `child` through a system call that the shim does not watch, so that
 * only what the child itself recorded counts. Returns wait's status. */
int reap_unseen(pid_t child);

/* The record of `child` was made by `call` in this process, and ended so. */
const struct fdt_process *check_child(pid_t child, const char *call, enum fdt_how how,
                                      enum fdt_end end, int code);
/* The child's entry of `fd` came by `via` from this process, where it is open. */
void check_inherited(const struct fdt_process *child, int fd, enum fdt_via via);
void check_absent(const struct fdt_process *child, int fd);

/* Reads fanotify's events from `fd`, which the program before left open. */
void read_events_of(int fd);

/* ---- names that no header declares ---------------------------------------------- */

int __open(const char *path, int flags, ...);
int __open64(const char *path, int flags, ...);
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int directory, const char *path, int flags);
int __openat64_2(int directory, const char *path, int flags);
int __close(int fd);
int __dup2(int source, int target);
int __fcntl(int fd, int command, ...);
int __pipe(int fds[2]);
FILE *_IO_fopen(const char *path, const char *mode);
FILE *_IO_fdopen(int fd, const char *mode);
int _IO_fclose(FILE *stream);
FILE *_IO_popen(const char *command, const char *mode);
pid_t __fork(void);
pid_t __vfork(void) __attribute__((returns_twice));

#endif
