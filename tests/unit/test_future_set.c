/*
 * Sets of futures: who is polled, in what order results come, what a wake costs, and wakes that
 * come late or from other threads.
 */
#include "combine_support.h"

#include <bide/future_set.h>

#include <pthread.h>
#include <stdlib.h>

/* Once more with the forms for one thread: test_local_future_set.c. */
#ifndef TEST_FORM_FLAGS
#define TEST_FORM_FLAGS (~0)
#endif

/* A door: waits until the test opens it, with a clone of the waker in it. */
typedef struct door {
    uint32_t lock;
    bool open;
    bide_poll code;
    int32_t value;
    int polls, drops;
    bide_waker *waker;
} door;

#define through_FRAME(ROW)                                                                         \
    ROW(TRAITS, BIDE_SEND | BIDE_UNPIN) ROW(PARAM, door *, d) ROW(LOCAL, bool, over)
BIDE_FUTURE(int32_t, through)
bide_poll through_poll(struct through *f, bide_context *cx, int32_t *out)
{
    f->d->polls++;
    if (!f->d->open)
        return bide_waker_register(&f->d->waker, cx) == BIDE_READY ? BIDE_PENDING : BIDE_ENOMEM;
    bide_waker_clear(&f->d->waker);
    f->over = true;
    *out = f->d->value;
    return f->d->code ? f->d->code : BIDE_READY;
}
void through_drop(struct through *f)
{
    if (f->over)
        return;
    f->over = true;
    f->d->drops++;
    bide_waker_clear(&f->d->waker);
}

static void door_open(door *d)
{
    d->open = true;
    bide_waker_take_and_wake(&d->waker);
}

BIDE_FUTURE_SET(doors, through);
BIDE_ORDERED_SET(row, through);
BIDE_FUTURE_SET(leaves, leaf);
BIDE_FUTURE_SET(bodies, body);
BIDE_FUTURE_SET(calls, Source_get);
BIDE_FUTURE_SET(boxes, boxed);
BIDE_FUTURE_SET(naps, bide_pending_times);
BIDE_ORDERED_SET(quiet, bide_pending_times);

/* Six doors in a set. */
enum { DOORS = 6 };
typedef struct hall {
    stage s;
    door d[DOORS];
    doors set;
    doors_item got;
} hall;

static void hall_open(hall *h)
{
    struct through one;
    memset(h, 0, sizeof *h);
    stage_open(&h->s, NULL);
    doors_init(&h->set, &h->s.counter.base);
    for (int i = 0; i < DOORS; i++) {
        h->d[i].value = i;
        assert_int_equal(doors_insert(&h->set, BIDE_MADE(through, one, (&h->d[i]))), BIDE_READY);
    }
}

static bide_poll hall_poll(hall *h)
{
    return doors_poll_next(&h->set, &h->s.cx, &h->got);
}

static int polls_of(const hall *h)
{
    int n = 0;
    for (int i = 0; i < DOORS; i++)
        n += h->d[i].polls;
    return n;
}

static void hall_close(hall *h)
{
    doors_drop(&h->set);
    doors_drop(&h->set);
    stage_close(&h->s);
}

static void S21_results_as_they_come(void **state)
{
    static const int order[] = {4, 0, 5, 2, 1, 3};
    hall h;
    (void)state;
    hall_open(&h);
    assert_int_equal(hall_poll(&h), BIDE_PENDING);
    for (int i = 0; i < DOORS; i++) {
        door_open(&h.d[order[i]]);
        assert_int_equal(hall_poll(&h), BIDE_READY);
        assert_int_equal(h.got.value, order[i]);
        if (i < DOORS - 1)
            assert_int_equal(hall_poll(&h), BIDE_PENDING);
    }
    assert_int_equal(hall_poll(&h), BIDE_DONE);
    hall_close(&h);
}

