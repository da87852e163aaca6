/* Writes traces that ask the most of a reader:
 *
 *   hostile_trace                      names the cases, one a line, with their sizes
 *   hostile_trace CASE PATH [SIZE]     writes one
 *
 * What each is hostile by stands at its function. */
#include "cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
  const char *name;
  size_t size;
  void (*write)(const char *, size_t);
} cases[] = {
#define CASE_ENTRY(name, full) {#name, full, case_##name},
    CASES(CASE_ENTRY)
#undef CASE_ENTRY
};
#define COUNT (sizeof cases / sizeof *cases)

int main(int argc, char **argv) {
  for (size_t i = 0; i < COUNT; i++) {
    if (argc < 3) {
      printf("%s %zu\n", cases[i].name, cases[i].size);
    } else if (strcmp(argv[1], cases[i].name) == 0) {
      cases[i].write(argv[2], argc > 3 ? strtoul(argv[3], NULL, 10) : cases[i].size);
      return 0;
    }
  }
  if (argc < 3)
    return argc == 1 ? 0 : 2;
  fprintf(stderr, "no case is called %s\n", argv[1]);
  return 2;
}
