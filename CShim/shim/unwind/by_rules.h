/* Walks by compact rules, which leave to the tables only what they cannot say. */
#ifndef FDT_UNWIND_BY_RULES_H
#define FDT_UNWIND_BY_RULES_H

#include "last_walk.h"
#include "walk.h"

/* Walks from where `walk` stands to the end, on any stack. Async-signal-safe, as the other. */
enum fdt_walk_end fdt_walk_by_rules(struct fdt_walk *walk);

/* The same for the thread's own stack: all from walk->sp to last->base can be read. Ends
 * where the last walk, checked before, is met (JOINED: last->first is where). Its own frames
 * with compact rules are noted for fdt_last_walk_keep. */
enum fdt_walk_end fdt_walk_to_last(struct fdt_walk *walk, struct fdt_last_walk *last);

#endif