static void S22_only_woken_polled(void **state)
{
    hall h;
    (void)state;
    hall_open(&h);
    assert_int_equal(hall_poll(&h), BIDE_PENDING);
    assert_int_equal(polls_of(&h), DOORS);
    assert_int_equal(hall_poll(&h), BIDE_PENDING);
    assert_int_equal(polls_of(&h), DOORS);
    bide_waker_wake_by_ref(h.d[3].waker);
    bide_waker_wake_by_ref(h.d[3].waker);
    assert_int_equal(bide_counting_waker_total(&h.s.waker), 1); /* once, whatever wakes */
    assert_int_equal(hall_poll(&h), BIDE_PENDING);
    assert_int_equal(polls_of(&h), DOORS + 1);
    assert_int_equal(h.d[3].polls, 2);
    hall_close(&h);
    for (int i = 0; i < DOORS; i++)
        assert_int_equal(h.d[i].drops, 1);
}

/* Those that wake themselves in their poll get their next one in the next round. */
static void S24_polled_once_per_round(void **state)
{
    stage s;
    leaves set;
    leaves_item got = {0};
    plan plans[3];
    struct leaf one;
    (void)state;
    stage_open(&s, NULL);
    leaves_init(&set, &s.counter.base);
    for (int i = 0; i < 3; i++) {
        plans[i] = (plan){.pend = 5 + i, .value = i};
        assert_int_equal(leaves_insert(&set, BIDE_MADE(leaf, one, (&plans[i]))), BIDE_READY);
    }
    for (int round = 1; round <= 5; round++) {
        assert_int_equal(leaves_poll_next(&set, &s.cx, &got), BIDE_PENDING);
        for (int i = 0; i < 3; i++)
            assert_int_equal(plans[i].polls, round);
        assert_int_equal(bide_counting_waker_total(&s.waker), round);
    }
    assert_int_equal(leaves_poll_next(&set, &s.cx, &got), BIDE_READY);
    assert_int_equal(got.value, 0);
    leaves_drop(&set);
    stage_close(&s);
}

/* A crowd that is always awake: after 32 polls others get their turn. */
static void a_poll_has_a_budget(void **state)
{
    stage s;
    naps set;
    naps_item got = {0};
    struct bide_pending_times one;
    int rounds = 0, items = 0;
    bide_poll r;
    (void)state;
    stage_open(&s, NULL);
    naps_init(&set, &s.counter.base);
    for (int i = 0; i < 320; i++)
        assert_int_equal(naps_insert(&set, BIDE_MADE(bide_pending_times, one, (1))), BIDE_READY);
    while ((r = naps_poll_next(&set, &s.cx, &got)) != BIDE_DONE) {
        rounds += r == BIDE_PENDING;
        items += r == BIDE_READY;
        assert_true(bide_counting_waker_total(&s.waker) >= (uint32_t)rounds);
    }
    assert_int_equal(items, 320);
    assert_true(rounds >= 10 && rounds <= 12);
    naps_drop(&set);
    stage_close(&s);
}

static void S25_len_during_completion(void **state)
{
    hall h;
    bide_size_hint hint;
    (void)state;
    hall_open(&h);
    assert_int_equal(doors_len(&h.set), DOORS);
    assert_int_equal(hall_poll(&h), BIDE_PENDING);
    for (size_t i = 0; i < DOORS; i++) {
        door_open(&h.d[i]);
        assert_int_equal(doors_len(&h.set), DOORS - i);
        assert_int_equal(hall_poll(&h), BIDE_READY);
        assert_int_equal(doors_len(&h.set), DOORS - i - 1);
        hint = doors_size_hint(&h.set);
        assert_int_equal(hint.least, DOORS - i - 1);
        assert_int_equal(hint.most, hint.least);
    }
    hall_close(&h);
}

