/*
 * test_cancel.c: the contract of bide/cancel.h for generated futures, a test for each row of its
 * table under the row's name. Letters as in cancel.async.c: a work that is left alone says "bes".
 * Compiled twice: checked, it says when something is dropped that must be cancelled, and else not.
 */
#include "cancel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <bide/testing.h>

#include <cmocka.h>

bide_poll wait_poll(struct wait *f, bide_context *cx, int *out)
{
    if (f->d->aborts)
        bide_join_abort(f->d->aborts);
    if (f->polls++ == 0) {
        if (f->d->wakes-- <= 0)
            return bide_waker_register(&f->waker, cx) == BIDE_READY ? BIDE_PENDING : BIDE_ENOMEM;
        bide_waker_wake_by_ref(cx->waker);
        return BIDE_PENDING;
    }
    bide_waker_clear(&f->waker);
    *out = 1;
    return BIDE_READY;
}
void wait_drop(struct wait *f)
{
    if (f->polls == 1)
        note(f->d, (char)(f->name - 'a' + 'A'));
    bide_waker_clear(&f->waker);
    f->polls = 2;
}
BIDE_FUTURE_DEFINE(int, wait);

#define NO_DROP(F) (((int)F##_flags & (int)BIDE_NO_DROP) != 0)
_Static_assert(NO_DROP(work) && NO_DROP(embeds) && NO_DROP(boxes), "a cleanup that waits");
_Static_assert(!NO_DROP(calls) && !NO_DROP(beside), "not known before the call is made");
_Static_assert(calls_bide_cancels &&work_bide_cancels && !tidy_bide_cancels, "who has cancel");

/* ---- what checked builds say ------------------------------------------------------------------
 */

static int complaints;
static char complaint[1024];

static void keep(const char *message)
{
    if (complaints++ == 0)
        snprintf(complaint, sizeof complaint, "%s", message);
}

/* That something was dropped while it waits. */
static void complained(void)
{
#ifdef BIDE_CHECKED
    assert_true(complaints > 0);
    if (!strstr(complaint, "while it waits, but its cleanup must wait, too"))
        fail_msg("another complaint: %s", complaint);
    complaints = 0;
#endif
}

/* ---- a life ------------------------------------------------------------------------------- */

enum { BODY, QUICK, BOX, DYN, CALLS, BOXES, EMBEDS, MAKINGS };

typedef struct life {
    bide_checking_allocator memory;
    bide_context cx;
    diary d;
    Work handle;
    Desk desk;
    int making;
    const bide_type *type;
    bide_box box;
    union {
        struct work body;
        struct work_quick quick;
        struct Work_run dyn;
        struct calls calls;
        struct boxes boxes;
        struct embeds embeds;
        struct fifth fifth;
        struct beside beside;
    } room;
    int out;
} life;

static void life_open(life *l, int making)
{
    memset(l, 0, sizeof *l);
    bide_checking_allocator_init(&l->memory, bide_heap());
    l->cx = (bide_context){
        .size = sizeof l->cx, .waker = bide_waker_noop(), .allocator = &l->memory.base};
    l->handle = Desk_as_Work(&l->desk, NULL);
    l->making = making;
    switch (making) {
    case BODY:
        l->type = &work_type;
        work_init(&l->room.body, &l->d);
        break;
    case QUICK:
        l->type = &work_quick_type;
        work_quick_init(&l->room.quick, &l->d);
        break;
    case BOX:
        assert_int_equal(BIDE_BOX(work, &l->box, &l->memory.base, (&l->d)), BIDE_READY);
        break;
    case DYN:
        l->type = &Work_run_type;
        Work_run_init(&l->room.dyn, &l->handle, &l->d);
        break;
    case CALLS:
        l->type = &calls_type;
        calls_init(&l->room.calls, &l->handle, &l->d);
        break;
    case BOXES:
        l->type = &boxes_type;
        boxes_init(&l->room.boxes, &l->d);
        break;
    default:
        l->type = &embeds_type;
        embeds_init(&l->room.embeds, &l->d);
    }
}

