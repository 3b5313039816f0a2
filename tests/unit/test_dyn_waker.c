/*
 * test_dyn_waker.c: wakers, contexts and codes behind a dyn call: what a caller and a callee
 * that know each other only by the binary contract may rely on.
 */
#include "dyn.h"
#include <bide/executor.h>
#include <pthread.h>
#include <string.h>

/* ---- an implementation that does what the test says to its waker ------------------------------
 */

#define Leaf_METHODS(METHOD, I, Self)                                                              \
    METHOD(I, Self, ASYNC, int32_t, act, (const char *, script))                                   \
    METHOD(I, Self, ASYNC, int32_t, wait, (gate *, g))                                             \
    METHOD(I, Self, ASYNC, void *, peek)
BIDE_INTERFACE(Leaf);

typedef struct Actor {
    bide_waker *kept; /* the latest clone that the script made */
} Actor;

/* Each letter is one operation: r wake_by_ref, c clone and keep, w wake the kept one, d drop it;
 * a dot ends the poll. At the end of the script the call is ready. */
#define Actor_act_FRAME(ROW)                                                                       \
    ROW(TRAITS, BIDE_UNPIN)                                                                        \
    ROW(PARAM, Actor *, self) ROW(PARAM, const char *, script) ROW(LOCAL, int32_t, polls)
BIDE_FUTURE(int32_t, Actor_act)

bide_poll Actor_act_poll(struct Actor_act *f, bide_context *cx, int32_t *out)
{
    f->polls++;
    for (; *f->script; f->script++) {
        switch (*f->script) {
        case 'r':
            bide_waker_wake_by_ref(bide_context_waker(cx));
            break;
        case 'c':
            f->self->kept = bide_waker_clone(bide_context_waker(cx));
            break;
        case 'w':
            bide_waker_take_and_wake(&f->self->kept);
            break;
        case 'd':
            bide_waker_clear(&f->self->kept);
            break;
        default:
            f->script++;
            return BIDE_PENDING;
        }
    }
    *out = f->polls;
    return BIDE_READY;
}
void Actor_act_drop(struct Actor_act *f)
{
    (void)f;
}
#define Actor_wait_FRAME(ROW) ROW(PARAM, Actor *, self) ROW(PARAM, gate *, g) ROW(CHILD, pass, gate)
BIDE_ASYNC(int32_t, Actor_wait)
{
    BIDE_BEGIN(Actor_wait);
    BIDE_AWAIT(pass, gate, (f->g));
    BIDE_RETURN(5);
    BIDE_END;
}
/* What the callee sees of the context. */
#define Actor_peek_FRAME(ROW) ROW(PARAM, Actor *, self)
BIDE_ASYNC(void *, Actor_peek)
{
    BIDE_BEGIN(Actor_peek);
    BIDE_RETURN(bide_context_runtime(bide_cx));
    BIDE_END;
}
BIDE_IMPL_DECLARE(Leaf, Actor);
BIDE_IMPL(Leaf, Actor);

static void run_script(const char *script, const char *calls, int32_t polls)
{
    Actor actor = {NULL};
    Leaf leaf = Actor_as_Leaf(&actor, NULL);
    bide_recording_waker waker;
    bide_context cx = {sizeof cx, 0, &waker.base, NULL, bide_heap()};
    struct Leaf_act f = {0};
    int32_t out = 0;
    bide_recording_waker_init(&waker);
    Leaf_act_init(&f, &leaf, script);
    while (Leaf_act_poll(&f, &cx, &out) == BIDE_PENDING)
        ;
    assert_int_equal(out, polls);
#ifdef BIDE_CHECKED
    (void)calls; /* it counts the clones itself, and hands one on */
#else
    assert_string_equal(bide_recording_waker_text(&waker), calls);
#endif
}

static void F04_waker_call_log(void **state)
{
    (void)state;
    run_script("", "", 1);
    run_script("r", "wake_by_ref", 1);
    run_script("r.", "wake_by_ref", 2);
    run_script("crcd", "clone wake_by_ref clone drop", 1);
    run_script("c.w", "clone wake", 2);
    run_script("c.r.d", "clone wake_by_ref drop", 3);
}

/* A plain await, a dyn call and a box in between change nothing in that. */
#define relay_FRAME(ROW)                                                                           \
    ROW(PARAM, Leaf, leaf)                                                                         \
    ROW(PARAM, const char *, script) ROW(LOCAL, int32_t, r) ROW(BOXED, Leaf_act, call)
