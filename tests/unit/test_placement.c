/*
 * Placement: who allocates and when, over every allocator; frames that never move; alignments of
 * frames and outputs.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "async_support.h"

#include <bide/alloc_arena.h>
#include <bide/alloc_pool.h>
#include <bide/alloc_recycle.h>
#include <bide/alloc_slab.h>
#include <bide/alloc_slot.h>

/* ---- who allocates ------------------------------------------------------------------------ */

#define no_await_FRAME(ROW) ROW(PARAM, plan *, p)
BIDE_ASYNC(int32_t, no_await)
{
    BIDE_BEGIN(no_await);
    BIDE_RETURN(f->p->value);
    BIDE_END;
}

#define AWAITING(NAME, V, CHILD_TYPE)                                                              \
    BIDE_ASYNC(int32_t, NAME)                                                                      \
    {                                                                                              \
        BIDE_BEGIN(NAME);                                                                          \
        BIDE_AWAIT_TO##V(f->x, CHILD_TYPE, wait, (f->p));                                          \
        BIDE_RETURN(f->x);                                                                         \
        BIDE_END;                                                                                  \
    }
#define AWAITING_ROWS(ROW, KIND, F) ROW(PARAM, plan *, p) ROW(LOCAL, int32_t, x) ROW(KIND, F, wait)
#define plain_FRAME(ROW) AWAITING_ROWS(ROW, CHILD, mleaf)
AWAITING(plain, , mleaf)
#define v_movable_FRAME(ROW) AWAITING_ROWS(ROW, CHILD, mleaf)
AWAITING(v_movable, _V, mleaf)
#define v_pinned_FRAME(ROW) AWAITING_ROWS(ROW, CHILD, tleaf)
AWAITING(v_pinned, _V, tleaf)
#define v_boxed_FRAME(ROW) AWAITING_ROWS(ROW, BOXED, tleaf)
AWAITING(v_boxed, _V, tleaf)
#define plain_boxed_FRAME(ROW) AWAITING_ROWS(ROW, BOXED, mleaf)
AWAITING(plain_boxed, , mleaf)
#define v_chain_FRAME(ROW) AWAITING_ROWS(ROW, BOXED, v_boxed)
AWAITING(v_chain, _V, v_boxed)

typedef bide_poll (*boxed_start)(bide_box *box, plan *p, bide_allocator *a, bide_context *cx,
                                 int32_t *out);

/* How each body is started, and how many blocks that takes when the leaf is ready or pends. */
static const struct {
    boxed_start start;
    size_t ready, pending;
} starts[] = {
    {no_await_start_box, 0, 0},    {plain_start_box, 1, 1},   {v_movable_start_box, 0, 1},
    {v_pinned_start_box, 1, 1},    {v_boxed_start_box, 0, 2}, {mleaf_start_box, 0, 1},
    {plain_boxed_start_box, 1, 2}, {tleaf_start_box, 0, 1},   {leaf_start_box, 1, 1},
    {v_chain_start_box, 0, 3},
};
enum { STARTS = sizeof starts / sizeof *starts };

/* A life by start_box from an allocator that the context names. */
static bide_poll live(boxed_start start, int pend, stage *s, bide_allocator *a, bool to_the_end)
{
    plan p = {.pend = pend, .value = 4};
    bide_box box = BIDE_BOX_EMPTY;
    int32_t out = 0;
    bide_poll r = start(&box, &p, a, &s->cx, &out);
    if (r == BIDE_PENDING && to_the_end)
        r = drive_box(&box, &s->cx, &out);
    if (r == BIDE_READY)
        assert_int_equal(out, 4);
    bide_box_drop(&box);
    return r;
}

static void memory_is_taken_only_to_wait(void **state)
{
    (void)state;
    for (int i = 0; i < STARTS; i++) {
        for (int pend = 0; pend < 3; pend++) {
            stage s;
            stage_open(&s, NULL);
            assert_int_equal(live(starts[i].start, pend, &s, NULL, true), BIDE_READY);
            assert_int_equal(s.counter.allocs, pend ? starts[i].pending : starts[i].ready);
            stage_close(&s);
        }
    }
}