static bide_poll life_poll(life *l)
{
    return l->making == BOX ? bide_box_poll(&l->box, &l->cx, &l->out)
                            : l->type->poll(&l->room, &l->cx, &l->out);
}

static void life_polls(life *l, int polls)
{
    for (int i = 0; i < polls; i++)
        assert_int_equal(life_poll(l), BIDE_PENDING);
}

static void life_drop(life *l)
{
    if (l->making == BOX)
        bide_box_drop(&l->box);
    else
        l->type->drop(&l->room);
}

static bide_poll life_cancel(life *l)
{
    return l->making == BOX ? bide_box_cancel(&l->box, &l->cx)
                            : bide_cancel(l->type, &l->room, &l->cx);
}

/* Nothing but this has happened, and, to parents that were polled, their own cleanup. */
static void life_close(life *l, const char *said, bool begun)
{
    char expected[64];
    snprintf(expected, sizeof expected, "%s%s", said, begun && l->making >= CALLS ? "p" : "");
    assert_string_equal(l->d.text, expected);
    if (complaints)
        fail_msg("not a mistake: %s", complaint);
    if (bide_checking_allocator_finish(&l->memory) != 0)
        fail_msg("%s", bide_checking_allocator_report(&l->memory));
}

/* The makings that wait at both awaits of work. */
#define EACH_MAKING(m)                                                                             \
    for (int m = 0; m < MAKINGS; m++)                                                              \
        if (m != QUICK)

/* ---- drop --------------------------------------------------------------------------------- */

static void drop_before_start(void **state)
{
    (void)state;
    for (int m = 0; m < MAKINGS; m++) {
        life l;
        life_open(&l, m);
        life_drop(&l);
        life_close(&l, "", false);
    }
}

static void drop_at_each_await(void **state)
{
    (void)state;
    for (int at = 0; at < 2; at++)
        EACH_MAKING(m)
        {
            life l;
            life_open(&l, m);
            life_polls(&l, at + 1);
            life_drop(&l);
            complained();
            life_close(&l, at ? "Cs" : "As", true);
        }
}

static void drop_after_completion(void **state)
{
    (void)state;
    EACH_MAKING(m)
    {
        life l;
        life_open(&l, m);
        life_polls(&l, 3);
        assert_int_equal(life_poll(&l), BIDE_READY);
        assert_int_equal(l.out, 2);
        life_drop(&l);
        life_close(&l, "bes", true);
    }
}

static void drop_during_cleanup(void **state)
{
    (void)state;
    for (int m = 0; m < MAKINGS; m++) {
        life l;
        life_open(&l, m);
        life_polls(&l, m == QUICK ? 1 : 3);
        assert_string_equal(l.d.text, "b");
        life_drop(&l);
        complained();
        life_close(&l, "bTs", true);
    }
}

static void drop_twice(void **state)
{
    (void)state;
    EACH_MAKING(m)
    {
        life l;
        life_open(&l, m);
        life_polls(&l, 2);
        life_drop(&l);
        life_drop(&l);
        complained();
        life_close(&l, "Cs", true);
    }
}

/* ---- cancel ------------------------------------------------------------------------------- */

static void cancel_before_start(void **state)
{
    (void)state;
    for (int m = 0; m < MAKINGS; m++) {
        life l;
        life_open(&l, m);
        assert_int_equal(life_cancel(&l), BIDE_READY);
        life_close(&l, "", false);
    }
}

static void cancel_at_each_await(void **state)
{
    (void)state;
    for (int at = 0; at < 2; at++)
        EACH_MAKING(m)
        {
            life l;
            life_open(&l, m);
            life_polls(&l, at + 1);
            assert_int_equal(life_cancel(&l), BIDE_PENDING);
            assert_string_equal(l.d.text, at ? "Cb" : "Ab");
            assert_int_equal(life_cancel(&l), BIDE_READY);
            life_close(&l, at ? "Cbes" : "Abes", true);
        }
}

static void cancel_after_completion(void **state)
{
    (void)state;
    EACH_MAKING(m)
    {
        life l;
        life_open(&l, m);
        life_polls(&l, 3);
        assert_int_equal(life_poll(&l), BIDE_READY);
        assert_int_equal(life_cancel(&l), BIDE_READY);
        life_close(&l, "bes", true);
    }
}

