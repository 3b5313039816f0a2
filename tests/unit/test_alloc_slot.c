/* test_alloc_slot.c: one frame in the caller's memory, else the fall-back. */
#include "support.h"

#include <bide/alloc_count.h>
#include <bide/alloc_slot.h>
#include <bide/box.h>

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

static void P01_init_fits(void **state)
{
    static const size_t sizes[] = {0, 1, 4, 7, 64};
    bide_counter counter;
    size_t i;
    (void)state;
    bide_counter_init(&counter, bide_heap());
    for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        BIDE_SLOT(64) slot;
        bide_allocator *giver;
        void *block;
        BIDE_SLOT_INIT(&slot, &counter.base);
        block = bide_alloc(BIDE_SLOT_ALLOCATOR(&slot), sizes[i], 8, &giver);
        assert_ptr_equal(block, slot.place);
        assert_ptr_equal(giver, &slot);
        memset(block, 0xff, sizes[i]);
        bide_free(giver, block, sizes[i], 8);
        assert_false(bide_slot_is_taken(&slot.allocator));
    }
    assert_int_equal(counter.allocs, 0);
}

static void P02_one_byte_short(void **state)
{
    BIDE_SLOT(64) slot;
    bide_allocator *giver;
    (void)state;
    BIDE_SLOT_INIT(&slot, NULL);
    assert_true(slot.allocator.base.flags & BIDE_ALLOC_FIXED);
    assert_null(bide_alloc(BIDE_SLOT_ALLOCATOR(&slot), 65, 8, &giver));
    assert_null(bide_alloc(BIDE_SLOT_ALLOCATOR(&slot), SIZE_MAX, 8, &giver));
    assert_false(bide_slot_is_taken(&slot.allocator));
    assert_non_null(bide_alloc(BIDE_SLOT_ALLOCATOR(&slot), 64, 8, &giver));
}

static void P08_random_alignment(void **state)
{
    unsigned char place[256];
    int i;
    (void)state;
    srand(3);
    for (i = 0; i < 2000; i++) {
        size_t align = (size_t)1 << (rand() % 6);
        size_t bytes = (size_t)(rand() % 100 + 1);
        size_t at = (size_t)(rand() % 32);
        bide_allocator *giver;
        bide_slot slot;
        unsigned char *block;
        bide_slot_init(&slot, place + at, sizeof place - at, NULL);
        block = bide_alloc(&slot.base, bytes, align, &giver);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % align, 0);
        assert_true(block >= place + at && block + bytes <= place + sizeof place);
    }
}

static void P10_align_256_refused_or_honoured(void **state)
{
    static BIDE_SLOT(128) small;
    static BIDE_SLOT(512) large;
    bide_allocator *giver;
    void *block;
    (void)state;
    BIDE_SLOT_INIT(&small, bide_heap());
    BIDE_SLOT_INIT(&large, NULL);
    block = bide_alloc(BIDE_SLOT_ALLOCATOR(&large), 100, 256, &giver);
    assert_non_null(block);
    assert_int_equal((uintptr_t)block % 256, 0);
    bide_free(giver, block, 100, 256);
    block = bide_alloc(BIDE_SLOT_ALLOCATOR(&small), 129, 256, &giver);
    assert_ptr_equal(giver, bide_heap());
    assert_int_equal((uintptr_t)block % 256, 0);
    bide_free(giver, block, 129, 256);
}

static void P12_address_is_slot(void **state)
{
    const bide_type type = {
        .size = sizeof type, .frame_size = 40, .frame_align = 8, .box_offset = 8};
    BIDE_SLOT(48) slot;
    bide_box box;
    (void)state;
    BIDE_SLOT_INIT(&slot, NULL);
    assert_int_equal(bide_box_reserve(&box, &type, BIDE_SLOT_ALLOCATOR(&slot)), BIDE_READY);
    assert_ptr_equal(box.frame, slot.place + 8);
    bide_box_release(&box);
}

