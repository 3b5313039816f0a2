/* test_alloc_mimalloc.c: mimalloc as an allocator; skipped where bide::mimalloc is not linked. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#ifdef BIDE_USE_MIMALLOC

#include <bide/mimalloc.h>

#include <mimalloc.h>
#include <pthread.h>
#include <string.h>

static void try_all(bide_allocator *a)
{
    static const size_t sizes[] = {1, 3, 8, 15, 16, 17, 24, 100, 3000};
    bide_allocator *giver;
    size_t align, i;
    for (align = 1; align <= 1024; align *= 2) {
        for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            void *blocks[8];
            size_t k;
            for (k = 0; k < 8; k++) {
                blocks[k] = bide_alloc(a, sizes[i], align, &giver);
                assert_non_null(blocks[k]);
                assert_ptr_equal(giver, a);
                assert_int_equal((uintptr_t)blocks[k] % align, 0);
                memset(blocks[k], 1, sizes[i]);
            }
            for (k = 0; k < 8; k++)
                bide_free(giver, blocks[k], sizes[i], align);
        }
    }
}

static void P08_random_alignment(void **state)
{
    (void)state;
    try_all(bide_mimalloc());
    assert_ptr_equal(bide_default_allocator(), bide_mimalloc());
    assert_int_equal(bide_mimalloc()->flags, BIDE_ALLOC_ANY_THREAD | BIDE_FREE_ANY_THREAD);
}

static void *free_it(void *arg)
{
    void **pair = arg;
    bide_free(pair[0], pair[1], 64, 8);
    return NULL;
}

static void P36_cross_thread_free_of_a_given_heap(void **state)
{
    mi_heap_t *heap = mi_heap_new();
    bide_mimalloc_heap allocator;
    bide_allocator *giver;
    pthread_t thread;
    void *pair[2];
    (void)state;
    bide_mimalloc_heap_init(&allocator, heap);
    assert_int_equal(allocator.base.flags, BIDE_FREE_ANY_THREAD);
    try_all(&allocator.base);
    pair[1] = bide_alloc(&allocator.base, 64, 8, &giver);
    pair[0] = giver;
    assert_true(mi_heap_contains_block(heap, pair[1]));
    assert_int_equal(pthread_create(&thread, NULL, free_it, pair), 0);
    pthread_join(thread, NULL);
    mi_heap_delete(heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(P08_random_alignment),
        cmocka_unit_test(P36_cross_thread_free_of_a_given_heap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

static void mimalloc_is_not_linked(void **state)
{
    (void)state;
    skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mimalloc_is_not_linked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
