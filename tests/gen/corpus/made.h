/*
 * made.h: what macros make of async functions of the same file.
 */
#ifndef CORPUS_MADE_H
#define CORPUS_MADE_H

#include "corpus.h"

#include <bide/abortable.h>
#include <bide/future_set.h>
#include <bide/join.h>
#include <bide/select.h>
#include <bide/shared.h>
#include <bide/stream_adapt.h>
#include <bide/then.h>

/* A stream of `left` numbers. */
typedef struct Numbers {
    int left, value;
} Numbers;
BIDE_INLINE bide_poll Numbers_poll_next(Numbers *s, bide_context *cx, int *item)
{
    (void)cx;
    if (!s->left)
        return BIDE_DONE;
    s->left--;
    *item = s->value++;
    return BIDE_READY;
}
BIDE_INLINE void Numbers_drop(Numbers *s)
{
    s->left = 0;
}
BIDE_STREAM_TYPE(Numbers, int);

BIDE_INLINE int sum_of(int *base, int *value)
{
    return *base + *value;
}

/* Closures: what they hold, and what ends them. */
typedef struct Scale {
    int factor;
} Scale;
BIDE_INLINE void Scale_drop(Scale *s)
{
    s->factor = 0;
}

bide_async int twice(int x);
bide_async int half(struct resource *r, int x);
bide_async struct pair pair_of(int x);
bide_async void tell(int x);
bide_async int Scale_call(Scale *s, int item);
bide_async int made_join(int x);
bide_async int made_join_in_loop(int x);
bide_async int made_race(int x);
bide_async int made_race_boxed(int x);
bide_async int made_nested(int x);
bide_async int made_map(int x);
bide_async int made_then(int x);
bide_async int made_abortable(int x);
bide_async int made_shared(int x);
bide_async int made_set(int x);
bide_async int made_of_static(int x);
bide_async int made_variable(int x);
bide_async int made_by_init(int x);
bide_async int made_owned(int x);
bide_async int made_stream(int x);
bide_async int made_caught(int x);
bide_async int made_before_parts(int x);

#include BIDE_GENERATED("made.gen.h")

/* For whoever includes this, and behind all frames of made.async.c. */
BIDE_FUTURE_BY_ASYNC(struct pair, pair_of, (int, x));
BIDE_ABORTABLE(pair_or_not, pair_of);

#endif
