/* test_alloc_arena.c: the bump allocator. */
#include "support.h"

#include <bide/alloc_arena.h>
#include <bide/alloc_count.h>

#include "poisoned.h"

#include <stdlib.h>
#include <string.h>

static _Alignas(16) unsigned char memory[1024];

static void last_block_comes_back(void **state)
{
    bide_arena arena;
    bide_allocator *giver;
    void *a, *b;
    (void)state;
    bide_arena_init(&arena, memory, sizeof memory, NULL);
    a = bide_alloc(&arena.base, 100, 8, &giver);
    assert_ptr_equal(a, memory);
    assert_ptr_equal(giver, &arena);
    b = bide_alloc(&arena.base, 20, 8, &giver);
    bide_free(giver, b, 20, 8);
    assert_ptr_equal(bide_alloc(&arena.base, 30, 8, &giver), b);
    bide_free(giver, a, 100, 8); /* not the last: only counted */
    assert_int_equal(bide_arena_live(&arena), 1);
    assert_ptr_not_equal(bide_alloc(&arena.base, 8, 8, &giver), a);
    assert_int_equal(bide_arena_used(&arena), 104 + 32 + 8);
    assert_int_equal(bide_arena_peak(&arena), 104 + 32 + 8);
}

static void P34_arena_reset_after_drop(void **state)
{
    bide_arena arena;
    bide_allocator *giver;
    void *blocks[5];
    size_t i;
    (void)state;
    TEST_BREAKS("blocks are in use");
    bide_arena_init(&arena, memory, sizeof memory, NULL);
    for (i = 0; i < 5; i++)
        blocks[i] = bide_alloc(&arena.base, 64, 16, &giver);
    assert_int_equal(bide_arena_reset(&arena), BIDE_EBUSY);
    assert_int_equal(bide_arena_deinit(&arena), BIDE_EBUSY);
    for (i = 0; i < 5; i++) /* in the order of their making: none comes back before the last */
        bide_free(giver, blocks[i], 64, 16);
    assert_int_equal(bide_arena_live(&arena), 0);
    assert_int_equal(bide_arena_reset(&arena), BIDE_READY);
    assert_int_equal(bide_arena_used(&arena), 0);
    assert_ptr_equal(bide_alloc(&arena.base, 64, 16, &giver), blocks[0]);
    bide_free(giver, blocks[0], 64, 16);
    assert_int_equal(bide_arena_deinit(&arena), BIDE_READY);
}

static void P01_exact_fit_and_P02_one_byte_short(void **state)
{
    static const size_t sizes[] = {0, 1, 4, 7, 1024};
    bide_allocator *giver;
    bide_arena arena;
    size_t i;
    (void)state;
    for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        bide_arena_init(&arena, memory, sizeof memory, NULL);
        assert_ptr_equal(bide_alloc(&arena.base, sizes[i], 8, &giver), memory);
        bide_free(giver, memory, sizes[i], 8);
        assert_int_equal(bide_arena_used(&arena), 0);
        assert_int_equal(bide_arena_deinit(&arena), BIDE_READY);
    }
    bide_arena_init(&arena, memory, sizeof memory, NULL);
    assert_true(arena.base.flags & BIDE_ALLOC_FIXED);
    assert_null(bide_alloc(&arena.base, 1025, 8, &giver));
    assert_null(bide_alloc(&arena.base, SIZE_MAX, 8, &giver));
    assert_null(bide_alloc(&arena.base, SIZE_MAX - 7, 4096, &giver));
    assert_int_equal(bide_arena_used(&arena), 0);
    bide_arena_deinit(&arena);
}

static void empty_arena_is_full(void **state)
{
    bide_arena arena;
    bide_allocator *giver;
    void *block;
    (void)state;
    bide_arena_init(&arena, NULL, 0, NULL);
    assert_null(bide_alloc(&arena.base, 0, 1, &giver));
    assert_null(bide_alloc(&arena.base, 1, 1, &giver));
    bide_arena_init(&arena, memory + 1, 7, bide_heap());
    block = bide_alloc(&arena.base, 1, 1, &giver);
    assert_non_null(block);
    assert_ptr_equal(giver, bide_heap());
    bide_free(giver, block, 1, 1);
}

static void full_goes_to_the_fallback(void **state)
{
    bide_counter counter;
    bide_arena arena;
    bide_allocator *own, *giver;
    void *a, *b;
    (void)state;
    bide_counter_init(&counter, bide_heap());
    bide_arena_init(&arena, memory, sizeof memory, &counter.base);
    a = bide_alloc(&arena.base, 1000, 8, &own);
    b = bide_alloc(&arena.base, 100, 8, &giver);
    assert_non_null(b);
    assert_ptr_equal(own, &arena);
    assert_ptr_equal(giver, &counter);
    assert_int_equal(counter.allocs, 1);
    assert_int_equal(bide_arena_live(&arena), 1);
    bide_free(giver, b, 100, 8);
    bide_free(own, a, 1000, 8);
    assert_int_equal(counter.live, 0);
    assert_int_equal(bide_arena_deinit(&arena), BIDE_READY);
}

static void P08_random_alignment(void **state)
{
    static unsigned char large[65536];
    bide_arena arena;
    bide_allocator *giver;
    int i;
    (void)state;
    srand(1);
    bide_arena_init(&arena, large + 3, sizeof large - 3, NULL);
    for (i = 0; i < 300; i++) {
        size_t align = (size_t)1 << (rand() % 9);
        size_t bytes = (size_t)(rand() % 90);
        void *block = bide_alloc(&arena.base, bytes, align, &giver);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % align, 0);
        memset(block, i, bytes);
    }
}

static void freed_block_is_poisoned(void **state)
{
    bide_arena arena;
    bide_allocator *giver;
    unsigned char *a, *b;
    (void)state;
    if (!somebody_watches())
        skip();
    bide_arena_init(&arena, memory, sizeof memory, NULL);
    a = bide_alloc(&arena.base, 24, 8, &giver);
    b = bide_alloc(&arena.base, 24, 8, &giver);
    assert_false(is_poisoned(a));
    assert_false(is_poisoned(b + 23));
    assert_true(is_poisoned(b + 24)); /* not handed out yet */
    bide_free(giver, a, 24, 8);
    assert_true(is_poisoned(a));
    assert_false(is_poisoned(b));
    bide_free(giver, b, 24, 8);
    assert_true(is_poisoned(b));
    assert_int_equal(bide_arena_reset(&arena), BIDE_READY);
    assert_true(is_poisoned(a));
    bide_arena_deinit(&arena);
    assert_false(is_poisoned(a));
}

static bide_poll through_it(bide_allocator *allocator)
{
    static _Alignas(16) unsigned char little[64];
    bide_arena arena;
    bide_poll r;
    bide_arena_init(&arena, little, sizeof little, allocator);
    r = test_blocks_through(&arena.base);
    assert_int_equal(bide_arena_deinit(&arena), BIDE_READY);
    return r;
}
TEST_EVERY_FAILURE(every_failure, through_it)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(last_block_comes_back),
        cmocka_unit_test(P34_arena_reset_after_drop),
        cmocka_unit_test(P01_exact_fit_and_P02_one_byte_short),
        cmocka_unit_test(empty_arena_is_full),
        cmocka_unit_test(full_goes_to_the_fallback),
        cmocka_unit_test(P08_random_alignment),
        cmocka_unit_test(freed_block_is_poisoned),
        cmocka_unit_test(every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
