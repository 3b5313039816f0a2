/* test_alloc_slab.c: the task slab: any order, any thread, and the end after the task's. */
#include "support.h"

#include <bide/alloc_count.h>
#include <bide/alloc_slab.h>
#include <bide/box.h>

#include "poisoned.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static _Alignas(16) unsigned char memory[4096];

/* One slab and its memory in one block of the heap, freed by release. */
struct heap_slab {
    bide_slab slab;
    unsigned char room[2048];
};

static atomic_int released;

static void release_heap_slab(bide_slab *slab)
{
    atomic_fetch_add(&released, 1);
    free(slab);
}

static bide_slab *new_slab(bide_allocator *upstream)
{
    struct heap_slab *s = malloc(sizeof *s);
    assert_non_null(s);
    bide_slab_init(&s->slab, s->room, sizeof s->room, upstream, release_heap_slab);
    return &s->slab;
}

struct block {
    unsigned char *at;
    size_t bytes;
    size_t align;
    bide_allocator *giver;
    unsigned char fill;
};

static void get(struct block *b, bide_allocator *from, size_t bytes, size_t align)
{
    static unsigned char fill;
    *b = (struct block){.bytes = bytes, .align = align, .fill = ++fill};
    b->at = bide_alloc(from, bytes, align, &b->giver);
    assert_non_null(b->at);
    assert_int_equal((uintptr_t)b->at % align, 0);
    memset(b->at, b->fill, bytes);
}

static atomic_int overwritten;

/* Gives a block back; what was written into it must still be there, to the last byte. On any
 * thread, so that it only counts what is wrong; each test's teardown looks at the count. */
static void put(struct block *b)
{
    size_t i;
    for (i = 0; i < b->bytes; i++)
        if (b->at[i] != b->fill)
            atomic_fetch_add(&overwritten, 1);
    bide_free(b->giver, b->at, b->bytes, b->align);
    b->at = NULL;
}

static void stack_order_uses_the_same_bytes(void **state)
{
    bide_slab slab;
    struct block a, b, c;
    unsigned char *first, *second;
    (void)state;
    bide_slab_init(&slab, memory, sizeof memory, NULL, NULL);
    assert_int_equal(slab.base.flags & ~(uint32_t)BIDE_ALLOC_BUMP,
                     BIDE_FREE_ANY_THREAD | BIDE_ALLOC_FIXED);
    bide_slab_enter(&slab);
    get(&a, &slab.base, 40, 8);
    get(&b, &slab.base, 56, 8);
    assert_ptr_equal(a.giver, &slab);
    first = a.at, second = b.at;
    assert_ptr_equal(second, first + 48);
    put(&b);
    get(&c, &slab.base, 8, 8);
    assert_ptr_equal(c.at, second);
    put(&c);
    put(&a);
    get(&a, &slab.base, 500, 8);
    assert_ptr_equal(a.at, first);
    put(&a);
    assert_int_equal(bide_slab_live(&slab), 0);
    bide_slab_retire(&slab);
}

static void lower_block_waits_for_those_above(void **state)
{
    bide_slab slab;
    struct block a, b, c, d;
    unsigned char *bottom;
    (void)state;
    bide_slab_init(&slab, memory, sizeof memory, NULL, NULL);
    bide_slab_enter(&slab);
    get(&a, &slab.base, 16, 8);
    get(&b, &slab.base, 16, 8);
    get(&c, &slab.base, 16, 8);
    bottom = a.at;
    put(&a);
    put(&b);
    assert_int_equal(bide_slab_live(&slab), 1);
    get(&d, &slab.base, 16, 8);
    assert_ptr_equal(d.at, c.at + 24); /* above what is still out */
    put(&d);
    put(&c); /* takes a and b with it */
    get(&d, &slab.base, 16, 8);
    assert_ptr_equal(d.at, bottom);
    put(&d);
    bide_slab_retire(&slab);
}

