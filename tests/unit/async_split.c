/*
 * async_split.c: the definitions of async_split.h; part of test_async.
 */
#include "async_split.h"

BIDE_ASYNC_DEFINE(int32_t, split_sum)
{
    BIDE_BEGIN(split_sum);
    BIDE_AWAIT(bide_pending_times, wait, ((uint32_t)f->a));
    f->x = f->a + f->b;
    BIDE_RETURN(f->x);
    BIDE_END;
}

BIDE_ASYNC_DEFINE(void, split_nothing)
{
    BIDE_BEGIN(split_nothing);
    BIDE_AWAIT(bide_pending_once, wait, ());
    BIDE_END;
}

bide_poll split_leaf_poll(struct split_leaf *f, bide_context *cx, int32_t *out)
{
    if (f->polls++ == 0) {
        bide_waker_wake_by_ref(cx->waker);
        return BIDE_PENDING;
    }
    *out = f->value;
    return BIDE_READY;
}

void split_leaf_drop(struct split_leaf *f)
{
    f->polls = 0;
}

BIDE_FUTURE_DEFINE(int32_t, split_leaf);

const bide_type *split_sum_record(void)
{
    return &split_sum_type;
}
