/* fts(3) holds descriptors of its own while a tree is walked: of the directory that
 * it started in, until fts_close, and of the one before each symbolic link that it
 * was told to follow, until the walk leaves that again. Walks with callbacks (nftw,
 * scandir, glob) have closed all of theirs when they return. */
#include "hook.h"

#include "arrivals.h"
#include "kernel/clock.h"

#include <fts.h>

static const struct fdt_birthmark place = {.kind = FDT_KIND_DIR, .path = "."};

static void after_step(const struct fdt_act *act, int info, unsigned flags, int fd,
                       uint64_t since) {
  if ((flags & FTS_SYMFOLLOW) == 0)
    return;
  if (info == FTS_D) {
    fdt_arrived(act, fd, &place, 0);
  } else if (info == FTS_DP && !fdt_is_told(fd, since)) {
    struct fdt_closing closing = fdt_close_begin(act, fd);
    fdt_close_end(act, fd, closing, 0);
  }
}

#define WALK(tree, entry, open, read, close)                                                       \
  FDT_EXPORT tree *open(char *const *paths, int options,                                           \
                        int (*compare)(const entry **, const entry **)) {                          \
    fdt_enter();                                                                                   \
    tree *walk = fdt_real.open(paths, options, compare);                                           \
    if (fdt_recording()) {                                                                         \
      if (walk == NULL)                                                                            \
        fdt_open_failed(FDT_ACT(open), errno);                                                     \
      else if ((walk->fts_options & FTS_NOCHDIR) == 0)                                             \
        fdt_opened(FDT_ACT(open), walk->fts_rfd, &place);                                          \
    }                                                                                              \
    return walk;                                                                                   \
  }                                                                                                \
  FDT_EXPORT entry *read(tree *walk) {                                                             \
    fdt_enter();                                                                                   \
    uint64_t since = fdt_recording() ? fdt_ticks() : 0;                                            \
    entry *step = fdt_real.read(walk);                                                             \
    if (step != NULL && fdt_recording())                                                           \
      after_step(FDT_ACT(read), step->fts_info, step->fts_flags, step->fts_symfd, since);          \
    return step;                                                                                   \
  }                                                                                                \
  FDT_EXPORT int close(tree *walk) {                                                               \
    fdt_enter();                                                                                   \
    if (!fdt_recording() || (walk->fts_options & FTS_NOCHDIR) != 0)                                \
      return fdt_real.close(walk);                                                                 \
    struct fdt_act act = *FDT_ACT(close);                                                          \
    int fd = walk->fts_rfd;                                                                        \
    struct fdt_closing closing = fdt_close_begin(&act, fd);                                        \
    int result = fdt_real.close(walk);                                                             \
    fdt_close_end(&act, fd, closing, 0);                                                           \
    return result;                                                                                 \
  }

WALK(FTS, FTSENT, fts_open, fts_read, fts_close)
WALK(FTS64, FTSENT64, fts64_open, fts64_read, fts64_close)
