/* Text without libc's formatting, for messages, paths and settings. */
#ifndef FDT_KERNEL_TEXT_H
#define FDT_KERNEL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A bounded text under construction; `full` once something did not fit. */
struct fdt_text {
  char *bytes;
  size_t size; /* room, with the final NUL */
  size_t used;
  bool full;
};

#define FDT_TEXT(array) ((struct fdt_text){.bytes = (array), .size = sizeof(array)})

void fdt_text_add(struct fdt_text *text, const char *more);
void fdt_text_add_bytes(struct fdt_text *text, const char *more, size_t size);
void fdt_text_add_number(struct fdt_text *text, uint64_t number);
void fdt_text_add_hex(struct fdt_text *text, uint64_t number);

/* Whether `part` stands somewhere in the first `size` bytes of `text`. */
bool fdt_text_holds(const char *text, size_t size, const char *part);

/* Returns what stands behind the last slash of a path. */
const char *fdt_base_name(const char *path, size_t size);

/* Returns the value that `entry` of an environment gives NAME, or NULL. In line, for the
 * lengths of names to be constants; most entries differ in a letter. */
static inline __attribute__((always_inline)) const char *fdt_setting(const char *entry,
                                                                     const char *name) {
  const size_t size = strlen(name);
  bool named = *entry == *name && strncmp(entry, name, size) == 0 && entry[size] == '=';
  return named ? entry + size + 1 : NULL;
}

/* Returns the value of NAME in an environment vector, or NULL. */
const char *fdt_environment(char *const *environment, const char *name);

/* Parses "64M", "4096k", "1G" or bytes; 0 when it is no size. */
uint64_t fdt_parse_size(const char *text);

/* Parses hexadecimal digits up to the first other character, which *end gets. */
uint64_t fdt_parse_hex(const char *text, const char **end);

/* Parses a signal: a number, or a name with or without SIG; 0 when unknown. */
int fdt_parse_signal(const char *text);

#endif