static void random_order_over_3000_slabs(void **state)
{
    static const size_t aligns[] = {1, 2, 4, 8, 8, 8, 8, 16, 32, 64, 256};
    int round, i;
    (void)state;
    srand(7);
    atomic_store(&released, 0);
    for (round = 0; round < 3000; round++) {
        bide_slab *slab = new_slab(bide_heap());
        struct block blocks[24];
        memset(blocks, 0, sizeof blocks);
        bide_slab_enter(slab);
        for (i = 0; i < 60; i++) {
            struct block *b = &blocks[rand() % 24];
            if (b->at)
                put(b);
            else
                get(b, &slab->base, (size_t)(rand() % 150), aligns[rand() % 11]);
        }
        bide_slab_leave(slab);
        /* Some come back before the task ends, outside of its polls, and some afterwards. */
        for (i = 0; i < 12; i++)
            if (blocks[i].at)
                put(&blocks[i]);
        bide_slab_retire(slab);
        for (i = 23; i >= 12; i--)
            if (blocks[i].at)
                put(&blocks[i]);
        assert_int_equal(atomic_load(&released), round + 1);
    }
}

static void P10_align_honoured(void **state)
{
    static const size_t aligns[] = {32, 64, 256};
    bide_slab slab;
    struct block small, large, top;
    size_t i, at;
    (void)state;
    for (at = 0; at < 64; at += 8) {
        bide_slab_init(&slab, memory + at, sizeof memory - at, NULL, NULL);
        bide_slab_enter(&slab);
        for (i = 0; i < 3; i++) {
            unsigned char *before;
            get(&small, &slab.base, 8, 8);
            before = small.at + 8;
            get(&large, &slab.base, 100, aligns[i]);
            get(&top, &slab.base, 8, 8);
            put(&large);
            put(&top);
            get(&top, &slab.base, 8, 8); /* the padding has come back, too */
            assert_ptr_equal(top.at, before + 8);
            put(&top);
            put(&small);
        }
        bide_slab_retire(&slab);
    }
}

static void P01_exact_fit_and_P02_one_byte_short(void **state)
{
    static const size_t sizes[] = {0, 1, 4, 7, 200};
    _Alignas(8) unsigned char room[BIDE_SLAB_OWN_BYTES + BIDE_SLAB_BLOCK_BYTES(200, 8)];
    bide_slab slab;
    bide_allocator *giver;
    struct block b;
    size_t i;
    (void)state;
    for (i = 0; i < 5; i++) {
        bide_slab_init(&slab, room, sizeof room, NULL, NULL);
        bide_slab_enter(&slab);
        get(&b, &slab.base, sizes[i], 8);
        put(&b);
        bide_slab_retire(&slab);
    }
    bide_slab_init(&slab, room, sizeof room - 8, NULL, NULL);
    bide_slab_enter(&slab);
    get(&b, &slab.base, 200, 8); /* 8 of the slab's own bytes are for alignment only */
    put(&b);
    assert_null(bide_alloc(&slab.base, 201, 8, &giver));
    assert_null(bide_alloc(&slab.base, SIZE_MAX, 8, &giver));
    assert_null(bide_alloc(&slab.base, SIZE_MAX - 8, 8, &giver));
    assert_null(bide_alloc(&slab.base, SIZE_MAX - 15, 8, &giver));
    assert_null(bide_alloc(&slab.base, SIZE_MAX / 2, 64, &giver));
    assert_null(bide_alloc(&slab.base, 8, (size_t)1 << 20, &giver));
    bide_slab_retire(&slab);
}

static void full_goes_upstream(void **state)
{
    bide_counter counter;
    bide_slab slab;
    struct block a, b;
    (void)state;
    bide_counter_init(&counter, bide_heap());
    bide_slab_init(&slab, memory, 128, &counter.base, NULL);
    assert_int_equal(slab.base.flags & ~(uint32_t)BIDE_ALLOC_BUMP, BIDE_FREE_ANY_THREAD);
    bide_slab_enter(&slab);
    get(&a, &slab.base, 100, 8);
    get(&b, &slab.base, 100, 8);
    assert_ptr_equal(a.giver, &slab);
    assert_ptr_equal(b.giver, &counter); /* handed through: it goes back where it came from */
    assert_int_equal(counter.allocs, 1);
    bide_slab_retire(&slab);
    put(&a);
    put(&b); /* the slab is gone by now */
    assert_int_equal(counter.live, 0);
}

