/*
 * test_checked_memory.c: checked builds: blocks that go back to somebody who did not give them, or
 * has them already, and slots that are made anew under a future.
 */
#include "checked.h"
#include <bide/alloc_arena.h>
#include <bide/alloc_pool.h>
#include <bide/alloc_slab.h>
#include <bide/alloc_slot.h>

static unsigned char memory[4096], shared_memory[4096];

/* Somebody else's block, the middle of an own one, and an own one twice, if `tells_twice`. What is
 * refused does not happen. */
static void goes_back_wrongly(bide_allocator *a, const char *kind, bool tells_twice)
{
    bide_allocator *giver;
    unsigned char stranger[64];
    void *first = bide_alloc(a, 64, 8, &giver), *block = bide_alloc(a, 64, 8, &giver);
    char not_its_own[64], twice[64];
    int line;
    snprintf(not_its_own, sizeof not_its_own, "to %s that did not give it", kind);
    snprintf(twice, sizeof twice, "to %s that has it already", kind);
    assert_non_null(first);
    assert_non_null(block);
    CHECKED_AT(line);
    bide_free(a, stranger, 64, 8);
    checked_expect("bide: a block of 64 bytes was given back", checked_line(__FILE__, line),
                   not_its_own);
    bide_free(a, (char *)first + 8, 64, 8);
    checked_expect("bide: a block of 64 bytes was given back", not_its_own, NULL);
    bide_free(a, first, 64, 8);
    checked_nothing();
    if (tells_twice) {
        bide_free(a, first, 64, 8);
        checked_expect("bide: a block of 64 bytes was given back", twice, NULL);
    }
    bide_free(a, block, 64, 8);
    checked_nothing();
}

static void to_a_pool(void **state)
{
    bide_pool pool;
    bide_shared_pool shared;
    bool unwatched;
    (void)state;
    assert_int_equal(bide_pool_init(&pool, memory, sizeof memory, 64, 8, NULL), BIDE_READY);
    assert_int_equal(
        bide_shared_pool_init(&shared, shared_memory, sizeof shared_memory, 64, 8, NULL),
        BIDE_READY);
    unwatched = !shared.watched; /* else its list lies in memory that nobody may read */
    goes_back_wrongly(&pool.base, "a pool", unwatched);
    assert_int_equal(bide_pool_in_use(&pool), 0);
    assert_int_equal(bide_pool_deinit(&pool), BIDE_READY);
    goes_back_wrongly(&shared.base, "a shared pool", false);
    assert_int_equal(bide_shared_pool_in_use(&shared), 0);
    assert_int_equal(bide_shared_pool_deinit(&shared), BIDE_READY);
}

static void to_a_slab(void **state)
{
    bide_slab slab;
    (void)state;
    bide_slab_init(&slab, memory, sizeof memory, NULL, NULL);
    bide_slab_enter(&slab);
    goes_back_wrongly(&slab.base, "a slab", true);
    assert_int_equal(bide_slab_live(&slab), 0);
    bide_slab_leave(&slab);
    bide_slab_retire(&slab);
}

static void to_an_arena_and_a_slot(void **state)
{
    bide_arena arena;
    BIDE_SLOT(64) slot;
    bide_allocator *giver;
    void *block;
    unsigned char stranger[64];
    (void)state;
    bide_arena_init(&arena, memory, sizeof memory, NULL);
    block = bide_alloc(&arena.base, 64, 8, &giver);
    bide_free(&arena.base, stranger, 64, 8);
    checked_expect("bide: a block of 64 bytes was given back", "to an arena that did not give it",
                   NULL);
    assert_int_equal(bide_arena_live(&arena), 1);
    bide_free(&arena.base, block, 64, 8);
    checked_nothing();
    bide_free(&arena.base, block, 64, 8);
    checked_expect("bide: a block of 64 bytes", "to an arena that has it already", NULL);
    assert_int_equal(bide_arena_deinit(&arena), BIDE_READY);
    BIDE_SLOT_INIT(&slot, NULL);
    block = bide_alloc(BIDE_SLOT_ALLOCATOR(&slot), 64, 8, &giver);
    bide_free(giver, stranger, 64, 8);
    checked_expect("bide: a block of 64 bytes was given back", "to a slot that did not give it",
                   NULL);
    assert_true(bide_slot_is_taken(&slot.allocator));
    bide_free(giver, block, 64, 8);
    checked_nothing();
    bide_free(giver, block, 64, 8);
    checked_expect("bide: a block of 64 bytes", "to a slot that has it already", NULL);
}

/* A box that outlives its slot: when the slot is made anew, and when the box ends all the same. */
static void a_box_outlives_its_slot(void **state)
{
    BIDE_SLOT(BIDE_FRAME_BYTES(pass)) slot;
    gate g = {0};
    bide_box box;
    rig r;
    int polled, made;
    (void)state;
    rig_open(&r);
    BIDE_SLOT_INIT(&slot, NULL);
    assert_int_equal(pass_start_box(&box, &g, BIDE_SLOT_ALLOCATOR(&slot), &r.cx, NULL),
                     BIDE_PENDING);
    CHECKED_AT(polled);
    assert_int_equal(bide_box_poll(&box, &r.cx, NULL), BIDE_PENDING);
    checked_nothing();
    CHECKED_AT(made);
    BIDE_SLOT_INIT(&slot, NULL);
    checked_expect(checked_line(__FILE__, made), "the future pass", checked_line(__FILE__, polled));
    bide_box_drop(&box);
    checked_expect("bide: a block of", "to a slot that has it already, or was made anew since",
                   NULL);
    BIDE_SLOT_INIT(&slot, NULL); /* nothing waits there now */
    checked_nothing();
    rig_close(&r);
}

static void a_box_outlives_its_shared_pool(void **state)
{
    bide_shared_pool pool;
    gate g = {0};
    bide_box box;
    rig r;
    int line;
    (void)state;
    rig_open(&r);
    assert_int_equal(bide_shared_pool_init(&pool, memory, sizeof memory, 96, 16, NULL), BIDE_READY);
    assert_int_equal(pass_start_box(&box, &g, &pool.base, &r.cx, NULL), BIDE_PENDING);
    CHECKED_AT(line);
    assert_int_equal(bide_shared_pool_deinit(&pool), BIDE_EBUSY);
    checked_expect("bide: bide_shared_pool_deinit", checked_line(__FILE__, line),
                   "the future pass");
    bide_box_drop(&box);
    assert_int_equal(bide_shared_pool_deinit(&pool), BIDE_READY);
    checked_nothing();
    rig_close(&r);
}

/* Heaps and allocators of users are not asked. */
static bide_poll good_scenario(bide_allocator *a)
{
    bide_poll r = test_blocks_through(a);
    checked_nothing();
    return r;
}

TEST_EVERY_FAILURE(every_failure, good_scenario)

#define TEST(f) cmocka_unit_test_setup_teardown(f, checked_setup, checked_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(to_a_pool),
        TEST(to_a_slab),
        TEST(to_an_arena_and_a_slot),
        TEST(a_box_outlives_its_slot),
        TEST(a_box_outlives_its_shared_pool),
        TEST(every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
