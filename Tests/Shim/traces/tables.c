/* Each table of the trace, filled beyond its size: the host gets every result, what
 * did not fit is counted, and what was kept is right. Each host is this program again. */
#include "fdtrack.h"
#include "run.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

/* ---- hosts ------------------------------------------------------------------------- */

static int many_processes(unsigned count) {
  for (unsigned i = 0; i < count; i++) {
    pid_t child = fork();
    if (child == 0)
      _exit(close(dup(0)) == 0 ? 0 : 1);
    CHECK_EQUAL(finish(child), 0);
  }
  return CHECKED();
}

static int many_fds(unsigned count) {
  struct rlimit limit = {count + 100, count + 100};
  CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  int first = open("/dev/null", O_RDONLY), last = first;
  for (unsigned i = 1; i < count; i++) {
    int fd = dup(first);
    CHECK(fd > last);
    last = fd;
  }
  return CHECKED();
}

static int open_below(unsigned path, unsigned depth);
#define STEP(name)                                                                                 \
  __attribute__((noinline)) static int name(unsigned path, unsigned depth) {                       \
    int fd = open_below(path >> 1, depth - 1);                                                     \
    __asm__ volatile("");                                                                          \
    return fd;                                                                                     \
  }
STEP(step_left)
STEP(step_right)

__attribute__((noinline)) static int open_below(unsigned path, unsigned depth) {
  if (depth == 0)
    return open("/dev/null", O_RDONLY);
  return path % 2 == 0 ? step_left(path, depth) : step_right(path, depth);
}

/* Each by another way through the code. */
static int many_stacks(unsigned count) {
  for (unsigned i = 0; i < count; i++) {
    int fd = open_below(i, 14);
    CHECK(fd >= 0 && (i < 50 || close(fd) == 0));
  }
  return CHECKED();
}

/* Names of sockets, too long to be kept in place. */
static int many_names(unsigned count) {
  for (unsigned i = 0; i < count; i++) {
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "%*d.%08u", 90, getpid(), i);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK(bind(fd, (struct sockaddr *)&name, sizeof name) == 0);
  }
  return CHECKED();
}

/* A descriptor is left open in each tenth, and one more after the last. */
static int many_marks(unsigned count) {
  char name[32];
  for (unsigned i = 0; i < count; i++) {
    snprintf(name, sizeof name, "test %u", i);
    fdtrack_mark(name);
    CHECK(i % 10 != 0 || dup(0) >= 0);
  }
  fdtrack_mark(NULL);
  CHECK(dup(0) >= 0);
  return CHECKED();
}

/* ---- runs -------------------------------------------------------------------------- */

static struct trace trace;

static void run(const char *host, unsigned count, const char *size) {
  char number[16];
  snprintf(number, sizeof number, "%u", count);
  CHECK_EQUAL(finish(start_again(host, size, host, number)), 0);
  take_trace(&trace, host);
}

static uint64_t lost(enum fdt_loss loss) { return trace.header->losses[loss]; }

static uint64_t opened_at_sites(void) {
  const struct fdt_site *site;
  uint64_t opened = 0;
  for (uint32_t i = 0; (site = trace_at(&trace, FDT_SECTION_SITES, i)) != NULL; i++)
    opened += site->opened;
  return opened;
}

static void count_open(void *context, int fd, const struct fdt_live *entry) {
  (void)fd;
  *(unsigned *)context +=
      FDT_LIVE_STATE(entry->state) == FDT_LIVE_OPEN && entry->via == FDT_VIA_OPEN;
}

static unsigned open_entries(void) {
  unsigned count = 0;
  trace_each_live(&trace, trace_process(&trace, 1), count_open, &count);
  return count;
}

static void processes(void) {
  run("processes", 4300, "64M");
  uint32_t room = trace.header->sections[FDT_SECTION_PROCESSES].count;
  CHECK_EQUAL(room, 4096);
  CHECK_EQUAL(lost(FDT_LOSS_PROCESSES), 4301 - room);
  for (uint32_t ref = 2; ref <= room; ref++) {
    const struct fdt_process *process = trace_process(&trace, ref);
    CHECK(process != NULL && process->opened == 1 && process->closed == 1);
  }
}

/* As many as the system lets one process have, at most 100,000: what the default
 * size is made for. */
static void fds(void) {
  struct rlimit limit, wanted = {100100, 100100};
  pid_t child = fork();
  if (child == 0)
    _exit(setrlimit(RLIMIT_NOFILE, &wanted) == 0 ? 0 : 1);
  CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  unsigned count = finish(child) == 0 ? 100000 : (unsigned)limit.rlim_max - 100;
  run("fds", count, count > 20000 ? "64M" : "16M");
  const struct fdt_process *process = trace_process(&trace, 1);
  CHECK_EQUAL(process->opened, count);
  CHECK_EQUAL(opened_at_sites(), count);
  CHECK_EQUAL(open_entries(), count);
  CHECK_EQUAL(lost(FDT_LOSS_LIVE_BLOCKS), 0);
  CHECK(count <= 65536 || lost(FDT_LOSS_SNAPSHOT_CUT) > 0); /* it is bounded, and says so */
  run("fds", count, "1M");
  process = trace_process(&trace, 1);
  CHECK_EQUAL(process->opened, count);
  CHECK_EQUAL(opened_at_sites(), count);
  unsigned open = open_entries();
  CHECK(open > 100 && open < count);
  CHECK(lost(FDT_LOSS_LIVE_BLOCKS) >= count - open);
}

static bool is_code_of(uint64_t frame) { return frame >> FDT_FRAME_ADDRESS_BITS != 0; }

