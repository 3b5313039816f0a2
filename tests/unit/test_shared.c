/*
 * Shared futures: one chain of polls, one value for all, handles that come and go.
 */
#include "combine_support.h"

#include <bide/shared.h>

#include <pthread.h>
#include <stdlib.h>

/* Once more with the forms for one thread: test_local_shared.c. */
#ifndef TEST_FORM_FLAGS
#define TEST_FORM_FLAGS (~0)
#endif

BIDE_SHARE(leaf_for_all, leaf);
BIDE_SHARE(body_for_all, body);
BIDE_SHARE(get_for_all, Source_get);
BIDE_SHARE(boxed_for_all, boxed);
BIDE_SHARE(event_for_all, bide_event_wait);
BIDE_SHARE(ready_for_all, bide_ready_int);

/* As a leaf that is woken by the test: through(gate). */
typedef struct gate {
    bool open;
    bide_poll code;
    int polls, drops;
    bide_waker *waker;
} gate;
#define pass_FRAME(ROW) ROW(PARAM, gate *, g) ROW(LOCAL, bool, over)
BIDE_FUTURE(int32_t, pass)
bide_poll pass_poll(struct pass *f, bide_context *cx, int32_t *out)
{
    f->g->polls++;
    if (!f->g->open)
        return bide_waker_register(&f->g->waker, cx) == BIDE_READY ? BIDE_PENDING : BIDE_ENOMEM;
    bide_waker_clear(&f->g->waker);
    f->over = true;
    *out = 42;
    return f->g->code ? f->g->code : BIDE_READY;
}
void pass_drop(struct pass *f)
{
    if (f->over)
        return;
    f->over = true;
    f->g->drops++;
    bide_waker_clear(&f->g->waker);
}
BIDE_SHARE(passes, pass);

/* A thousand waits on as many wakers: the future is polled once for each of its wakes, all have the
 * value at one address. */
static void C06_one_inner_poll_chain(void **state)
{
    static const int sizes[] = {1, 2, 1000};
    (void)state;
    for (int size = 0; size < 3; size++)
        for (int failing = 0; failing < 2; failing++) {
            const int n = sizes[size];
            stage *s = calloc((size_t)n, sizeof *s);
            passes *h = calloc((size_t)n, sizeof *h);
            struct passes_wait *w = calloc((size_t)n, sizeof *w);
            bide_counter counter;
            gate g = {.code = failing ? BIDE_EFOREIGN : 0};
            struct pass one;
            const union pass_result *got = NULL, *first = NULL;
            bide_counter_init(&counter, bide_heap());
            assert_true(s && h && w);
            assert_int_equal(passes_new(&h[0], &counter.base, BIDE_MADE(pass, one, (&g))),
                             BIDE_READY);
            for (int i = 0; i < n; i++) {
                stage_open(&s[i], NULL);
                if (i > 0)
                    passes_clone(&h[0], &h[i]);
                passes_wait_init(&w[i], &h[i]);
                assert_int_equal(passes_wait_poll(&w[i], &s[i].cx, &got), BIDE_PENDING);
            }
            assert_int_equal(g.polls, 1);
            bide_waker_wake_by_ref(g.waker);
            for (int i = 0; i < n; i++) {
                assert_int_equal(bide_counting_waker_total(&s[i].waker), 1);
                assert_int_equal(passes_wait_poll(&w[i], &s[i].cx, &got), BIDE_PENDING);
            }
            assert_int_equal(g.polls, 2);
            g.open = true;
            bide_waker_take_and_wake(&g.waker);
            for (int i = n; i-- > 0;) {
                assert_int_equal(passes_wait_poll(&w[i], &s[i].cx, &got),
                                 failing ? BIDE_EFOREIGN : BIDE_READY);
                assert_int_equal(passes_wait_poll(&w[i], &s[i].cx, &got), BIDE_EMISUSE);
                if (!failing) {
                    assert_int_equal(got->value, 42);
                    assert_true(!first || first == got);
                    first = got;
                }
                if (i == n - 1) /* who found it ready has woken the others */
                    for (int k = 0; k < n - 1; k++)
                        assert_int_equal(bide_counting_waker_total(&s[k].waker), 2);
            }
            assert_int_equal(g.polls, 3);
            assert_int_equal(counter.allocs, 1);
            for (int i = 0; i < n; i++) {
                passes_drop(&h[i]);
                stage_close(&s[i]);
            }
            assert_int_equal(counter.live, 0);
            free(s);
            free(h);
            free(w);
        }
}

