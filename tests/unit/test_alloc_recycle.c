/* test_alloc_recycle.c: free lists before another allocator. */
#include "support.h"

#include <bide/alloc_count.h>
#include <bide/alloc_recycle.h>
#include <bide/alloc_slab.h>

#include "poisoned.h"

#include <string.h>

struct setup {
    bide_counter counter;
    bide_recycler recycler;
};

static void begin(struct setup *s, size_t limit)
{
    bide_counter_init(&s->counter, bide_heap());
    bide_recycler_init(&s->recycler, &s->counter.base, limit);
}

static void end(struct setup *s)
{
    assert_int_equal(bide_recycler_live(&s->recycler), 0);
    bide_recycler_trim(&s->recycler, 0);
    assert_int_equal(bide_recycler_cached(&s->recycler), 0);
    assert_int_equal(s->counter.live, 0);
    assert_int_equal(s->counter.live_bytes, 0);
}

static void P26_reuse_same_layout(void **state)
{
    struct setup s;
    bide_allocator *giver;
    void *first, *block;
    int i;
    (void)state;
    begin(&s, 65536);
    first = bide_alloc(&s.recycler.base, 100, 8, &giver);
    assert_ptr_equal(giver, &s.recycler);
    assert_int_equal((uintptr_t)first % 16, 0);
    bide_free(giver, first, 100, 8);
    for (i = 0; i < 100; i++) {
        block = bide_alloc(&s.recycler.base, 100, 8, &giver);
        assert_ptr_equal(block, first);
        memset(block, i, 100);
        bide_free(giver, block, 100, 8);
    }
    block = bide_alloc(&s.recycler.base, 112, 16, &giver); /* the same class: 97 to 112 */
    assert_ptr_equal(block, first);
    bide_free(giver, block, 112, 16);
    assert_int_equal(s.counter.allocs, 1);
    end(&s);
}

static void every_class_is_its_own(void **state)
{
    struct setup s;
    bide_allocator *giver;
    unsigned char *blocks[64];
    size_t i, round;
    (void)state;
    begin(&s, (size_t)1 << 20);
    for (round = 0; round < 3; round++) {
        for (i = 0; i < 64; i++) {
            blocks[i] = bide_alloc(&s.recycler.base, 16 * i + 16, 16, &giver);
            memset(blocks[i], (int)i, 16 * i + 16);
        }
        for (i = 0; i < 64; i++) {
            assert_int_equal(blocks[i][16 * i + 15], i);
            bide_free(giver, blocks[i], 16 * i + 16, 16);
        }
    }
    assert_int_equal(s.counter.allocs, 64);
    end(&s);
}

static void P28_zero_size(void **state)
{
    struct setup s;
    bide_allocator *giver;
    void *block;
    (void)state;
    begin(&s, 1024);
    block = bide_alloc(&s.recycler.base, 0, 1, &giver);
    assert_non_null(block);
    bide_free(giver, block, 0, 1);
    end(&s);
}

static void large_and_over_aligned_pass_by(void **state)
{
    struct setup s;
    bide_allocator *giver;
    void *block;
    (void)state;
    begin(&s, 65536);
    block = bide_alloc(&s.recycler.base, 1025, 8, &giver);
    assert_ptr_equal(giver, &s.counter);
    bide_free(giver, block, 1025, 8);
    block = bide_alloc(&s.recycler.base, 64, 64, &giver);
    assert_ptr_equal(giver, &s.counter);
    assert_int_equal((uintptr_t)block % 64, 0);
    bide_free(giver, block, 64, 64);
    assert_int_equal(bide_recycler_cached(&s.recycler), 0);
    end(&s);
}

static void limit_and_trim(void **state)
{
    struct setup s;
    bide_allocator *giver;
    void *small, *large;
    (void)state;
    begin(&s, 100);
    small = bide_alloc(&s.recycler.base, 32, 8, &giver);
    large = bide_alloc(&s.recycler.base, 64, 8, &giver);
    bide_free(giver, large, 64, 8); /* 80 bytes upstream */
    assert_int_equal(bide_recycler_cached(&s.recycler), 80);
    bide_free(giver, small, 32, 8); /* 48 more would be too much */
    assert_int_equal(bide_recycler_cached(&s.recycler), 80);
    assert_int_equal(s.counter.live, 1);
    assert_int_equal(bide_recycler_trim(&s.recycler, 80), 0);
    assert_int_equal(bide_recycler_trim(&s.recycler, 79), 80);
    assert_int_equal(s.counter.live, 0);
    end(&s);
}

static void upstream_failure_is_passed_on(void **state)
{
    bide_recycler recycler;
    bide_allocator *giver;
    (void)state;
    bide_recycler_init(&recycler, NULL, 1024);
    assert_null(bide_alloc(&recycler.base, 64, 8, &giver));
    assert_int_equal(bide_recycler_live(&recycler), 0);
}

static void block_goes_back_to_its_own_giver(void **state)
{
    static _Alignas(16) unsigned char memory[256];
    bide_counter counter;
    bide_slab slab;
    bide_recycler recycler;
    bide_allocator *giver;
    void *a, *b, *c;
    (void)state;
    /* The upstream's giver differs from block to block: the slab, then its own upstream. */
    bide_counter_init(&counter, bide_heap());
    bide_slab_init(&slab, memory, sizeof memory, &counter.base, NULL);
    bide_slab_enter(&slab);
    bide_recycler_init(&recycler, &slab.base, 4096);
    a = bide_alloc(&recycler.base, 64, 8, &giver);
    b = bide_alloc(&recycler.base, 64, 8, &giver);
    c = bide_alloc(&recycler.base, 64, 8, &giver);
    assert_int_equal(counter.live, 1);
    bide_free(giver, b, 64, 8);
    bide_free(giver, c, 64, 8);
    bide_free(giver, a, 64, 8);
    bide_recycler_trim(&recycler, 0);
    assert_int_equal(counter.live, 0);
    assert_int_equal(bide_slab_live(&slab), 0);
    bide_slab_retire(&slab);
}

static void kept_block_is_poisoned(void **state)
{
    struct setup s;
    bide_allocator *giver;
    unsigned char *block;
    (void)state;
    if (!somebody_watches())
        skip();
    begin(&s, 4096);
    block = bide_alloc(&s.recycler.base, 64, 8, &giver);
    assert_false(is_poisoned(block));
    bide_free(giver, block, 64, 8);
    assert_true(is_poisoned(block));
    assert_true(is_poisoned(block + 63));
    assert_ptr_equal(bide_alloc(&s.recycler.base, 50, 8, &giver), block);
    assert_false(is_poisoned(block + 49));
    bide_free(giver, block, 50, 8);
    end(&s);
}

static bide_poll through_it(bide_allocator *allocator)
{
    bide_recycler recycler;
    bide_poll r;
    bide_recycler_init(&recycler, allocator, 4096);
    r = test_blocks_through(&recycler.base);
    if (r == BIDE_READY)
        r = test_blocks_through(&recycler.base);
    (void)bide_recycler_trim(&recycler, 0);
    return r;
}
TEST_EVERY_FAILURE(every_failure, through_it)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(P26_reuse_same_layout),
        cmocka_unit_test(every_class_is_its_own),
        cmocka_unit_test(P28_zero_size),
        cmocka_unit_test(large_and_over_aligned_pass_by),
        cmocka_unit_test(limit_and_trim),
        cmocka_unit_test(upstream_failure_is_passed_on),
        cmocka_unit_test(block_goes_back_to_its_own_giver),
        cmocka_unit_test(kept_block_is_poisoned),
        cmocka_unit_test(every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
