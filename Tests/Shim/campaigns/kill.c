/* kill COUNT SEED [EXPECTED]: hosts with threads and forks, each killed by SIGKILL at a
 * random moment; then the trace must agree with what the host had told: what is open,
 * who opened it by which call, and the counts of every call site. One operation per
 * strand may be half done. EXPECTED: a file to leave the last run's counts in, a line
 * "pid call opened-least opened-most live-least live-most" each. Exit status 1 when any
 * run disagrees.
 *
 * The same program is the host: kill host LOG SEED. */
#include "run.h"
#include "strand.h"

#include <sys/mman.h>
#include <time.h>

#define STRANDS 4096

struct strand_log {
  struct message last;
  uint64_t opened[DEED_COUNT];
  uint64_t closed[DEED_COUNT]; /* by the call that had opened it here */
  uint64_t closed_inherited;
  bool inherited[4096]; /* fds that came by fork and are not closed yet */
};

static struct strand_log *strands;
static unsigned strand_count;
static FILE *expected;

/* ---- the log --------------------------------------------------------------------- */

static struct strand_log *strand_of(const struct message *message) {
  for (unsigned i = strand_count; i-- > 0;)
    if (strands[i].last.thread == message->thread)
      return &strands[i];
  if (strand_count == STRANDS)
    abort();
  struct strand_log *strand = &strands[strand_count++];
  memset(strand, 0, sizeof *strand);
  for (uint32_t i = 0; i < message->count; i++)
    strand->inherited[message->fds[i]] = message->parent_thread != 0;
  return strand;
}

/* The deed by which the strand itself opened `fd`, DEED_NONE when it did not. */
static enum deed opener(const struct strand_log *strand, int fd) {
  for (uint32_t i = 0; fd >= 0 && i < strand->last.count; i++)
    if (strand->last.fds[i] == fd && !strand->inherited[fd])
      return strand->last.calls[i];
  return DEED_NONE;
}

static void take(const struct message *message) {
  struct strand_log *strand = strand_of(message);
  int ended = message->ended;
  if (ended >= 0 && strand->inherited[ended])
    strand->closed_inherited++;
  else if (ended >= 0)
    strand->closed[opener(strand, ended)]++;
  if (ended >= 0)
    strand->inherited[ended] = false;
  for (int i = 0; i < 2; i++)
    strand->opened[message->did] += message->results[i] >= 0;
  strand->last = *message;
}

static unsigned may_open(const struct strand_log *strand) {
  enum deed next = strand->last.next;
  return deed_call(next) == NULL ? 0 : next == DEED_PIPE ? 2 : 1;
}

/* ---- what is open ------------------------------------------------------------------ */

struct check {
  const struct trace *trace;
  const struct strand_log *strand;
  unsigned faults;
  unsigned more; /* open and not in the log */
  bool found[4096];
};

__attribute__((format(printf, 2, 3))) static void fault(struct check *check, const char *format,
                                                        ...) {
  va_list arguments;
  va_start(arguments, format);
  const struct message *last = &check->strand->last;
  fprintf(stderr, "  process %u, thread %u, which did %u and was about to do %u to %d: ", last->pid,
          last->thread, last->did, last->next, last->next_ends);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  check->faults++;
}

static enum deed logged(const struct strand_log *strand, int fd) {
  for (uint32_t i = 0; i < strand->last.count; i++)
    if (strand->last.fds[i] == fd)
      return strand->last.calls[i];
  return DEED_NONE;
}

static void check_entry(void *context, int fd, const struct fdt_live *entry) {
  struct check *check = context;
  const struct message *last = &check->strand->last;
  uint32_t state = FDT_LIVE_STATE(entry->state);
  bool is_open = state == FDT_LIVE_OPEN || state == FDT_LIVE_CLOSING;
  /* FDT_FD_UNCERTAIN: another thread's at the fork, as the trace says itself. */
  if (!is_open || (entry->flags & FDT_FD_UNCERTAIN) != 0 ||
      (entry->thread != last->thread &&
       (last->parent_thread == 0 || entry->thread != last->parent_thread)))
    return;
  const char *call = trace_call(check->trace, entry->call);
  enum deed had = logged(check->strand, fd);
  if (fd < 4096)
    check->found[fd] = true;
  if (state == FDT_LIVE_CLOSING && (last->next != DEED_CLOSE || fd != last->next_ends))
    fault(check, "fd %d is being closed", fd);
  if (had != DEED_NONE && strcmp(call, deed_call(had)) == 0)
    return;
  bool by_next = deed_call(last->next) != NULL && strcmp(call, deed_call(last->next)) == 0;
  if (!by_next || (had != DEED_NONE && fd != last->next_ends))
    fault(check, "fd %d is open by %s, not by %s", fd, call,
          had == DEED_NONE ? "any" : deed_call(had));
  check->more += had == DEED_NONE;
}