static void slab_without_memory_is_full(void **state)
{
    bide_slab slab;
    struct block b;
    (void)state;
    bide_slab_init(&slab, NULL, 0, bide_heap(), NULL);
    bide_slab_enter(&slab);
    get(&b, &slab.base, 8, 8);
    assert_ptr_equal(b.giver, bide_heap());
    put(&b);
    assert_int_equal(bide_slab_live(&slab), 0);
    bide_slab_retire(&slab);
    assert_null(bide_alloc(NULL, 1, 1, &b.giver));
}

static void weak_upstream_weakens_the_promise(void **state)
{
    bide_allocator one_thread = *bide_heap();
    bide_slab slab;
    (void)state;
    one_thread.flags = 0;
    bide_slab_init(&slab, memory, sizeof memory, &one_thread, NULL);
    assert_int_equal(slab.base.flags & ~(uint32_t)BIDE_ALLOC_BUMP, 0);
    bide_slab_retire(&slab);
}

static void retire_releases_once(void **state)
{
    bide_slab *slab = new_slab(NULL);
    struct block a, b;
    (void)state;
    atomic_store(&released, 0);
    bide_slab_retire(slab);
    assert_int_equal(atomic_load(&released), 1);
    slab = new_slab(NULL);
    bide_slab_enter(slab);
    get(&a, &slab->base, 10, 8);
    get(&b, &slab->base, 10, 8);
    bide_slab_retire(slab);
    assert_int_equal(atomic_load(&released), 1);
    assert_null(bide_alloc(&slab->base, 8, 8, &b.giver)); /* retired: no more blocks */
    b.giver = &slab->base;
    put(&a);
    assert_int_equal(atomic_load(&released), 1);
    put(&b);
    assert_int_equal(atomic_load(&released), 2);
}

/* ---- threads ------------------------------------------------------------------------------ */

static void *put_all(void *arg)
{
    struct block *b = arg;
    for (; b->at; b++)
        put(b);
    return NULL;
}

static void in_a_thread(struct block *blocks)
{
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, put_all, blocks), 0);
    pthread_join(thread, NULL);
}

static void P36_cross_thread_free(void **state)
{
    bide_slab slab;
    bide_allocator *giver;
    pthread_t thread;
    struct block blocks[5] = {0};
    unsigned char *first, *block;
    size_t i;
    (void)state;
    bide_slab_init(&slab, memory, 16 + 4 * 1008, NULL, NULL);
    bide_slab_enter(&slab);
    for (i = 0; i < 4; i++)
        get(&blocks[i], &slab.base, 1000, 8);
    first = blocks[0].at;
    assert_null(bide_alloc(&slab.base, 1000, 8, &giver));
    assert_int_equal(pthread_create(&thread, NULL, put_all, blocks), 0);
    /* Full: what the thread gives back is taken in, and nothing else orders it before this. */
    do
        block = bide_alloc(&slab.base, 1000, 8, &giver);
    while (!block);
    memset(block, 1, 1000);
    bide_free(giver, block, 1000, 8);
    pthread_join(thread, NULL);
    assert_int_equal(bide_slab_live(&slab), 0);
    assert_ptr_equal(bide_alloc(&slab.base, 1000, 8, &giver), first);
    bide_free(giver, first, 1000, 8);
    bide_slab_retire(&slab);
}

static void retire_then_last_block_by_another_thread(void **state)
{
    bide_slab *slab = new_slab(NULL);
    struct block blocks[4] = {0};
    (void)state;
    atomic_store(&released, 0);
    bide_slab_enter(slab);
    get(&blocks[0], &slab->base, 1, 1); /* smaller than the link of the list */
    get(&blocks[1], &slab->base, 100, 32);
    get(&blocks[2], &slab->base, 100, 8);
    bide_slab_leave(slab);
    bide_slab_retire(slab);
    assert_int_equal(atomic_load(&released), 0);
    in_a_thread(blocks);
    assert_int_equal(atomic_load(&released), 1);
}

#define HELPERS 3
#define BOX_COUNT 6

/* What the owner hands to a helper; the helper gives the blocks back when it sees `go`. */
struct race {
    struct block blocks[BOX_COUNT + 1];
    atomic_bool go;
    atomic_bool done;
};

static struct race races[HELPERS];
static atomic_bool stop;

static void *helper(void *arg)
{
    struct race *r = arg;
    while (!atomic_load(&stop)) {
        if (!atomic_exchange(&r->go, false)) {
            sched_yield();
            continue;
        }
        put_all(r->blocks);
        atomic_store(&r->done, true);
    }
    return NULL;
}

