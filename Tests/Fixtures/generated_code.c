/* Opens files from code that it makes as it runs, as a JIT compiler would, and names that code
 * for perf(1): in perf-PID.map of the current folder, where runtimes take /tmp. It makes leak()
 * twice, as compilers do with what gets hot.
 *
 * With an argument two forks of it do, each of which makes its functions in another order. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "fixture.h"

#define LEAKS 20
#define CODE  64 /* bytes between two functions */
#define USE   "JS:~use file:///srv/app.js:7:14"

typedef void (*work)(void);
typedef void (*generated)(work);

/* Calls its argument. */
#if defined(__x86_64__)
static const uint8_t code[] = {0x48, 0x83, 0xec, 0x08, 0xff, 0xd7, 0x48, 0x83, 0xc4, 0x08, 0xc3};
#elif defined(__aarch64__)
/* stp x29, x30, [sp, #-16]!; mov x29, sp; blr x0; ldp x29, x30, [sp], #16; ret */
static const uint32_t code[] = {0xa9bf7bfd, 0x910003fd, 0xd63f0000, 0xa8c17bfd, 0xd65f03c0};
#endif

static char *page;
static FILE *map;

static generated make(const char *name) {
  static unsigned made;
  char *at = page + CODE * made++;
  memcpy(at, code, sizeof code);
  fprintf(map, "%lx %zx %s\n", (unsigned long)at, sizeof code, name);
  return (generated)(uintptr_t)at;
}

static void open_one(void) { must(open("/dev/null", O_RDONLY) >= 0, "open"); }

static void open_and_close(void) { close(open("/dev/null", O_RDONLY)); }

static void run(bool use_first) {
  char name[64];
  generated use = NULL;
  snprintf(name, sizeof name, "perf-%d.map", getpid());
  must((map = fopen(name, "w")) != NULL, "fopen");
  if (use_first)
    use = make(USE);
  generated leak = make("JS:~leak /srv/app.js:3:15");
  generated hot = make("JS:^leak /srv/app.js:3:15");
  if (!use_first)
    use = make(USE);
  must(fclose(map) == 0, "fclose");
  must(mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0, "mprotect");
  __builtin___clear_cache(page, page + 4096);
  for (int i = 0; i < LEAKS; i++) {
    (i < LEAKS / 2 ? leak : hot)(open_one);
    use(open_and_close);
    usleep(10000);
  }
}

int main(int argc, char **argv) {
  (void)argv;
  page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  must(page != MAP_FAILED, "mmap");
  if (argc == 1) {
    run(false);
    return 0;
  }
  for (int i = 0; i < 2; i++) {
    pid_t child = fork();
    must(child >= 0, "fork");
    if (child == 0) {
      run(i == 1);
      exit(0);
    }
  }
  for (int i = 0; i < 2; i++)
    must(wait(NULL) > 0, "wait");
  return 0;
}
