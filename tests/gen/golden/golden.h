/*
 * golden.h: what the sources of this folder stand on.
 */
#ifndef GOLDEN_H
#define GOLDEN_H

#include <bide/bide.h>
#include <bide/generated.h>

#define leaf_FRAME(ROW) ROW(PARAM, int32_t, x) ROW(LOCAL, uint64_t, at)
BIDE_FUTURE_DECLARE(int32_t, leaf)

struct pair {
    int32_t a, b;
};
void pair_end(struct pair *p);
bool is_bad(int32_t n);

#endif
