/* test_alloc_pool.c: fixed blocks, for one thread and for many. */
#include "support.h"

#include <bide/alloc_count.h>
#include <bide/alloc_pool.h>
#include <bide/box.h>

#include "poisoned.h"

#include <pthread.h>
#include <string.h>

static unsigned char memory[BIDE_POOL_BYTES(96, 8, 4)];

static void capacity_is_exact(void **state)
{
    bide_pool pool;
    bide_allocator *giver;
    void *blocks[4];
    size_t i;
    (void)state;
    TEST_BREAKS("blocks are in use");
    assert_int_equal(bide_pool_init(&pool, memory, sizeof memory, 96, 8, NULL), BIDE_READY);
    assert_int_equal(bide_pool_capacity(&pool), 4);
    assert_true(pool.base.flags & BIDE_ALLOC_FIXED);
    assert_false(pool.base.flags & BIDE_FREE_ANY_THREAD);
    for (i = 0; i < 4; i++) {
        blocks[i] = bide_alloc(&pool.base, 96, 8, &giver);
        assert_non_null(blocks[i]);
        assert_ptr_equal(giver, &pool);
        memset(blocks[i], (int)i, 96);
    }
    assert_null(bide_alloc(&pool.base, 96, 8, &giver));
    assert_int_equal(bide_pool_in_use(&pool), 4);
    assert_int_equal(bide_pool_deinit(&pool), BIDE_EBUSY);
    for (i = 0; i < 4; i++) {
        assert_int_equal(((unsigned char *)blocks[i])[95], i);
        bide_free(&pool.base, blocks[i], 96, 8);
    }
    assert_int_equal(bide_pool_in_use(&pool), 0);
    assert_int_equal(bide_pool_peak(&pool), 4);
    assert_int_equal(bide_pool_deinit(&pool), BIDE_READY);
}

static void P02_one_byte_short(void **state)
{
    bide_pool pool;
    bide_allocator *giver;
    void *block;
    (void)state;
    bide_pool_init(&pool, memory, sizeof memory, 60, 8, NULL);
    assert_null(bide_alloc(&pool.base, 61, 8, &giver));
    assert_null(bide_alloc(&pool.base, 60, 16, &giver));
    block = bide_alloc(&pool.base, 60, 8, &giver);
    assert_non_null(block);
    bide_free(giver, block, 60, 8);
    assert_int_equal(bide_pool_deinit(&pool), BIDE_READY);
}

static void bad_arguments_get_a_code(void **state)
{
    bide_pool pool;
    (void)state;
    assert_int_equal(bide_pool_init(&pool, memory, sizeof memory, 96, 3, NULL), BIDE_EMISUSE);
    assert_int_equal(bide_pool_init(&pool, memory, sizeof memory, 96, 0, NULL), BIDE_EMISUSE);
    assert_int_equal(bide_pool_init(&pool, memory, 95, 96, 8, NULL), BIDE_EMISUSE);
    assert_int_equal(bide_pool_init(&pool, memory, sizeof memory, SIZE_MAX, 8, NULL), BIDE_EMISUSE);
    assert_int_equal(bide_pool_init(&pool, NULL, 0, 8, 8, NULL), BIDE_EMISUSE);
}

static void full_pool_of_boxes_is_busy(void **state)
{
    static unsigned char one[BIDE_POOL_BYTES(32, 8, 1)];
    const bide_type type = {
        .size = sizeof type, .frame_size = 24, .frame_align = 8, .box_offset = 8};
    bide_pool pool;
    bide_box a, b;
    (void)state;
    bide_pool_init(&pool, one, sizeof one, bide_box_bytes(&type), bide_box_align(&type), NULL);
    assert_int_equal(bide_box_reserve(&a, &type, &pool.base), BIDE_READY);
    assert_int_equal(bide_box_reserve(&b, &type, &pool.base), BIDE_EBUSY);
    assert_true(bide_box_is_empty(&b));
    bide_box_release(&a);
    assert_int_equal(bide_box_reserve(&b, &type, &pool.base), BIDE_READY);
    bide_box_release(&b);
    assert_int_equal(bide_pool_deinit(&pool), BIDE_READY);
}

