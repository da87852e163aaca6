#include "start.h"

#include "complaint.h"
#include "environment.h"
#include "guard/mapping.h"
#include "hooks/after.h"
#include "kernel/clock.h"
#include "kernel/libc.h"
#include "kernel/symbols.h"
#include "kernel/syscall.h"
#include "kernel/text.h"
#include "process/command.h"
#include "process/exec.h"
#include "process/loads.h"
#include "process/marks.h"
#include "process/process.h"
#include "process/told.h"
#include "snapshot/snapshot.h"
#include "trace/file.h"
#include "trace/losses.h"
#include "trace/strings.h"
#include "unwind/capture.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/utsname.h>
#include <unistd.h>

uint32_t fdt_phase = FDT_COLD;
char *fdt_join_setting;
char *fdt_preload_setting;

/* What the loader gave the program. */
struct launch {
  int argc;
  char *const *argv;
  char *const *environment;
};

/* The program's path, which the unwinder keeps, and the settings, each behind the one before:
 * short as they mostly are, they share a page of memory. */
static FDT_LARGE char strings[5 * PATH_MAX];
static size_t strings_used;

/* What is left, for one more. */
static struct fdt_text room_for_string(void) {
  return (struct fdt_text){.bytes = strings + strings_used, .size = sizeof strings - strings_used};
}

/* Returns NULL for what is cut. */
static char *keep_string(const struct fdt_text *text) {
  if (text->full)
    return NULL;
  strings_used += text->used + 1;
  return text->bytes;
}

void fdt_stop(void) { __atomic_store_n(&fdt_phase, FDT_OFF, __ATOMIC_RELEASE); }

/* ---- where the trace goes ------------------------------------------------------ */

static void expand(struct fdt_text *path, const char *pattern, const char *exe) {
  struct utsname host;
  for (const char *c = pattern; *c != '\0'; c++) {
    if (*c != '%' || c[1] == '\0') {
      fdt_text_add_bytes(path, c, 1);
      continue;
    }
    switch (*++c) {
    case 'p':
      fdt_text_add_number(path, (uint64_t)fdt_syscall0(SYS_getpid));
      break;
    case 't':
      fdt_text_add_number(path, fdt_clock_ns(0) / 1000000000u);
      break;
    case 'e':
      fdt_text_add(path, exe);
      break;
    case 'h':
      if (!fdt_failed(fdt_syscall1(SYS_uname, &host)))
        fdt_text_add(path, host.nodename);
      break;
    default: /* %% too */
      fdt_text_add_bytes(path, c, 1);
    }
  }
}

static const char *base_name(const char *path) { return fdt_base_name(path, strlen(path)); }

static int create_at(struct fdt_text *path, uint64_t size) {
  int error = fdt_trace_create(path->bytes, size, 0, NULL);
  if (error == EEXIST && !fdt_trace_has_place(path->bytes))
    return error;
  if (error == EEXIST && fdt_trace_make_way(path->bytes))
    error = fdt_trace_create(path->bytes, size, 0, NULL);
  /* In use, or no trace: a free name beside it. */
  size_t used = path->used;
  for (uint64_t n = 2; error == EEXIST && n < 1000; n++) {
    path->used = used;
    fdt_text_add(path, ".");
    fdt_text_add_number(path, n);
    error = fdt_trace_create(path->bytes, size, 0, NULL);
  }
  return error;
}

static uint64_t wanted_size(const struct launch *launch) {
  const char *wanted = fdt_environment(launch->environment, "FDTRACK_SIZE");
  uint64_t size = wanted == NULL ? 0 : fdt_parse_size(wanted);
  if (size == 0)
    return FDT_SIZE_DEFAULT;
  return size < FDT_SIZE_MIN ? FDT_SIZE_MIN : size > FDT_SIZE_MAX ? FDT_SIZE_MAX : size;
}

/* For the programs that this one starts. */
static bool keep_join_setting(uint64_t id, const char *path) {
  struct fdt_text setting = room_for_string();
  fdt_text_add(&setting, FDT_JOIN_NAME "=");
  fdt_text_add_hex(&setting, id);
  fdt_text_add(&setting, ":");
  fdt_text_add(&setting, path);
  fdt_join_setting = keep_string(&setting);
  return fdt_join_setting != NULL;
}

