/* calls          lists the tests
 * calls NAME     runs one; needs the shim preloaded and FDTRACK_OUT set */
#include "tests.h"

#include <string.h>

static const struct {
  const char *name;
  void (*run)(void);
} tests[] = {
#define FDT_CALL(result, name, parameters) {#name, test_##name},
#include "calls.def"
#undef FDT_CALL
#define RAW_NUMBER(name) {"syscall." #name, test_syscall_##name},
#include "raw_numbers.def"
#undef RAW_NUMBER
#define CALL_CASE(name, sentence) {sentence, test_case_##name},
#include "cases.def"
#undef CALL_CASE
};

int main(int argc, char **argv) {
  if (argc == 3) { /* the new program of a test that executes itself */
    read_events_of(atoi(argv[2]));
    return CHECKED();
  }
  for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
    if (argc < 2) {
      puts(tests[i].name);
    } else if (strcmp(tests[i].name, argv[1]) == 0) {
      CHECK(traced() != NULL);
      if (check_failures == 0)
        tests[i].run();
      if (check_failures == 0)
        check_table();
      return CHECKED();
    }
  }
  return argc < 2 ? 0 : 2;
}