BIDE_ASYNC(int32_t, relay)
{
    BIDE_BEGIN(relay);
    BIDE_AWAIT_TO(f->r, Leaf_act, call, (&f->leaf, f->script));
    BIDE_RETURN(f->r);
    BIDE_END;
}

static void F04_layers_add_no_waker_calls(void **state)
{
    Actor actor = {NULL};
    bide_recording_waker waker;
    bide_context cx = {sizeof cx, 0, &waker.base, NULL, bide_heap()};
    struct relay f;
    int32_t out = 0;
    (void)state;
    bide_recording_waker_init(&waker);
    relay_init(&f, Actor_as_Leaf(&actor, NULL), "c.w");
    assert_int_equal(relay_poll(&f, &cx, &out), BIDE_PENDING);
    assert_int_equal(relay_poll(&f, &cx, &out), BIDE_READY);
    assert_string_equal(bide_recording_waker_text(&waker), "clone wake");
}

static void F01_call_that_never_touches_its_waker(void **state)
{
    Actor actor = {NULL};
    Leaf leaf = Actor_as_Leaf(&actor, NULL);
    bide_panic_waker waker;
    bide_context cx = {sizeof cx, 0, &waker.base, NULL, NULL};
    struct Leaf_act f = {0};
    int32_t out = 0;
    (void)state;
    bide_panic_waker_init(&waker);
    assert_int_equal(Leaf_act_start(&f, &leaf, "", &cx, &out), BIDE_READY);
    assert_int_equal(out, 1);
    assert_int_equal(waker.violations, 0);
}

