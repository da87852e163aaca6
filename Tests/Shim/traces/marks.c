/* Each descriptor that hazards/marks left open belongs to the mark that its file is named
 * for, however often the ring wrapped; with FDTRACK_MARK, what belonged to none belongs to
 * that. A table that is full says so, and nothing is put down to the wrong mark. */
#include "run.h"

static struct trace trace;

static const struct fdt_mark *mark_at(uint32_t ref) {
  const struct fdt_mark *mark = ref == 0 ? NULL : trace_at(&trace, FDT_SECTION_MARKS, ref - 1);
  return mark != NULL && mark->state == FDT_RECORD_READY ? mark : NULL;
}

/* The one of `process` and `thread` that began last before `ticks`, unless it had ended. */
static const struct fdt_mark *own_mark(uint32_t process, uint32_t thread, uint64_t ticks) {
  const struct fdt_mark *last = NULL;
  uint32_t count = trace.header->sections[FDT_SECTION_MARKS].count;
  for (uint32_t ref = 1; ref <= count; ref++) {
    const struct fdt_mark *mark = mark_at(ref);
    if (mark != NULL && mark->process == process && mark->thread == thread &&
        mark->begin_ticks <= ticks && (last == NULL || mark->begin_ticks >= last->begin_ticks))
      last = mark;
  }
  return last == NULL || (last->end_ticks != 0 && last->end_ticks <= ticks) ? NULL : last;
}

static const struct fdt_mark *mark_of(const struct fdt_live *entry) {
  const struct fdt_mark *mark = own_mark(entry->origin, entry->thread, entry->opened_ticks);
  if (mark == NULL)
    mark = own_mark(entry->origin, 0, entry->opened_ticks);
  return mark != NULL ? mark : mark_at(trace_process(&trace, entry->origin)->mark);
}

static bool is_text(uint32_t ref, const char *text, size_t length) {
  size_t size = 0;
  const char *bytes = trace_string(&trace, ref, &size);
  return bytes != NULL && size == length && memcmp(bytes, text, size) == 0;
}

struct look {
  const struct fdt_process *process;
  const char *otherwise; /* the mark of what belongs to none in the program's own eyes */
  unsigned seen;
};

/* The last part of a file's path; NULL for what is no file of the host's. */
static const char *file_name(const struct fdt_detail *detail, size_t *length) {
  size_t size = detail->text_size;
  const char *path = detail->text;
  if (detail->text_ref != 0)
    path = trace_string(&trace, detail->text_ref, &size);
  if (path == NULL || (detail->form != FDT_TEXT_PATH && detail->form != FDT_TEXT_LINK))
    return NULL;
  const char *slash = memrchr(path, '/', size);
  const char *name = slash == NULL ? path : slash + 1;
  *length = size - (size_t)(name - path);
  return name;
}

static void check_entry(void *context, int fd, const struct fdt_live *entry) {
  struct look *look = context;
  const struct fdt_detail *detail = trace_detail(&trace, look->process, fd, entry);
  if (FDT_LIVE_STATE(entry->state) != FDT_LIVE_OPEN || entry->via != FDT_VIA_OPEN || detail == NULL)
    return;
  size_t length = 0;
  const char *wanted = file_name(detail, &length);
  if (wanted == NULL)
    return;
  if (length == 4 && memcmp(wanted, "none", 4) == 0) {
    wanted = look->otherwise;
    length = wanted == NULL ? 0 : strlen(wanted);
  }
  const struct fdt_mark *mark = mark_of(entry);
  look->seen++;
  if (wanted == NULL ? mark != NULL : mark == NULL || !is_text(mark->name, wanted, length)) {
    dprintf(2, "fd %d of process %u belongs to mark %ld, not to \"%.*s\"\n", fd, entry->origin,
            mark == NULL ? 0L : (long)(mark - mark_at(1)) + 1, (int)length, wanted);
    check_failures++;
  }
}

static unsigned check_run(const char *out, const char *setting) {
  if (setting != NULL)
    setenv("FDTRACK_MARK", setting, 1);
  CHECK_EQUAL(finish(start("hazards/marks.O2", out, "2M")), 0);
  unsetenv("FDTRACK_MARK");
  CHECK(trace_map(&trace, out));
  CHECK_EQUAL(trace_unsound(&trace), 0);
  struct look look = {.otherwise = setting};
  for (uint32_t ref = 1; ref <= trace_process_count(&trace); ref++)
    if ((look.process = trace_process(&trace, ref)) != NULL)
      trace_each_live(&trace, look.process, check_entry, &look);
  CHECK(trace.header->ring_next > trace.header->sections[FDT_SECTION_RING].count);
  CHECK_EQUAL(trace.header->losses[FDT_LOSS_MARKS], 0);
  return look.seen;
}

/* The name was cut where the recorder says it would be, and says so. */
static void check_long_name(void) {
  char cut[256];
  memset(cut, 'x', sizeof cut);
  const struct fdt_mark *mark = NULL;
  for (uint32_t ref = 1; (mark = mark_at(ref)) != NULL && !is_text(mark->name, cut, sizeof cut);)
    ref++;
  CHECK(mark != NULL);
  const uint8_t *strings = trace.base + trace.header->sections[FDT_SECTION_STRINGS].offset;
  if (mark != NULL)
    CHECK(((const struct fdt_string *)(strings + mark->name))->size == (256 | FDT_STRING_CUT));
}

/* How many the process opened in a mark, from the counters alone. */
static void check_counts(void) {
  const struct fdt_mark *one = mark_at(1);
  CHECK(one != NULL && is_text(one->name, "one", 3));
  /* One file, and a dup on each side of the call that ended it. */
  CHECK(one != NULL && one->opened_after - one->opened_before >= 2);
  CHECK(one != NULL && one->opened_after - one->opened_before <= 3);
}

int main(void) {
  unsigned seen = check_run("plain", NULL);
  CHECK(seen >= 26);
  check_long_name();
  check_counts();
  CHECK_EQUAL(check_run("named", "the whole run"), seen);
  return CHECKED();
}
