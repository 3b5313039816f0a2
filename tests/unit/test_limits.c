/*
 * test_limits.c: how deep and how often: stack use of many completions in a row, and of deep
 * nesting.
 */
#include "support.h"

#include <pthread.h>

/* Where the C stack was deepest, as an address. */
static uintptr_t deepest;

static void note_depth(void)
{
    char here;
    uintptr_t at = (uintptr_t)(void *)&here;
    if (at < deepest)
        deepest = at;
}

/* ---- many calls that complete at once ------------------------------------------------------ */

#define one_FRAME(ROW) ROW(PARAM, uint32_t, n)
BIDE_ASYNC(uint32_t, one)
{
    BIDE_BEGIN(one);
    note_depth();
    BIDE_RETURN(f->n & 1u);
    BIDE_END;
}

#define many_FRAME(ROW)                                                                            \
    ROW(PARAM, uint32_t, rounds)                                                                   \
    ROW(LOCAL, uint32_t, i) ROW(LOCAL, uint32_t, bit) ROW(LOCAL, uint32_t, sum) ROW(CHILD, one, c)
BIDE_ASYNC(uint32_t, many)
{
    BIDE_BEGIN(many);
    for (f->i = 0; f->i < f->rounds; f->i++) {
        BIDE_AWAIT_TO(f->bit, one, c, (f->i));
        f->sum += f->bit;
    }
    BIDE_RETURN(f->sum);
    BIDE_END;
}

static uintptr_t depth_of(uint32_t rounds)
{
    uint32_t sum = 0;
    bide_poll code;
    deepest = UINTPTR_MAX;
    BIDE_BLOCK_ON_TO(code, many, &sum, (rounds));
    assert_int_equal(code, BIDE_READY);
    assert_int_equal(sum, rounds / 2);
    return deepest;
}

static void synchronous_completions_use_constant_stack(void **state)
{
    uintptr_t few = depth_of(2);
    (void)state;
    assert_int_equal(depth_of(100000), few);
}

/* ---- a deep chain of boxed calls ------------------------------------------------------------ */

static uint32_t live;

static void leave(uint32_t depth)
{
    (void)depth;
    live--;
    note_depth();
}

#define deep_FRAME(ROW)                                                                            \
    ROW(OWNED, uint32_t, depth, leave) ROW(BOXED, deep, further) ROW(CHILD, bide_yield, turn)
BIDE_ASYNC(void, deep)
{
    BIDE_BEGIN(deep);
    live++;
    note_depth();
    if (f->depth > 1)
        BIDE_AWAIT(deep, further, (f->depth - 1));
    else
        BIDE_AWAIT(bide_yield, turn, ());
    BIDE_END;
}

struct descent {
    uint32_t depth;
    bool drop;
    size_t bytes_a_level;
    bide_poll code;
};

static void *descend(void *arg)
{
    struct descent *d = arg;
    char here;
    bide_counting_waker waker;
    bide_context cx = {.size = sizeof cx};
    bide_box box = BIDE_BOX_EMPTY;
    bide_counting_waker_init(&waker);
    cx.waker = &waker.base;
    deepest = UINTPTR_MAX;
    d->code = deep_start_box(&box, d->depth, bide_heap(), &cx, NULL);
    if (d->code == BIDE_PENDING && !d->drop)
        d->code = bide_box_poll(&box, &cx, NULL);
    bide_box_drop(&box);
    d->bytes_a_level = ((uintptr_t)(void *)&here - deepest) / d->depth;
    return NULL;
}

/* The limit that async.h tells: one level of nesting costs so many bytes of C stack. */
static void run_deep(uint32_t depth, bool drop, bide_poll expected)
{
    struct descent d = {.depth = depth, .drop = drop};
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    assert_int_equal(pthread_attr_setstacksize(&attributes, (size_t)512 << 20), 0);
    assert_int_equal(pthread_create(&thread, &attributes, descend, &d), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
    assert_int_equal(d.code, expected);
    assert_int_equal(live, 0);
    print_message("%u levels, %s: %zu bytes of stack a level\n", (unsigned)depth,
                  drop ? "dropped" : "finished", d.bytes_a_level);
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    assert_true(d.bytes_a_level <= 256);
#endif
}

static void deep_chain_is_dropped(void **state)
{
    (void)state;
    run_deep(100000, true, BIDE_PENDING);
}

static void deep_chain_finishes(void **state)
{
    (void)state;
    run_deep(100000, false, BIDE_READY);
}

static bide_poll scenario(bide_allocator *allocator)
{
    bide_counting_waker waker;
    bide_context cx = {.size = sizeof cx};
    bide_box box = BIDE_BOX_EMPTY;
    bide_poll r;
    bide_counting_waker_init(&waker);
    cx.waker = &waker.base;
    cx.allocator = allocator;
    r = deep_start_box(&box, 20, NULL, &cx, NULL);
    if (r == BIDE_PENDING)
        r = bide_box_poll(&box, &cx, NULL);
    assert_int_equal(live, 0);
    return r;
}
TEST_EVERY_FAILURE(deep_chain_with_every_failure, scenario)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(synchronous_completions_use_constant_stack),
        cmocka_unit_test(deep_chain_is_dropped),
        cmocka_unit_test(deep_chain_finishes),
        cmocka_unit_test(deep_chain_with_every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
