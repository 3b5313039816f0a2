/*
 * leaves_values.h: what the leaves of both builds give.
 */
#ifndef CORPUS_LEAVES_VALUES_H
#define CORPUS_LEAVES_VALUES_H

static inline struct pair pair_value(int x)
{
    struct pair p = {x + 1, x + 2};
    return p;
}

static inline struct big big_value(int x)
{
    struct big b;
    b.sum = 0;
    for (int i = 0; i < 24; i++) {
        b.v[i] = x + i * i;
        b.sum += b.v[i];
    }
    return b;
}

/* Every third is an error. */
static inline int negative_value(int x)
{
    return x % 3 == 2 ? -x - 10 : x + 10;
}

#endif