static void S26_clear(void **state)
{
    hall h;
    struct through one;
    door late = {.open = true, .value = 77};
    (void)state;
    hall_open(&h);
    assert_int_equal(hall_poll(&h), BIDE_PENDING);
    door_open(&h.d[1]); /* in the queue when all is cleared */
    doors_clear(&h.set);
    assert_int_equal(doors_len(&h.set), 0);
    assert_int_equal(hall_poll(&h), BIDE_DONE);
    for (int i = 0; i < DOORS; i++)
        assert_int_equal(h.d[i].drops, 1);
    assert_int_equal(doors_insert(&h.set, BIDE_MADE(through, one, (&late))), BIDE_READY);
    assert_int_equal(hall_poll(&h), BIDE_READY);
    assert_int_equal(h.got.value, 77);
    hall_close(&h);
}

static void S28_a_drop_drops_all(void **state)
{
    (void)state;
    for (int polled = 0; polled < 3; polled++) {
        hall h;
        hall_open(&h);
        if (polled > 0)
            assert_int_equal(hall_poll(&h), BIDE_PENDING);
        if (polled > 1) { /* one woken, one ended */
            door_open(&h.d[2]);
            assert_int_equal(hall_poll(&h), BIDE_READY);
            bide_waker_wake_by_ref(h.d[4].waker);
        }
        hall_close(&h);
        for (int i = 0; i < DOORS; i++)
            assert_int_equal(h.d[i].drops, polled > 1 && i == 2 ? 0 : 1);
    }
}

static void S29_an_empty_set_has_ended_until_the_next_insertion(void **state)
{
    stage s;
    doors set;
    doors_item got = {0};
    struct doors_next next;
    struct through one;
    door d = {.open = true, .value = 5};
    bool more = true;
    (void)state;
    stage_open(&s, NULL);
    doors_init(&set, &s.counter.base);
    assert_int_equal(doors_poll_next(&set, &s.cx, &got), BIDE_DONE);
    assert_int_equal(doors_poll_next(&set, &s.cx, &got), BIDE_DONE);
    assert_int_equal(s.counter.allocs, 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(doors_insert(&set, BIDE_MADE(through, one, (&d))), BIDE_READY);
        assert_int_equal(doors_next_start(&next, &set, &got, &s.cx, &more), BIDE_READY);
        assert_true(more);
        assert_int_equal(doors_next_start(&next, &set, &got, &s.cx, &more), BIDE_READY);
        assert_false(more);
    }
    assert_int_equal((int)doors_next_flags, (BIDE_SEND | BIDE_UNPIN) & TEST_FORM_FLAGS);
    assert_int_equal((int)leaves_next_flags, BIDE_UNPIN);
    doors_drop(&set);
    stage_close(&s);
}

/* Clones that outlive the member, and then the set. */
static void S30_a_wake_after_the_end_is_harmless(void **state)
{
    hall h;
    bide_waker *ended, *dropped, *woken;
    (void)state;
    hall_open(&h);
    assert_int_equal(hall_poll(&h), BIDE_PENDING);
    ended = bide_waker_clone(h.d[0].waker);
    dropped = bide_waker_clone(h.d[1].waker);
    woken = bide_waker_clone(h.d[2].waker);
    door_open(&h.d[0]);
    assert_int_equal(hall_poll(&h), BIDE_READY);
    bide_waker_wake_by_ref(ended);
    assert_int_equal(hall_poll(&h), BIDE_PENDING);
    assert_int_equal(h.d[0].polls, 2);
    bide_waker_wake_by_ref(woken);
    doors_drop(&h.set);
    assert_true(h.s.counter.live > 0);
    bide_waker_wake_by_ref(ended);
    bide_waker_wake(ended);
    bide_waker_wake_by_ref(dropped);
    bide_waker_drop(bide_waker_clone(dropped));
    bide_waker_wake(dropped);
    bide_waker_wake(woken);
    hall_close(&h);
}

