/* test_testing_alloc.c: the test helpers themselves: allocators and the recorder of releases. */
#include "support.h"

#include <bide/alloc_count.h>
#include <bide/testing.h>

#include <pthread.h>
#include <string.h>

static void fails_the_nth_only(void **state)
{
    bide_failing_allocator failing;
    bide_allocator *giver;
    size_t n, i;
    (void)state;
    for (n = 0; n <= 4; n++) {
        bide_failing_allocator_init(&failing, bide_heap(), n, false);
        for (i = 1; i <= 3; i++) {
            void *block = bide_alloc(&failing.base, 8, 8, &giver);
            assert_int_equal(block == NULL, i == n);
            if (block) {
                assert_ptr_equal(giver, bide_heap());
                bide_free(giver, block, 8, 8);
            }
        }
        assert_int_equal(failing.attempts, 3);
        assert_int_equal(failing.failures, n >= 1 && n <= 3);
    }
}

static void fails_all_from_the_nth(void **state)
{
    bide_failing_allocator failing;
    bide_allocator *giver;
    void *block;
    (void)state;
    bide_failing_allocator_init(&failing, bide_heap(), 2, true);
    block = bide_alloc(&failing.base, 8, 8, &giver);
    assert_non_null(block);
    assert_null(bide_alloc(&failing.base, 8, 8, &giver));
    assert_null(bide_alloc(&failing.base, 8, 8, &giver));
    assert_int_equal(failing.failures, 2);
    bide_free(bide_heap(), block, 8, 8);
}

static void correct_use_is_no_violation(void **state)
{
    bide_checking_allocator checking;
    bide_allocator *giver;
    void *a, *b;
    (void)state;
    bide_checking_allocator_init(&checking, bide_heap());
    a = bide_alloc(&checking.base, 64, 8, &giver);
    assert_ptr_equal(giver, &checking);
    b = bide_alloc(&checking.base, 32, 64, &giver);
    bide_free(giver, a, 64, 8);
    bide_free(giver, b, 32, 64);
    assert_string_equal(bide_checking_allocator_trace(&checking), "+64/8 +32/64 -64/8 -32/64");
    assert_int_equal(checking.live, 0);
    assert_int_equal(bide_checking_allocator_finish(&checking), 0);
    assert_string_equal(bide_checking_allocator_report(&checking), "");
}

static void double_free_is_reported(void **state)
{
    bide_checking_allocator checking;
    bide_allocator *giver;
    void *block;
    (void)state;
    bide_checking_allocator_init(&checking, bide_heap());
    block = bide_alloc(&checking.base, 64, 8, &giver);
    bide_free(giver, block, 64, 8);
    bide_free(giver, block, 64, 8);
    assert_int_equal(checking.violations, 1);
    assert_int_equal(checking.frees, 1);
    assert_int_equal(bide_checking_allocator_finish(&checking), 1);
    assert_non_null(strstr(bide_checking_allocator_report(&checking), "double free"));
}

static void P36_foreign_free_is_reported(void **state)
{
    bide_checking_allocator one, other;
    bide_allocator *giver;
    void *block;
    (void)state;
    bide_checking_allocator_init(&one, bide_heap());
    bide_checking_allocator_init(&other, bide_heap());
    block = bide_alloc(&one.base, 64, 8, &giver);
    bide_free(&other.base, block, 64, 8);
    assert_int_equal(other.violations, 1);
    assert_non_null(strstr(bide_checking_allocator_report(&other), "foreign free"));
    bide_free(&one.base, block, 64, 8);
    assert_int_equal(bide_checking_allocator_finish(&one), 0);
    assert_int_equal(bide_checking_allocator_finish(&other), 1);
}

static void wrong_size_and_align_are_reported(void **state)
{
    bide_checking_allocator checking;
    bide_counter counter;
    bide_allocator *giver;
    void *a, *b;
    (void)state;
    bide_counter_init(&counter, bide_heap());
    bide_checking_allocator_init(&checking, &counter.base);
    a = bide_alloc(&checking.base, 64, 8, &giver);
    b = bide_alloc(&checking.base, 64, 8, &giver);
    bide_free(giver, a, 63, 8);
    bide_free(giver, b, 64, 16);
    assert_int_equal(counter.live_bytes, 0); /* the right size went upstream */
    assert_int_equal(bide_checking_allocator_finish(&checking), 2);
    assert_non_null(strstr(bide_checking_allocator_report(&checking), "wrong size"));
}