static void remote_frees_race_with_use_and_retire(void **state)
{
    pthread_t threads[HELPERS];
    int round, i, h;
    (void)state;
    atomic_store(&released, 0);
    atomic_store(&stop, false);
    for (h = 0; h < HELPERS; h++)
        assert_int_equal(pthread_create(&threads[h], NULL, helper, &races[h]), 0);
    for (round = 0; round < 300; round++) {
        bide_slab *slab = new_slab(bide_heap());
        struct block own;
        bide_slab_enter(slab);
        for (h = 0; h < HELPERS; h++)
            for (i = 0; i < BOX_COUNT; i++)
                get(&races[h].blocks[i], &slab->base, (size_t)(8 + 8 * i), i == 3 ? 64 : 8);
        for (h = 0; h < HELPERS; h++) {
            races[h].blocks[BOX_COUNT].at = NULL;
            atomic_store(&races[h].done, false);
            atomic_store(&races[h].go, true);
        }
        /* Meanwhile the owner works on, in the slab and past its end, and ends. */
        for (i = 0; i < 30; i++) {
            get(&own, &slab->base, i % 5 == 0 ? 1200 : 24, 8);
            put(&own);
        }
        bide_slab_leave(slab);
        bide_slab_retire(slab);
        for (h = 0; h < HELPERS; h++)
            while (!atomic_load(&races[h].done))
                sched_yield();
        assert_int_equal(atomic_load(&released), round + 1);
    }
    atomic_store(&stop, true);
    for (h = 0; h < HELPERS; h++)
        pthread_join(threads[h], NULL);
}

/* ---- frames and watchers ------------------------------------------------------------------ */

static void boxed_frame_is_send_from_a_slab(void **state)
{
    const bide_type type = {.size = sizeof type,
                            .flags = BIDE_SEND,
                            .frame_size = 40,
                            .frame_align = 64,
                            .box_offset = 64};
    bide_slab slab;
    bide_box box;
    (void)state;
    bide_slab_init(&slab, memory, sizeof memory, bide_heap(), NULL);
    bide_slab_enter(&slab);
    assert_int_equal(bide_box_reserve(&box, &type, &slab.base), BIDE_READY);
    assert_int_equal((uintptr_t)box.frame % 64, 0);
    assert_true(bide_box_is_send(&box));
    bide_box_release(&box);
    assert_int_equal(bide_slab_live(&slab), 0);
    bide_slab_retire(&slab);
}

static void freed_block_is_poisoned(void **state)
{
    bide_slab slab;
    struct block blocks[3] = {0};
    unsigned char *a, *b;
    (void)state;
    if (!somebody_watches())
        skip();
    bide_slab_init(&slab, memory, sizeof memory, NULL, NULL);
    bide_slab_enter(&slab);
    get(&blocks[0], &slab.base, 24, 8);
    get(&blocks[1], &slab.base, 20, 8);
    a = blocks[0].at, b = blocks[1].at;
    assert_false(is_poisoned(a));
    assert_false(is_poisoned(b + 19));
    assert_true(is_poisoned(b + 20)); /* the rest of a grain */
    assert_true(is_poisoned(b + 24));
    put(&blocks[0]);
    assert_true(is_poisoned(a)); /* marked only, but nobody's all the same */
    assert_true(is_poisoned(a + 23));
    assert_false(is_poisoned(b));
    put(&blocks[1]);
    assert_true(is_poisoned(b));
    get(&blocks[0], &slab.base, 24, 8);
    blocks[1].at = NULL;
    bide_slab_leave(&slab);
    in_a_thread(blocks);
    assert_true(is_poisoned(a + 8)); /* the first word links the list */
    bide_slab_retire(&slab);
    assert_false(is_poisoned(a));
    assert_false(is_poisoned(memory + sizeof memory - 1));
}

/* Frames that callers take and give back by themselves (BIDE_ALLOC_BUMP) among others that go
 * through the functions: the same memory, the same books. Watched slabs have functions only. */
