/*
 * test_stream_buffered.c: several calls at a time: their number, their order, what ends them, and
 * that all of them are dropped.
 */
#include "stream_support.h"
#include <bide/stream_buffered.h>

BIDE_STREAM_IMPL(Numbers, Counter);
BIDE_STREAM_BOX(Numbers, Counter);

/* ---- calls that take different times ------------------------------------------------------- */

typedef struct Job {
    int live, most, calls;
    int32_t bad; /* this item ends with `code`, or with `error` */
    bide_poll code;
    int32_t error;
    int *drops;
} Job;
static inline Job *job_entered(Job *env)
{
    env->live++;
    if (env->live > env->most)
        env->most = env->live;
    return env;
}
static inline void job_left(Job *env)
{
    env->live--;
}
static inline void Job_drop(Job *env)
{
    if (env->live)
        fail_msg("%d calls outlive the environment", env->live);
    if (env->drops)
        ++*env->drops;
}
/* Item x waits 7 - x times: later ones are ready earlier. */
#define Job_call_FRAME(ROW)                                                                        \
    ROW(COUNTED, Job *, env, job_entered, job_left) ROW(PARAM, int32_t, x) ROW(CHILD, nap, nap)
BIDE_ASYNC(int32_t, Job_call)
{
    BIDE_BEGIN(Job_call);
    f->env->calls++;
    BIDE_AWAIT(nap, nap, (7 - f->x));
    if (f->x == f->env->bad && f->env->code < 0)
        BIDE_FAIL(f->env->code);
    BIDE_RETURN(f->x == f->env->bad ? f->env->error : f->x);
    BIDE_END;
}
static Job job(int *drops)
{
    Job j = {0, 0, 0, -1, 0, 0, drops};
    return j;
}

BIDE_STREAM_BUFFERED(CBuffered, Counter, Job, 3);
BIDE_STREAM_BUFFERED(DBuffered, Numbers, Job, 4);
BIDE_STREAM_BUFFERED(OneByOne, Counter, Job, 1);
BIDE_STREAM_BUFFER_UNORDERED(CUnordered, Counter, Job, 3);
BIDE_STREAM_BUFFER_UNORDERED(DUnordered, Numbers, Job, 4);

static Numbers boxed(rig *r, Counter c)
{
    Numbers n;
    assert_int_equal(Counter_box_as_Numbers(&c, r->cx.allocator, &n), BIDE_READY);
    return n;
}

static void S18_buffered_keeps_order(void **state)
{
    for (int pends = 0; pends < 2; pends++) {
        rig r;
        int drops = 0, fns = 0;
        char text[64];
        CBuffered s;
        DBuffered d;
        OneByOne one;
        (void)state;
        rig_open(&r);
        CBuffered_init(&s, counter_of(0, 8, pends, &drops), job(&fns));
        assert_int_equal(CBuffered_size_hint(&s).least, 8);
        TEXT(text, CBuffered, &s, &r.cx);
        assert_string_equal(text, "0 1 2 3 4 5 6 7 .");
        assert_int_equal(s.fn.most, 3);
        assert_int_equal(s.fn.calls, 8);
        assert_int_equal(CBuffered_size_hint(&s).most, 0);
        CBuffered_drop(&s);
        DBuffered_init(&d, boxed(&r, counter_of(0, 8, pends, &drops)), job(&fns));
        TEXT(text, DBuffered, &d, &r.cx);
        assert_string_equal(text, "0 1 2 3 4 5 6 7 .");
        assert_int_equal(d.fn.most, 4);
        DBuffered_drop(&d);
        OneByOne_init(&one, counter_of(0, 8, pends, &drops), job(&fns));
        TEXT(text, OneByOne, &one, &r.cx);
        assert_string_equal(text, "0 1 2 3 4 5 6 7 .");
        assert_int_equal(one.fn.most, 1);
        OneByOne_drop(&one);
        assert_int_equal(drops, 3);
        assert_int_equal(fns, 3);
        assert_int_equal(r.counter.allocs, 1); /* the box of the source */
        rig_close(&r);
    }
}

static void unordered_gives_what_is_ready(void **state)
{
    for (int pends = 0; pends < 2; pends++) {
        rig r;
        int drops = 0, fns = 0, seen = 0, count = 0;
        int32_t item = 0, before = -1;
        bool late = false;
        CUnordered s;
        DUnordered d;
        bide_poll p;
        (void)state;
        rig_open(&r);
        CUnordered_init(&s, counter_of(0, 8, pends, &drops), job(&fns));
        for (;;) {
            NEXT(p, CUnordered, &s, &r.cx, &item);
            if (p != BIDE_READY)
                break;
            late |= item < before;
            before = item;
            seen |= 1 << item;
            count++;
        }
        assert_int_equal(p, BIDE_DONE);
        assert_int_equal(seen, 255);
        assert_int_equal(count, 8);
        assert_true(late || pends); /* slow arrivals may come in order */
        assert_int_equal(s.fn.most, 3);
        CUnordered_drop(&s);
        DUnordered_init(&d, boxed(&r, counter_of(0, 8, pends, &drops)), job(&fns));
        for (seen = 0, p = BIDE_READY; p == BIDE_READY;) {
            NEXT(p, DUnordered, &d, &r.cx, &item);
            if (p == BIDE_READY)
                seen |= 1 << item;
        }
        assert_int_equal(seen, 255);
        DUnordered_drop(&d);
        assert_int_equal(drops, 2);
        assert_int_equal(fns, 2);
        rig_close(&r);
    }
}

