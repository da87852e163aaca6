/* What the kernel makes a descriptor of besides files and sockets: processes,
 * mounts, programs and rings of its own. By libc's name where there is one, else
 * by syscall(2). */
#include "tests.h"

#include "hooks/kernel_numbers.h"
#include "hooks/option_places.h"

#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/landlock.h>
#include <linux/openat2.h>
#include <linux/perf_event.h>
#include <linux/sctp.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define RAW(name, ...) ((int)syscall(SYS_##name, __VA_ARGS__))

/* `fd` comes of `call` and is of `kind`; then it is closed. */
static void check_one(int fd, const char *call, enum fdt_kind kind) {
  check_opened(or_skip(fd, call), call, kind, FDT_OWNER_RAW);
  CHECK(close(fd) == 0);
  check_closed(fd, "close");
}

static void check_path(int fd, const char *path) {
  const struct fdt_detail *detail = detail_of(fd);
  CHECK(detail != NULL && detail->text_size == strlen(path) &&
        memcmp(detail->text, path, strlen(path)) == 0);
}

/* ---- paths in other ways ------------------------------------------------------------ */

/* Newer than the oldest libc that this is built with, but always in the shim. */
#define NEW __attribute__((weak))
extern NEW int openat2(int directory, const char *path, const struct open_how *how, size_t size);

TEST(openat2) {
  struct open_how how = {.flags = O_DIRECTORY | O_CLOEXEC};
  int fd = or_skip(openat2(AT_FDCWD, "/", &how, sizeof how), "openat2");
  check_opened(fd, "openat2", FDT_KIND_DIR, FDT_OWNER_RAW);
  check_path(fd, "/");
  CHECK(openat2(AT_FDCWD, "/no/such/file", &how, sizeof how) == -1 && errno == ENOENT);
}