/* Out of line: what joins, as most programs do, needs no room for this path. */
static __attribute__((noinline)) bool create(const struct launch *launch, const char *exe) {
  char path[PATH_MAX] = "";
  struct fdt_text text = FDT_TEXT(path);
  const char *pattern = fdt_environment(launch->environment, "FDTRACK_OUT");
  if (pattern == NULL || *pattern == '\0')
    pattern = "trace.bin";
  if (*pattern != '/') {
    long folder = fdt_syscall2(SYS_getcwd, path, sizeof path);
    if (fdt_failed(folder)) {
      fdt_complain(pattern, (int)-folder);
      return false;
    }
    text.used = strlen(path);
    fdt_text_add(&text, "/");
  }
  expand(&text, pattern, base_name(exe));
  int error = text.full ? ENAMETOOLONG : create_at(&text, wanted_size(launch));
  if (error != 0) {
    fdt_complain(path, error);
    return false;
  }
  keep_join_setting(fdt_trace.header->trace_id, path);
  return true;
}

/* `setting` is FDTRACK_JOIN's value. `is_first` tells whether the caller made the trace as the
 * command that was to. */
static bool join(const struct launch *launch, char *setting, bool *is_first) {
  const char *path;
  uint64_t id = fdt_parse_hex(setting, &path);
  uint32_t pid = *path == '.' ? (uint32_t)fdt_parse_hex(path + 1, &path) : 0;
  bool made = false;
  if (*path++ != ':')
    return false;
  const bool is_command = pid == (uint32_t)fdt_syscall0(SYS_getpid);
  const struct fdt_trace_first command = {fdt_command_unseen, pid};
  int error = pid == 0 ? fdt_trace_join(path, id)
                       : fdt_trace_share(path, wanted_size(launch), id,
                                         is_command ? NULL : &command, &made);
  if (error != 0) {
    if (pid != 0 && error != EINVAL && error != EAGAIN)
      fdt_complain(path, error);
    return false;
  }
  *is_first = made && is_command;
  if (!keep_join_setting(id, path))
    return false;
  /* The trace is not to be made again by what starts when it was taken away. In place: the
   * program may be about to copy what is there, as Go does; it is the shorter one. */
  if (pid != 0)
    strcpy(setting, fdt_join_setting + sizeof FDT_JOIN_NAME);
  return true;
}

/* ---- who the program is --------------------------------------------------------- */