/* Dropped after every number of polls, and ended by a failure of one call: no call is left. */
#define DROPPED(Name)                                                                              \
    for (int polls = 0; polls < 40; polls++) {                                                     \
        rig r;                                                                                     \
        int drops = 0, fns = 0;                                                                    \
        int32_t item;                                                                              \
        Name s;                                                                                    \
        Job j = job(&fns);                                                                         \
        bide_poll p = BIDE_READY;                                                                  \
        rig_open(&r);                                                                              \
        j.bad = 5;                                                                                 \
        j.code = BIDE_EBUSY;                                                                       \
        Name##_init(&s, counter_of(0, 8, polls % 2, &drops), j);                                   \
        for (int i = 0; i < polls && p >= 0; i++)                                                  \
            p = Name##_poll_next(&s, &r.cx, &item);                                                \
        if (p < 0) {                                                                               \
            assert_int_equal(p, BIDE_EBUSY);                                                       \
            assert_int_equal(s.fn.live, 0);                                                        \
            assert_int_equal(Name##_poll_next(&s, &r.cx, &item), BIDE_DONE);                       \
        }                                                                                          \
        failed += p < 0;                                                                           \
        Name##_drop(&s);                                                                           \
        assert_int_equal(drops, 1);                                                                \
        assert_int_equal(fns, 1);                                                                  \
        rig_close(&r);                                                                             \
    }
static void dropped_at_every_point(void **state)
{
    int failed = 0;
    (void)state;
    DROPPED(CBuffered)
    DROPPED(CUnordered)
    assert_in_range(failed, 10, 70);
}

/* ---- for_each_concurrent ------------------------------------------------------------------- */

/* The same calls with 0 as their result. */
typedef struct Visit {
    Job job;
} Visit;
#define Visit_call_FRAME(ROW)                                                                      \
    ROW(PARAM, Visit *, env)                                                                       \
    ROW(PARAM, int32_t, x) ROW(LOCAL, int32_t, got) ROW(CHILD, Job_call, job)
BIDE_ASYNC(int32_t, Visit_call)
{
    BIDE_BEGIN(Visit_call);
    BIDE_AWAIT_TO(f->got, Job_call, job, (&f->env->job, f->x));
    BIDE_RETURN(f->got < 0 ? f->got : 0);
    BIDE_END;
}
BIDE_STREAM_FOR_EACH_CONCURRENT(visit, Counter, Visit, 3);
BIDE_STREAM_FOR_EACH_CONCURRENT(visit_dyn, Numbers, Visit, 2);

static void S20_for_each_concurrent_limit(void **state)
{
    for (int pends = 0; pends < 2; pends++) {
        rig r;
        int32_t e = -1;
        Counter c = counter_of(0, 8, pends, NULL);
        Numbers n = Counter_as_Numbers(&c, NULL);
        Visit v = {job(NULL)}, w = {job(NULL)};
        (void)state;
        rig_open(&r);
        RUN(visit, &r.cx, &e, (&c, &v));
        assert_int_equal(e, 0);
        assert_int_equal(v.job.calls, 8);
        assert_int_equal(v.job.most, 3);
        c = counter_of(0, 8, pends, NULL);
        RUN(visit_dyn, &r.cx, &e, (&n, &w));
        assert_int_equal(e, 0);
        assert_int_equal(w.job.calls, 8);
        assert_int_equal(w.job.most, 2);
        assert_int_equal(r.counter.allocs, 0);
        rig_close(&r);
    }
}

static void S20_for_each_concurrent_error_stops(void **state)
{
    rig r;
    int32_t e = 0;
    Counter c = counter_of(0, 80, false, NULL);
    Visit v = {job(NULL)};
    (void)state;
    rig_open(&r);
    v.job.bad = 4;
    v.job.error = -33;
    RUN(visit, &r.cx, &e, (&c, &v));
    assert_int_equal(e, -33);
    assert_int_equal(v.job.live, 0); /* the others were dropped */
    assert_in_range(v.job.calls, 5, 9);
    assert_int_equal(c.at, v.job.calls); /* what was not asked for is still there */
    rig_close(&r);
}

static void for_each_concurrent_dropped(void **state)
{
    for (int polls = 0; polls < 20; polls++) {
        rig r;
        int32_t e = 0;
        char text[512];
        Counter c = counter_of(0, 80, true, NULL);
        Visit v = {job(NULL)};
        struct visit f;
        (void)state;
        rig_open(&r);
        visit_init(&f, &c, &v);
        for (int i = 0; i < polls; i++)
            assert_int_equal(visit_poll(&f, &r.cx, &e), BIDE_PENDING);
        if (polls == 2) {
            traced(&visit_type, &f, text, sizeof text);
            assert_non_null(strstr(text, "visit: an item of Counter\n  Visit_call at "));
            assert_non_null(strstr(text, "\n    Job_call at "));
        }
        visit_drop(&f);
        assert_int_equal(v.job.live, 0);
        rig_close(&r);
    }
}

/* ---- results that own memory --------------------------------------------------------------- */

typedef struct Make {
    bide_allocator *allocator;
} Make;
BIDE_INLINE void Make_drop(Make *env)
{
    (void)env;
}
#define Make_call_FRAME(ROW)                                                                       \
    ROW(PARAM, Make *, env) ROW(PARAM, int32_t, x) ROW(LOCAL, owned, made) ROW(CHILD, nap, nap)
BIDE_ASYNC(owned, Make_call)
{
    BIDE_BEGIN(Make_call);
    BIDE_AWAIT(nap, nap, (7 - f->x));
    if (owned_make(&f->made, f->env->allocator, f->x) < 0)
        BIDE_FAIL(BIDE_ENOMEM);
    BIDE_RETURN(f->made);
    BIDE_END;
}
#define Makes_HAS_item_drop 1
static inline void Makes_item_drop(owned *o)
{
    owned_release(o);
}
BIDE_STREAM_BUFFERED(Makes, Counter, Make, 5);

static bide_poll results_through(bide_allocator *a)
{
    bide_context cx = scenario_context(a);
    bide_poll worst = BIDE_READY;
    for (int polls = 0; polls < 20; polls++) {
        Makes s;
        owned o;
        bide_poll p = BIDE_READY;
        Make make = {a};
        Makes_init(&s, counter_of(0, 7, polls % 2, NULL), make);
        for (int i = 0; i < polls && p >= 0; i++) {
            p = Makes_poll_next(&s, &cx, &o);
            if (p == BIDE_READY)
                Makes_item_drop(&o);
        }
        Makes_drop(&s); /* with results that were not asked for */
        if (p < 0)
            worst = p;
    }
    return worst;
}
TEST_EVERY_FAILURE(results_that_own_are_released_once, results_through)

/* Doors_call(env, x): until the door says so; polls are counted. */
typedef struct door {
    bool open;
    int polls;
    bide_waker *waker;
} door;
typedef struct Doors {
    door *of;
} Doors;
#define Doors_call_FRAME(ROW) ROW(PARAM, Doors *, env) ROW(PARAM, int32_t, x)
BIDE_FUTURE(int32_t, Doors_call)
bide_poll Doors_call_poll(struct Doors_call *f, bide_context *cx, int32_t *out)
{
    door *d = &f->env->of[f->x];
    d->polls++;
    *out = f->x;
    if (!d->open)
        return bide_waker_register(&d->waker, cx) == BIDE_READY ? BIDE_PENDING : BIDE_ENOMEM;
    bide_waker_clear(&d->waker);
    return BIDE_READY;
}
void Doors_call_drop(struct Doors_call *f)
{
    bide_waker_clear(&f->env->of[f->x].waker);
}
static inline void Doors_drop(Doors *env)
{
    (void)env;
}
BIDE_STREAM_BUFFERED(InOrder, Counter, Doors, 4);
BIDE_STREAM_BUFFER_UNORDERED(AsReady, Counter, Doors, 4);

/* What a poll costs that has no memory for wakers: one poll of each call in flight, no more. */
#define POLLS_EACH(Name)                                                                           \
    do {                                                                                           \
        rig r;                                                                                     \
        door d[4] = {{.open = false}};                                                             \
        Doors env = {d};                                                                           \
        Name s;                                                                                    \
        int32_t got;                                                                               \
        rig_open(&r);                                                                              \
        Name##_init(&s, counter_of(0, 4, false, NULL), env);                                       \
        for (int round = 1; round <= 3; round++) {                                                 \
            assert_int_equal(Name##_poll_next(&s, &r.cx, &got), BIDE_PENDING);                     \
            for (int i = 0; i < 4; i++)                                                            \
                assert_int_equal(d[i].polls, round);                                               \
        }                                                                                          \
        d[0].open = true;                                                                          \
        assert_int_equal(Name##_poll_next(&s, &r.cx, &got), BIDE_READY);                           \
        assert_int_equal(got, 0);                                                                  \
        for (int i = 0; i < 4; i++)                                                                \
            assert_true(d[i].polls <= 4);                                                          \
        Name##_drop(&s);                                                                           \
        rig_close(&r);                                                                             \
    } while (0)
static void each_in_flight_is_polled_once_a_poll(void **state)
{
    (void)state;
    POLLS_EACH(InOrder);
    POLLS_EACH(AsReady);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(S18_buffered_keeps_order),
        cmocka_unit_test(unordered_gives_what_is_ready),
        cmocka_unit_test(dropped_at_every_point),
        cmocka_unit_test(S20_for_each_concurrent_limit),
        cmocka_unit_test(S20_for_each_concurrent_error_stops),
        cmocka_unit_test(for_each_concurrent_dropped),
        cmocka_unit_test(results_that_own_are_released_once),
        cmocka_unit_test(each_in_flight_is_polled_once_a_poll),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
