#include "told.h"

#include "kernel/clock.h"
#include "kernel/readable.h"
#include "kernel/text.h"
#include "trace/live.h"

#include <string.h>

/* What is looked at, of an environment and of each value. */
#define VARIABLES_MAX 4096
#define VALUE_MAX     4096

/* People and shells give the lower ones other meanings, and there is hardly a variable
 * without one of them. */
#define FIRST_NUMBER 3

/* What this program was told as it started. Most programs are never asked: its strings, which
 * the kernel laid out back to back, are read once that matters. Titles of processes are written
 * over them; nothing is known then. */
static struct {
  const char *first;
  const char *last;
  uint64_t ticks;
  uint64_t numbers; /* a bit for each of those that a program's own descriptors get first */
  bool is_read;
} at_start;
#define NUMBERS_AT_START 64

struct plan {
  struct fdt_process *record; /* NULL: as this program starts */
  bool own_only;              /* leave what the process was started with */
  bool told;                  /* mark, or take the mark back */
};

static uint64_t numbers_at_start(void);

/* Whether `entry` may be what was meant by `number`. */
static bool is_meant(uint64_t number, const struct fdt_live *entry) {
  return entry->opened_ticks < at_start.ticks || number >= NUMBERS_AT_START ||
         (numbers_at_start() >> number & 1) == 0;
}

static void tell(const struct plan *plan, uint64_t number) {
  if (number < FIRST_NUMBER || number >= FDT_MAX_FDS)
    return;
  if (plan->record == NULL) {
    if (number < NUMBERS_AT_START)
      at_start.numbers |= UINT64_C(1) << number;
    return;
  }
  const int fd = (int)number;
  const struct fdt_live *entry = fdt_live_peek(plan->record, fd);
  if (entry == NULL || FDT_LIVE_STATE(fdt_live_state(entry)) != FDT_LIVE_OPEN ||
      (entry->flags & FDT_FD_CLOEXEC) != 0 || (plan->own_only && entry->via == FDT_VIA_EXEC) ||
      ((entry->flags & FDT_FD_TOLD) != 0) == plan->told || !is_meant(number, entry))
    return;
  struct fdt_live *mine = fdt_live_find(plan->record, fd);
  if (mine == NULL)
    return;
  /* Atomic: another thread may be opening something else there. */
  if (plan->told)
    __atomic_fetch_or(&mine->flags, FDT_FD_TOLD, __ATOMIC_RELAXED);
  else
    __atomic_fetch_and(&mine->flags, (uint8_t)~FDT_FD_TOLD, __ATOMIC_RELAXED);
  fdt_live_touch(fd);
}

/* ---- values --------------------------------------------------------------------- */

/* Where the looking is, and what ends it. */
struct value {
  const char *at;
  const char *end;
};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Between numbers; never NUL, of which strchr would find the end. */
static bool is_between(char c, const char *signs) { return strchr(signs, c) != NULL; }

/* Reads a number that stands alone, as far as what comes behind it tells. */
static bool read_number(struct value *value, uint64_t *number) {
  const char *first = value->at;
  *number = 0;
  for (; value->at < value->end && is_digit(*value->at); value->at++)
    if (*number < FDT_MAX_FDS)
      *number = *number * 10 + (uint64_t)(*value->at - '0');
  return value->at > first &&
         (value->at == value->end || is_between(*value->at, " \t,;:=|&)]}\"'"));
}

/* All that stand alone: "4", "4,5", "in=4 out=5". */
static void tell_all(const struct plan *plan, struct value value) {
  bool begins = true;
  while (value.at < value.end) {
    uint64_t number;
    if (begins && is_digit(*value.at)) {
      if (read_number(&value, &number))
        tell(plan, number);
    } else {
      begins = is_between(*value.at++, " \t,;:=|");
    }
  }
}

/* What stands before numbers of descriptors, and what between several. */
static const struct {
  char text[20];
  char between[4];
} introductions[] = {
    {"fd=", ""},
    {"fd:", ""},
    {"fds=", ",;:"},
    {"fds:", ",;:"},
    {"/dev/fd/", ""},
    {"/proc/self/fd/", ""},
    {"--jobserver-auth=", ","}, /* GNU make */
};