static void F12_borrowed_waker_not_dropped(void **state)
{
    rig r;
    Actor actor = {NULL};
    Leaf leaf = Actor_as_Leaf(&actor, NULL);
    struct Leaf_act f = {0};
    int32_t out = 0;
    (void)state;
    rig_open(&r);
    assert_int_equal(Leaf_act_start(&f, &leaf, "rr.r.", &r.cx, &out), BIDE_PENDING);
    assert_int_equal(Leaf_act_poll(&f, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(bide_counting_waker_refs(&r.waker), 1);
    Leaf_act_drop(&f);
    assert_int_equal(r.waker.drops, 0);
    assert_int_equal(r.waker.wakes_by_ref, 3);
    rig_close(&r);
}

static void F13_owned_clone_outlives_poll(void **state)
{
    rig r;
    Actor actor = {NULL};
    Leaf leaf = Actor_as_Leaf(&actor, NULL);
    struct Leaf_act f = {0};
    int32_t out = 0;
    (void)state;
    rig_open(&r);
    assert_int_equal(Leaf_act_start(&f, &leaf, "c.", &r.cx, &out), BIDE_PENDING);
    assert_int_equal(bide_counting_waker_refs(&r.waker), 2);
    Leaf_act_drop(&f); /* the future goes, the clone stays with whom it was given to */
    assert_int_equal(bide_counting_waker_refs(&r.waker), 2);
    bide_waker_take_and_wake(&actor.kept);
    assert_int_equal(r.waker.wakes, 1);
    rig_close(&r);
}

static void F16_will_wake_other_false(void **state)
{
    bide_counting_waker a, b;
    (void)state;
    bide_counting_waker_init(&a);
    bide_counting_waker_init(&b);
    assert_false(bide_waker_same(&a.base, &b.base));
    assert_true(bide_waker_same(&a.base, &a.base));
}

static void F17_clone_of_clone_equal(void **state)
{
    bide_counting_waker w;
    bide_waker *one, *two;
    (void)state;
    bide_counting_waker_init(&w);
    one = bide_waker_clone(&w.base);
    two = bide_waker_clone(one);
    assert_true(bide_waker_same(two, &w.base));
    bide_waker_wake(two);
    bide_waker_drop(one);
    assert_int_equal(bide_counting_waker_refs(&w), 1);
}

static void F21_waker_replaced_between_polls(void **state)
{
    rig r;
    bide_counting_waker other;
    bide_context second;
    Actor actor = {NULL};
    Leaf leaf = Actor_as_Leaf(&actor, NULL);
    gate g = {0};
    struct Leaf_wait f = {0};
    int32_t out = 0;
    (void)state;
    rig_open(&r);
    bide_counting_waker_init(&other);
    second = r.cx;
    second.waker = &other.base;
    assert_int_equal(Leaf_wait_start(&f, &leaf, &g, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(Leaf_wait_poll(&f, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(r.waker.clones, 1); /* the same waker is not cloned again */
    assert_int_equal(Leaf_wait_poll(&f, &second, &out), BIDE_PENDING);
    assert_int_equal(bide_counting_waker_refs(&r.waker), 1);
    gate_open(&g);
    assert_int_equal(bide_counting_waker_total(&r.waker), 0);
    assert_int_equal(other.wakes, 1);
    assert_int_equal(Leaf_wait_poll(&f, &second, &out), BIDE_READY);
    assert_int_equal(bide_counting_waker_refs(&other), 1);
    rig_close(&r);
}

/* ---- under a real executor --------------------------------------------------------------------
 */

typedef struct mailbox {
    pthread_mutex_t lock;
    bide_waker *waker;
    bool full;
} mailbox;

#define Mail_METHODS(METHOD, I, Self) METHOD(I, Self, ASYNC, int32_t, receive)
BIDE_INTERFACE(Mail);
#define mailbox_receive_FRAME(ROW) ROW(TRAITS, BIDE_UNPIN) ROW(PARAM, mailbox *, self)
BIDE_FUTURE(int32_t, mailbox_receive)
bide_poll mailbox_receive_poll(struct mailbox_receive *f, bide_context *cx, int32_t *out)
{
    bide_poll r;
    pthread_mutex_lock(&f->self->lock);
    r = f->self->full ? BIDE_DONE : bide_waker_register(&f->self->waker, cx);
    pthread_mutex_unlock(&f->self->lock);
    if (r == BIDE_READY)
        return BIDE_PENDING;
    if (r == BIDE_DONE) {
        *out = 11;
        r = BIDE_READY;
    }
    return r;
}
void mailbox_receive_drop(struct mailbox_receive *f)
{
    bide_waker *waker;
    pthread_mutex_lock(&f->self->lock);
    waker = f->self->waker;
    f->self->waker = NULL;
    pthread_mutex_unlock(&f->self->lock);
    if (waker)
        bide_waker_drop(waker);
}
BIDE_IMPL_DECLARE(Mail, mailbox);
BIDE_IMPL(Mail, mailbox);

static void *deliver(void *arg)
{
    mailbox *m = (mailbox *)arg;
    bide_waker *waker = NULL;
    while (!waker) { /* until somebody waits */
        pthread_mutex_lock(&m->lock);
        if ((waker = m->waker) != NULL) {
            m->waker = NULL;
            m->full = true;
        }
        pthread_mutex_unlock(&m->lock);
    }
    bide_waker_wake(waker);
    return NULL;
}

static void F14_wake_from_thread(void **state)
{
    mailbox m = {PTHREAD_MUTEX_INITIALIZER, NULL, false};
    Mail mail = mailbox_as_Mail(&m, NULL);
    pthread_t thread;
    int32_t out = 0;
    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, deliver, &m), 0);
    assert_int_equal(BIDE_BLOCK_ON(Mail_receive, &out, (&mail)), BIDE_READY);
    assert_int_equal(out, 11);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_null(m.waker);
}

/* A clone that is woken when the task, and the executor, have ended. */
#define keep_waker_FRAME(ROW) ROW(TRAITS, BIDE_UNPIN) ROW(PARAM, bide_waker **, kept)
BIDE_FUTURE(void, keep_waker)
bide_poll keep_waker_poll(struct keep_waker *f, bide_context *cx, void *out)
{
    (void)out;
    return bide_waker_register(f->kept, cx);
}
void keep_waker_drop(struct keep_waker *f)
{
    (void)f;
}

static void F20_wake_after_free(void **state)
{
    bide_waker *kept = NULL, *second;
    (void)state;
    assert_int_equal(BIDE_BLOCK_ON(keep_waker, NULL, (&kept)), BIDE_READY);
    assert_non_null(kept);
    second = bide_waker_clone(kept);
    bide_waker_wake_by_ref(kept);
    bide_waker_wake(kept);
    bide_waker_drop(second);
}

/* ---- codes and memory -------------------------------------------------------------------------
 */

static void F08_error_in_poll(void **state)
{
    rig r;
    Actor actor = {NULL};
    Leaf leaf = Actor_as_Leaf(&actor, NULL);
    static const bide_poll codes[] = {BIDE_EFOREIGN, BIDE_ECANCELED, BIDE_ENOMEM, -1000};
    (void)state;
    TEST_BREAKS("was polled after completion");
    rig_open(&r);
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        gate g = {.code = codes[i]};
        struct Leaf_wait f = {0};
        int32_t out = 99;
        assert_int_equal(Leaf_wait_start(&f, &leaf, &g, &r.cx, &out), BIDE_PENDING);
        gate_open(&g);
        assert_int_equal(Leaf_wait_poll(&f, &r.cx, &out), codes[i]); /* unknown ones pass through */
        assert_int_equal(out, 99);
        assert_int_equal(r.counter.live, 0);
        assert_int_equal(Leaf_wait_poll(&f, &r.cx, &out), BIDE_EMISUSE);
        Leaf_wait_drop(&f);
        assert_int_equal(g.drops, 0); /* a child that failed has finished */
    }
    rig_close(&r);
}

static void F36_freed_by_owner(void **state)
{
    rig a, b;
    Actor actor = {NULL};
    Leaf leaf = Actor_as_Leaf(&actor, NULL), other;
    gate g = {0}, h = {0};
    struct Leaf_wait f = {0}, k = {0};
    int32_t out = 0;
    (void)state;
    rig_open(&a);
    rig_open(&b);
    other = Actor_as_Leaf(&actor, &b.counter.base);
    assert_int_equal(Leaf_wait_start(&f, &leaf, &g, &a.cx, &out), BIDE_PENDING);
    assert_int_equal(Leaf_wait_start(&k, &other, &h, &a.cx, &out), BIDE_PENDING);
    g.open = h.open = true;
    /* Polled to the end under the other's context, dropped: each block goes back to its giver. */
    assert_int_equal(Leaf_wait_poll(&f, &b.cx, &out), BIDE_READY);
    assert_int_equal(a.counter.frees, 1);
    assert_int_equal(b.counter.frees, 0);
    Leaf_wait_drop(&k);
    assert_int_equal(b.counter.frees, 1);
    bide_waker_clear(&h.waker);
    rig_close(&b);
    rig_close(&a);
}

/* ---- sizes of contexts and vtables ------------------------------------------------------------
 */

static void a_context_that_ends_after_its_waker(void **state)
{
    /* The members behind are not the executor's: nobody may look at them. */
    bide_counting_waker waker;
    bide_context cx = {offsetof(bide_context, runtime), 0, &waker.base, (bide_runtime *)(void *)8,
                       (bide_allocator *)(void *)8};
    Actor actor = {NULL};
    Leaf leaf = Actor_as_Leaf(&actor, NULL);
    struct Leaf_peek f = {0};
    struct Leaf_act g = {0};
    void *seen = &actor;
    int32_t out = 0;
    (void)state;
    bide_counting_waker_init(&waker);
    assert_int_equal(Leaf_peek_start(&f, &leaf, &cx, &seen), BIDE_READY);
    assert_null(seen);
    assert_ptr_equal(bide_allocator_for(NULL, &cx), bide_default_allocator());
    assert_int_equal(Leaf_act_start(&g, &leaf, "r.", &cx, &out), BIDE_PENDING); /* from the heap */
    assert_int_equal(Leaf_act_poll(&g, &cx, &out), BIDE_READY);
    assert_int_equal(waker.wakes_by_ref, 1);
}

static void a_context_that_is_longer(void **state)
{
    rig r;
    struct {
        bide_context cx;
        void *newer[2];
    } longer;
    Actor actor = {NULL};
    Leaf leaf = Actor_as_Leaf(&actor, NULL);
    struct Leaf_act f = {0};
    int32_t out = 0;
    (void)state;
    rig_open(&r);
    memset(&longer, 0xee, sizeof longer);
    longer.cx = r.cx;
    longer.cx.size = sizeof longer;
    longer.cx.flags = 0x80000000u;
    assert_int_equal(Leaf_act_start(&f, &leaf, "r.", &longer.cx, &out), BIDE_PENDING);
    assert_int_equal(r.counter.allocs, 1);
    assert_int_equal(Leaf_act_poll(&f, &longer.cx, &out), BIDE_READY);
    rig_close(&r);
}

static bide_waker *same_clone(bide_waker *w)
{
    return w;
}
static void count_wake(bide_waker *w);
static void no_drop(bide_waker *w)
{
    (void)w;
}
typedef struct foreign_waker {
    bide_waker base;
    int wakes;
} foreign_waker;
static void count_wake(bide_waker *w)
{
    ((foreign_waker *)w)->wakes++;
}

static void waker_vtables_of_other_sizes(void **state)
{
    struct {
        bide_waker_vtable known;
        void (*newer)(bide_waker *);
    } longer = {{sizeof longer, 7, same_clone, count_wake, count_wake, no_drop, count_wake}, NULL};
    bide_waker_vtable shorter = longer.known;
    foreign_waker w = {{&longer.known}, 0};
    (void)state;
    assert_int_equal(bide_wake_from_isr(&w.base), BIDE_READY);
    assert_int_equal(w.wakes, 1);
    shorter.size = offsetof(bide_waker_vtable, wake_from_isr);
    for (int i = 0; i < 2; i++) {
        Actor actor = {NULL};
        Leaf leaf = Actor_as_Leaf(&actor, NULL);
        bide_context cx = {sizeof cx, 0, &w.base, NULL, bide_heap()};
        struct Leaf_act f = {0};
        int32_t out = 0;
        w.base.vtable = i ? &shorter : &longer.known;
        w.wakes = 0;
        assert_int_equal(Leaf_act_start(&f, &leaf, "rc.w", &cx, &out), BIDE_PENDING);
        assert_int_equal(Leaf_act_poll(&f, &cx, &out), BIDE_READY);
        assert_int_equal(w.wakes, 2);
    }
    assert_int_equal(bide_wake_from_isr(&w.base), BIDE_ENOSYS);
    shorter.size = sizeof shorter;
    shorter.wake_from_isr = NULL;
    assert_int_equal(bide_wake_from_isr(&w.base), BIDE_ENOSYS);
}

/* A foreign waker that runs out of memory in clone: the leaf fails, nothing stays behind. */
static bide_waker *no_clone(bide_waker *w)
{
    (void)w;
    return NULL;
}

static void a_foreign_waker_without_memory(void **state)
{
    static const bide_waker_vtable vtable = {sizeof vtable, 0,       no_clone,  count_wake,
                                             count_wake,    no_drop, count_wake};
    foreign_waker w = {{&vtable}, 0};
    rig r;
    Actor actor = {NULL};
    Leaf leaf = Actor_as_Leaf(&actor, NULL);
    gate g = {0};
    struct Leaf_wait f = {0};
    int32_t out = 0;
    (void)state;
    rig_open(&r);
    r.cx.waker = &w.base;
    assert_int_equal(Leaf_wait_start(&f, &leaf, &g, &r.cx, &out), BIDE_ENOMEM);
    assert_int_equal(r.counter.allocs, 1);
    rig_close(&r);
}

static bide_poll scenario_relay(bide_allocator *allocator)
{
    bide_context cx = scenario_context(allocator);
    Actor actor = {NULL};
    struct relay f;
    int32_t out = 0;
    bide_poll p = relay_start(&f, Actor_as_Leaf(&actor, NULL), "c.w.", &cx, &out);
    while (p == BIDE_PENDING)
        p = relay_poll(&f, &cx, &out);
    bide_waker_clear(&actor.kept);
    return p;
}
TEST_EVERY_FAILURE(every_failure_of_a_relay, scenario_relay)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(F01_call_that_never_touches_its_waker),
        cmocka_unit_test(F04_waker_call_log),
        cmocka_unit_test(F04_layers_add_no_waker_calls),
        cmocka_unit_test(F08_error_in_poll),
        cmocka_unit_test(F12_borrowed_waker_not_dropped),
        cmocka_unit_test(F13_owned_clone_outlives_poll),
        cmocka_unit_test(F14_wake_from_thread),
        cmocka_unit_test(F16_will_wake_other_false),
        cmocka_unit_test(F17_clone_of_clone_equal),
        cmocka_unit_test(F20_wake_after_free),
        cmocka_unit_test(F21_waker_replaced_between_polls),
        cmocka_unit_test(F36_freed_by_owner),
        cmocka_unit_test(a_context_that_ends_after_its_waker),
        cmocka_unit_test(a_context_that_is_longer),
        cmocka_unit_test(waker_vtables_of_other_sizes),
        cmocka_unit_test(a_foreign_waker_without_memory),
        cmocka_unit_test(every_failure_of_a_relay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