static void P14_slot_is_reusable_and_busy_meanwhile(void **state)
{
    BIDE_SLOT(64) slot;
    bide_allocator *giver;
    int i;
    (void)state;
    BIDE_SLOT_INIT(&slot, NULL);
    for (i = 0; i < 3; i++) {
        void *block = bide_alloc(BIDE_SLOT_ALLOCATOR(&slot), 64, 8, &giver);
        assert_ptr_equal(block, slot.place);
        assert_true(bide_slot_is_taken(&slot.allocator));
        assert_null(bide_alloc(BIDE_SLOT_ALLOCATOR(&slot), 8, 8, &giver));
        bide_free(giver = BIDE_SLOT_ALLOCATOR(&slot), block, 64, 8);
    }
}

static void P20_boxed_when_oversize_P21_zero_when_it_fits(void **state)
{
    BIDE_SLOT(64) slot;
    bide_counter counter;
    bide_allocator *giver, *own;
    void *block, *second;
    (void)state;
    bide_counter_init(&counter, bide_heap());
    BIDE_SLOT_INIT(&slot, &counter.base);
    block = bide_alloc(BIDE_SLOT_ALLOCATOR(&slot), 65, 8, &giver);
    assert_ptr_equal(giver, &counter);
    assert_int_equal(counter.allocs, 1);
    bide_free(giver, block, 65, 8);
    block = bide_alloc(BIDE_SLOT_ALLOCATOR(&slot), 64, 8, &own);
    assert_int_equal(counter.allocs, 1);
    second = bide_alloc(BIDE_SLOT_ALLOCATOR(&slot), 64, 8, &giver); /* taken */
    assert_int_equal(counter.allocs, 2);
    bide_free(own, block, 64, 8);
    bide_free(giver, second, 64, 8);
    assert_int_equal(counter.live, 0);
}

static void *free_it(void *arg)
{
    void **pair = arg;
    memset(pair[1], 1, 64);
    bide_free(pair[0], pair[1], 64, 8);
    return NULL;
}

static void P36_cross_thread_free(void **state)
{
    static BIDE_SLOT(64) slot;
    bide_allocator *giver;
    pthread_t thread;
    void *pair[2];
    int i;
    (void)state;
    BIDE_SLOT_INIT(&slot, NULL);
    assert_true(slot.allocator.base.flags & BIDE_FREE_ANY_THREAD);
    pair[1] = bide_alloc(BIDE_SLOT_ALLOCATOR(&slot), 64, 8, &giver);
    pair[0] = giver;
    assert_int_equal(pthread_create(&thread, NULL, free_it, pair), 0);
    while (bide_slot_is_taken(&slot.allocator))
        sched_yield();
    /* The flag alone hands the bytes over. */
    for (i = 0; i < 64; i++)
        assert_int_equal(slot.place[i], 1);
    assert_ptr_equal(bide_alloc(BIDE_SLOT_ALLOCATOR(&slot), 64, 8, &giver), slot.place);
    pthread_join(thread, NULL);
}

static bide_poll through_it(bide_allocator *allocator)
{
    static _Alignas(16) unsigned char place[64];
    bide_slot slot;
    bide_poll r;
    bide_slot_init(&slot, place, sizeof place, allocator);
    r = test_blocks_through(&slot.base);
    assert_false(bide_slot_is_taken(&slot));
    return r;
}
TEST_EVERY_FAILURE(every_failure, through_it)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(P01_init_fits),
        cmocka_unit_test(P02_one_byte_short),
        cmocka_unit_test(P08_random_alignment),
        cmocka_unit_test(P10_align_256_refused_or_honoured),
        cmocka_unit_test(P12_address_is_slot),
        cmocka_unit_test(P14_slot_is_reusable_and_busy_meanwhile),
        cmocka_unit_test(P20_boxed_when_oversize_P21_zero_when_it_fits),
        cmocka_unit_test(P36_cross_thread_free),
        cmocka_unit_test(every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