static unsigned check_live(const struct trace *trace, const struct fdt_process *process,
                           const struct strand_log *strand) {
  struct check check = {.trace = trace, .strand = strand};
  trace_each_live(trace, process, check_entry, &check);
  for (uint32_t i = 0; i < strand->last.count; i++)
    if (!check.found[strand->last.fds[i]] && strand->last.fds[i] != strand->last.next_ends)
      fault(&check, "fd %d is not open in the trace", strand->last.fds[i]);
  unsigned most = strand->last.next == DEED_DUP3 ? 0 : may_open(strand);
  if (check.more > most)
    fault(&check, "%u fds more than it told of", check.more);
  return check.faults;
}

/* ---- counts ------------------------------------------------------------------------ */

struct range {
  uint64_t least;
  uint64_t most;
};

static unsigned check_range(uint32_t pid, const char *what, uint64_t count, struct range range) {
  if (count >= range.least && count <= range.most)
    return 0;
  fprintf(stderr, "  process %u: %s: %llu, not %llu to %llu\n", pid, what,
          (unsigned long long)count, (unsigned long long)range.least,
          (unsigned long long)range.most);
  return 1;
}

/* What a stack number stands for: threads that come to new code at the same moment
 * may each store their frames, so equal stacks can have several numbers. */
static uint64_t stack_content(const struct trace *trace, uint32_t stack) {
  uint64_t content = 1;
  for (int steps = 0; stack != 0 && steps < 1000; steps++) {
    const struct fdt_stack_node *node = trace_at(trace, FDT_SECTION_STACKS, stack - 1);
    if (node == NULL)
      return 0;
    content = (content ^ node->frame) * 0x100000001b3ull;
    stack = node->parent;
  }
  return content;
}

static unsigned check_site(const struct trace *trace, uint32_t ref, uint32_t pid, enum deed deed,
                           struct range opened, struct range closed) {
  uint64_t sites = 0, found_opened = 0, found_closed = 0, content = 0;
  const struct fdt_site *site;
  for (uint32_t i = 0; (site = trace_at(trace, FDT_SECTION_SITES, i)) != NULL; i++)
    if (site->state == FDT_RECORD_READY && site->process == ref &&
        strcmp(trace_call(trace, site->call), deed_call(deed)) == 0) {
      uint64_t this = stack_content(trace, site->stack);
      sites += this != content; /* each deed is done at one place */
      content = this;
      found_opened += site->opened;
      found_closed += site->closed;
    }
  char what[64];
  snprintf(what, sizeof what, "sites of %s", deed_call(deed));
  unsigned faults = check_range(pid, what, sites, (struct range){opened.least > 0, 1});
  snprintf(what, sizeof what, "opened by %s", deed_call(deed));
  faults += check_range(pid, what, found_opened, opened);
  snprintf(what, sizeof what, "closed of %s", deed_call(deed));
  return faults + check_range(pid, what, found_closed, closed);
}

static unsigned check_counts(const struct trace *trace, uint32_t ref, uint32_t pid) {
  struct range opened[DEED_COUNT] = {0}, closed[DEED_COUNT] = {0}, all_opened = {0},
               all_closed = {0};
  for (unsigned i = 0; i < strand_count; i++) {
    const struct strand_log *strand = &strands[i];
    if (strand->last.pid != pid)
      continue;
    for (enum deed deed = 0; deed < DEED_COUNT; deed++) {
      opened[deed].least += strand->opened[deed];
      opened[deed].most += strand->opened[deed];
      closed[deed].least += strand->closed[deed];
      closed[deed].most += strand->closed[deed];
      all_closed.least += strand->closed[deed];
    }
    all_closed.least += strand->closed_inherited;
    opened[strand->last.next].most += may_open(strand);
    closed[opener(strand, strand->last.next_ends)].most += strand->last.next_ends >= 0;
    all_closed.most += strand->last.next_ends >= 0;
  }
  all_closed.most += all_closed.least;
  unsigned faults = 0;
  for (enum deed deed = 0; deed < DEED_COUNT; deed++) {
    if (deed_call(deed) == NULL)
      continue;
    all_opened.least += opened[deed].least;
    all_opened.most += opened[deed].most;
    faults += check_site(trace, ref, pid, deed, opened[deed], closed[deed]);
    if (expected != NULL)
      fprintf(expected, "%u %s %llu %llu %lld %lld\n", pid, deed_call(deed),
              (unsigned long long)opened[deed].least, (unsigned long long)opened[deed].most,
              (long long)(opened[deed].least - closed[deed].most),
              (long long)(opened[deed].most - closed[deed].least));
  }
  const struct fdt_process *process = trace_process(trace, ref);
  return faults + check_range(pid, "opened", process->opened, all_opened) +
         check_range(pid, "closed", process->closed, all_closed);
}

/* ---- one run ----------------------------------------------------------------------- */

