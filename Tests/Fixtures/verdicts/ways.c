/* Opens to which many stacks lead: below a recursion, and by a helper. */
#include "scenario.h"

#include <fcntl.h>

static OUT_OF_LINE void load_icon(int part) {
  (void)part;
  must(open("/dev/zero", O_RDONLY) >= 0, "open"); /* LEAK: icon */
}

static OUT_OF_LINE void load_style(int part) {
  int fd = open("/dev/zero", O_RDONLY); /* LEAK: style */
  must(fd >= 0, "open");
  if (part % 40 == 7)
    return;
  close(fd);
}

/* Each bit of `path` chooses one of two calls, and so one more stack. */
static OUT_OF_LINE void render(unsigned path, int depth, void (*load)(int part), int part) {
  if (depth == 0)
    load(part);
  else if ((path & 1) != 0) {
    render(path >> 1, depth - 1, load, part);
    __asm__ volatile("nop" ::: "memory"); /* lest the two calls become one */
  } else {
    render(path >> 1, depth - 1, load, part);
  }
  __asm__ volatile("" ::: "memory");
}

/* A document's parts, nearly all of them nested in ways of their own. */
static void nested_parts(void) {
  for (int part = 0; part < 200; part++) {
    render((unsigned)part, 8, load_icon, part);
    pause_ms(2);
  }
}

/* Of every forty parts, one forgets what the others close. */
static void some_parts(void) {
  for (int part = 0; part < 2000; part++) {
    render((unsigned)part % 256, 8, load_style, part);
    if (part % 10 == 0)
      pause_ms(2);
  }
}

static OUT_OF_LINE void open_part(const char *name) {
  must(open(name, O_CREAT | O_RDWR, 0600) >= 0, "open"); /* KEPT: parts of modules */
}

#define FIRST(X)  X(a) X(b) X(c) X(d) X(e) X(f) X(g) X(h) X(i) X(j) X(k) X(l)
#define SECOND(X) X(m) X(n) X(o) X(p) X(q) X(r) X(s) X(t) X(u) X(v) X(w) X(x)
#define MODULE(name)                                                                               \
  static OUT_OF_LINE void start_##name(void) {                                                     \
    open_part(#name);                                                                              \
    pause_ms(4);                                                                                   \
  }
FIRST(MODULE)
SECOND(MODULE)

/* Modules that start one after the other, and open what they work with by one helper. */
#define START(name) start_##name();
static void helper(void){FIRST(START) SECOND(START)}

SCENARIOS({"nested_parts", nested_parts}, {"some_parts", some_parts}, {"helper", helper})
