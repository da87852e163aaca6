/* Walks over trees of files: those that keep descriptors of their own between
 * calls, and those whose callbacks open descriptors in the middle of them. */
#include "tests.h"

#include <fts.h>
#include <ftw.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>

/* one/two and a link to it, in the directory that the test runs in. */
static void make_tree(void) {
  CHECK(mkdir("one", 0700) == 0 && mkdir("one/two", 0700) == 0);
  CHECK(close(creat("one/two/file", 0600)) == 0);
  CHECK(symlink("two", "one/link") == 0);
}

static char *paths[] = {"one", NULL};

/* The newest open entry, by number, that `call` made. */
static int opened_by(const char *call) {
  for (int fd = 1023; fd >= 0; fd--) {
    const struct fdt_live *entry = entry_of(fd);
    if (entry != NULL && FDT_LIVE_STATE(entry->state) == FDT_LIVE_OPEN &&
        strcmp(trace_call(traced(), entry->call), call) == 0)
      return fd;
  }
  return -1;
}

#define WALKS(tree, entry, open, read, close, set)                                                 \
  TEST(open) {                                                                                     \
    make_tree();                                                                                   \
    tree *walk = open(paths, FTS_PHYSICAL, NULL);                                                  \
    check_opened(walk->fts_rfd, #open, FDT_KIND_DIR, FDT_OWNER_RAW);                               \
    check_table();                                                                                 \
    while (read(walk) != NULL)                                                                     \
      check_table();                                                                               \
    CHECK(close(walk) == 0);                                                                       \
    uint64_t opened = own_process()->opened;                                                       \
    CHECK(close(open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL)) == 0);                              \
    CHECK_EQUAL(own_process()->opened, opened);                                                    \
  }                                                                                                \
  TEST(close) {                                                                                    \
    make_tree();                                                                                   \
    tree *walk = open(paths, FTS_PHYSICAL, NULL);                                                  \
    int fd = walk->fts_rfd;                                                                        \
    CHECK(close(walk) == 0);                                                                       \
    check_closed(fd, #close);                                                                      \
  }                                                                                                \
  TEST(read) {                                                                                     \
    make_tree();                                                                                   \
    tree *walk = open(paths, FTS_PHYSICAL, NULL);                                                  \
    int followed = -1;                                                                             \
    for (entry * step; (step = read(walk)) != NULL;) {                                             \
      check_table();                                                                               \
      if (step->fts_info == FTS_SL)                                                                \
        CHECK(set(walk, step, FTS_FOLLOW) == 0);                                                   \
      if (opened_by(#read) >= 0)                                                                   \
        followed = opened_by(#read);                                                               \
    }                                                                                              \
    CHECK(followed >= 0);                                                                          \
    check_closed(followed, #read);                                                                 \
    CHECK(close(walk) == 0);                                                                       \
  }

WALKS(FTS, FTSENT, fts_open, fts_read, fts_close, fts_set)
WALKS(FTS64, FTSENT64, fts64_open, fts64_read, fts64_close, fts64_set)

/* ---- callbacks --------------------------------------------------------------------------- */

static int kept = -1;
static int calls;

/* Keeps one descriptor, and closes another that it opened at the call before. */
static void use_descriptors(void) {
  static int other = -1;
  calls++;
  if (kept == -1)
    kept = open("/dev/null", O_RDONLY);
  if (other != -1)
    CHECK(close(other) == 0);
  other = open("/dev/zero", O_RDONLY);
  check_opened(other, "open", FDT_KIND_FILE, FDT_OWNER_RAW);
}

static int visit(const char *path, const struct stat *about, int flag, struct FTW *place) {
  (void)path, (void)about, (void)flag, (void)place;
  use_descriptors();
  return 0;
}

static int accept_entry(const struct dirent *entry) {
  use_descriptors();
  return entry->d_name[0] != '.';
}

static void check_callbacks(int wanted) {
  CHECK_EQUAL(calls, wanted);
  check_opened(kept, "open", FDT_KIND_FILE, FDT_OWNER_RAW);
  check_table();
  CHECK_EQUAL(own_process()->vanished, 0);
}

CASE(nftw_callbacks) {
  make_tree();
  CHECK(nftw("one", visit, 4, FTW_PHYS | FTW_CHDIR | FTW_DEPTH) == 0);
  check_callbacks(4);
}

CASE(scandir_callbacks) {
  make_tree();
  struct dirent **list;
  CHECK_EQUAL(scandir("one", &list, accept_entry, alphasort), 2);
  check_callbacks(4);
}

static void *glob_open(const char *path) {
  use_descriptors();
  return opendir(path);
}

static struct dirent *glob_read(void *stream) { return readdir(stream); }
static void glob_close(void *stream) { CHECK(closedir(stream) == 0); }
static int glob_stat(const char *path, struct stat *about) { return stat(path, about); }

CASE(glob_callbacks) {
  make_tree();
  glob_t found = {.gl_opendir = glob_open,
                  .gl_readdir = (void *)glob_read,
                  .gl_closedir = glob_close,
                  .gl_stat = (void *)glob_stat,
                  .gl_lstat = (void *)glob_stat};
  CHECK(glob("one/*/*", GLOB_ALTDIRFUNC, NULL, &found) == 0);
  CHECK_EQUAL(found.gl_pathc, 2);
  check_callbacks(calls);
  CHECK(calls >= 3);
}