/* A member that fails gives its code, and the others go on. */
static void a_failure_is_told_and_the_rest_stays(void **state)
{
    hall h;
    (void)state;
    hall_open(&h);
    h.d[2].code = BIDE_EFOREIGN;
    for (int i = 1; i < 4; i++)
        h.d[i].open = true;
    assert_int_equal(hall_poll(&h), BIDE_READY);
    assert_int_equal(hall_poll(&h), BIDE_EFOREIGN);
    assert_int_equal(hall_poll(&h), BIDE_READY);
    assert_int_equal(h.got.value, 3);
    assert_int_equal(doors_len(&h.set), 3);
    hall_close(&h);
}

/* ---- in order ----------------------------------------------------------------------------- */

static void S32_ordered_set_in_order(void **state)
{
    static const int order[] = {4, 0, 5, 2, 1, 3};
    static const int ready[] = {0, 1, 1, 1, 3, 6}; /* results that are due behind each */
    stage s;
    door d[DOORS];
    row set;
    row_item got = {0};
    struct through one;
    int next = 0;
    (void)state;
    memset(d, 0, sizeof d);
    stage_open(&s, NULL);
    row_init(&set, &s.counter.base);
    for (int i = 0; i < DOORS; i++) {
        d[i].value = i;
        assert_int_equal(row_insert(&set, BIDE_MADE(through, one, (&d[i]))), BIDE_READY);
    }
    d[3].code = BIDE_EFOREIGN;
    assert_int_equal(row_poll_next(&set, &s.cx, &got), BIDE_PENDING);
    for (int i = 0; i < DOORS; i++) {
        bide_waker *late = bide_waker_clone(d[order[i]].waker);
        bide_poll r;
        door_open(&d[order[i]]);
        while ((r = row_poll_next(&set, &s.cx, &got)) != BIDE_PENDING && r != BIDE_DONE) {
            if (next == 3)
                assert_int_equal(r, BIDE_EFOREIGN);
            else
                assert_int_equal(got.value, next);
            next++;
        }
        assert_int_equal(next, ready[i]);
        assert_int_equal(row_len(&set), (size_t)(DOORS - next));
        bide_waker_wake(late); /* of one that has ended: it is not polled again */
    }
    assert_int_equal(row_poll_next(&set, &s.cx, &got), BIDE_DONE);
    for (int i = 0; i < DOORS; i++)
        assert_int_equal(d[i].polls, 2);
    row_drop(&set);
    stage_close(&s);
}

static void S33_push_front(void **state)
{
    stage s;
    door d[3] = {
        {.open = true, .value = 1}, {.open = true, .value = 2}, {.open = true, .value = 3}};
    row set;
    row_item got = {0};
    struct through one;
    (void)state;
    stage_open(&s, NULL);
    row_init(&set, &s.counter.base);
    assert_int_equal(row_insert_front(&set, BIDE_MADE(through, one, (&d[1]))), BIDE_READY);
    assert_int_equal(row_insert(&set, BIDE_MADE(through, one, (&d[2]))), BIDE_READY);
    assert_int_equal(row_insert_front(&set, BIDE_MADE(through, one, (&d[0]))), BIDE_READY);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(row_poll_next(&set, &s.cx, &got), BIDE_READY);
        assert_int_equal(got.value, i + 1);
    }
    row_drop(&set);
    stage_close(&s);
}

/* ---- members of every kind; Outputs that own something, or that are void ------------------- */

#define token_FRAME(ROW) ROW(PARAM, plan *, p) ROW(LOCAL, bool, over)
BIDE_FUTURE(bide_droppable, token)
bide_poll token_poll(struct token *f, bide_context *cx, bide_droppable *out)
{
    int32_t value;
    bide_poll r = plan_poll(f->p, &f->over, cx, &value);
    if (r == BIDE_READY)
        *out = bide_droppable_make(f->p->order, f->p->name);
    return r;
}
void token_drop(struct token *f)
{
    f->over = true;
}
#define token_HAS_output_drop 1
static void token_output_drop(bide_droppable *value)
{
    bide_droppable_release(value);
}
BIDE_ORDERED_SET(tokens, token);