static void P20_boxed_when_oversize(void **state)
{
    bide_counter counter;
    bide_pool pool;
    bide_allocator *giver;
    void *block;
    (void)state;
    bide_counter_init(&counter, bide_heap());
    bide_pool_init(&pool, memory, sizeof memory, 96, 8, &counter.base);
    assert_false(pool.base.flags & BIDE_ALLOC_FIXED);
    block = bide_alloc(&pool.base, 97, 8, &giver);
    assert_non_null(block);
    assert_ptr_equal(giver, &counter); /* handed through */
    assert_int_equal(counter.allocs, 1);
    assert_int_equal(bide_pool_in_use(&pool), 0);
    bide_free(giver, block, 97, 8);
    assert_int_equal(counter.live, 0);
    bide_pool_deinit(&pool);
}

static void P21_zero_when_it_fits(void **state)
{
    bide_counter counter;
    bide_pool pool;
    bide_allocator *giver;
    int i;
    (void)state;
    bide_counter_init(&counter, bide_heap());
    bide_pool_init(&pool, memory, sizeof memory, 96, 8, &counter.base);
    for (i = 0; i < 1000; i++) {
        void *block = bide_alloc(&pool.base, 96, 8, &giver);
        bide_free(giver, block, 96, 8);
    }
    assert_int_equal(counter.allocs, 0);
    bide_pool_deinit(&pool);
}

static void P10_align_256_honoured(void **state)
{
    static unsigned char aligned[BIDE_POOL_BYTES(300, 256, 3)];
    bide_pool pool;
    bide_allocator *giver;
    void *blocks[3];
    size_t i;
    (void)state;
    /* Wherever the memory begins, three fit. */
    assert_int_equal(bide_pool_init(&pool, aligned, sizeof aligned, 300, 256, NULL), BIDE_READY);
    assert_int_equal(bide_pool_capacity(&pool), 3);
    for (i = 0; i < 3; i++) {
        blocks[i] = bide_alloc(&pool.base, 300, 256, &giver);
        assert_int_equal((uintptr_t)blocks[i] % 256, 0);
    }
    for (i = 0; i < 3; i++)
        bide_free(giver, blocks[i], 300, 256);
    bide_pool_deinit(&pool);
}

static void freed_block_is_poisoned(void **state)
{
    bide_pool pool;
    bide_allocator *giver;
    unsigned char *block;
    (void)state;
    if (!somebody_watches())
        skip();
    bide_pool_init(&pool, memory, sizeof memory, 96, 8, NULL);
    block = bide_alloc(&pool.base, 90, 8, &giver);
    assert_false(is_poisoned(block));
    assert_false(is_poisoned(block + 89));
    assert_true(is_poisoned(block + 90));
    assert_true(is_poisoned(block + 96)); /* a block that was never handed out */
    bide_free(giver, block, 90, 8);
    assert_true(is_poisoned(block));
    assert_true(is_poisoned(block + 89));
    assert_ptr_equal(bide_alloc(&pool.base, 96, 8, &giver), block);
    assert_false(is_poisoned(block + 95));
    bide_free(giver, block, 96, 8);
    bide_pool_deinit(&pool);
    assert_false(is_poisoned(block));
}

/* ---- the shared pool ---------------------------------------------------------------------- */

#define SHARED_BLOCKS 8
static unsigned char shared_memory[BIDE_SHARED_POOL_BYTES(64, 16, SHARED_BLOCKS)];

static void *churn(void *arg)
{
    bide_shared_pool *pool = arg;
    bide_allocator *giver;
    size_t got = 0;
    int i;
    for (i = 0; i < 20000; i++) {
        unsigned char *a = bide_alloc(&pool->base, 64, 16, &giver);
        unsigned char *b = bide_alloc(&pool->base, 40, 8, &giver);
        if (a)
            memset(a, i, 64);
        if (b)
            memset(b, ~i, 40);
        got += a && a[63] == (unsigned char)i;
        got += b && b[39] == (unsigned char)~i;
        if (a)
            bide_free(&pool->base, a, 64, 16);
        if (b)
            bide_free(&pool->base, b, 40, 8);
    }
    return got == 0 ? NULL : pool;
}

