/* Opens files from code that it makes as it runs, as a JIT compiler would, and names that code
 * for perf(1): in perf-PID.map of the current folder, where runtimes take /tmp. It makes leak()
 * twice, as compilers do with what gets hot.
 *
 * With "workers" two forks of it do, each of which makes its functions in another order. With
 * "stay" it then says "ready PID", and for each line of its input makes a function of that name,
 * opens a file from it, and answers "done". */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "fixture.h"

#define LEAKS 20
#define CODE  64 /* bytes between two functions */
#define PAGE  4096
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

static void open_map(const char *mode) {
  char name[64];
  snprintf(name, sizeof name, "perf-%d.map", getpid());
  must((map = fopen(name, mode)) != NULL, "fopen");
  must(mprotect(page, PAGE, PROT_READ | PROT_WRITE) == 0, "mprotect");
}

static void close_map(void) {
  must(fclose(map) == 0, "fclose");
  must(mprotect(page, PAGE, PROT_READ | PROT_EXEC) == 0, "mprotect");
  __builtin___clear_cache(page, page + PAGE);
}

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
  generated use = NULL;
  open_map("w");
  if (use_first)
    use = make(USE);
  generated leak = make("JS:~leak /srv/app.js:3:15");
  generated hot = make("JS:^leak /srv/app.js:3:15");
  if (!use_first)
    use = make(USE);
  close_map();
  for (int i = 0; i < LEAKS; i++) {
    (i < LEAKS / 2 ? leak : hot)(open_one);
    use(open_and_close);
    usleep(10000);
  }
}

static void stay(void) {
  char line[64], name[128];
  printf("ready %d\n", getpid());
  fflush(stdout);
  while (fgets(line, sizeof line, stdin) != NULL) {
    line[strcspn(line, "\n")] = '\0';
    snprintf(name, sizeof name, "JS:~%s /srv/app.js:9:15", line);
    open_map("a");
    generated late = make(name);
    close_map();
    late(open_one);
    puts("done");
    fflush(stdout);
  }
}

int main(int argc, char **argv) {
  page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  must(page != MAP_FAILED, "mmap");
  if (argc == 1 || strcmp(argv[1], "stay") == 0) {
    run(false);
    if (argc > 1)
      stay();
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