static void values_that_nobody_sees_are_released(void **state)
{
    stage s;
    bide_drop_order order;
    plan plans[3] = {{.pend = 1, .order = &order, .name = "a"},
                     {.order = &order, .name = "b"},
                     {.order = &order, .name = "c"}};
    tokens set;
    tokens_item got = {0};
    struct token one;
    (void)state;
    stage_open(&s, NULL);
    bide_drop_order_init(&order);
    tokens_init(&set, &s.counter.base);
    for (int i = 0; i < 3; i++)
        assert_int_equal(tokens_insert(&set, BIDE_MADE(token, one, (&plans[i]))), BIDE_READY);
    assert_int_equal(tokens_poll_next(&set, &s.cx, &got), BIDE_PENDING);
    assert_int_equal(tokens_poll_next(&set, &s.cx, &got), BIDE_READY);
    assert_string_equal(got.value.name, "a");
    tokens_drop(&set);
    assert_string_equal(bide_drop_order_text(&order), "b c");
    stage_close(&s);
}

static void kinds_of_members(void **state)
{
    stage s;
    plan plans[4];
    kinds k;
    leaves a;
    bodies b;
    calls c;
    boxes d;
    quiet e;
    struct bide_pending_times nap;
    union {
        leaves_item a;
        bodies_item b;
        calls_item c;
        boxes_item d;
        quiet_item e;
    } got;
    (void)state;
    stage_open(&s, NULL);
    leaves_init(&a, &s.counter.base);
    bodies_init(&b, &s.counter.base);
    calls_init(&c, &s.counter.base);
    boxes_init(&d, &s.counter.base);
    quiet_init(&e, &s.counter.base);
    for (int i = 0; i < 4; i++)
        plans[i] = (plan){.pend = 1, .value = i};
    kinds_make(&k, plans, &s.counter.base);
    assert_int_equal(leaves_insert(&a, k.a), BIDE_READY);
    assert_int_equal(bodies_insert(&b, k.b), BIDE_READY);
    assert_int_equal(calls_insert(&c, k.c), BIDE_READY);
    assert_int_equal(boxes_insert(&d, k.d), BIDE_READY);
    assert_int_equal(quiet_insert(&e, BIDE_MADE(bide_pending_times, nap, (1))), BIDE_READY);
    for (int i = 0; i < 2; i++) {
        bide_poll expected = i ? BIDE_READY : BIDE_PENDING;
        assert_int_equal(leaves_poll_next(&a, &s.cx, &got.a), expected);
        assert_int_equal(bodies_poll_next(&b, &s.cx, &got.b), expected);
        assert_true(!i || got.b.value == 1);
        assert_int_equal(calls_poll_next(&c, &s.cx, &got.c), expected);
        assert_true(!i || got.c.value == 2);
        assert_int_equal(boxes_poll_next(&d, &s.cx, &got.d), expected);
        assert_true(!i || got.d.value == 3);
        assert_int_equal(quiet_poll_next(&e, &s.cx, &got.e), expected);
    }
    leaves_drop(&a);
    bodies_drop(&b);
    calls_drop(&c);
    boxes_drop(&d);
    quiet_drop(&e);
    plans_are_over(plans, 4);
    stage_close(&s);
}

/* A set in a set: a member that waits for the next of another set. */
BIDE_FUTURE_SET(outer, doors_next);

static void a_set_in_a_set(void **state)
{
    hall h;
    outer set;
    outer_item got = {0};
    struct doors_next one;
    (void)state;
    hall_open(&h);
    outer_init(&set, &h.s.counter.base);
    assert_int_equal(outer_insert(&set, BIDE_MADE(doors_next, one, (&h.set, &h.got))), BIDE_READY);
    assert_int_equal(outer_poll_next(&set, &h.s.cx, &got), BIDE_PENDING);
    door_open(&h.d[4]);
    assert_int_equal(bide_counting_waker_total(&h.s.waker), 1);
    assert_int_equal(outer_poll_next(&set, &h.s.cx, &got), BIDE_READY);
    assert_true(got.value);
    assert_int_equal(h.got.value, 4);
    outer_drop(&set);
    hall_close(&h);
}

