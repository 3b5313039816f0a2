/*
 * test_limits.c: how deep calls may nest, and what a level of nesting costs of the C stack.
 */
#include "support.h"

#include <pthread.h>
#include <stdlib.h>

/* Where the C stack was deepest, as an address. */
static uintptr_t deepest;

static void note_depth(void)
{
    uintptr_t at = test_stack_pointer();
    if (at < deepest)
        deepest = at;
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
    uintptr_t here = test_stack_pointer();
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
    d->bytes_a_level = (here - deepest) / d->depth;
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

/* The thread sanitizer keeps a call stack of its own, of 64 Ki calls; memcheck is slow. */
static uint32_t depth(void)
{
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
    return 10000;
#endif
#elif defined(__SANITIZE_THREAD__)
    return 10000;
#endif
    return getenv("BIDE_TEST_QUICK") ? 10000 : 100000;
}

static void deep_chain_is_dropped(void **state)
{
    (void)state;
    run_deep(depth(), true, BIDE_PENDING);
}

static void deep_chain_finishes(void **state)
{
    (void)state;
    run_deep(depth(), false, BIDE_READY);
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
        cmocka_unit_test(deep_chain_is_dropped),
        cmocka_unit_test(deep_chain_finishes),
        cmocka_unit_test(deep_chain_with_every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
