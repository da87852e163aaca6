/* A program is told to join a trace that something happened to: it runs as ever, and
 * says one line at most. Its parent's trace may have been cut, written over, replaced,
 * or made by another shim. */
#include "run.h"

#include <stddef.h>
#include <sys/mman.h>

#define HOST "hazards/exit_handlers.O2"
#define SAID "said"

/* ---- the program that joins ----------------------------------------------------- */

static off_t size_of(const char *path) {
  struct stat about;
  return stat(path, &about) == 0 ? about.st_size : -1;
}

static int lines_in(const char *path) {
  char text[4096];
  int fd = open(path, O_RDONLY), lines = 0;
  ssize_t size = read(fd, text, sizeof text);
  for (ssize_t i = 0; i < size; i++)
    lines += text[i] == '\n';
  close(fd);
  return lines;
}

/* Runs a host that is to join `id` at `path`. */
static void join_at(unsigned long long id, const char *path) {
  char setting[256];
  snprintf(setting, sizeof setting, "%llx:%s", id, path);
  pid_t child = fork();
  if (child == 0) {
    int said = open(SAID, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CHECK(said >= 0 && dup2(said, 2) == 2 && close(said) == 0);
    setenv("FDTRACK_JOIN", setting, 1);
    _exit(finish(start(HOST, "unused", "1M")));
  }
  CHECK_EQUAL(finish(child), 0);
  CHECK(lines_in(SAID) <= 1);
  CHECK(access("unused", F_OK) == -1); /* it makes no second trace of its own */
}

/* ---- the trace -------------------------------------------------------------------- */

static unsigned long long make_trace(const char *path) {
  struct trace trace;
  unlink(path);
  CHECK_EQUAL(finish(start(HOST, path, "1M")), 0);
  CHECK(trace_map(&trace, path));
  unsigned long long id = trace.header->trace_id;
  munmap((void *)trace.base, trace.size);
  return id;
}

static uint64_t processes_in(const char *path) {
  struct fdt_header header;
  int fd = open(path, O_RDONLY);
  CHECK(pread(fd, &header, sizeof header, 0) == sizeof header);
  close(fd);
  return header.processes_next;
}

static void put(const char *path, const void *bytes, size_t size, off_t at) {
  int fd = open(path, O_WRONLY);
  CHECK(fd >= 0 && pwrite(fd, bytes, size, at) == (ssize_t)size);
  close(fd);
}

/* ---- what may have happened to it -------------------------------------------------- */

static void sound(void) {
  unsigned long long id = make_trace("sound");
  uint64_t before = processes_in("sound");
  join_at(id, "sound");
  CHECK(processes_in("sound") > before); /* so the others fail by what happened to them */
}

static void cut(void) {
  static const off_t sizes[] = {0, 1, 8, 895, 896, 4096, 4097, 65536, (1 << 20) - 1};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    unsigned long long id = make_trace("cut");
    CHECK(truncate("cut", sizes[i]) == 0);
    join_at(id, "cut");
    CHECK_EQUAL(size_of("cut"), sizes[i]); /* nor is it made longer */
  }
}

/* One field of the header is another: the trace is left as it is. */
static void header_field(size_t at, size_t size) {
  unsigned long long id = make_trace("changed");
  uint64_t before = processes_in("changed"), other = 0x77;
  put("changed", &other, size, (off_t)at);
  join_at(id, "changed");
  CHECK_EQUAL(processes_in("changed"), before);
}

static void other_header(void) {
  header_field(offsetof(struct fdt_header, magic), 8);
  header_field(offsetof(struct fdt_header, byte_order), 4);
  header_field(offsetof(struct fdt_header, version), 4);
  header_field(offsetof(struct fdt_header, header_size), 4);
  header_field(offsetof(struct fdt_header, file_size), 8);
  header_field(offsetof(struct fdt_header, trace_id), 8);
  header_field(offsetof(struct fdt_header, ready), 4);
  for (size_t i = 0; i < FDT_SECTION_COUNT; i++) {
    size_t at = offsetof(struct fdt_header, sections) + i * sizeof(struct fdt_section);
    header_field(at + offsetof(struct fdt_section, offset), 8);
    header_field(at + offsetof(struct fdt_section, count), 4);
  }
}

/* Whatever stands in the records, the host gets the right results. */
static void scribbled(unsigned seed) {
  for (int round = 0; round < 40; round++) {
    unsigned long long id = make_trace("scribbled");
    int fd = open("scribbled", O_RDWR);
    size_t size = (size_t)size_of("scribbled");
    uint32_t *words = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(words != MAP_FAILED);
    close(fd);
    for (size_t i = 4096 / 4; i < size / 4; i++)
      if (rand_r(&seed) % 4 == 0)
        words[i] = rand_r(&seed) % 2 ? (uint32_t)rand_r(&seed) : (uint32_t)rand_r(&seed) % 8192;
    struct fdt_header *header = (void *)words;
    /* Cursors too, and the table of calls in half of the rounds. */
    header->processes_next = (uint64_t)rand_r(&seed) << (rand_r(&seed) % 33);
    header->units_next = (uint64_t)rand_r(&seed) << (rand_r(&seed) % 33);
    header->strings_next = (uint64_t)rand_r(&seed) << (rand_r(&seed) % 33);
    header->ring_next = (uint64_t)rand_r(&seed) << (rand_r(&seed) % 33);
    munmap(words, size);
    if (round % 2) {
      unsigned long long sane = make_trace("calls");
      struct fdt_header like;
      char *calls = malloc(1 << 16);
      int from = open("calls", O_RDONLY);
      CHECK(calls != NULL && pread(from, &like, sizeof like, 0) == sizeof like && sane != 0);
      size_t part = (size_t)like.sections[FDT_SECTION_CALLS].size;
      CHECK(part <= 1 << 16 &&
            pread(from, calls, part, (off_t)like.sections[FDT_SECTION_CALLS].offset) ==
                (ssize_t)part);
      close(from);
      put("scribbled", calls, part, (off_t)like.sections[FDT_SECTION_CALLS].offset);
      free(calls);
    }
    join_at(id, "scribbled");
  }
}

/* What stands there is no file, or not to be opened. */
static void no_file(void) {
  unsigned long long id = make_trace("real");
  uint64_t before = processes_in("real");
  CHECK(mkfifo("pipe", 0666) == 0 && mkdir("folder", 0777) == 0);
  CHECK(symlink("real", "way") == 0 && symlink("way", "far") == 0 && symlink("loop", "loop") == 0);
  static const char *const paths[] = {
      "pipe",      "folder",    "way",       "far",       "loop",           "nowhere",
      "real/deep", "/dev/null", "/dev/zero", "/dev/full", "/proc/self/mem", "/proc/self/exe"};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
    join_at(id, paths[i]);
  CHECK(chmod("real", 0400) == 0);
  if (geteuid() != 0) {
    join_at(id, "real");
    CHECK(chmod("real", 0000) == 0);
    join_at(id, "real");
  }
  CHECK(chmod("real", 0600) == 0);
  CHECK_EQUAL(processes_in("real"), before);
}

int main(int argc, char **argv) {
  sound();
  cut();
  other_header();
  no_file();
  scribbled(argc > 1 ? (unsigned)atoi(argv[1]) : 1);
  return CHECKED();
}
