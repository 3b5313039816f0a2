/*
 * Await trees that are asked for: between two polls, on the executor's thread, by any other.
 */
#include "trace_support.h"

#include <pthread.h>

/* ---- asking ------------------------------------------------------------------------------- */

typedef struct asked {
    bide_trace_request request;
    pthread_mutex_t lock;
    pthread_cond_t told;
    pthread_t served_by;
    bide_poll code, traced, again;
    int served, more;
    _Atomic(int) *all; /* counts what is served anywhere, if it is not NULL */
    char text[4096];
} asked;

static void on_serve(bide_trace_request *request, bide_local *ex, bide_poll code)
{
    asked *a = request->arg;
    pthread_mutex_lock(&a->lock);
    a->served++;
    if (a->all)
        ++*a->all;
    a->code = code;
    a->served_by = pthread_self();
    assert_true((code == BIDE_READY) == (ex != NULL));
    if (ex) {
        bide_trace_buffer b = {a->text, sizeof a->text, 0};
        bide_trace_options o = bide_trace_into(&b);
        a->traced = bide_trace_local(ex, &o);
        if (a->more-- > 0)
            a->again = bide_local_request_trace(ex, request);
    }
    pthread_cond_signal(&a->told);
    pthread_mutex_unlock(&a->lock);
}

static void asked_init(asked *a)
{
    memset(a, 0, sizeof *a);
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->told, NULL);
    bide_trace_request_init(&a->request, on_serve, a);
}

static void asked_end(asked *a)
{
    pthread_mutex_destroy(&a->lock);
    pthread_cond_destroy(&a->told);
}

static void asked_wait(asked *a, int served)
{
    pthread_mutex_lock(&a->lock);
    while (a->served < served)
        pthread_cond_wait(&a->told, &a->lock);
    pthread_mutex_unlock(&a->lock);
}

static void request_waits_for_a_turn(void **state)
{
    asked a;
    bide_local_stats before = {.size = sizeof before}, after = {.size = sizeof after};
    bide_poll r;
    stage s;
    (void)state;
    stage_open(&s, 0);
    asked_init(&a);
    BIDE_SPAWN_TO(r, s.ex, inner, NULL, NULL, (50));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(bide_local_run_until_stalled(s.ex), BIDE_PENDING);
    assert_int_equal(bide_local_request_trace(s.ex, &a.request), BIDE_READY);
    assert_int_equal(bide_local_request_trace(s.ex, &a.request), BIDE_EBUSY);
    assert_int_equal(a.served, 0);
    bide_local_get_stats(s.ex, &before);
    a.more = 1;
    assert_int_equal(bide_local_run_until_stalled(s.ex), BIDE_PENDING);
    assert_int_equal(bide_local_run_until_stalled(s.ex), BIDE_PENDING);
    bide_local_get_stats(s.ex, &after);
    assert_int_equal(a.served, 2); /* made again from its own call */
    assert_int_equal(a.again, BIDE_READY);
    assert_int_equal(a.traced, BIDE_READY);
    assert_tree(a.text, "executor local: 1 task\n"
                        "  task inner: waiting\n"
                        "    inner @1\n"
                        "      bide_sleep: 50 ms left\n");
    assert_int_equal(after.polls, before.polls); /* nobody is polled for it */
    assert_int_equal(after.wakes, before.wakes);
    asked_end(&a);
    stage_close(&s);
}

static void request_at_the_end(void **state)
{
    asked a, late;
    bide_join join = {NULL};
    bide_poll r;
    stage s;
    (void)state;
    stage_open(&s, 0);
    asked_init(&a);
    asked_init(&late);
    BIDE_SPAWN_TO(r, s.ex, inner, NULL, &join, (50));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(bide_join_request_trace(&join, &a.request), BIDE_READY);
    assert_int_equal(bide_local_free(s.ex), BIDE_READY);
    s.ex = NULL;
    assert_int_equal(a.served, 1); /* with what was left */
    assert_int_equal(a.code, BIDE_READY);
    assert_string_equal(a.text, "executor local: 1 task\n"
                                "  task inner: ready\n"
                                "    inner: not begun\n");
    assert_int_equal(bide_join_request_trace(&join, &late.request), BIDE_ECANCELED);
    assert_int_equal(late.served, 0);
    bide_join_detach(&join);
    assert_int_equal(bide_join_request_trace(&join, &late.request), BIDE_EMISUSE);
    asked_end(&a);
    asked_end(&late);
    stage_close(&s);
}