static void frames_by_bumping(void **state)
{
    const size_t offset = sizeof(void *);
    bide_slab slab;
    void *a, *b, *c, *large;
    (void)state;
    bide_slab_init(&slab, memory, sizeof memory, bide_heap(), NULL);
    bide_slab_enter(&slab);
    a = bide_frame_alloc(&slab.base, 40, offset);
    b = bide_frame_alloc(&slab.base, 24, offset);
    assert_ptr_equal(((bide_allocator **)a)[-1], &slab.base);
    assert_int_equal(bide_slab_live(&slab), 2);
    bide_priv_frame_undo(b, 24, offset);
    assert_int_equal(bide_slab_live(&slab), 1);
    assert_ptr_equal(bide_frame_alloc(&slab.base, 24, offset), b);

    /* Not the topmost: marked, and popped with those above it. */
    c = bide_frame_alloc(&slab.base, 16, offset);
    bide_priv_frame_undo(b, 24, offset);
    assert_int_equal(bide_slab_live(&slab), 2);
    bide_priv_frame_undo(c, 16, offset);
    assert_int_equal(bide_slab_live(&slab), 1);
    assert_ptr_equal(bide_frame_alloc(&slab.base, 24, offset), b);
    bide_frame_free(b, 24, offset);

    /* More than there is, and over-aligned: by the function, upstream or padded. */
    large = bide_frame_alloc(&slab.base, sizeof memory, offset);
    assert_ptr_equal(((bide_allocator **)large)[-1], bide_heap());
    bide_priv_frame_undo(large, sizeof memory, offset);
    c = bide_frame_alloc(&slab.base, 16, 64);
    assert_int_equal((uintptr_t)c % 64, 0);
    bide_priv_frame_undo(c, 16, 64);
    bide_priv_frame_undo(a, 40, offset);
    assert_int_equal(bide_slab_live(&slab), 0);
    assert_ptr_equal(bide_frame_alloc(&slab.base, 40, offset), a);

    /* A retired slab gives nothing more; its last frame may still come back. */
    bide_slab_retire(&slab);
    b = bide_frame_alloc(&slab.base, 8, offset);
    assert_ptr_equal(((bide_allocator **)b)[-1], bide_heap());
    bide_frame_free(b, 8, offset);
    bide_frame_free(a, 40, offset);
}

static int nothing_was_overwritten(void **state)
{
    (void)state;
    return atomic_load(&overwritten) != 0;
}

static bide_poll through_it(bide_allocator *allocator)
{
    bide_slab slab;
    bide_poll r;
    bide_slab_init(&slab, memory, 128, allocator, NULL);
    bide_slab_enter(&slab);
    r = test_blocks_through(&slab.base);
    assert_int_equal(bide_slab_live(&slab), 0);
    bide_slab_retire(&slab);
    return r;
}
TEST_EVERY_FAILURE(every_failure, through_it)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(stack_order_uses_the_same_bytes, nothing_was_overwritten),
        cmocka_unit_test_teardown(lower_block_waits_for_those_above, nothing_was_overwritten),
        cmocka_unit_test_teardown(random_order_over_3000_slabs, nothing_was_overwritten),
        cmocka_unit_test_teardown(P10_align_honoured, nothing_was_overwritten),
        cmocka_unit_test_teardown(P01_exact_fit_and_P02_one_byte_short, nothing_was_overwritten),
        cmocka_unit_test_teardown(full_goes_upstream, nothing_was_overwritten),
        cmocka_unit_test_teardown(slab_without_memory_is_full, nothing_was_overwritten),
        cmocka_unit_test_teardown(weak_upstream_weakens_the_promise, nothing_was_overwritten),
        cmocka_unit_test_teardown(retire_releases_once, nothing_was_overwritten),
        cmocka_unit_test_teardown(P36_cross_thread_free, nothing_was_overwritten),
        cmocka_unit_test_teardown(retire_then_last_block_by_another_thread,
                                  nothing_was_overwritten),
        cmocka_unit_test_teardown(remote_frees_race_with_use_and_retire, nothing_was_overwritten),
        cmocka_unit_test_teardown(boxed_frame_is_send_from_a_slab, nothing_was_overwritten),
        cmocka_unit_test_teardown(frames_by_bumping, nothing_was_overwritten),
        cmocka_unit_test_teardown(freed_block_is_poisoned, nothing_was_overwritten),
        cmocka_unit_test(every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