static void shared_pool_survives_threads(void **state)
{
    bide_shared_pool pool;
    bide_allocator *giver;
    pthread_t threads[3];
    void *blocks[SHARED_BLOCKS];
    size_t i;
    (void)state;
    TEST_BREAKS("blocks are in use");
    assert_int_equal(
        bide_shared_pool_init(&pool, shared_memory, sizeof shared_memory, 64, 16, NULL),
        BIDE_READY);
    assert_int_equal(pool.capacity, SHARED_BLOCKS);
    assert_int_equal(pool.base.flags,
                     BIDE_ALLOC_ANY_THREAD | BIDE_FREE_ANY_THREAD | BIDE_ALLOC_FIXED);
    for (i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, churn, &pool), 0);
    for (i = 0; i < 3; i++) {
        void *worked = NULL;
        pthread_join(threads[i], &worked);
        assert_non_null(worked);
    }
    /* Every block is there again, once. */
    assert_int_equal(bide_shared_pool_in_use(&pool), 0);
    for (i = 0; i < SHARED_BLOCKS; i++) {
        blocks[i] = bide_alloc(&pool.base, 64, 16, &giver);
        assert_non_null(blocks[i]);
        memset(blocks[i], (int)i, 64);
    }
    assert_null(bide_alloc(&pool.base, 64, 16, &giver));
    assert_int_equal(bide_shared_pool_deinit(&pool), BIDE_EBUSY);
    for (i = 0; i < SHARED_BLOCKS; i++) {
        assert_int_equal(((unsigned char *)blocks[i])[63], i);
        bide_free(&pool.base, blocks[i], 64, 16);
    }
    assert_int_equal(bide_shared_pool_deinit(&pool), BIDE_READY);
}

static void *free_it(void *arg)
{
    void **pair = arg;
    bide_free(pair[0], pair[1], 64, 8);
    return NULL;
}

static void P36_cross_thread_free(void **state)
{
    bide_shared_pool pool;
    bide_allocator *giver;
    void *pair[2];
    pthread_t thread;
    (void)state;
    bide_shared_pool_init(&pool, shared_memory, sizeof shared_memory, 64, 8, bide_heap());
    assert_false(pool.base.flags & BIDE_ALLOC_FIXED);
    pair[1] = bide_alloc(&pool.base, 64, 8, &giver);
    pair[0] = giver;
    assert_ptr_equal(giver, &pool);
    assert_int_equal(pthread_create(&thread, NULL, free_it, pair), 0);
    pthread_join(thread, NULL);
    assert_int_equal(bide_shared_pool_in_use(&pool), 0);
    assert_int_equal(bide_shared_pool_deinit(&pool), BIDE_READY);
}

static bide_poll through_it(bide_allocator *allocator)
{
    static _Alignas(16) unsigned char little[BIDE_POOL_BYTES(64, 8, 2)];
    bide_pool pool;
    bide_poll r;
    assert_int_equal(bide_pool_init(&pool, little, sizeof little, 64, 8, allocator), BIDE_READY);
    r = test_blocks_through(&pool.base);
    assert_int_equal(bide_pool_deinit(&pool), BIDE_READY);
    return r;
}
TEST_EVERY_FAILURE(every_failure, through_it)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(capacity_is_exact),
        cmocka_unit_test(P02_one_byte_short),
        cmocka_unit_test(bad_arguments_get_a_code),
        cmocka_unit_test(full_pool_of_boxes_is_busy),
        cmocka_unit_test(P20_boxed_when_oversize),
        cmocka_unit_test(P21_zero_when_it_fits),
        cmocka_unit_test(P10_align_256_honoured),
        cmocka_unit_test(freed_block_is_poisoned),
        cmocka_unit_test(shared_pool_survives_threads),
        cmocka_unit_test(P36_cross_thread_free),
        cmocka_unit_test(every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