/* Asked for while the tasks are dropped, when it is too late to look. */
#define asks_in_drop_FRAME(ROW) ROW(PARAM, bide_local *, ex) ROW(PARAM, asked *, a)
BIDE_FUTURE(void, asks_in_drop)

bide_poll asks_in_drop_poll(struct asks_in_drop *f, bide_context *cx, void *out)
{
    (void)out, (void)cx, (void)f;
    return BIDE_PENDING;
}

void asks_in_drop_drop(struct asks_in_drop *f)
{
    assert_int_equal(bide_local_request_trace(f->ex, &f->a->request), BIDE_READY);
}

static void request_while_ending_is_cancelled(void **state)
{
    asked a;
    bide_poll r;
    stage s;
    (void)state;
    TEST_BREAKS("nobody holds a waker");
    stage_open(&s, 0);
    asked_init(&a);
    BIDE_SPAWN_TO(r, s.ex, asks_in_drop, NULL, NULL, (s.ex, &a));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(bide_local_run_until_stalled(s.ex), BIDE_PENDING);
    assert_int_equal(bide_local_free(s.ex), BIDE_READY);
    s.ex = NULL;
    assert_int_equal(a.served, 1);
    assert_int_equal(a.code, BIDE_ECANCELED);
    asked_end(&a);
    stage_close(&s);
}

/* Spawning drains the remote list when memory is short, in the middle of a poll: the request is not
 * served there. */
typedef struct short_memory {
    bide_allocator base;
    bide_allocator *upstream;
    bool refuse;
} short_memory;

static void *short_alloc(bide_allocator *self, size_t bytes, size_t align, bide_allocator **giver)
{
    short_memory *m = (short_memory *)(void *)self;
    return m->refuse ? NULL : bide_alloc(m->upstream, bytes, align, giver);
}

static void short_free(bide_allocator *giver, void *block, size_t bytes, size_t align)
{
    (void)giver, (void)block, (void)bytes, (void)align;
    fail(); /* the upstream gave it */
}

#define spawns_short_FRAME(ROW)                                                                    \
    ROW(PARAM, bide_local *, ex) ROW(PARAM, asked *, a) ROW(PARAM, short_memory *, m)
BIDE_ASYNC(int, spawns_short)
{
    bide_poll r;
    BIDE_BEGIN(spawns_short);
    assert_int_equal(bide_local_request_trace(f->ex, &f->a->request), BIDE_READY);
    f->m->refuse = true;
    BIDE_SPAWN_TO(r, f->ex, bide_yield, NULL, NULL, ());
    f->m->refuse = false;
    assert_int_equal(r, BIDE_ENOMEM);
    BIDE_RETURN(f->a->served);
    BIDE_END;
}

static void request_is_not_served_in_a_poll(void **state)
{
    asked a;
    bide_local_options o = bide_local_options_init();
    short_memory m = {.base = {sizeof m.base, 0, short_alloc, short_free}, .upstream = bide_heap()};
    bide_local *ex;
    bide_poll r;
    int served = -1;
    (void)state;
    asked_init(&a);
    o.allocator = &m.base;
    assert_int_equal(bide_local_new(&o, &ex), BIDE_READY);
    BIDE_RUN_UNTIL_TO(r, ex, spawns_short, &served, (ex, &a, &m));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(served, 0);
    assert_int_equal(bide_local_free(ex), BIDE_READY);
    assert_int_equal(a.served, 1);
    asked_end(&a);
}

/* Others ask while the owner runs, and while it sleeps. */
static void *runner(void *arg)
{
    stage *s = arg;
    assert_int_equal(bide_local_run(s->ex), BIDE_READY);
    return NULL;
}