static int by_handle(int (*open_handle)(int mount, struct file_handle *handle, int flags)) {
  struct {
    struct file_handle handle;
    char room[MAX_HANDLE_SZ];
  } named = {.handle.handle_bytes = MAX_HANDLE_SZ};
  int mount_id, mount = open("/", O_RDONLY | O_DIRECTORY);
  or_skip(name_to_handle_at(AT_FDCWD, "/", &named.handle, &mount_id, 0), "name_to_handle_at");
  return open_handle(mount, &named.handle, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int raw_by_handle(int mount, struct file_handle *handle, int flags) {
  return RAW(open_by_handle_at, mount, handle, flags);
}

TEST(open_by_handle_at) {
  check_one(by_handle(open_by_handle_at), "open_by_handle_at", FDT_KIND_DIR);
}
RAW_TEST(open_by_handle_at) { check_one(by_handle(raw_by_handle), "syscall", FDT_KIND_DIR); }

/* ---- mounts -------------------------------------------------------------------------- */

static int context(void) {
  int fd = or_skip(fsopen("tmpfs", FSOPEN_CLOEXEC), "fsopen");
  CHECK(fsconfig(fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0);
  return fd;
}

TEST(fsopen) {
  int fd = context();
  check_opened(fd, "fsopen", FDT_KIND_MOUNT, FDT_OWNER_RAW);
  check_path(fd, "tmpfs");
  check_one(fsopen("tmpfs", 0), "fsopen", FDT_KIND_MOUNT);
}
RAW_TEST(fsopen) {
  int fd = or_skip(RAW(fsopen, "tmpfs", FSOPEN_CLOEXEC), "fsopen");
  check_path(fd, "tmpfs");
  check_one(fd, "syscall", FDT_KIND_MOUNT);
}

TEST(fsmount) {
  check_one(fsmount(context(), FSMOUNT_CLOEXEC, 0), "fsmount", FDT_KIND_MOUNT);
  check_one(fsmount(context(), 0, 0), "fsmount", FDT_KIND_MOUNT);
}
RAW_TEST(fsmount) {
  check_one(RAW(fsmount, context(), FSMOUNT_CLOEXEC, 0), "syscall", FDT_KIND_MOUNT);
}

TEST(fspick) { check_one(fspick(AT_FDCWD, "/", FSPICK_CLOEXEC), "fspick", FDT_KIND_MOUNT); }
RAW_TEST(fspick) {
  check_one(RAW(fspick, AT_FDCWD, "/", FSPICK_CLOEXEC), "syscall", FDT_KIND_MOUNT);
}

TEST(open_tree) {
  unsigned flags = OPEN_TREE_CLOEXEC;
  check_one(open_tree(AT_FDCWD, "/", flags | OPEN_TREE_CLONE), "open_tree", FDT_KIND_MOUNT);
  check_one(open_tree(AT_FDCWD, "/", 0), "open_tree", FDT_KIND_FILE);
}
RAW_TEST(open_tree) {
  check_one(RAW(open_tree, AT_FDCWD, "/", OPEN_TREE_CLONE), "syscall", FDT_KIND_MOUNT);
}
RAW_TEST(open_tree_attr) {
  check_one(RAW(open_tree_attr, AT_FDCWD, "/", OPEN_TREE_CLONE, NULL, 0), "syscall",
            FDT_KIND_MOUNT);
}

/* ---- processes ------------------------------------------------------------------------ */

extern NEW int pidfd_open(pid_t pid, unsigned flags);
extern NEW int pidfd_getfd(int process, int theirs, unsigned flags);
extern NEW int pidfd_spawn(int *pidfd, const char *path, const posix_spawn_file_actions_t *actions,
                           const posix_spawnattr_t *attributes, char *const argv[],
                           char *const envp[]);
extern NEW int pidfd_spawnp(int *pidfd, const char *path, const posix_spawn_file_actions_t *actions,
                            const posix_spawnattr_t *attributes, char *const argv[],
                            char *const envp[]);

OPENS(pidfd_open, PIDFD, pidfd_open(getpid(), 0))

static void check_taken_over(int fd, const char *call) {
  check_opened(or_skip(fd, call), call, FDT_KIND_FILE, FDT_OWNER_RAW);
  CHECK(close(fd) == 0);
}

TEST(pidfd_getfd) {
  int theirs = open("/dev/null", O_RDONLY), process = or_skip(pidfd_open(getpid(), 0), "pidfd");
  check_taken_over(pidfd_getfd(process, theirs, 0), "pidfd_getfd");
  CHECK(pidfd_getfd(process, 999, 0) == -1 && errno == EBADF);
}
RAW_TEST(pidfd_getfd) {
  int theirs = open("/dev/null", O_RDONLY), process = or_skip(pidfd_open(getpid(), 0), "pidfd");
  check_taken_over(RAW(pidfd_getfd, process, theirs, 0), "syscall");
}

#define SPAWNS(name, shell)                                                                        \
  TEST(name) {                                                                                     \
    char *const arguments[] = {"sh", "-c", "exit 7", NULL};                                        \
    struct legacy legacy = legacy_make();                                                          \
    siginfo_t about = {0};                                                                         \
    int pidfd = -1;                                                                                \
    CHECK_EQUAL(name(&pidfd, shell, NULL, NULL, arguments, environ), 0);                           \
    check_opened(pidfd, #name, FDT_KIND_PIDFD, FDT_OWNER_RAW);                                     \
    CHECK(waitid(P_PIDFD, (id_t)pidfd, &about, WEXITED) == 0);                                     \
    CHECK_EQUAL(about.si_status, 7);                                                               \
    const struct fdt_process *child =                                                              \
        check_child(about.si_pid, #name, FDT_HOW_SPAWN, FDT_END_EXIT, 7);                          \
    check_inherited(child, legacy.kept, FDT_VIA_EXEC);                                             \
    check_absent(child, legacy.private);                                                           \
    CHECK_EQUAL(name(&pidfd, "/no/such/program", NULL, NULL, arguments, environ), ENOENT);         \
  }

SPAWNS(pidfd_spawn, "/bin/sh")
SPAWNS(pidfd_spawnp, "sh")

/* ---- system calls that libc has no function for ------------------------------------------ */

RAW_TEST(userfaultfd) { check_one(RAW(userfaultfd, O_CLOEXEC), "syscall", FDT_KIND_USERFAULTFD); }
RAW_TEST(memfd_secret) { check_one(RAW(memfd_secret, O_CLOEXEC), "syscall", FDT_KIND_MEMFD); }

RAW_TEST(perf_event_open) {
  struct perf_event_attr clock = {.type = PERF_TYPE_SOFTWARE,
                                  .size = sizeof clock,
                                  .config = PERF_COUNT_SW_TASK_CLOCK,
                                  .exclude_kernel = 1};
  check_one(RAW(perf_event_open, &clock, 0, -1, -1, PERF_FLAG_FD_CLOEXEC), "syscall",
            FDT_KIND_PERF_EVENT);
  check_one(RAW(perf_event_open, &clock, 0, -1, -1, 0), "syscall", FDT_KIND_PERF_EVENT);
}

RAW_TEST(io_uring_setup) {
  struct io_uring_params parameters = {0};
  check_one(RAW(io_uring_setup, 2, &parameters), "syscall", FDT_KIND_IO_URING);
  /* Known to the kernel by an index alone, it is no descriptor. */
  parameters = (struct io_uring_params){.flags = 1 << 15 | 1 << 14 /* NO_MMAP */};
  uint64_t opened = own_process()->opened;
  CHECK(RAW(io_uring_setup, 2, &parameters) < 1024);
  CHECK_EQUAL(own_process()->opened, opened);
}

RAW_TEST(landlock_create_ruleset) {
  struct landlock_ruleset_attr rules = {.handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE};
  check_one(RAW(landlock_create_ruleset, &rules, sizeof rules, 0), "syscall", FDT_KIND_OTHER);
  uint64_t opened = own_process()->opened;
  CHECK(RAW(landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) > 0);
  CHECK_EQUAL(own_process()->opened, opened);
}

RAW_TEST(bpf) {
  union bpf_attr map = {
      .map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1};
  int fd = or_skip(RAW(bpf, BPF_MAP_CREATE, &map, sizeof map), "bpf");
  check_opened(fd, "syscall", FDT_KIND_BPF, FDT_OWNER_RAW);
  uint32_t key = 0, value = 7;
  union bpf_attr element = {
      .map_fd = (uint32_t)fd, .key = (uintptr_t)&key, .value = (uintptr_t)&value};
  uint64_t opened = own_process()->opened;
  CHECK_EQUAL(RAW(bpf, BPF_MAP_UPDATE_ELEM, &element, sizeof element), 0);
  CHECK_EQUAL(own_process()->opened, opened); /* 0 is a success here, not a descriptor */
}

CASE(seccomp_listener) {
  struct sock_filter allow_all = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  struct sock_fprog program = {1, &allow_all};
  CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
  check_opened(
      or_skip(RAW(seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program),
              "a listener"),
      "syscall", FDT_KIND_OTHER, FDT_OWNER_RAW);
}

/* ---- a socket's peer -------------------------------------------------------------------- */

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

static void check_peer(const char *call,
                       int (*ask)(int fd, int level, int option, void *value, socklen_t *size)) {
  int pair[2], fd = -1, type = -1;
  socklen_t size = sizeof fd;
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  CHECK(ask(pair[0], SOL_SOCKET, SO_TYPE, &type, &size) == 0);
  CHECK_EQUAL(type, SOCK_STREAM);
  or_skip(ask(pair[0], SOL_SOCKET, SO_PEERPIDFD, &fd, &size), "SO_PEERPIDFD");
  check_one(fd, call, FDT_KIND_PIDFD);
}

static int raw_getsockopt(int fd, int level, int option, void *value, socklen_t *size) {
  return RAW(getsockopt, fd, level, option, value, size);
}

CASE(option_places) {
  CHECK_EQUAL(fdt_option_place(IPPROTO_SCTP, SCTP_SOCKOPT_PEELOFF).place,
              offsetof(sctp_peeloff_arg_t, sd));
  CHECK_EQUAL(fdt_option_place(IPPROTO_SCTP, SCTP_SOCKOPT_PEELOFF_FLAGS).place,
              offsetof(sctp_peeloff_flags_arg_t, p_arg.sd));
  CHECK_EQUAL(fdt_option_place(SOL_SOCKET, SO_PEERPIDFD).place, 0);
  CHECK(fdt_option_place(SOL_SOCKET, SO_ERROR).place < 0);
  CHECK(fdt_option_place(IPPROTO_TCP, SO_PEERPIDFD).place < 0);
}

TEST(getsockopt) { check_peer("getsockopt", getsockopt); }
RAW_TEST(getsockopt) { check_peer("syscall", raw_getsockopt); }