static void C37_panic_waker_never_called_on_ready_path(void **state)
{
    (void)state;
    for (int i = 0; i < STARTS; i++) {
        bide_panic_waker waker;
        stage s;
        stage_open(&s, NULL);
        bide_panic_waker_init(&waker);
        s.cx.waker = &waker.base;
        assert_int_equal(live(starts[i].start, 0, &s, NULL, true), BIDE_READY);
        assert_int_equal(waker.violations, 0);
        stage_close(&s);
    }
}

/* P33: the named allocator, else the context's, else the default. */
static void P33_per_call_allocator_overrides_the_contexts(void **state)
{
    stage s;
    bide_counter named;
    (void)state;
    stage_open(&s, NULL);
    bide_counter_init(&named, bide_heap());
    assert_int_equal(live(plain_start_box, 1, &s, &named.base, true), BIDE_READY);
    assert_int_equal(named.allocs, 1);
    assert_int_equal(s.counter.allocs, 0);
    assert_int_equal(live(plain_start_box, 1, &s, NULL, true), BIDE_READY);
    assert_int_equal(s.counter.allocs, 1);
    s.cx.allocator = NULL;
    assert_int_equal(live(plain_start_box, 1, &s, NULL, true), BIDE_READY);
    assert_int_equal(s.counter.allocs + named.allocs, 2);
    /* A context of an older, shorter kind has no allocator. */
    s.cx.allocator = &s.counter.base;
    s.cx.size = offsetof(bide_context, allocator);
    assert_int_equal(live(plain_start_box, 1, &s, NULL, true), BIDE_READY);
    assert_int_equal(s.counter.allocs + named.allocs, 2);
    assert_int_equal(named.live, 0);
    stage_close(&s);
}

/* ---- every allocator ---------------------------------------------------------------------- */

enum { HEAP, COUNTING, BUDGET, POOL, SHARED_POOL, ARENA, SLAB, SLOT, RECYCLER, ALLOCATORS };

/* One of each, with a counter as its upstream or fall-back. */
typedef struct place {
    int kind;
    bide_counter upstream;
    bide_counter counting;
    bide_budget budget;
    bide_pool pool;
    bide_shared_pool shared;
    bide_arena arena;
    bide_slab slab;
    bide_recycler recycler;
    _Alignas(256) unsigned char memory[16384];
    BIDE_SLOT(8192) slot;
} place;

static bide_allocator *place_open(place *at, int kind)
{
    bide_allocator *up = &at->upstream.base;
    at->kind = kind;
    bide_counter_init(&at->upstream, bide_heap());
    switch (kind) {
    case HEAP:
        return up;
    case COUNTING:
        bide_counter_init(&at->counting, up);
        return &at->counting.base;
    case BUDGET:
        bide_budget_init(&at->budget, up, 100000);
        return &at->budget.base;
    case POOL:
        assert_int_equal(bide_pool_init(&at->pool, at->memory, sizeof at->memory, 2048, 256, up),
                         BIDE_READY);
        return &at->pool.base;
    case SHARED_POOL:
        assert_int_equal(
            bide_shared_pool_init(&at->shared, at->memory, sizeof at->memory, 2048, 256, up),
            BIDE_READY);
        return &at->shared.base;
    case ARENA:
        bide_arena_init(&at->arena, at->memory, sizeof at->memory, up);
        return &at->arena.base;
    case SLAB:
        bide_slab_init(&at->slab, at->memory, sizeof at->memory, up, NULL);
        bide_slab_enter(&at->slab);
        return &at->slab.base;
    case SLOT:
        BIDE_SLOT_INIT(&at->slot, up);
        return BIDE_SLOT_ALLOCATOR(&at->slot);
    default:
        bide_recycler_init(&at->recycler, up, 100000);
        return &at->recycler.base;
    }
}