/* Waits that are dropped leave the others alone; the last handle drops the future. */
static void waits_and_handles_that_go(void **state)
{
    stage s, t;
    gate g = {0};
    struct pass one;
    passes p, q;
    struct passes_wait a, b;
    const union pass_result *got = NULL;
    (void)state;
    stage_open(&s, NULL);
    stage_open(&t, NULL);
    assert_int_equal(passes_new(&p, &s.counter.base, BIDE_MADE(pass, one, (&g))), BIDE_READY);
    passes_clone(&p, &q);
    passes_wait_init(&a, &p);
    passes_wait_init(&b, &q);
    assert_int_equal(passes_wait_poll(&a, &s.cx, &got), BIDE_PENDING);
    assert_int_equal(passes_wait_poll(&b, &t.cx, &got), BIDE_PENDING);
    passes_wait_drop(&a); /* who polled it */
    passes_drop(&p);
    bide_waker_wake_by_ref(g.waker);
    assert_int_equal(bide_counting_waker_total(&s.waker), 0);
    assert_int_equal(bide_counting_waker_total(&t.waker), 1);
    assert_int_equal(passes_wait_poll(&b, &t.cx, &got), BIDE_PENDING);
    assert_int_equal(g.polls, 2);
    passes_wait_drop(&b);
    bide_waker_wake_by_ref(g.waker); /* nobody waits */
    passes_wait_init(&b, &q);
    assert_int_equal(passes_wait_poll(&b, &t.cx, &got), BIDE_PENDING);
    assert_int_equal(g.polls, 3);
    passes_wait_drop(&b);
    {
        bide_waker *late = bide_waker_clone(g.waker);
        passes_drop(&q);
        assert_int_equal(g.drops, 1);
        assert_int_equal(s.counter.live, 1);
        bide_waker_wake_by_ref(late);
        bide_waker_wake(late);
    }
    stage_close(&s);
    stage_close(&t);
}

/* hooked(hook): runs what the test says in its first poll, as another thread might meanwhile. */
typedef struct hook {
    void (*run)(struct hook *h, bide_context *cx);
    bide_poll code;
    bool wakes;
    bide_context *cx; /* of another task */
    void *wait;
} hook;
#define hooked_FRAME(ROW) ROW(PARAM, hook *, h)
BIDE_FUTURE(void, hooked)
bide_poll hooked_poll(struct hooked *f, bide_context *cx, void *out)
{
    hook *h = f->h;
    (void)out;
    if (h->run) {
        void (*run)(hook *, bide_context *) = h->run;
        h->run = NULL;
        run(h, cx);
    }
    return h->code;
}
void hooked_drop(struct hooked *f)
{
    (void)f;
}
BIDE_SHARE(hooks, hooked);

static void another_waits(hook *h, bide_context *cx)
{
    const union hooked_result *got = NULL;
    if (h->wakes)
        bide_waker_wake_by_ref(cx->waker);
    assert_int_equal(hooks_wait_poll(h->wait, h->cx, &got), BIDE_PENDING);
}

/* Who looks while another polls, waits, and is told of the end, and of a wake that he missed. */
static void who_looks_during_a_poll_is_told(void **state)
{
    (void)state;
    for (int wakes = 0; wakes < 2; wakes++) {
        stage s, t;
        hooks p;
        struct hooks_wait a, b;
        hook h = {.run = another_waits, .code = wakes ? BIDE_PENDING : BIDE_READY};
        struct hooked one;
        const union hooked_result *got = NULL;
        stage_open(&s, NULL);
        stage_open(&t, NULL);
        h.wakes = wakes;
        h.cx = &t.cx;
        h.wait = &b;
        assert_int_equal(hooks_new(&p, &s.counter.base, BIDE_MADE(hooked, one, (&h))), BIDE_READY);
        hooks_wait_init(&a, &p);
        hooks_wait_init(&b, &p);
        assert_int_equal(hooks_wait_poll(&a, &s.cx, &got), h.code);
        assert_int_equal(bide_counting_waker_total(&t.waker), 1);
        h.code = BIDE_READY;
        assert_int_equal(hooks_wait_poll(&b, &t.cx, &got), BIDE_READY);
        hooks_wait_drop(&a);
        hooks_drop(&p);
        stage_close(&s);
        stage_close(&t);
    }
}

