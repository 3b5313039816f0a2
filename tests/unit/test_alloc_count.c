/* test_alloc_count.c: the counter and the budget. */
#include "support.h"

#include <bide/alloc_count.h>
#include <bide/alloc_pool.h>
#include <bide/alloc_slab.h>
#include <bide/alloc_slot.h>

#include <pthread.h>
#include <string.h>

static void counts_are_those_of_the_requests(void **state)
{
    bide_counter counter;
    bide_allocator *giver;
    void *a, *b;
    (void)state;
    bide_counter_init(&counter, bide_heap());
    assert_int_equal(counter.base.flags, bide_heap()->flags);
    a = bide_alloc(&counter.base, 100, 8, &giver);
    assert_ptr_equal(giver, &counter);
    b = bide_alloc(&counter.base, 50, 64, &giver);
    assert_int_equal(counter.allocs, 2);
    assert_int_equal(counter.live, 2);
    assert_int_equal(counter.live_bytes, 150);
    assert_int_equal(counter.last_bytes, 50);
    assert_int_equal(counter.last_align, 64);
    bide_free(giver, a, 100, 8);
    assert_int_equal(counter.live_bytes, 50);
    assert_int_equal(counter.peak_bytes, 150);
    bide_counter_reset(&counter);
    assert_int_equal(counter.allocs, 0);
    assert_int_equal(counter.frees, 0);
    assert_int_equal(counter.live, 1);
    assert_int_equal(counter.peak_bytes, 50);
    bide_free(giver, b, 50, 64);
    assert_int_equal(counter.frees, 1);
    assert_int_equal(counter.live, 0);
}

static void P08_random_alignment(void **state)
{
    bide_counter counter;
    bide_budget budget;
    bide_allocator *giver;
    size_t align;
    (void)state;
    bide_counter_init(&counter, bide_heap());
    bide_budget_init(&budget, &counter.base, 100000);
    for (align = 1; align <= 1024; align *= 2) {
        void *block = bide_alloc(&budget.base, 33, align, &giver);
        assert_int_equal((uintptr_t)block % align, 0);
        memset(block, 1, 33);
        bide_free(giver, block, 33, align);
    }
    assert_int_equal(counter.live, 0);
}

static void refusals_of_upstream_are_failures(void **state)
{
    BIDE_SLOT(64) slot;
    bide_counter counter;
    bide_budget budget;
    bide_allocator *giver;
    void *block;
    (void)state;
    BIDE_SLOT_INIT(&slot, NULL);
    bide_counter_init(&counter, BIDE_SLOT_ALLOCATOR(&slot));
    assert_true(counter.base.flags & BIDE_ALLOC_FIXED);
    assert_false(counter.base.flags & BIDE_ALLOC_ANY_THREAD);
    assert_true(counter.base.flags & BIDE_FREE_ANY_THREAD);
    bide_budget_init(&budget, &counter.base, 1000);
    assert_null(bide_alloc(&budget.base, 100, 8, &giver));
    assert_null(bide_alloc(&counter.base, SIZE_MAX, 8, &giver));
    assert_int_equal(counter.failures, 2);
    assert_int_equal(counter.allocs, 0);
    assert_int_equal(budget.refusals, 0);
    assert_int_equal(budget.live_bytes, 0);
    block = bide_alloc(&budget.base, 48, 8, &giver); /* and two words: 64 bytes */
    assert_non_null(block);
    bide_free(giver, block, 48, 8);
    assert_false(bide_slot_is_taken(&slot.allocator));
}

static void block_goes_back_to_its_own_giver(void **state)
{
    static unsigned char memory[BIDE_POOL_BYTES(64, 8, 1)];
    bide_counter behind, before;
    bide_pool pool;
    bide_allocator *giver;
    void *a, *b;
    (void)state;
    bide_counter_init(&behind, bide_heap());
    bide_pool_init(&pool, memory, sizeof memory, 64, 8, &behind.base);
    bide_counter_init(&before, &pool.base);
    a = bide_alloc(&before.base, 56, 8, &giver);
    b = bide_alloc(&before.base, 56, 8, &giver);
    assert_int_equal(behind.live, 1);
    bide_free(giver, a, 56, 8);
    assert_int_equal(bide_pool_in_use(&pool), 0);
    bide_free(giver, b, 56, 8);
    assert_int_equal(behind.live, 0);
    assert_int_equal(before.live, 0);
    bide_pool_deinit(&pool);
}

