#include "text.h"

#include <signal.h>
#include <string.h>

void fdt_text_add_bytes(struct fdt_text *text, const char *more, size_t size) {
  size_t room = text->size - text->used - 1;
  if (size > room) {
    text->full = true;
    size = room;
  }
  memcpy(text->bytes + text->used, more, size);
  text->used += size;
  text->bytes[text->used] = '\0';
}

void fdt_text_add(struct fdt_text *text, const char *more) {
  fdt_text_add_bytes(text, more, strlen(more));
}

static void add_digits(struct fdt_text *text, uint64_t number, unsigned base) {
  char digits[20];
  size_t i = sizeof digits;
  do {
    digits[--i] = "0123456789abcdef"[number % base];
    number /= base;
  } while (number != 0);
  fdt_text_add_bytes(text, digits + i, sizeof digits - i);
}

void fdt_text_add_number(struct fdt_text *text, uint64_t number) { add_digits(text, number, 10); }
void fdt_text_add_hex(struct fdt_text *text, uint64_t number) { add_digits(text, number, 16); }

bool fdt_text_holds(const char *text, size_t size, const char *part) {
  const size_t length = strlen(part);
  for (; size >= length; text++, size--)
    if (memcmp(text, part, length) == 0)
      return true;
  return false;
}

const char *fdt_base_name(const char *path, size_t size) {
  while (size > 0 && path[size - 1] != '/')
    size--;
  return path + size;
}

const char *fdt_environment(char *const *environment, const char *name) {
  const char *value = NULL;
  while (value == NULL && environment != NULL && *environment != NULL)
    value = fdt_setting(*environment++, name);
  return value;
}

uint64_t fdt_parse_size(const char *text) {
  uint64_t value = 0;
  if (*text < '0' || *text > '9')
    return 0;
  for (; *text >= '0' && *text <= '9'; text++) {
    if (value > UINT64_MAX / 16)
      return 0;
    value = value * 10 + (uint64_t)(*text - '0');
  }
  unsigned shift = 0;
  switch (*text) {
  case 'k':
  case 'K':
    shift = 10;
    break;
  case 'm':
  case 'M':
    shift = 20;
    break;
  case 'g':
  case 'G':
    shift = 30;
    break;
  case '\0':
    return value;
  default:
    return 0;
  }
  return text[1] == '\0' && value <= UINT64_MAX >> shift ? value << shift : 0;
}

uint64_t fdt_parse_hex(const char *text, const char **end) {
  uint64_t value = 0;
  for (;; text++) {
    if (*text >= '0' && *text <= '9')
      value = value << 4 | (uint64_t)(*text - '0');
    else if (*text >= 'a' && *text <= 'f')
      value = value << 4 | (uint64_t)(*text - 'a' + 10);
    else
      break;
  }
  *end = text;
  return value;
}

int fdt_parse_signal(const char *text) {
  static const struct {
    const char *name;
    int number;
  } names[] = {{"HUP", SIGHUP},   {"INT", SIGINT},   {"QUIT", SIGQUIT},     {"USR1", SIGUSR1},
               {"USR2", SIGUSR2}, {"PIPE", SIGPIPE}, {"ALRM", SIGALRM},     {"TERM", SIGTERM},
               {"CONT", SIGCONT}, {"URG", SIGURG},   {"PROF", SIGPROF},     {"WINCH", SIGWINCH},
               {"IO", SIGIO},     {"PWR", SIGPWR},   {"VTALRM", SIGVTALRM}, {"XCPU", SIGXCPU}};
  if (strncmp(text, "SIG", 3) == 0)
    text += 3;
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    if (strcmp(text, names[i].name) == 0)
      return names[i].number;
  uint64_t number = fdt_parse_size(text);
  return number > 0 && number < 65 && number != SIGKILL && number != SIGSTOP ? (int)number : 0;
}