static void cancel_twice(void **state)
{
    (void)state;
    EACH_MAKING(m)
    {
        life l;
        life_open(&l, m);
        life_polls(&l, 1);
        assert_int_equal(life_cancel(&l), BIDE_PENDING);
        assert_int_equal(life_cancel(&l), BIDE_READY);
        assert_int_equal(life_cancel(&l), BIDE_READY);
        life_drop(&l);
        life_close(&l, "Abes", true);
    }
}

/* The result is forgotten: it is not written. */
static void cancel_during_cleanup(void **state)
{
    (void)state;
    for (int m = 0; m < MAKINGS; m++) {
        life l;
        life_open(&l, m);
        life_polls(&l, m == QUICK ? 1 : 3);
        assert_string_equal(l.d.text, "b");
        assert_int_equal(life_cancel(&l), BIDE_READY);
        assert_int_equal(l.out, 0);
        life_close(&l, "bes", true);
    }
}

static void poll_during_cancel(void **state)
{
    (void)state;
    EACH_MAKING(m)
    {
        life l;
        if (m == BOX || m == DYN)
            continue; /* these take any end for the end */
        life_open(&l, m);
        life_polls(&l, 1);
        assert_int_equal(life_cancel(&l), BIDE_PENDING);
        assert_int_equal(life_poll(&l), BIDE_EMISUSE);
        assert_int_equal(life_cancel(&l), BIDE_READY);
        life_close(&l, "Abes", true);
    }
}

static void drop_during_cancel(void **state)
{
    (void)state;
    EACH_MAKING(m)
    {
        life l;
        life_open(&l, m);
        life_polls(&l, 1);
        assert_int_equal(life_cancel(&l), BIDE_PENDING);
        life_drop(&l);
        complained();
        life_close(&l, "AbTs", true);
    }
}

/* work, behind an interface, in calls, in a box of fourth, in fifth. */
static void cancel_five_levels(void **state)
{
    life l;
    (void)state;
    life_open(&l, BODY);
    l.type = &fifth_type;
    fifth_init(&l.room.fifth, &l.handle, &l.d);
    life_polls(&l, 1);
    assert_int_equal(life_cancel(&l), BIDE_PENDING);
    assert_string_equal(l.d.text, "Ab");
    assert_int_equal(life_cancel(&l), BIDE_READY);
    life_close(&l, "Abesp45", true);
}

/* Async variables are dropped, and what waits in their cleanups is left out. */
static void async_variables(void **state)
{
    (void)state;
    for (int cancels = 0; cancels < 2; cancels++) {
        life l;
        life_open(&l, BODY);
        l.type = &beside_type;
        beside_init(&l.room.beside, &l.handle, &l.d);
        life_polls(&l, 1);
        if (cancels)
            assert_int_equal(life_cancel(&l), BIDE_READY);
        else
            life_drop(&l);
        complained();
        life_close(&l, "YAs", true);
    }
}

/* ---- tasks -------------------------------------------------------------------------------- */

typedef struct job {
    life l;
    bide_local *ex;
    bide_join join;
} job;

/* A task that wakes itself from so many waits, and then comes to rest. */
static void job_open(job *j, int making, int wakes)
{
    bide_poll r;
    life_open(&j->l, BODY);
    j->l.making = making;
    j->l.d.wakes = wakes;
    assert_int_equal(bide_local_new(NULL, &j->ex), BIDE_READY);
    if (making == BODY)
        BIDE_SPAWN_TO(r, j->ex, work, NULL, &j->join, (&j->l.d));
    else if (making == DYN)
        BIDE_SPAWN_TO(r, j->ex, Work_run, NULL, &j->join, (&j->l.handle, &j->l.d));
    else if (making == CALLS)
        BIDE_SPAWN_TO(r, j->ex, calls, NULL, &j->join, (&j->l.handle, &j->l.d));
    else if (making == BOXES)
        BIDE_SPAWN_TO(r, j->ex, boxes, NULL, &j->join, (&j->l.d));
    else
        BIDE_SPAWN_TO(r, j->ex, embeds, NULL, &j->join, (&j->l.d));
    assert_int_equal(r, BIDE_READY);
}

