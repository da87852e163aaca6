#include "share.h"

#include "counters.h"
#include "entry.h"

/* The latest images of the blocks and index units that this program gave to children, with
 * FDT_REF_SHARED. A forked child finds its parent's here, and goes on from them.
 *
 * An image is never changed, so any that stands here, whoever wrote it, may be held against
 * the table, and what is found equal may be given away again. So no order is needed between
 * threads, or handlers, that fork at once: one may only miss what the other made.
 * Release and acquire: whoever finds an image finds it filled. */
static struct {
  uint32_t direct[FDT_DIRECT_BLOCKS];
  uint32_t root[FDT_ROOT_BLOCKS];
  /* How many are open in the latest image of each block that is watched, which stays right
   * for as long as the block is not touched. */
  uint8_t open[FDT_LIVE_WATCHED];
  /* Whose they are, for a vfork child gives its own table away in the memory of its parent. */
  const struct fdt_process *table;
  bool busy; /* a table is being given away */
} images;

/* Of a reference, shared or not. */
static const void *unit_of(uint32_t ref) { return fdt_units_at(ref & ~FDT_REF_SHARED, 1); }

static uint32_t load(const uint32_t *ref) { return __atomic_load_n(ref, __ATOMIC_ACQUIRE); }

/* ---- blocks -------------------------------------------------------------------- */

/* Of an image, which has no others. */
static uint32_t count_open(const struct fdt_live *image) {
  uint32_t open = 0;
  for (int i = 0; i < FDT_BLOCK_FDS; i++)
    open += image[i].state != 0;
  return open;
}

typedef uint64_t words __attribute__((vector_size(16), may_alias));

/* Whether all of two entries is equal but how they came to their process, which is by fork
 * in images. */
static bool are_alike(const struct fdt_live *a, const struct fdt_live *b) {
  _Static_assert(sizeof *a == 4 * sizeof(words) && offsetof(struct fdt_live, via) == 33,
                 "the second byte of the third words is left out");
  const words *x = (const words *)a, *y = (const words *)b;
  const words but_via = {~UINT64_C(0xff00), ~UINT64_C(0)};
  words difference = (x[0] ^ y[0]) | (x[1] ^ y[1]) | ((x[2] ^ y[2]) & but_via) | (x[3] ^ y[3]);
  return (difference[0] | difference[1]) == 0;
}

/* What goes on while a table is given away. */
struct sharing {
  uint32_t open; /* counted so far */
  bool same;     /* the latest images are of this table */
  bool alone;    /* no other thread, nor a handler on top of this, does the same */
};

/* Whether entries of a block were changed since this was last asked. There is an answer only
 * where nobody else asks at once, lest who asks second takes an image for right that the first
 * is about to replace. */
static bool was_touched(uint32_t block, const struct sharing *sharing) {
  if (block >= FDT_LIVE_WATCHED || !sharing->alone)
    return true;
  uint8_t *touched = &fdt_live_touched[block];
  if (__atomic_load_n(touched, __ATOMIC_ACQUIRE) == 0) /* as in fdt_live_touch */
    return false;
  /* What a handler changes before this is seen by the comparison that follows. */
  __atomic_store_n(touched, 0, __ATOMIC_RELAXED);
  return true;
}

static bool is_open(uint32_t word) { return FDT_LIVE_STATE(word) == FDT_LIVE_OPEN; }

/* Whether `image` is what a copy of `entries` would be; how many are open is then added to
 * `sharing`. */
static bool is_image(const struct fdt_live *image, const struct fdt_live *entries,
                     struct sharing *sharing) {
  uint32_t open = 0;
  for (int i = 0; i < FDT_BLOCK_FDS; i++) {
    uint32_t state = image[i].state, word = fdt_live_state(&entries[i]);
    if (state == 0 ? is_open(word) : state != word || !are_alike(&image[i], &entries[i]))
      return false;
    open += state != 0;
  }
  sharing->open += open;
  return true;
}

/* Returns a reference to an image of `entries`; 0 when none of them is open, or for want
 * of room. */
static uint32_t make_image(const struct fdt_live *entries, struct sharing *sharing) {
  uint32_t ref = 0;
  struct fdt_live *image = NULL;
  for (int i = 0; i < FDT_BLOCK_FDS; i++) {
    if (!is_open(fdt_live_state(&entries[i])))
      continue;
    if (image == NULL) {
      ref = fdt_units_take(1);
      image = fdt_units_at(ref, 1);
    }
    if (image == NULL)
      return 0;
    uint32_t word = fdt_live_copy_open(&image[i], &entries[i]);
    image[i].via = FDT_VIA_FORK;
    image[i].state = word;
    sharing->open += word != 0;
  }
  return ref == 0 ? 0 : ref | FDT_REF_SHARED;
}

/* Returns the image of the block `ref`: `image`, the latest one, where that still is what a copy
 * would be, else a new one; 0 when nothing is open there, or for want of room. */
static uint32_t find_image(uint32_t ref, uint32_t image, struct sharing *sharing) {
  const struct fdt_live *entries = unit_of(ref), *known = unit_of(image);
  if (entries == NULL)
    return 0;
  if ((ref & FDT_REF_SHARED) != 0) {
    sharing->open += count_open(entries);
    return ref;
  }
  if (known != NULL && is_image(known, entries, sharing))
    return image;
  return make_image(entries, sharing);
}

/* Returns what a child is to have in the place of the block `ref`, of which `image` is the
 * latest image, or 0. */