/* Ends it; nothing is out. */
static void place_close(place *at)
{
    switch (at->kind) {
    case POOL:
        assert_int_equal(bide_pool_deinit(&at->pool), BIDE_READY);
        break;
    case SHARED_POOL:
        assert_int_equal(bide_shared_pool_deinit(&at->shared), BIDE_READY);
        break;
    case ARENA:
        assert_int_equal(bide_arena_deinit(&at->arena), BIDE_READY);
        break;
    case SLAB:
        assert_int_equal(bide_slab_live(&at->slab), 0);
        bide_slab_leave(&at->slab);
        bide_slab_retire(&at->slab);
        break;
    case SLOT:
        assert_false(bide_slot_is_taken(&at->slot.allocator));
        break;
    case RECYCLER:
        assert_int_equal(bide_recycler_live(&at->recycler), 0);
        (void)bide_recycler_trim(&at->recycler, 0);
        break;
    default:
        break;
    }
    assert_int_equal(at->upstream.live, 0);
}

/* P20, P21, P26: what reaches the allocator behind. */
static void each_allocator_serves_suspended_calls(void **state)
{
    static place at;
    (void)state;
    for (int kind = 0; kind < ALLOCATORS; kind++) {
        for (int i = 0; i < STARTS; i++) {
            for (int to_the_end = 0; to_the_end < 2; to_the_end++) {
                bide_allocator *a = place_open(&at, kind);
                const size_t n = starts[i].pending;
                stage s;
                stage_open(&s, NULL);
                s.cx.allocator = a;
                for (int round = 0; round < 10; round++)
                    assert_int_equal(live(starts[i].start, 2, &s, a, to_the_end != 0),
                                     n == 0 || to_the_end ? BIDE_READY : BIDE_PENDING);
                if (kind == HEAP || kind == COUNTING || kind == BUDGET)
                    assert_int_equal(at.upstream.allocs, 10 * n);
                else if (kind == RECYCLER) /* the second life finds the blocks of the first */
                    assert_int_equal(at.upstream.allocs, n);
                else if (kind == SLOT) /* one block at a time; the others go on */
                    assert_int_equal(at.upstream.allocs, n > 1 ? 10 * (n - 1) : 0);
                else
                    assert_int_equal(at.upstream.allocs, 0);
                stage_close(&s);
                place_close(&at);
            }
        }
    }
}

static void P12_P14_the_frame_is_in_the_slot_and_the_slot_is_reusable(void **state)
{
    static place at;
    (void)state;
    bide_allocator *a = place_open(&at, SLOT);
    stage s;
    const unsigned char *from = at.slot.place, *to = from + sizeof at.slot.place;
    stage_open(&s, NULL);
    for (int i = 0; i < 4; i++) {
        plan p = {.pend = 1, .value = 4};
        bide_box box = BIDE_BOX_EMPTY, other = BIDE_BOX_EMPTY;
        int32_t out = 0;
        assert_int_equal(plain_start_box(&box, &p, a, &s.cx, &out), BIDE_PENDING);
        assert_true((unsigned char *)box.frame > from && (unsigned char *)box.frame < to);
        assert_true(bide_slot_is_taken(&at.slot.allocator));
        /* A second one at the same time goes to the fall-back and returns there. */
        p.pend = 1;
        assert_int_equal(plain_start_box(&other, &p, a, &s.cx, &out), BIDE_PENDING);
        assert_false((unsigned char *)other.frame > from && (unsigned char *)other.frame < to);
        assert_int_equal(at.upstream.live, 1);
        if (i % 2)
            bide_box_drop(&box);
        else
            assert_int_equal(drive_box(&box, &s.cx, &out), BIDE_READY);
        assert_false(bide_slot_is_taken(&at.slot.allocator));
        bide_box_drop(&other);
    }
    assert_int_equal(at.upstream.allocs, 4);
    stage_close(&s);
    place_close(&at);
}