static void C08_peek(void **state)
{
    stage s;
    gate g = {0};
    struct pass one;
    passes p;
    struct passes_wait w;
    const union pass_result *got = NULL;
    (void)state;
    stage_open(&s, NULL);
    assert_int_equal(passes_new(&p, &s.counter.base, BIDE_MADE(pass, one, (&g))), BIDE_READY);
    assert_null(passes_peek(&p));
    passes_wait_init(&w, &p);
    assert_int_equal(passes_wait_poll(&w, &s.cx, &got), BIDE_PENDING);
    assert_null(passes_peek(&p));
    g.open = true;
    assert_null(passes_peek(&p)); /* nobody has polled */
    bide_waker_take_and_wake(&g.waker);
    assert_int_equal(passes_wait_poll(&w, &s.cx, &got), BIDE_READY);
    assert_ptr_equal(passes_peek(&p), got);
    assert_int_equal(passes_peek(&p)->value, 42);
    passes_drop(&p);
    passes_drop(&p);
    stage_close(&s);
}

static void C09_weak_downgrade(void **state)
{
    stage s;
    gate g = {0};
    struct pass one;
    passes p, q;
    passes_weak w;
    (void)state;
    stage_open(&s, NULL);
    assert_int_equal(passes_new(&p, &s.counter.base, BIDE_MADE(pass, one, (&g))), BIDE_READY);
    passes_downgrade(&p, &w);
    assert_true(passes_upgrade(&w, &q));
    passes_drop(&p);
    assert_int_equal(g.drops, 0);
    passes_drop(&q);
    assert_int_equal(g.drops, 1);
    assert_false(passes_upgrade(&w, &q));
    assert_null(q.of);
    passes_weak_drop(&w);
    passes_weak_drop(&w);
    stage_close(&s);
}

/* ---- Outputs that own something ----------------------------------------------------------- */

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
BIDE_SHARE(token_for_all, token);

/* The only handle takes the value itself; else the last one releases it. */
static void C10_single_owner_no_clone(void **state)
{
    (void)state;
    for (int taken = 0; taken < 2; taken++) {
        stage s;
        bide_drop_order order;
        plan p = {.order = &order, .name = "v"};
        struct token one;
        token_for_all h, i;
        struct token_for_all_wait w;
        const union token_result *got = NULL;
        union token_result mine;
        stage_open(&s, NULL);
        bide_drop_order_init(&order);
        assert_int_equal(token_for_all_new(&h, &s.counter.base, BIDE_MADE(token, one, (&p))),
                         BIDE_READY);
        assert_false(token_for_all_take(&h, &mine));
        token_for_all_wait_init(&w, &h);
        assert_int_equal(token_for_all_wait_poll(&w, &s.cx, &got), BIDE_READY);
        token_for_all_clone(&h, &i);
        assert_false(token_for_all_take(&h, &mine));
        token_for_all_drop(&i);
        if (taken) {
            assert_true(token_for_all_take(&h, &mine));
            assert_string_equal(mine.value.name, "v");
            assert_null(h.of);
        }
        token_for_all_drop(&h);
        assert_string_equal(bide_drop_order_text(&order), taken ? "" : "v");
        stage_close(&s);
    }
}

static void C37_panic_waker_never_called_on_ready_path(void **state)
{
    bide_panic_waker waker;
    bide_context cx = {.size = sizeof cx, .waker = &waker.base};
    struct bide_ready_int one;
    ready_for_all h;
    struct ready_for_all_wait w;
    const union bide_ready_int_result *got = NULL;
    (void)state;
    bide_panic_waker_init(&waker);
    assert_int_equal(ready_for_all_new(&h, bide_heap(), BIDE_MADE(bide_ready_int, one, (6))),
                     BIDE_READY);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(ready_for_all_wait_start(&w, &h, &cx, &got), BIDE_READY);
        assert_int_equal(got->value, 6);
    }
    assert_int_equal(waker.violations, 0);
    assert_int_equal((int)ready_for_all_wait_flags, BIDE_SEND & TEST_FORM_FLAGS);
    assert_int_equal((int)leaf_for_all_wait_flags, 0);
    ready_for_all_drop(&h);
}