/* The first of the strings. */
static const char *find_program(void) {
  long size = fdt_syscall4(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", strings, PATH_MAX - 1);
  strings_used = fdt_failed(size) ? 0 : (size_t)size;
  strings[strings_used++] = '\0';
  return strings;
}

static void describe(struct fdt_process *process, const struct launch *launch) {
  const char *exe = strings;
  fdt_process_identify(process);
  process->exe = fdt_string(exe, strlen(exe), PATH_MAX);
  const struct fdt_text cwd = room_for_string();
  long size = fdt_syscall2(SYS_getcwd, cwd.bytes, cwd.size);
  if (!fdt_failed(size) && size > 0)
    process->cwd = fdt_string(cwd.bytes, (size_t)size - 1, PATH_MAX);
  if (launch->argc <= 0)
    return;
  /* The kernel lays the arguments out back to back, each with its NUL. */
  const char *first = launch->argv[0];
  const char *last = launch->argv[launch->argc - 1];
  size_t total = 0;
  bool together = first != NULL && last != NULL && last >= first;
  if (together)
    total = (size_t)(last - first) + strlen(last);
  if (together && total < (1u << 21))
    process->argv = fdt_string(first, total, FDT_ARGV_MAX);
}

static uint32_t start_record(const struct launch *launch, bool joined, uint32_t hint) {
  uint32_t process;
  if (joined) {
    process = fdt_process_join(hint, launch->argc, launch->argv);
  } else {
    process = fdt_process_take();
    if (process == 0)
      return 0;
    fdt_self_become(process);
    fdt_reconcile_start(process);
  }
  if (process == 0)
    return 0;
  struct fdt_process *record = fdt_process_at(process);
  describe(record, launch);
  fdt_mark_by_setting(process, fdt_environment(launch->environment, FDT_MARK_NAME));
  record->peak = record->inherited;
  record->peak_ticks = record->start_ticks;
  __atomic_fetch_or(&record->flags, FDT_PROCESS_ATTACHED, __ATOMIC_RELAXED);
  fdt_loads_at_start(record);
  fdt_told_at_start(launch->environment);
  fdt_process_publish(process);
  return process;
}

/* ---- the host's end --------------------------------------------------------------- */

/* Registered before any other handler can be, so it runs after all of them and
 * after the destructors. */
static void at_exit(int status, void *context) {
  (void)context;
  uint32_t process = fdt_recording() ? fdt_process_here() : 0;
  if (process == 0)
    return;
  fdt_snapshot(FDT_CALL_NONE);
  fdt_process_ended(process, FDT_END_EXIT, status & 0xff);
}

static void at_signal(int number) {
  (void)number;
  if (fdt_recording())
    fdt_snapshot(FDT_CALL_NONE);
}

static void watch_signal(const char *name) {
  int number = name == NULL ? 0 : fdt_parse_signal(name);
  if (number == 0)
    return;
  struct sigaction action = {.sa_handler = at_signal, .sa_flags = SA_RESTART | SA_ONSTACK};
  fdt_real.sigaction(number, &action, NULL);
}

/* Where this library was loaded from, for the environment of other programs. */
static void prepare_to_follow(const char *wanted) {
  if (wanted == NULL || *wanted == '\0' || strcmp(wanted, "0") == 0)
    return;
  Dl_info self;
  __typeof__(&dladdr) dladdr_ = FDT_LATE(dladdr);
  if (dladdr_ == NULL || dladdr_(&fdt_phase, &self) == 0 || self.dli_fname == NULL)
    return;
  struct fdt_text setting = room_for_string();
  fdt_text_add(&setting, "LD_PRELOAD=");
  if (*self.dli_fname != '/') {
    char folder[PATH_MAX];
    if (fdt_failed(fdt_syscall2(SYS_getcwd, folder, sizeof folder)))
      return;
    fdt_text_add(&setting, folder);
    fdt_text_add(&setting, "/");
  }
  fdt_text_add(&setting, self.dli_fname);
  fdt_preload_setting = keep_string(&setting);
}

/* ---- start ------------------------------------------------------------------------- */

static bool is_own_tool(const char *exe) {
  const char *name = base_name(exe);
  return strcmp(name, "fdtrack") == 0 || strcmp(name, "fdtrack-report") == 0;
}

static bool start(const struct launch *launch) {
  if (!fdt_libc_is_known() || getauxval(AT_SECURE) != 0)
    return false;
  const char *exe = find_program();
  if (is_own_tool(exe))
    return false;
  char *setting = (char *)fdt_environment(launch->environment, FDT_JOIN_NAME);
  const char *child = fdt_environment(launch->environment, FDT_CHILD_NAME);
  uint32_t hint = child == NULL ? 0 : (uint32_t)fdt_parse_hex(child, &child);
  bool joined = setting != NULL && *setting != '\0';
  bool is_first = !joined;
  fdt_guard_start();
  if (joined ? !join(launch, setting, &is_first) : !create(launch, exe))
    return false;
  fdt_self_start();
  fdt_capture_start(exe);
  if (start_record(launch, !is_first, hint) == 0)
    return false;
  watch_signal(fdt_environment(launch->environment, "FDTRACK_SIGNAL"));
  if (fdt_join_setting != NULL && launch->environment != NULL &&
      fdt_environment(launch->environment, FDT_JOIN_NAME) == NULL)
    fdt_environment_extend(launch->environment, fdt_join_setting);
  prepare_to_follow(fdt_environment(launch->environment, FDT_FOLLOW_NAME));
  /* Not that of a program which has a function of this name. */
  __typeof__(&on_exit) on_exit_ =
      (__typeof__(&on_exit))fdt_symbols_find("on_exit", FDT_SYMBOL_DEFAULT).address;
  if (on_exit_ != NULL)
    on_exit_(at_exit, NULL);
  fdt_watch_quick_exit();
  return true;
}

/* Returns whether it was the first that tried. */
static bool start_once(const struct launch *launch) {
  uint32_t cold = FDT_COLD;
  if (!__atomic_compare_exchange_n(&fdt_phase, &cold, FDT_STARTING, false, __ATOMIC_ACQ_REL,
                                   __ATOMIC_ACQUIRE))
    return false;
  int saved = errno;
  fdt_originals_start();
  /* Release: pairs with the acquire of fdt_enter and fdt_recording. */
  __atomic_store_n(&fdt_phase, start(launch) ? FDT_RECORDING : FDT_OFF, __ATOMIC_RELEASE);
  errno = saved;
  return true;
}

void fdt_start_early(void) {
  if (__atomic_load_n(&fdt_phase, __ATOMIC_ACQUIRE) == FDT_STARTING) {
    /* Another thread, or a handler on this one, while the shim starts: it only
     * needs the originals. */
    fdt_originals_start();
    fdt_lose(FDT_LOSS_EARLY_EVENTS);
    return;
  }
  /* argv is not known here; the constructor is given it, and adds it. */
  start_once(&(struct launch){.environment = environ});
}

/* glibc passes the program's arguments to constructors; musl does not, and
 * there nothing is recorded. */
__attribute__((constructor)) static void construct(int argc, char **argv, char **environment) {
  if (!fdt_libc_is_known()) {
    fdt_originals_start();
    fdt_stop();
    return;
  }
  struct launch launch = {argc, argv, environ != NULL ? environ : environment};
  /* The first that is done with the library's own memory is to write there: to read it
   * before that would be a page fault more. */
  bool early = !start_once(&launch);
  uint32_t process = early && fdt_recording() ? fdt_process_here() : 0;
  if (process != 0)
    describe(fdt_process_at(process), &launch);
}