static uint32_t share_block(uint32_t block, uint32_t ref, uint32_t image, struct sharing *sharing) {
  uint8_t *open = block < FDT_LIVE_WATCHED ? &images.open[block] : NULL;
  if (!was_touched(block, sharing) && sharing->same && (image != 0 || *open == 0)) {
    sharing->open += *open;
    return image;
  }
  const uint32_t before = sharing->open;
  const uint32_t latest = find_image(ref, image, sharing);
  if (open != NULL)
    *open = (uint8_t)(sharing->open - before);
  return latest;
}

/* ---- index units --------------------------------------------------------------- */

/* An image of an index unit in the making: it is the latest image as long as nothing
 * differs from that. */
struct index_image {
  const uint32_t *latest; /* NULL: there is none */
  uint32_t *fresh;        /* NULL: none is needed yet */
  uint32_t ref;
  bool full;
  uint32_t open_before;
};

/* Of the unit `ref`, of which `latest` is the latest image, or 0. */
static struct index_image begin_image(uint32_t ref, uint32_t latest,
                                      const struct sharing *sharing) {
  uint32_t known = (ref & FDT_REF_SHARED) != 0 ? ref : latest;
  return (struct index_image){.latest = unit_of(known), .ref = known, .open_before = sharing->open};
}

static uint32_t latest_at(const struct index_image *image, uint32_t word) {
  return image->latest == NULL ? 0 : image->latest[word];
}

static void set_image(struct index_image *image, uint32_t word, uint32_t ref) {
  if (image->full || (image->fresh == NULL && ref == latest_at(image, word)))
    return;
  if (image->fresh == NULL) {
    image->ref = fdt_units_take(1);
    image->fresh = fdt_units_at(image->ref, 1);
    image->ref |= FDT_REF_SHARED;
    image->full = image->fresh == NULL;
    if (image->full)
      return;
    if (image->latest != NULL)
      __builtin_memcpy(image->fresh, image->latest, FDT_UNIT_SIZE);
  }
  image->fresh[word] = ref;
}

/* The reference to the finished image; 0, with nothing counted as open in it, when it is
 * empty or for want of room. */
static uint32_t end_image(const struct index_image *image, struct sharing *sharing) {
  if (!image->full && (image->latest != NULL || image->fresh != NULL))
    return image->ref;
  sharing->open = image->open_before;
  return 0;
}

enum { WORDS_OF_REF = sizeof(struct fdt_block_ref) / sizeof(uint32_t) };

static uint32_t share_leaf(uint32_t leaf, uint32_t ref, uint32_t latest, struct sharing *sharing) {
  const struct fdt_block_ref *blocks = unit_of(ref);
  if (blocks == NULL)
    return 0;
  struct index_image image = begin_image(ref, latest, sharing);
  for (uint32_t i = 0; i < FDT_LEAF_ENTRIES; i++) {
    uint32_t block = load(&blocks[i].live), known = latest_at(&image, i * WORDS_OF_REF);
    if (block != 0 || known != 0)
      set_image(&image, i * WORDS_OF_REF,
                share_block(leaf * FDT_LEAF_ENTRIES + i, block, known, sharing));
  }
  return end_image(&image, sharing);
}

static uint32_t share_root(uint32_t root, uint32_t ref, uint32_t latest, struct sharing *sharing) {
  const uint32_t *leaves = unit_of(ref);
  if (leaves == NULL)
    return 0;
  struct index_image image = begin_image(ref, latest, sharing);
  for (uint32_t i = 0; i < FDT_MID_ENTRIES; i++) {
    uint32_t leaf = load(&leaves[i]);
    if (leaf != 0 || latest_at(&image, i) != 0)
      set_image(&image, i,
                share_leaf(root * FDT_MID_ENTRIES + i, leaf, latest_at(&image, i), sharing));
  }
  return end_image(&image, sharing);
}

/* Notes the image that a child got, which the next one may get, too. */
static uint32_t remember(uint32_t *latest, uint32_t seen, uint32_t image) {
  if (image != seen)
    __atomic_store_n(latest, image, __ATOMIC_RELEASE);
  return image;
}

uint32_t fdt_live_share(const struct fdt_process *from, struct fdt_process *to) {
  const bool alone = fdt_alone() && !__atomic_load_n(&images.busy, __ATOMIC_RELAXED);
  if (alone)
    __atomic_store_n(&images.busy, true, __ATOMIC_RELAXED);
  struct sharing sharing = {.alone = alone,
                            .same = __atomic_load_n(&images.table, __ATOMIC_RELAXED) == from};
  for (int i = 0; i < FDT_DIRECT_BLOCKS; i++) {
    uint32_t latest = load(&images.direct[i]);
    uint32_t ref = load(&from->direct[i].live);
    if (ref != 0)
      to->direct[i].live =
          remember(&images.direct[i], latest, share_block((uint32_t)i, ref, latest, &sharing));
  }
  for (int i = 0; i < FDT_ROOT_BLOCKS; i++) {
    uint32_t latest = load(&images.root[i]);
    uint32_t ref = load(&from->root[i]);
    if (ref != 0)
      to->root[i] =
          remember(&images.root[i], latest, share_root((uint32_t)i, ref, latest, &sharing));
  }
  if (__atomic_load_n(&images.table, __ATOMIC_RELAXED) != from)
    __atomic_store_n(&images.table, from, __ATOMIC_RELAXED);
  if (alone)
    __atomic_store_n(&images.busy, false, __ATOMIC_RELAXED);
  return sharing.open;
}