/* Futures that wake themselves in their polls, of every kind. */
static void of_every_kind(void **state)
{
    stage s;
    plan plans[4];
    kinds k;
    leaf_for_all a;
    body_for_all b;
    get_for_all c;
    boxed_for_all d;
    struct leaf_for_all_wait wa;
    struct body_for_all_wait wb;
    struct get_for_all_wait wc;
    struct boxed_for_all_wait wd;
    const union leaf_result *ga = NULL;
    const union body_result *gb = NULL;
    const union Source_get_result *gc = NULL;
    const union boxed_result *gd = NULL;
    (void)state;
    stage_open(&s, NULL);
    for (int i = 0; i < 4; i++)
        plans[i] = (plan){.pend = 3, .value = i + 1};
    kinds_make(&k, plans, &s.counter.base);
    assert_int_equal(leaf_for_all_new(&a, &s.counter.base, k.a), BIDE_READY);
    assert_int_equal(body_for_all_new(&b, &s.counter.base, k.b), BIDE_READY);
    assert_int_equal(get_for_all_new(&c, &s.counter.base, k.c), BIDE_READY);
    assert_int_equal(boxed_for_all_new(&d, &s.counter.base, k.d), BIDE_READY);
    leaf_for_all_wait_init(&wa, &a);
    body_for_all_wait_init(&wb, &b);
    get_for_all_wait_init(&wc, &c);
    boxed_for_all_wait_init(&wd, &d);
    assert_int_equal(drive(&leaf_for_all_wait_type, &wa, &s.cx, &ga), BIDE_READY);
    assert_int_equal(drive(&body_for_all_wait_type, &wb, &s.cx, &gb), BIDE_READY);
    assert_int_equal(drive(&get_for_all_wait_type, &wc, &s.cx, &gc), BIDE_READY);
    assert_int_equal(drive(&boxed_for_all_wait_type, &wd, &s.cx, &gd), BIDE_READY);
    assert_int_equal(ga->value * 1000 + gb->value * 100 + gc->value * 10 + gd->value, 1234);
    for (int i = 0; i < 4; i++)
        assert_int_equal(plans[i].polls, 4);
    assert_true(bide_counting_waker_total(&s.waker) >= 12);
    leaf_for_all_drop(&a);
    body_for_all_drop(&b);
    get_for_all_drop(&c);
    boxed_for_all_drop(&d);
    stage_close(&s);
}

/* ---- threads ------------------------------------------------------------------------------ */

#ifndef TEST_LOCAL_FORM

enum { THREADS = 4, ROUNDS = 100 };

static void *awaits(void *handle)
{
    event_for_all mine = *(event_for_all *)handle;
    const union bide_event_wait_result *got = NULL;
    bide_poll r;
    BIDE_BLOCK_ON_TO(r, event_for_all_wait, &got, (&mine));
    event_for_all_drop(&mine);
    return r == BIDE_READY && got ? handle : NULL;
}

static void C06_shared_threads(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        bide_manual_event event;
        struct bide_event_wait one;
        event_for_all h[THREADS];
        pthread_t threads[THREADS];
        bide_manual_event_init(&event);
        assert_int_equal(
            event_for_all_new(&h[0], bide_heap(), BIDE_MADE(bide_event_wait, one, (&event))),
            BIDE_READY);
        for (int i = 1; i < THREADS; i++)
            event_for_all_clone(&h[0], &h[i]);
        for (int i = 0; i < THREADS; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, awaits, &h[i]), 0);
        bide_manual_event_set(&event);
        for (int i = 0; i < THREADS; i++) {
            void *ok;
            pthread_join(threads[i], &ok);
            assert_non_null(ok);
        }
    }
}
#endif

static bide_poll memory_fails(bide_allocator *allocator)
{
    bide_context cx = {.size = sizeof cx, .waker = bide_waker_noop(), .allocator = allocator};
    plan p = {.pend = 2, .value = 5};
    struct leaf one;
    leaf_for_all h;
    struct leaf_for_all_wait w;
    const union leaf_result *got = NULL;
    bide_poll r = leaf_for_all_new(&h, allocator, BIDE_MADE(leaf, one, (&p)));
    if (r == BIDE_READY) {
        leaf_for_all_wait_init(&w, &h);
        r = drive(&leaf_for_all_wait_type, &w, &cx, &got);
    }
    leaf_for_all_drop(&h);
    assert_int_equal(p.drops + p.ends, 1);
    return r;
}
TEST_EVERY_FAILURE(every_failure, memory_fails)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(C06_one_inner_poll_chain),
        cmocka_unit_test(waits_and_handles_that_go),
        cmocka_unit_test(who_looks_during_a_poll_is_told),
        cmocka_unit_test(C08_peek),
        cmocka_unit_test(C09_weak_downgrade),
        cmocka_unit_test(C10_single_owner_no_clone),
        cmocka_unit_test(C37_panic_waker_never_called_on_ready_path),
        cmocka_unit_test(of_every_kind),
#ifndef TEST_LOCAL_FORM
        cmocka_unit_test(C06_shared_threads),
#endif
        cmocka_unit_test(every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
