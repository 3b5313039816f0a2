/*
 * kinds.h: the kinds of futures that are grown. Each takes a plant and its token 0, and gives the
 * sum of its leaves' values.
 */
#ifndef FOREST_KINDS_H
#define FOREST_KINDS_H

#include "forest.h"

enum { LEAF, BOTH, GROWN, RACED, DYN_TREE, DYN_BUSH, DYN_VINE, CLIMBING, KINDS };

/* Makes the handles that the dyn kinds call through: two of them with an allocator. */
void kinds_open(bide_allocator *a, bide_allocator *b);

bool kind_has_one_leaf(int kind);
const bide_type *kind_type(int kind);
void kind_init(int kind, void *frame, plant *p);
bide_poll kind_start_box(int kind, bide_box *box, plant *p, bide_allocator *a, bide_context *cx,
                         int32_t *out);

#endif
