/* Opens by a library that is all headers, in modules that keep one each and in one that leaks. */
#include "fixture.h"

#include <fcntl.h>

static int pool_open(const char *path);

#define MODULE(name)                                                                               \
  static OUT_OF_LINE void name(void) { pool_open("/dev/null"); }
#define FIVE(use, name) use(name##0) use(name##1) use(name##2) use(name##3) use(name##4)
#define CALL(name)      name();

FIVE(MODULE, a)
FIVE(MODULE, b)
FIVE(MODULE, c)
FIVE(MODULE, d)
FIVE(MODULE, e)

static OUT_OF_LINE void leak(void) { pool_open("/dev/zero"); /* LEAK: header */ }

int main(void) {
  FIVE(CALL, a)
  FIVE(CALL, b)
  FIVE(CALL, c)
  FIVE(CALL, d)
  FIVE(CALL, e)
  for (int i = 0; i < 40; i++)
    leak();
  return 0;
}

/* The rest comes from where libraries are installed, as the compiler is told. */
#line 1 "/usr/include/pool/pool.h"
static OUT_OF_LINE int pool_dial(const char *path) { return open(path, O_RDONLY); }
static OUT_OF_LINE int pool_open(const char *path) { return pool_dial(path); }