static void P34_arena_reset_after_drop(void **state)
{
    static place at;
    bide_allocator *a = place_open(&at, ARENA);
    stage s;
    plan p = {.pend = 1};
    bide_box box = BIDE_BOX_EMPTY;
    int32_t out = 0;
    void *first;
    (void)state;
    TEST_BREAKS("block is in use");
    stage_open(&s, NULL);
    assert_int_equal(plain_start_box(&box, &p, a, &s.cx, &out), BIDE_PENDING);
    first = box.frame;
    assert_int_equal(bide_arena_reset(&at.arena), BIDE_EBUSY);
    bide_box_drop(&box);
    assert_int_equal(bide_arena_reset(&at.arena), BIDE_READY);
    p.pend = 1;
    assert_int_equal(plain_start_box(&box, &p, a, &s.cx, &out), BIDE_PENDING);
    assert_ptr_equal(box.frame, first);
    bide_box_drop(&box);
    stage_close(&s);
    place_close(&at);
}

/* ---- frames do not move ------------------------------------------------------------------- */

BIDE_ASSERT_UNMOVED(void, still, bide_pending_times, (uint32_t, n));

#define low_FRAME(ROW)                                                                             \
    ROW(CHILD, still, a) ROW(CHILD, still, b) ROW(JOIN, both, (still, c), (still, d))
BIDE_ASYNC(void, low)
{
    BIDE_BEGIN(low);
    BIDE_AWAIT_V(still, a, (2));
    BIDE_AWAIT(still, b, (1));
    BIDE_AWAIT_JOIN(both, (still, c, BIDE_VOID, (1)), (still, d, BIDE_VOID, (3)));
    BIDE_END;
}
#define middle_FRAME(ROW) ROW(CHILD, low, a) ROW(BOXED, low, b) ROW(CHILD, low, c)
BIDE_ASYNC(void, middle)
{
    BIDE_BEGIN(middle);
    BIDE_AWAIT_V(low, a, ());
    BIDE_AWAIT_V(low, b, ());
    BIDE_AWAIT(low, c, ());
    BIDE_END;
}
#define high_FRAME(ROW)                                                                            \
    ROW(BOXED, middle, a) ROW(CHILD, middle, b) ROW(JOIN, both, (middle, c), (still, d))
BIDE_ASYNC(void, high)
{
    BIDE_BEGIN(high);
    BIDE_AWAIT_V(middle, a, ());
    BIDE_AWAIT_V(middle, b, ());
    BIDE_AWAIT_JOIN(both, (middle, c, BIDE_VOID, ()), (still, d, BIDE_VOID, (5)));
    BIDE_END;
}

static void P13_never_moves(void **state)
{
    static place at;
    (void)state;
    bide_unmoved_reset(&still_moves);
    for (int kind = 0; kind < ALLOCATORS; kind++) {
        for (int way = 0; way < 4; way++) {
            for (int k = 1; k < 70; k += 3) {
                bide_allocator *a = place_open(&at, kind);
                struct high frame;
                bide_box box = BIDE_BOX_EMPTY;
                bide_poll r = BIDE_PENDING;
                stage s;
                stage_open(&s, NULL);
                s.cx.allocator = a;
                if (way == 0)
                    high_init(&frame);
                else if (way == 1)
                    r = high_start(&frame, &s.cx, NULL);
                else if (way == 2)
                    r = high_start_box(&box, a, &s.cx, NULL);
                else
                    assert_int_equal(BIDE_BOX(high, &box, a, ()), BIDE_READY);
                for (int i = 0; i < k && r == BIDE_PENDING; i++)
                    r = way < 2 ? high_poll(&frame, &s.cx, NULL) : bide_box_poll(&box, &s.cx, NULL);
                if (way < 2 && r == BIDE_PENDING)
                    high_drop(&frame);
                bide_box_drop(&box);
                stage_close(&s);
                place_close(&at);
            }
        }
    }
    assert_true(still_moves.polls > 10000);
    assert_int_equal(still_moves.violations, 0);
}