static void tell_introduced(const struct plan *plan, struct value value) {
  for (; value.at < value.end; value.at++)
    for (size_t i = 0; i < sizeof introductions / sizeof introductions[0]; i++) {
      const char *text = introductions[i].text;
      const size_t size = strlen(text);
      if (*value.at != *text || (size_t)(value.end - value.at) <= size ||
          memcmp(value.at, text, size) != 0)
        continue;
      struct value numbers = {value.at + size, value.end};
      uint64_t number;
      while (read_number(&numbers, &number)) {
        tell(plan, number);
        if (numbers.at == numbers.end || !is_between(*numbers.at, introductions[i].between))
          break;
        numbers.at++;
      }
    }
}

/* "5;6;", as nginx tells those that it upgrades to. Without the last sign it may be two colours,
 * among others. */
static bool is_closed_list(struct value value) {
  const size_t size = (size_t)(value.end - value.at);
  return size > 1 && value.end[-1] == ';' && strspn(value.at, "0123456789;,: ") >= size;
}

/* sd_listen_fds(3) has it how many there are. */
static void tell_counted(const struct plan *plan, struct value value) {
  enum { MANY = 1024 };
  uint64_t count;
  if (!read_number(&value, &count))
    return;
  for (uint64_t i = 0; i < count && i < MANY; i++)
    tell(plan, FIRST_NUMBER + i);
}

static void look_at_variable(const struct plan *plan, const char *variable) {
  const char *sign = strchr(variable, '=');
  if (sign == NULL || strncmp(variable, "FDTRACK_", strlen("FDTRACK_")) == 0)
    return;
  const struct value value = {sign + 1, sign + 1 + strnlen(sign + 1, VALUE_MAX)};
  if (fdt_setting(variable, "LISTEN_FDS") != NULL)
    tell_counted(plan, value);
  else if (fdt_text_holds(variable, (size_t)(sign - variable), "FD") || is_closed_list(value))
    tell_all(plan, value);
  tell_introduced(plan, value);
}

static void look(const struct plan *plan, char *const *environment) {
  if (environment == NULL || !fdt_readable_vector(environment))
    return;
  for (int i = 0; i < VARIABLES_MAX && environment[i] != NULL; i++)
    look_at_variable(plan, environment[i]);
}

void fdt_told_at_start(char *const *environment) {
  at_start.ticks = fdt_ticks();
  if (environment == NULL)
    return;
  const char *next = environment[0];
  /* A library's constructor may have changed what the kernel laid out. */
  for (; *environment != NULL && *environment == next; environment++) {
    if (at_start.first == NULL)
      at_start.first = next;
    at_start.last = next;
    next += strlen(next) + 1;
  }
}

static bool is_still_there(const char *first, const char *last) {
  uintptr_t page = (uintptr_t)first & ~(uintptr_t)(FDT_PAGE - 1);
  for (; page <= (uintptr_t)last; page += FDT_PAGE)
    if (!fdt_readable(page))
      return false;
  return true;
}

static uint64_t numbers_at_start(void) {
  if (at_start.is_read || at_start.first == NULL)
    return at_start.numbers;
  at_start.is_read = true;
  /* The program's path stands behind the last one, and ends with what no title reaches. */
  if (is_still_there(at_start.first, at_start.last))
    for (const char *variable = at_start.first; variable <= at_start.last;
         variable += strlen(variable) + 1)
      look_at_variable(&(struct plan){.record = NULL}, variable);
  return at_start.numbers;
}

void fdt_told_by_exec(struct fdt_process *record, char *const *environment, bool failed) {
  look(&(struct plan){.record = record, .own_only = true, .told = !failed}, environment);
}

void fdt_told_by_spawn(struct fdt_process *child, char *const *environment) {
  look(&(struct plan){.record = child, .told = true}, environment);
}