static void request_wakes_a_sleeping_owner(void **state)
{
    bide_local_options options = bide_local_options_init();
    bide_join join = {NULL};
    pthread_t thread;
    asked a;
    bide_poll r;
    stage s;
    (void)state;
    assert_int_equal(bide_local_new(&options, &s.ex), BIDE_READY);
    asked_init(&a);
    BIDE_SPAWN_TO(r, s.ex, bide_sleep, NULL, &join, (3600000));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(pthread_create(&thread, NULL, runner, &s), 0);
    for (int i = 1; i <= 200; i++) {
        assert_int_equal(bide_join_request_trace(&join, &a.request), BIDE_READY);
        asked_wait(&a, i);
        assert_true(pthread_equal(a.served_by, thread));
        assert_int_equal(a.traced, BIDE_READY);
        assert_non_null(strstr(a.text, "executor local: 1 task\n  task bide_sleep: "));
        /* Whoever is not the owner may not look himself. */
        s.buffer = (bide_trace_buffer){s.text, sizeof s.text, 0};
        s.o = bide_trace_into(&s.buffer);
        if (i == 200) {
            assert_int_equal(bide_trace_local(s.ex, &s.o), BIDE_EMISUSE);
            assert_int_equal(bide_trace_task(&join, &s.o), BIDE_EMISUSE);
            assert_int_equal(bide_local_stamp(s.ex, true), BIDE_EMISUSE);
            assert_string_equal(s.text, "");
        }
    }
    bide_join_abort(&join);
    assert_int_equal(pthread_join(thread, NULL), 0);
    bide_join_detach(&join);
    assert_int_equal(bide_local_free(s.ex), BIDE_READY);
    asked_end(&a);
}

/* Several ask at once, of an executor that polls all the time, until it ends: each accepted request
 * is answered once. */
typedef struct asker {
    asked a;
    bide_join join;
    int accepted;
} asker;

static void *ask_until_the_end(void *arg)
{
    asker *k = arg;
    for (;;) {
        bide_poll r = bide_join_request_trace(&k->join, &k->a.request);
        if (r == BIDE_ECANCELED)
            break;
        if (r == BIDE_READY)
            k->accepted++;
        asked_wait(&k->a, k->accepted);
    }
    bide_join_detach(&k->join);
    return NULL;
}

#define busy_FRAME(ROW) ROW(PARAM, _Atomic(int) *, answers) ROW(CHILD, bide_yield, turn)
BIDE_ASYNC(void, busy)
{
    BIDE_BEGIN(busy);
    while (*f->answers < 300)
        BIDE_AWAIT(bide_yield, turn, ());
    BIDE_END;
}

static void every_request_is_answered_once(void **state)
{
    enum { ASKERS = 3 };
    asker k[ASKERS];
    pthread_t threads[ASKERS];
    bide_join join = {NULL};
    bide_local_options options = bide_local_options_init();
    bide_local *ex;
    bide_poll r;
    _Atomic(int) answers = 0;
    int answered = 0;
    (void)state;
    options.flags = BIDE_LOCAL_STAMPS;
    assert_int_equal(bide_local_new(&options, &ex), BIDE_READY);
    BIDE_SPAWN_TO(r, ex, busy, NULL, &join, (&answers));
    assert_int_equal(r, BIDE_READY);
    for (int i = 0; i < ASKERS; i++) {
        asked_init(&k[i].a);
        k[i].a.all = &answers;
        k[i].accepted = 0;
        k[i].join = bide_join_clone(&join);
        assert_int_equal(pthread_create(&threads[i], NULL, ask_until_the_end, &k[i]), 0);
    }
    assert_int_equal(bide_local_run(ex), BIDE_READY);
    bide_join_detach(&join);
    assert_int_equal(bide_local_free(ex), BIDE_READY);
    for (int i = 0; i < ASKERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(k[i].a.served, k[i].accepted);
        answered += k[i].a.served;
        asked_end(&k[i].a);
    }
    assert_int_equal(answered, answers);
    assert_true(answered >= 300);
}

/* An executor answers also after an allocation has failed. */
static bide_poll asked_through(bide_allocator *allocator)
{
    bide_local_options o = bide_local_options_init();
    _Atomic(int) answers = 300;
    bide_local *ex;
    asked a;
    bide_poll r;
    o.allocator = allocator;
    r = bide_local_new(&o, &ex);
    if (r != BIDE_READY)
        return r;
    asked_init(&a);
    BIDE_SPAWN_TO(r, ex, busy, NULL, NULL, (&answers));
    assert_int_equal(bide_local_request_trace(ex, &a.request), BIDE_READY);
    (void)bide_local_run_until_stalled(ex);
    assert_int_equal(a.served, 1);
    assert_int_equal(bide_local_free(ex), BIDE_READY);
    asked_end(&a);
    return r;
}
TEST_EVERY_FAILURE(P32_every_allocation_failing, asked_through)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request_waits_for_a_turn),
        cmocka_unit_test(request_at_the_end),
        cmocka_unit_test(request_while_ending_is_cancelled),
        cmocka_unit_test(request_is_not_served_in_a_poll),
        cmocka_unit_test(request_wakes_a_sleeping_owner),
        cmocka_unit_test(every_request_is_answered_once),
        cmocka_unit_test(P32_every_allocation_failing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