static void job_close(job *j, bide_poll code, const char *said, bool begun)
{
    int out = 0;
    j->l.d.wakes = 100;
    assert_int_equal(bide_local_run(j->ex), BIDE_READY);
    assert_int_equal(bide_join_try_take(&j->join, &out), code);
    assert_int_equal(out, code == BIDE_READY ? 2 : 0);
    assert_int_equal(bide_local_free(j->ex), BIDE_READY);
    life_close(&j->l, said, begun);
}

#define EACH_TASK(m) EACH_MAKING(m) if (m != BOX)

static void abort_before_first_poll(void **state)
{
    (void)state;
    EACH_TASK(m)
    {
        job j;
        job_open(&j, m, 0);
        bide_join_abort(&j.join);
        job_close(&j, BIDE_ECANCELED, "", false);
    }
}

static void abort_while_suspended(void **state)
{
    (void)state;
    EACH_TASK(m)
    {
        job j;
        job_open(&j, m, 0);
        assert_int_equal(bide_local_run_until_stalled(j.ex), BIDE_PENDING);
        bide_join_abort(&j.join);
        job_close(&j, BIDE_ECANCELED, "Abes", true);
    }
}

static void abort_while_running(void **state)
{
    (void)state;
    EACH_TASK(m)
    {
        job j;
        job_open(&j, m, 0);
        j.l.d.aborts = &j.join; /* which wakes it, as its waits do not */
        job_close(&j, BIDE_ECANCELED, "Abes", true);
    }
}

/* The task has finished but for its cleanup: that goes on, and the result is forgotten. */
static void abort_during_cleanup(void **state)
{
    (void)state;
    EACH_TASK(m)
    {
        job j;
        job_open(&j, m, 2);
        assert_int_equal(bide_local_run_until_stalled(j.ex), BIDE_PENDING);
        assert_string_equal(j.l.d.text, "b");
        bide_join_abort(&j.join);
        job_close(&j, BIDE_ECANCELED, "bes", true);
    }
}

static void abort_after_end(void **state)
{
    (void)state;
    EACH_TASK(m)
    {
        job j;
        job_open(&j, m, 100);
        assert_int_equal(bide_local_run(j.ex), BIDE_READY);
        bide_join_abort(&j.join);
        job_close(&j, BIDE_READY, "bes", true);
    }
}

static void executor_ends(void **state)
{
    (void)state;
    for (int asked = 0; asked < 2; asked++)
        EACH_TASK(m)
        {
            job j;
            job_open(&j, m, 0);
            assert_int_equal(bide_local_run_until_stalled(j.ex), BIDE_PENDING);
            j.l.d.wakes = 100;
            if (asked)
                assert_int_equal(bide_local_cancel(j.ex), BIDE_READY);
            assert_int_equal(bide_local_free(j.ex), BIDE_READY);
            assert_int_equal(bide_join_try_take(&j.join, NULL), BIDE_ECANCELED);
            if (!asked)
                complained();
            life_close(&j.l, asked ? "Abes" : "As", true);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drop_before_start),
        cmocka_unit_test(drop_at_each_await),
        cmocka_unit_test(drop_after_completion),
        cmocka_unit_test(drop_during_cleanup),
        cmocka_unit_test(drop_twice),
        cmocka_unit_test(cancel_before_start),
        cmocka_unit_test(cancel_at_each_await),
        cmocka_unit_test(cancel_after_completion),
        cmocka_unit_test(cancel_twice),
        cmocka_unit_test(cancel_during_cleanup),
        cmocka_unit_test(poll_during_cancel),
        cmocka_unit_test(drop_during_cancel),
        cmocka_unit_test(cancel_five_levels),
        cmocka_unit_test(async_variables),
        cmocka_unit_test(abort_before_first_poll),
        cmocka_unit_test(abort_while_suspended),
        cmocka_unit_test(abort_while_running),
        cmocka_unit_test(abort_during_cleanup),
        cmocka_unit_test(abort_after_end),
        cmocka_unit_test(executor_ends),
    };
    bide_check_set_handler(keep);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
