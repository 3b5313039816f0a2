/* test_alloc_heap.c: the C heap as an allocator, and the choice of the default. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <bide/alloc.h>
#include <bide/box.h>

#include <string.h>

static void P08_random_alignment(void **state)
{
    static const size_t sizes[] = {1, 3, 8, 13, 16, 24, 100, 1000, 5000};
    size_t align, i;
    (void)state;
    for (align = 1; align <= 4096; align *= 2) {
        for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            bide_allocator *giver = NULL;
            void *block = bide_alloc(bide_heap(), sizes[i], align, &giver);
            assert_non_null(block);
            assert_ptr_equal(giver, bide_heap());
            assert_int_equal((uintptr_t)block % align, 0);
            memset(block, 0x5a, sizes[i]);
            bide_free(giver, block, sizes[i], align);
        }
    }
}

static void P28_zero_size(void **state)
{
    bide_allocator *giver = NULL;
    void *block = bide_alloc(bide_heap(), 0, 1, &giver);
    (void)state;
    assert_non_null(block);
    bide_free(giver, block, 0, 1);
}

static void impossible_size_is_refused(void **state)
{
    bide_allocator *giver = NULL;
    (void)state;
    assert_null(bide_alloc(bide_heap(), SIZE_MAX - 8, 64, &giver));
    assert_null(bide_alloc(NULL, 8, 8, &giver));
}

static void default_is_named_then_context_then_heap(void **state)
{
    bide_allocator other = *bide_heap();
    bide_allocator third = *bide_heap();
    bide_context cx = {sizeof cx, 0, NULL, NULL, &other};
    (void)state;
    assert_ptr_equal(bide_allocator_for(&third, &cx), &third);
    assert_ptr_equal(bide_allocator_for(NULL, &cx), &other);
    assert_ptr_equal(bide_allocator_for(NULL, NULL), bide_default_allocator());
    cx.size = offsetof(bide_context, allocator); /* an executor that knew no allocator */
    assert_ptr_equal(bide_allocator_for(NULL, &cx), bide_default_allocator());
    assert_int_equal(bide_heap()->flags, BIDE_ALLOC_ANY_THREAD | BIDE_FREE_ANY_THREAD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(P08_random_alignment),
        cmocka_unit_test(P28_zero_size),
        cmocka_unit_test(impossible_size_is_refused),
        cmocka_unit_test(default_is_named_then_context_then_heap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