static bide_poll memory_fails(bide_allocator *allocator)
{
    bide_context cx = {.size = sizeof cx, .waker = bide_waker_noop(), .allocator = allocator};
    door d[4];
    row set;
    row_item got = {0};
    struct through one;
    bide_poll r = BIDE_READY;
    int in = 0;
    memset(d, 0, sizeof d);
    row_init(&set, allocator);
    for (int i = 0; i < 4; i++) {
        bide_poll end = row_insert(&set, BIDE_MADE(through, one, (&d[i])));
        d[i].open = true;
        in += end == BIDE_READY;
        if (end != BIDE_READY) {
            assert_int_equal(d[i].drops, 1);
            r = end;
        }
    }
    for (; in > 1; in--)
        assert_int_equal(row_poll_next(&set, &cx, &got), BIDE_READY);
    row_drop(&set);
    return r;
}
TEST_EVERY_FAILURE(every_failure, memory_fails)

/* ---- what a wake costs -------------------------------------------------------------------- */

/* Of n members one is woken at a time: polls of members, polls of the set, clones of the task's
 * waker and allocations stay the same for each n. */
static void ten_thousand_members(void **state)
{
    (void)state;
    for (int n = 10; n <= 10000; n *= 10) {
        stage s;
        door *d = calloc((size_t)n, sizeof *d);
        doors set;
        doors_item got = {0};
        struct through one;
        int polls = 0;
        uint32_t clones;
        assert_non_null(d);
        stage_open(&s, NULL);
        doors_init(&set, &s.counter.base);
        for (int i = 0; i < n; i++)
            assert_int_equal(doors_insert(&set, BIDE_MADE(through, one, (&d[i]))), BIDE_READY);
        assert_int_equal(s.counter.allocs, (size_t)n + 1);
        while (polls < n) { /* the first polls, 32 at a time */
            assert_int_equal(doors_poll_next(&set, &s.cx, &got), BIDE_PENDING);
            polls += 32;
        }
        assert_int_equal(doors_poll_next(&set, &s.cx, &got), BIDE_PENDING);
        clones = s.waker.clones;
        for (int i = 0; i < 1000; i++) {
            bide_waker_wake_by_ref(d[i * 7919 % n].waker);
            assert_int_equal(doors_poll_next(&set, &s.cx, &got), BIDE_PENDING);
        }
        for (polls = 0; n-- > 0;)
            polls += d[n].polls;
        n = (int)doors_len(&set);
        assert_int_equal(polls, n + 1000);
        assert_int_equal(s.waker.clones - clones, 1000);
        assert_int_equal(s.counter.allocs, (size_t)n + 1);
        doors_drop(&set);
        stage_close(&s);
        free(d);
    }
}

/* ---- wakes from other threads ------------------------------------------------------------- */

#ifndef TEST_LOCAL_FORM

enum { THREADS = 3, MEMBERS = 24, TURNS = 300 };

/* tick(ticker): ready when the ticker has ticked TURNS times; each tick wakes it from its thread.
 */
typedef struct ticker {
    pthread_mutex_t lock;
    int ticks;
    bide_waker *waker;
} ticker;

#define tick_FRAME(ROW) ROW(TRAITS, BIDE_SEND) ROW(PARAM, ticker *, t) ROW(LOCAL, bool, over)
BIDE_FUTURE(int32_t, tick)
bide_poll tick_poll(struct tick *f, bide_context *cx, int32_t *out)
{
    bide_poll r = BIDE_PENDING;
    pthread_mutex_lock(&f->t->lock);
    if (f->t->ticks >= TURNS)
        r = BIDE_READY;
    else if (bide_waker_register(&f->t->waker, cx) != BIDE_READY)
        r = BIDE_ENOMEM;
    *out = f->t->ticks;
    pthread_mutex_unlock(&f->t->lock);
    f->over = r != BIDE_PENDING;
    return r;
}
void tick_drop(struct tick *f)
{
    (void)f; /* the clone stays, and wakes what is gone */
}
BIDE_FUTURE_SET(ticks, tick);

