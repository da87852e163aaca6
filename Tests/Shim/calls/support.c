#include "tests.h"

#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

const struct trace *traced(void) { return trace_own(); }

uint32_t own_ref(void) { return trace_find(traced(), getpid()); }

const struct fdt_process *own_process(void) { return trace_process(traced(), own_ref()); }

const struct fdt_live *entry_of(int fd) {
  const struct fdt_process *process = own_process();
  return process == NULL ? NULL : trace_live(traced(), process, fd);
}

const struct fdt_detail *detail_of(int fd) {
  const struct fdt_live *entry = entry_of(fd);
  return entry == NULL ? NULL : trace_detail(traced(), own_process(), fd, entry);
}

bool is_call(uint32_t slot, const char *name) {
  const char *found = trace_call(traced(), slot);
  if (strcmp(found, name) == 0)
    return true;
  dprintf(2, "the trace says %s, not %s\n", found, name);
  return false;
}

static uint64_t counter(const void *field) {
  return __atomic_load_n((const uint64_t *)field, __ATOMIC_RELAXED);
}

void check_opened(int fd, const char *call, enum fdt_kind kind, enum fdt_owner owner) {
  CHECK(fd >= 0);
  const struct fdt_live *entry = fd < 0 ? NULL : entry_of(fd);
  CHECK(entry != NULL);
  if (entry == NULL)
    return;
  CHECK_EQUAL(FDT_LIVE_STATE(entry->state), FDT_LIVE_OPEN);
  CHECK(is_call(entry->call, call));
  CHECK_EQUAL(entry->kind, kind);
  CHECK_EQUAL(entry->owner, owner);
  CHECK_EQUAL(entry->via, FDT_VIA_OPEN);
  CHECK_EQUAL(entry->origin, own_ref());
  CHECK_EQUAL(entry->thread, syscall(SYS_gettid));
  CHECK_EQUAL((entry->flags & FDT_FD_CLOEXEC) != 0, (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
  CHECK_EQUAL((entry->flags & FDT_FD_CLOEXEC_LATE) != 0, 0);
  CHECK_EQUAL(entry->note_call, 0);
  CHECK(entry->opened_ticks != 0);
  CHECK(entry->stack != 0);
  const struct fdt_site *site =
      entry->site == 0 ? NULL : trace_at(traced(), FDT_SECTION_SITES, entry->site - 1);
  CHECK(site != NULL);
  if (site == NULL)
    return;
  CHECK_EQUAL(site->state, FDT_RECORD_READY);
  CHECK_EQUAL(site->call, entry->call);
  CHECK_EQUAL(site->stack, entry->stack);
  CHECK_EQUAL(site->process, own_ref());
  CHECK(counter(&site->opened) > counter(&site->closed));
}

void check_closed(int fd, const char *call) {
  const struct fdt_live *entry = entry_of(fd);
  CHECK(entry != NULL);
  if (entry == NULL)
    return;
  CHECK_EQUAL(FDT_LIVE_STATE(entry->state), FDT_LIVE_CLOSED);
  CHECK(is_call(entry->note_call, call));
  CHECK_EQUAL(entry->note_error, 0);
  CHECK_EQUAL(entry->note_thread, syscall(SYS_gettid));
  CHECK(entry->note_stack != 0);
  CHECK(entry->note_ticks >= entry->opened_ticks);
}

void check_note(int fd, const char *call, int error) {
  const struct fdt_live *entry = entry_of(fd);
  CHECK(entry != NULL && is_call(entry->note_call, call));
  CHECK_EQUAL(entry->note_error, error);
}

void check_no_note(int fd) { CHECK_EQUAL(entry_of(fd)->note_call, 0); }

bool retried(int fd) { return (entry_of(fd)->flags & FDT_FD_RETRIED) != 0; }

void check_late_cloexec(int fd, int (*set)(int fd, int on)) {
  CHECK(set(fd, 1) == 0);
  CHECK_EQUAL(entry_of(fd)->flags & (FDT_FD_CLOEXEC | FDT_FD_CLOEXEC_LATE),
              FDT_FD_CLOEXEC | FDT_FD_CLOEXEC_LATE);
  CHECK(set(fd, 0) == 0);
  CHECK_EQUAL(entry_of(fd)->flags & (FDT_FD_CLOEXEC | FDT_FD_CLOEXEC_LATE), 0);
}

/* By few system calls, since some runs of these tests record every one of them. */
void check_table(void) {
  enum { BATCH = 16 };
  struct pollfd asked[BATCH];
  for (int fd = 0; fd < 8192; fd++) {
    const struct fdt_live *entry = entry_of(fd);
    bool told = entry != NULL && FDT_LIVE_STATE(entry->state) == FDT_LIVE_OPEN;
    if (fd % BATCH == 0) {
      for (int i = 0; i < BATCH; i++)
        asked[i] = (struct pollfd){.fd = fd + i};
      CHECK(poll(asked, BATCH, 0) >= 0);
    }
    /* To poll, a descriptor of O_PATH is none. */
    bool open = (asked[fd % BATCH].revents & POLLNVAL) == 0 ||
                (told && syscall(SYS_fcntl, fd, F_GETFD) != -1);
    if (told != open) {
      check_failures++;
      dprintf(2, "fd %d is %s, but the table has it %s\n", fd, open ? "open" : "closed",
              told ? "open" : "closed");
    }
  }
  CHECK_EQUAL(trace_unsound(traced()), 0);
}

int or_skip(int fd, const char *what) {
  if (fd < 0 && (errno == ENOSYS || errno == EPERM || errno == EACCES || errno == EOPNOTSUPP ||
                 errno == ENODEV || errno == ENOENT || errno == EPROTONOSUPPORT ||
                 errno == EINVAL || errno == ENOPROTOOPT))
    SKIP(what);
  return fd;
}

void check_duplicate(int fd, int source, const char *call) {
  const struct fdt_live *from = entry_of(source);
  const struct fdt_live *entry = entry_of(fd);
  CHECK(from != NULL);
  if (from == NULL)
    return;
  check_opened(fd, call, from->kind, FDT_OWNER_RAW);
  CHECK(entry != NULL);
  if (entry == NULL)
    return;
  CHECK_EQUAL(entry->source, source + 1);
  CHECK(entry->object != 0);
  CHECK_EQUAL(entry->object, from->object);
}

struct legacy legacy_make(void) {
  struct legacy legacy = {.kept = open("/dev/null", O_RDONLY),
                          .private = open("/dev/null", O_RDONLY | O_CLOEXEC)};
  CHECK(legacy.kept >= 0 && legacy.private >= 0);
  return legacy;
}

int reap_unseen(pid_t child) {
  int status = 0;
  CHECK_EQUAL(syscall(SYS_wait4, child, &status, 0, NULL), child);
  return status;
}

const struct fdt_process *check_child(pid_t child, const char *call, enum fdt_how how,
                                      enum fdt_end end, int code) {
  const struct fdt_process *process = trace_process(traced(), trace_find(traced(), child));
  CHECK(process != NULL);
  if (process == NULL)
    return own_process();
  CHECK_EQUAL(process->parent, own_ref());
  CHECK_EQUAL(process->ppid, getpid());
  CHECK_EQUAL(process->how, how);
  CHECK(is_call(process->born_call, call));
  CHECK(process->born_stack != 0);
  CHECK_EQUAL(process->end_kind, end);
  CHECK_EQUAL(process->end_code, code);
  CHECK((process->flags & FDT_PROCESS_ATTACHED) != 0);
  return process;
}

void check_inherited(const struct fdt_process *child, int fd, enum fdt_via via) {
  const struct fdt_live *mine = entry_of(fd);
  const struct fdt_live *entry = trace_live(traced(), child, fd);
  CHECK(mine != NULL && entry != NULL);
  if (mine == NULL || entry == NULL)
    return;
  CHECK_EQUAL(FDT_LIVE_STATE(mine->state), FDT_LIVE_OPEN);
  CHECK_EQUAL(FDT_LIVE_STATE(entry->state), FDT_LIVE_OPEN);
  CHECK_EQUAL(entry->via, via);
  CHECK_EQUAL(entry->site, mine->site);
  CHECK_EQUAL(entry->origin, mine->origin);
  CHECK_EQUAL(entry->call, mine->call);
  CHECK_EQUAL(entry->opened_ticks, mine->opened_ticks);
}

void check_absent(const struct fdt_process *child, int fd) {
  const struct fdt_live *entry = trace_live(traced(), child, fd);
  CHECK(entry == NULL || FDT_LIVE_STATE(entry->state) != FDT_LIVE_OPEN);
}