/* No size is so large that header and padding make a small one of it. */
static void sizes_that_cannot_be(void **state)
{
    static uint64_t memory[64];
    bide_slab slab;
    bide_counter counter;
    bide_budget budget;
    bide_allocator *giver;
    (void)state;
    bide_slab_init(&slab, memory, sizeof memory, NULL, NULL);
    bide_slab_enter(&slab);
    bide_counter_init(&counter, &slab.base);
    bide_budget_init(&budget, &slab.base, SIZE_MAX);
    for (size_t less = 0; less < 64; less++) {
        assert_null(bide_alloc(&counter.base, SIZE_MAX - less, 8, &giver));
        assert_null(bide_alloc(&budget.base, SIZE_MAX - less, 8, &giver));
        assert_null(bide_alloc(&counter.base, SIZE_MAX - less, 64, &giver));
    }
    assert_int_equal(bide_slab_live(&slab), 0);
    assert_int_equal(budget.live_bytes, 0);
    bide_slab_leave(&slab);
    bide_slab_retire(&slab);
}

static void budget_limits_what_is_live(void **state)
{
    bide_budget budget;
    bide_allocator *giver;
    void *a, *b;
    (void)state;
    bide_budget_init(&budget, bide_heap(), 100);
    a = bide_alloc(&budget.base, 60, 8, &giver);
    assert_null(bide_alloc(&budget.base, 41, 8, &giver));
    assert_null(bide_alloc(&budget.base, SIZE_MAX - 10, 8, &giver));
    b = bide_alloc(&budget.base, 40, 8, &giver); /* exactly full */
    assert_non_null(b);
    assert_int_equal(budget.refusals, 2);
    assert_null(bide_alloc(&budget.base, 1, 1, &giver));
    bide_free(&budget.base, a, 60, 8);
    a = bide_alloc(&budget.base, 60, 8, &giver);
    assert_non_null(a);
    budget.limit = 50; /* below what is live: nothing more until enough has come back */
    assert_null(bide_alloc(&budget.base, 1, 1, &giver));
    bide_free(&budget.base, a, 60, 8);
    bide_free(&budget.base, b, 40, 8);
    assert_int_equal(budget.live_bytes, 0);
    assert_int_equal(budget.peak_bytes, 100);
}

static void *churn(void *arg)
{
    bide_allocator *a = arg;
    int i;
    for (i = 0; i < 5000; i++) {
        bide_allocator *giver;
        void *block = bide_alloc(a, 24, 8, &giver);
        if (block)
            bide_free(giver, block, 24, 8);
    }
    return NULL;
}

static void books_are_right_with_threads(void **state)
{
    bide_counter counter;
    bide_budget budget;
    pthread_t threads[3];
    int i;
    (void)state;
    bide_counter_init(&counter, bide_heap());
    bide_budget_init(&budget, &counter.base, 48); /* two at a time, for three */
    for (i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, churn, &budget.base), 0);
    for (i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(counter.allocs + budget.refusals, 15000);
    assert_int_equal(counter.frees, counter.allocs);
    assert_int_equal(counter.live_bytes, 0);
    assert_int_equal(budget.live_bytes, 0);
    assert_true(budget.peak_bytes <= 48);
}

static bide_poll through_it(bide_allocator *allocator)
{
    bide_counter counter;
    bide_budget budget;
    bide_poll r;
    bide_counter_init(&counter, allocator);
    bide_budget_init(&budget, &counter.base, 1u << 20);
    r = test_blocks_through(&budget.base);
    assert_int_equal(counter.live, 0);
    assert_int_equal(budget.live_bytes, 0);
    return r;
}
TEST_EVERY_FAILURE(every_failure, through_it)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_those_of_the_requests),
        cmocka_unit_test(P08_random_alignment),
        cmocka_unit_test(refusals_of_upstream_are_failures),
        cmocka_unit_test(block_goes_back_to_its_own_giver),
        cmocka_unit_test(sizes_that_cannot_be),
        cmocka_unit_test(budget_limits_what_is_live),
        cmocka_unit_test(books_are_right_with_threads),
        cmocka_unit_test(every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