static void *ticking(void *arg)
{
    ticker *all = arg;
    for (int turn = 0; turn < TURNS; turn++)
        for (int i = 0; i < MEMBERS; i++) {
            bide_waker *waker;
            pthread_mutex_lock(&all[i].lock);
            all[i].ticks++;
            waker = all[i].waker;
            all[i].waker = NULL;
            pthread_mutex_unlock(&all[i].lock);
            if (waker)
                bide_waker_wake(waker);
        }
    return NULL;
}

#define drain_FRAME(ROW)                                                                           \
    ROW(PARAM, ticks *, set)                                                                       \
    ROW(PARAM, int32_t, most)                                                                      \
    ROW(LOCAL, int32_t, n)                                                                         \
    ROW(BUFFER, ticks_item, got) ROW(LOCAL, bool, more) ROW(CHILD, ticks_next, next)
BIDE_ASYNC(int32_t, drain)
{
    BIDE_BEGIN(drain);
    while (f->n < f->most) {
        BIDE_AWAIT_TO(f->more, ticks_next, next, (f->set, &f->got));
        if (!f->more)
            break;
        f->n++;
    }
    BIDE_RETURN(f->n);
    BIDE_END;
}

/* All results arrive; or the set is dropped in the middle, under the wakes. */
static void wakes_from_three_threads(void **state)
{
    (void)state;
    for (int run = 0; run < 10; run++) {
        static ticker all[MEMBERS];
        pthread_t threads[THREADS];
        ticks set;
        struct tick one;
        int32_t n = 0, most = run % 2 ? MEMBERS / 2 : MEMBERS;
        bide_poll r;
        ticks_init(&set, bide_heap());
        for (int i = 0; i < MEMBERS; i++) {
            all[i] = (ticker){.ticks = 0};
            pthread_mutex_init(&all[i].lock, NULL);
            assert_int_equal(ticks_insert(&set, BIDE_MADE(tick, one, (&all[i]))), BIDE_READY);
        }
        for (int i = 0; i < THREADS; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, ticking, all), 0);
        BIDE_BLOCK_ON_TO(r, drain, &n, (&set, most));
        assert_int_equal(r, BIDE_READY);
        assert_int_equal(n, most);
        ticks_drop(&set);
        for (int i = 0; i < THREADS; i++)
            pthread_join(threads[i], NULL);
        for (int i = 0; i < MEMBERS; i++) {
            bide_waker_clear(&all[i].waker);
            pthread_mutex_destroy(&all[i].lock);
        }
    }
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(S21_results_as_they_come),
        cmocka_unit_test(S22_only_woken_polled),
        cmocka_unit_test(S24_polled_once_per_round),
        cmocka_unit_test(a_poll_has_a_budget),
        cmocka_unit_test(S25_len_during_completion),
        cmocka_unit_test(S26_clear),
        cmocka_unit_test(S28_a_drop_drops_all),
        cmocka_unit_test(S29_an_empty_set_has_ended_until_the_next_insertion),
        cmocka_unit_test(S30_a_wake_after_the_end_is_harmless),
        cmocka_unit_test(a_failure_is_told_and_the_rest_stays),
        cmocka_unit_test(S32_ordered_set_in_order),
        cmocka_unit_test(S33_push_front),
        cmocka_unit_test(values_that_nobody_sees_are_released),
        cmocka_unit_test(kinds_of_members),
        cmocka_unit_test(a_set_in_a_set),
        cmocka_unit_test(every_failure),
        cmocka_unit_test(ten_thousand_members),
#ifndef TEST_LOCAL_FORM
        cmocka_unit_test(wakes_from_three_threads),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