static unsigned compare(const struct trace *trace) {
  unsigned faults = trace_unsound(trace);
  for (unsigned i = 0; i < strand_count; i++) {
    uint32_t pid = strands[i].last.pid, ref = trace_find(trace, (pid_t)pid);
    const struct fdt_process *process = trace_process(trace, ref);
    if (process == NULL) {
      fprintf(stderr, "  process %u is not in the trace\n", pid);
      faults++;
      continue;
    }
    faults += check_live(trace, process, &strands[i]);
    bool first = true;
    for (unsigned j = 0; j < i; j++)
      first = first && strands[j].last.pid != pid;
    if (first)
      faults += check_counts(trace, ref, pid);
  }
  for (int loss = 0; loss < FDT_LOSS_COUNT; loss++)
    if (loss != FDT_LOSS_FORK_UNCERTAIN && trace->header->losses[loss] != 0) {
      fprintf(stderr, "  lost %s\n", fdt_loss_name((uint32_t)loss));
      faults++;
    }
  return faults;
}

static pid_t start_host(int log, unsigned seed) {
  pid_t child = fork();
  if (child != 0)
    return child;
  char numbers[2][16];
  snprintf(numbers[0], sizeof numbers[0], "%d", log);
  snprintf(numbers[1], sizeof numbers[1], "%u", seed);
  setpgid(0, 0);
  preload(getenv("SHIM"), "killed.bin", NULL);
  execl("/proc/self/exe", "kill", "host", numbers[0], numbers[1], (char *)NULL);
  _exit(99);
}

static void read_log(int log, unsigned microseconds, pid_t host) {
  struct message message;
  struct timespec now, end;
  clock_gettime(CLOCK_MONOTONIC, &end);
  end.tv_sec += microseconds / 1000000;
  end.tv_nsec += microseconds % 1000000 * 1000;
  fcntl(log, F_SETFL, O_NONBLOCK);
  do {
    while (read(log, &message, sizeof message) == sizeof message)
      take(&message);
    clock_gettime(CLOCK_MONOTONIC, &now);
  } while (now.tv_sec < end.tv_sec || (now.tv_sec == end.tv_sec && now.tv_nsec < end.tv_nsec));
  CHECK(kill(-host, SIGKILL) == 0);
  /* To its end: then all that could write to the trace are gone. */
  fcntl(log, F_SETFL, 0);
  while (read(log, &message, sizeof message) == sizeof message)
    take(&message);
}

/* Returns the number of faults; -1 when it was killed before there was a trace. */
static int run(unsigned *seed) {
  int pipes[2];
  struct trace trace;
  unlink("killed.bin");
  strand_count = 0;
  CHECK(pipe(pipes) == 0 && fcntl(pipes[0], F_SETFD, FD_CLOEXEC) == 0);
  pid_t host = start_host(pipes[1], (unsigned)rand_r(seed));
  setpgid(host, host);
  close(pipes[1]);
  unsigned longest = rand_r(seed) % 8 == 0 ? 8000 : 90000;
  read_log(pipes[0], (unsigned)rand_r(seed) % longest, host);
  close(pipes[0]);
  CHECK_EQUAL(finish(host), 1000 + SIGKILL);
  if (!trace_map(&trace, "killed.bin"))
    return strand_count == 0 ? -1 : 1;
  unsigned faults = compare(&trace);
  munmap((void *)trace.base, trace.size);
  return (int)faults;
}

int main(int argc, char **argv) {
  if (argc == 4 && strcmp(argv[1], "host") == 0)
    return host_run(atoi(argv[2]), (unsigned)strtoul(argv[3], NULL, 10));
  if (argc < 3)
    return 2;
  unsigned count = (unsigned)strtoul(argv[1], NULL, 10), wrong = 0, early = 0;
  unsigned seed = (unsigned)strtoul(argv[2], NULL, 10);
  uint64_t strands_seen = 0, deeds = 0;
  strands = calloc(STRANDS, sizeof *strands);
  for (unsigned i = 0; i < count; i++) {
    expected = argc > 3 && i + 1 == count ? fopen(argv[3], "w") : NULL;
    unsigned at = seed;
    int faults = run(&seed);
    if (faults > 0) {
      wrong++;
      fprintf(stderr, "run %u (seed %u) disagrees\n", i + 1, at);
      rename("killed.bin", "wrong.bin");
    }
    early += faults < 0;
    strands_seen += strand_count;
    for (unsigned j = 0; j < strand_count; j++)
      for (int deed = 0; deed < DEED_COUNT; deed++)
        deeds += strands[j].opened[deed] + strands[j].closed[deed];
    if (expected != NULL)
      fclose(expected);
  }
  printf("%u runs, %u before there was a trace, %llu strands, %llu opens and closes: "
         "%u disagreed\n",
         count, early, (unsigned long long)strands_seen, (unsigned long long)deeds, wrong);
  return wrong == 0 && check_failures == 0 && deeds > 0 ? 0 : 1;
}