/* ---- alignments --------------------------------------------------------------------------- */

/* A future by hand whose frame is aligned to N, and a body around it. */
#define ALIGNED(N)                                                                                 \
    typedef struct al##N {                                                                         \
        _Alignas(N) unsigned char byte[N];                                                         \
    } al##N;                                                                                       \
    BIDE_FUTURE(uint8_t, hand##N)                                                                  \
    bide_poll hand##N##_poll(struct hand##N *f, bide_context *cx, uint8_t *out)                    \
    {                                                                                              \
        if ((uintptr_t)f % N != 0)                                                                 \
            return BIDE_EMISUSE;                                                                   \
        if (f->polls == 0)                                                                         \
            f->v.byte[N - 1] = f->fill;                                                            \
        if (f->polls++ < 2) {                                                                      \
            bide_waker_wake_by_ref(cx->waker);                                                     \
            return BIDE_PENDING;                                                                   \
        }                                                                                          \
        *out = f->v.byte[N - 1];                                                                   \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    void hand##N##_drop(struct hand##N *f)                                                         \
    {                                                                                              \
        f->polls = 0;                                                                              \
    }                                                                                              \
    BIDE_ASYNC(uint8_t, body##N)                                                                   \
    {                                                                                              \
        BIDE_BEGIN(body##N);                                                                       \
        f->v.byte[N - 1] = f->fill;                                                                \
        BIDE_AWAIT_TO(f->x, hand##N, one, (f->fill));                                              \
        BIDE_AWAIT_TO_V(f->x, hand##N, two, (f->fill));                                            \
        if ((uintptr_t)f % _Alignof(struct body##N) != 0)                                          \
            BIDE_FAIL(BIDE_EMISUSE);                                                               \
        if (f->x != f->v.byte[N - 1])                                                              \
            BIDE_FAIL(BIDE_EMISUSE);                                                               \
        BIDE_RETURN(f->x);                                                                         \
        BIDE_END;                                                                                  \
    }                                                                                              \
    static void try_##N(bide_allocator *a, stage *s)                                               \
    {                                                                                              \
        const uint8_t v = (uint8_t)(N - 1);                                                        \
        bide_box box = BIDE_BOX_EMPTY;                                                             \
        struct body##N frame;                                                                      \
        uint8_t out = 0;                                                                           \
        bide_poll r;                                                                               \
        assert_int_equal(hand##N##_type.frame_align, N);                                           \
        assert_int_equal(hand##N##_type.box_offset, N > sizeof(void *) ? N : sizeof(void *));      \
        assert_int_equal(hand##N##_start_box(&box, v, a, &s->cx, &out), BIDE_PENDING);             \
        assert_int_equal((uintptr_t)box.frame % N, 0);                                             \
        assert_int_equal(drive_box(&box, &s->cx, &out), BIDE_READY);                               \
        assert_int_equal(out, N - 1);                                                              \
        out = 0;                                                                                   \
        assert_int_equal(body##N##_start_box(&box, v, a, &s->cx, &out), BIDE_PENDING);             \
        assert_int_equal((uintptr_t)box.frame % N, 0);                                             \
        assert_int_equal(drive_box(&box, &s->cx, &out), BIDE_READY);                               \
        assert_int_equal(out, N - 1);                                                              \
        out = 0;                                                                                   \
        r = body##N##_start(&frame, v, &s->cx, &out);                                              \
        assert_int_equal(r, BIDE_PENDING);                                                         \
        if (r == BIDE_PENDING)                                                                     \
            assert_int_equal(drive(&body##N##_type, &frame, &s->cx, &out), BIDE_READY);            \
        assert_int_equal(out, N - 1);                                                              \
    }
#define HAND_ROWS(ROW, N) ROW(PARAM, uint8_t, fill) ROW(BUFFER, al##N, v) ROW(LOCAL, uint8_t, polls)
#define BODY_ROWS(ROW, N)                                                                          \
    ROW(PARAM, uint8_t, fill)                                                                      \
    ROW(BUFFER, al##N, v)                                                                          \
    ROW(LOCAL, uint8_t, x) ROW(CHILD, hand##N, one) ROW(CHILD, hand##N, two)
#define hand1_FRAME(ROW) HAND_ROWS(ROW, 1)
#define body1_FRAME(ROW) BODY_ROWS(ROW, 1)
ALIGNED(1)
#define hand2_FRAME(ROW) HAND_ROWS(ROW, 2)
#define body2_FRAME(ROW) BODY_ROWS(ROW, 2)
ALIGNED(2)
#define hand4_FRAME(ROW) HAND_ROWS(ROW, 4)
#define body4_FRAME(ROW) BODY_ROWS(ROW, 4)
ALIGNED(4)
#define hand8_FRAME(ROW) HAND_ROWS(ROW, 8)
#define body8_FRAME(ROW) BODY_ROWS(ROW, 8)
ALIGNED(8)
#define hand16_FRAME(ROW) HAND_ROWS(ROW, 16)
#define body16_FRAME(ROW) BODY_ROWS(ROW, 16)
ALIGNED(16)
#define hand32_FRAME(ROW) HAND_ROWS(ROW, 32)
#define body32_FRAME(ROW) BODY_ROWS(ROW, 32)
ALIGNED(32)
#define hand64_FRAME(ROW) HAND_ROWS(ROW, 64)
#define body64_FRAME(ROW) BODY_ROWS(ROW, 64)
ALIGNED(64)
#define hand128_FRAME(ROW) HAND_ROWS(ROW, 128)
#define body128_FRAME(ROW) BODY_ROWS(ROW, 128)
ALIGNED(128)
#define hand256_FRAME(ROW) HAND_ROWS(ROW, 256)
#define body256_FRAME(ROW) BODY_ROWS(ROW, 256)
ALIGNED(256)

static void P08_P10_alignments_1_to_256(void **state)
{
    static void (*const tries[])(bide_allocator * a, stage * s) = {
        try_1, try_2, try_4, try_8, try_16, try_32, try_64, try_128, try_256};
    static place at;
    (void)state;
    for (int kind = 0; kind < ALLOCATORS; kind++) {
        for (int i = 0; i < 9; i++) {
            bide_allocator *a = place_open(&at, kind);
            stage s;
            stage_open(&s, NULL);
            tries[i](a, &s);
            stage_close(&s);
            place_close(&at);
        }
    }
}

/* ---- outputs ------------------------------------------------------------------------------ */

typedef struct kib {
    unsigned char byte[1024];
} kib;

/* A leaf and a body with an Output of type T, whose last byte tells that all of it came. */
#define OUTPUT(T)                                                                                  \
    BIDE_FUTURE(T, leaf_##T)                                                                       \
    bide_poll leaf_##T##_poll(struct leaf_##T *f, bide_context *cx, T *out)                        \
    {                                                                                              \
        if (f->pend-- > 0) {                                                                       \
            bide_waker_wake_by_ref(cx->waker);                                                     \
            return BIDE_PENDING;                                                                   \
        }                                                                                          \
        if ((uintptr_t)out % _Alignof(T) != 0)                                                     \
            return BIDE_EMISUSE;                                                                   \
        memset(out, 0x42, sizeof *out);                                                            \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    void leaf_##T##_drop(struct leaf_##T *f)                                                       \
    {                                                                                              \
        f->pend = 0;                                                                               \
    }                                                                                              \
    BIDE_ASYNC(T, body_##T)                                                                        \
    {                                                                                              \
        BIDE_BEGIN(body_##T);                                                                      \
        BIDE_AWAIT(leaf_##T, ignored, (f->pend));                                                  \
        BIDE_AWAIT_TO(f->got, leaf_##T, kept, (f->pend));                                          \
        f->got.byte[0]++;                                                                          \
        BIDE_RETURN(f->got);                                                                       \
        BIDE_END;                                                                                  \
    }                                                                                              \
    static void output_of_##T(stage *s, int pend)                                                  \
    {                                                                                              \
        bide_box box = BIDE_BOX_EMPTY;                                                             \
        T out;                                                                                     \
        bide_poll r;                                                                               \
        memset(&out, 0, sizeof out);                                                               \
        assert_int_equal(body_##T##_type.output_size, sizeof(T));                                  \
        assert_int_equal(body_##T##_type.output_align, _Alignof(T));                               \
        r = body_##T##_start_box(&box, pend, NULL, &s->cx, &out);                                  \
        if (r == BIDE_PENDING)                                                                     \
            r = drive_box(&box, &s->cx, &out);                                                     \
        assert_int_equal(r, BIDE_READY);                                                           \
        assert_int_equal(out.byte[0], 0x43);                                                       \
        assert_int_equal(out.byte[sizeof out.byte - 1], 0x42);                                     \
    }
#define OUT_LEAF_ROWS(ROW) ROW(PARAM, int, pend)
#define OUT_BODY_ROWS(ROW, T)                                                                      \
    ROW(PARAM, int, pend)                                                                          \
    ROW(BUFFER, T, got) ROW(CHILD, leaf_##T, ignored) ROW(CHILD, leaf_##T, kept)
#define leaf_al32_FRAME(ROW) OUT_LEAF_ROWS(ROW)
#define body_al32_FRAME(ROW) OUT_BODY_ROWS(ROW, al32)
OUTPUT(al32)
#define leaf_al64_FRAME(ROW) OUT_LEAF_ROWS(ROW)
#define body_al64_FRAME(ROW) OUT_BODY_ROWS(ROW, al64)
OUTPUT(al64)
#define leaf_kib_FRAME(ROW) OUT_LEAF_ROWS(ROW)
#define body_kib_FRAME(ROW) OUT_BODY_ROWS(ROW, kib)
OUTPUT(kib)

static void outputs_large_and_over_aligned(void **state)
{
    stage s;
    (void)state;
    stage_open(&s, NULL);
    for (int pend = 0; pend < 2; pend++) {
        output_of_al32(&s, pend);
        output_of_al64(&s, pend);
        output_of_kib(&s, pend);
    }
    stage_close(&s);
}

/* ---- every allocation failing ------------------------------------------------------------- */

static bide_poll scenario(bide_allocator *allocator)
{
    bide_poll r = BIDE_READY;
    stage s;
    stage_open(&s, allocator);
    for (int i = 0; i < STARTS && r == BIDE_READY; i++)
        for (int pend = 0; pend < 2 && r == BIDE_READY; pend++)
            r = live(starts[i].start, pend, &s, NULL, true);
    if (r == BIDE_READY) {
        bide_box box = BIDE_BOX_EMPTY;
        r = high_start_box(&box, NULL, &s.cx, NULL);
        if (r == BIDE_PENDING)
            r = drive_box(&box, &s.cx, NULL);
    }
    stage_close(&s);
    return r;
}
TEST_EVERY_FAILURE(P32_every_allocation_failing, scenario)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_taken_only_to_wait),
        cmocka_unit_test(C37_panic_waker_never_called_on_ready_path),
        cmocka_unit_test(P33_per_call_allocator_overrides_the_contexts),
        cmocka_unit_test(each_allocator_serves_suspended_calls),
        cmocka_unit_test(P12_P14_the_frame_is_in_the_slot_and_the_slot_is_reusable),
        cmocka_unit_test(P34_arena_reset_after_drop),
        cmocka_unit_test(P13_never_moves),
        cmocka_unit_test(P08_P10_alignments_1_to_256),
        cmocka_unit_test(outputs_large_and_over_aligned),
        cmocka_unit_test(P32_every_allocation_failing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