/* Whether a stack has eight frames of code under the mark that there were more. */
static bool is_cut(uint32_t stack) {
  const struct fdt_stack_node *node;
  unsigned depth = 0;
  while ((node = trace_at(&trace, FDT_SECTION_STACKS, stack - 1)) != NULL &&
         is_code_of(node->frame))
    depth++, stack = node->parent;
  return depth == 8 && node != NULL && node->frame == FDT_MARK_CUT && node->parent == 0;
}

static bool are_equal(uint32_t one, uint32_t other) {
  while (one != other) {
    const struct fdt_stack_node *a = trace_at(&trace, FDT_SECTION_STACKS, one - 1),
                                *b = trace_at(&trace, FDT_SECTION_STACKS, other - 1);
    if (a == NULL || b == NULL || a->frame != b->frame)
      return false;
    one = a->parent;
    other = b->parent;
  }
  return true;
}

/* Stacks at which one thread's walks ended and that it stored more than once. */
static unsigned stored_again(void) {
  const struct fdt_site *site, *other;
  unsigned again = 0;
  for (uint32_t i = 0; (site = trace_at(&trace, FDT_SECTION_SITES, i)) != NULL; i++)
    for (uint32_t j = 0; site->state == FDT_RECORD_READY && j < i; j++) {
      other = trace_at(&trace, FDT_SECTION_SITES, j);
      again += other->state == FDT_RECORD_READY && are_equal(site->stack, other->stack);
    }
  return again;
}

/* As long as there is room a stack is whole, then what is innermost of it is kept. */
static void stacks(void) {
  const struct fdt_site *site;
  uint64_t whole = 0, cut = 0;
  run("stacks", 6000, "1M");
  CHECK_EQUAL(trace_process(&trace, 1)->opened, 6000);
  CHECK_EQUAL(trace_process(&trace, 1)->closed, 5950);
  CHECK_EQUAL(open_entries(), 50);
  CHECK_EQUAL(lost(FDT_LOSS_STACKS), 0);
  CHECK(lost(FDT_LOSS_STACKS_CUT) > 1000);
  CHECK_EQUAL(opened_at_sites() + lost(FDT_LOSS_SITES), 6000);
  for (uint32_t i = 0; (site = trace_at(&trace, FDT_SECTION_SITES, i)) != NULL; i++)
    if (site->state == FDT_RECORD_READY)
      *(is_cut(site->stack) ? &cut : &whole) += site->opened;
  CHECK(cut > 1000 && whole > 100);
  CHECK_EQUAL(stored_again(), 0);
}

static unsigned kept_whole, kept_end;

static void check_name(void *context, int fd, const struct fdt_live *entry) {
  const struct fdt_detail *detail = trace_detail(&trace, context, fd, entry);
  size_t size;
  if (FDT_LIVE_STATE(entry->state) != FDT_LIVE_OPEN || entry->via != FDT_VIA_OPEN)
    return;
  CHECK(detail != NULL && detail->form == FDT_TEXT_SUN && detail->text_size == FDT_TEXT_MAX);
  kept_whole += detail->text_ref != 0 && trace_string(&trace, detail->text_ref, &size) != NULL;
  kept_end += detail->text_ref == 0 && detail->cut;
}

static void names(void) {
  run("names", 900, "1M");
  const struct fdt_process *process = trace_process(&trace, 1);
  trace_each_live(&trace, process, check_name, (void *)process);
  CHECK_EQUAL(process->opened, 900);
  CHECK_EQUAL(kept_whole + kept_end, 900);
  CHECK(kept_whole > 100 && kept_end > 100 && lost(FDT_LOSS_STRINGS) >= kept_end);
}

struct marked {
  uint32_t marks; /* kept */
  unsigned in_one, in_none;
};

static void count_marked(void *context, int fd, const struct fdt_live *entry) {
  struct marked *marked = context;
  const struct fdt_mark *mark;
  bool in_one = false;
  (void)fd;
  if (FDT_LIVE_STATE(entry->state) != FDT_LIVE_OPEN || entry->via != FDT_VIA_OPEN)
    return;
  for (uint32_t i = 0; i < marked->marks; i++) {
    mark = trace_at(&trace, FDT_SECTION_MARKS, i);
    in_one |= mark->begin_ticks <= entry->opened_ticks && entry->opened_ticks < mark->end_ticks;
  }
  *(in_one ? &marked->in_one : &marked->in_none) += 1;
}

/* What is opened in a mark that was not kept belongs to none, not to the last one kept. */
static void marks(void) {
  run("marks", 1000, "1M");
  struct marked marked = {.marks = trace.header->sections[FDT_SECTION_MARKS].count};
  CHECK_EQUAL(marked.marks, 256);
  CHECK_EQUAL(lost(FDT_LOSS_MARKS), 1000 - marked.marks);
  trace_each_live(&trace, trace_process(&trace, 1), count_marked, &marked);
  CHECK_EQUAL(marked.in_one, 26);
  CHECK_EQUAL(marked.in_none, 75);
}

static const struct {
  const char *name;
  int (*run)(unsigned count);
} hosts[] = {{"processes", many_processes},
             {"fds", many_fds},
             {"stacks", many_stacks},
             {"names", many_names},
             {"marks", many_marks}};

int main(int argc, char **argv) {
  for (size_t i = 0; argc > 2 && i < sizeof hosts / sizeof hosts[0]; i++)
    if (strcmp(argv[1], hosts[i].name) == 0)
      return hosts[i].run((unsigned)atoi(argv[2]));
  processes();
  fds();
  stacks();
  names();
  marks();
  return CHECKED();
}