static void leak_is_reported_and_given_back(void **state)
{
    bide_checking_allocator checking;
    bide_counter counter;
    bide_allocator *giver;
    (void)state;
    bide_counter_init(&counter, bide_heap());
    bide_checking_allocator_init(&checking, &counter.base);
    assert_non_null(bide_alloc(&checking.base, 64, 8, &giver));
    assert_int_equal(checking.violations, 0);
    assert_int_equal(bide_checking_allocator_finish(&checking), 1);
    assert_non_null(strstr(bide_checking_allocator_report(&checking), "leak"));
    assert_int_equal(counter.live, 0);
}

static void refusal_is_traced(void **state)
{
    bide_checking_allocator checking;
    bide_allocator *giver;
    (void)state;
    bide_checking_allocator_init(&checking, NULL);
    assert_null(bide_alloc(&checking.base, 64, 8, &giver));
    assert_string_equal(bide_checking_allocator_trace(&checking), "!64/8");
    assert_int_equal(bide_checking_allocator_finish(&checking), 0);
}

static void texts_end_where_there_is_no_room(void **state)
{
    bide_checking_allocator checking;
    bide_allocator *giver;
    size_t i;
    (void)state;
    bide_checking_allocator_init(&checking, bide_heap());
    for (i = 0; i < 500; i++) {
        void *block = bide_alloc(&checking.base, 64, 8, &giver);
        bide_free(giver, block, 64, 8);
    }
    assert_true(strlen(bide_checking_allocator_trace(&checking)) < BIDE_TESTING_TEXT);
    assert_int_equal(strncmp(checking.trace, "+64/8 -64/8 +64/8", 17), 0);
    assert_int_equal(checking.frees, 500);
    assert_int_equal(bide_checking_allocator_finish(&checking), 0);
}

static void *churn(void *arg)
{
    bide_allocator *a = arg, *giver;
    int i;
    for (i = 0; i < 1000; i++) {
        void *block = bide_alloc(a, 64, 8, &giver);
        bide_free(giver, block, 64, 8);
    }
    return NULL;
}

static void checking_is_right_with_threads(void **state)
{
    bide_checking_allocator checking;
    pthread_t threads[2];
    int i;
    (void)state;
    bide_checking_allocator_init(&checking, bide_heap());
    for (i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, churn, &checking.base), 0);
    for (i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(checking.allocs, 2000);
    assert_int_equal(bide_checking_allocator_finish(&checking), 0);
}

static void order_of_release_is_recorded(void **state)
{
    bide_drop_order order;
    bide_droppable a, b, none = {0};
    (void)state;
    bide_drop_order_init(&order);
    assert_string_equal(bide_drop_order_text(&order), "");
    a = bide_droppable_make(&order, "a");
    b = bide_droppable_make(&order, "b");
    bide_droppable_release(&b);
    bide_droppable_release(&a);
    bide_droppable_release(&none);
    bide_drop_order_note(&order, "end");
    assert_string_equal(bide_drop_order_text(&order), "b a end");
    bide_droppable_release(&a); /* a double drop is seen */
    assert_string_equal(bide_drop_order_text(&order), "b a end a");
    assert_int_equal(order.count, 4);
}

static bide_poll through_it(bide_allocator *allocator)
{
    bide_checking_allocator checking;
    bide_poll r;
    bide_checking_allocator_init(&checking, allocator);
    r = test_blocks_through(&checking.base);
    assert_int_equal(bide_checking_allocator_finish(&checking), 0);
    return r;
}
TEST_EVERY_FAILURE(every_failure, through_it)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fails_the_nth_only),
        cmocka_unit_test(fails_all_from_the_nth),
        cmocka_unit_test(correct_use_is_no_violation),
        cmocka_unit_test(double_free_is_reported),
        cmocka_unit_test(P36_foreign_free_is_reported),
        cmocka_unit_test(wrong_size_and_align_are_reported),
        cmocka_unit_test(leak_is_reported_and_given_back),
        cmocka_unit_test(refusal_is_traced),
        cmocka_unit_test(texts_end_where_there_is_no_room),
        cmocka_unit_test(checking_is_right_with_threads),
        cmocka_unit_test(order_of_release_is_recorded),
        cmocka_unit_test(every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
