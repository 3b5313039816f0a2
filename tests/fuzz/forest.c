/*
 * forest.c: random things done to a forest of futures, compared with a model after each.
 *
 *     forest [steps] [seed]      a million steps from seed 1, or as many as wanted
 *
 * A season is some thousand steps on up to PLOTS plots. A plot is empty, or holds a box, or a task;
 * the model knows how often its future will wait yet and how it will end, and whether the task is
 * scheduled. Frames come from every allocator there is; some requests are made to fail. Wakers are
 * used, and boxes dropped, by a second thread as well. What fails is printed with its seed: a
 * season is repeated by `forest 1 SEED`.
 */
#include "helper.h"
#include "kinds.h"
#include "places.h"

#include <bide/testing.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PLOTS = 24, SEASON = 3000 };

/* ---- the model ---------------------------------------------------------------------------- */

enum { EMPTY, BOX, TASK };

typedef struct plot {
    int holds;
    int kind;
    plant *p;
    bide_box box;
    bide_join join, other;
    int left;       /* polls in which it waits yet */
    bide_poll code; /* how it will end */
    int32_t value;
    int turns; /* in the next run: at most so many, and one if any. Wakes come together, but
                * for those before and after a spawn that looked for memory */
    int waits; /* the plant's, before the last run */
    bool aborted, done, by_failure;
} plot;

static plot plots[PLOTS];
static plant plants[SEASON + PLOTS];
static size_t n_plants;
static bide_local *ex;
static bide_counting_waker wakers[2];
static uint64_t seed, random_state;
static size_t step;
static size_t ends, drops, aborts, failures, far_drops, far_wakes, outlived, losers;

static uint32_t below(uint32_t n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)((random_state >> 20) % n);
}

static void differ(const char *what, const plot *l)
{
    fprintf(stderr, "seed %llu, step %zu: %s (plot %d, kind %d)\n", (unsigned long long)seed, step,
            what, l ? (int)(l - plots) : -1, l ? l->kind : -1);
    abort();
}

static void must(bool condition, const char *what, const plot *l)
{
    if (!condition)
        differ(what, l);
}

/* A plant whose leaves wait, and end, at random; and what the model expects of it. */
static void plant_new(plot *l, int kind)
{
    int i, first, leaves = kind_has_one_leaf(kind) ? 1 : 2;
    plant *p = &plants[n_plants++];
    memset(p, 0, sizeof *p);
    *l = (plot){.kind = kind, .p = p, .code = BIDE_READY};
    for (i = 0; i < 2; i++) {
        p->pends[i] = (int)below(3);
        p->code[i] = below(8) ? BIDE_READY : BIDE_EFOREIGN;
        p->value[i] = (int32_t)below(1000);
    }
    /* A first leaf that loses a race waits once beside the second, and ends behind it. */
    first = kind == RACED && p->pends[0] > 0 ? 1 : 0;
    for (i = 0; i < leaves && l->code == BIDE_READY; i++) {
        int which = i ^ first;
        l->left += p->pends[which] - (first && which == 0);
        l->code = p->code[which];
        l->value += p->value[which];
    }
}

/* The future is over: it holds nothing, and its bodies cleaned up as often as they began. */
static void check_over(const plot *l)
{
    int i;
    must(!l->p->wrong, l->p->wrong, l);
    for (i = 0; i < TOKENS; i++)
        must(l->p->held[i] == 0, "a token is still held", l);
    must(l->p->begun == l->p->cleaned, "cleanups do not match", l);
    must(!l->p->waker, "a waker is still held", l);
    losers += (size_t)l->p->losers;
    l->p->losers = 0;
}

static void check_alive(const plot *l)
{
    must(!l->p->wrong, l->p->wrong, l);
    must(l->p->held[0] == 1, "a living future has lost its argument", l);
}

static bool is_memory(bide_poll r)
{
    return r == BIDE_ENOMEM || r == BIDE_EBUSY;
}

/* What a poll gave, against the model. `refused`: requests were refused meanwhile. */
static void check_poll(plot *l, bide_poll r, int32_t out, bool refused)
{
    if (r == BIDE_PENDING) {
        must(l->left-- > 0, "it waits where it should end", l);
        check_alive(l);
        return;
    }
    if (is_memory(r) && refused) {
        failures++;
    } else {
        must(l->left == 0, "it ends where it should wait", l);
        must(r == l->code, "another code", l);
        must(r != BIDE_READY || out == l->value, "another value", l);
        ends++;
    }
    check_over(l);
    must(bide_box_is_empty(&l->box), "a box is full after the end", l);
    l->holds = EMPTY;
}

/* ---- what is done ------------------------------------------------------------------------- */

static bide_context context(void)
{
    bide_context cx = {.size = sizeof cx};
    cx.waker = &wakers[below(2)].base;
    cx.runtime = bide_local_runtime(ex);
    cx.allocator = place(below(PLACES));
    return cx;
}

static void make(plot *l)
{
    int kind = (int)below(KINDS);
    bide_poll r = bide_box_reserve(&l->box, kind_type(kind), place(below(PLACES)));
    bide_box box = l->box;
    if (r != BIDE_READY) {
        must(is_memory(r) && bide_box_is_empty(&box), "a reserve that failed left something", l);
        return;
    }
    plant_new(l, kind);
    l->box = box;
    l->holds = BOX;
    kind_init(kind, l->box.frame, l->p);
    check_alive(l);
}

static void start(plot *l)
{
    size_t before = places_refused();
    bide_context cx = context();
    int32_t out = 0;
    bide_poll r;
    plant_new(l, (int)below(KINDS));
    l->holds = BOX;
    r = kind_start_box(l->kind, &l->box, l->p, below(2) ? place(below(PLACES)) : NULL, &cx, &out);
    if (r != BIDE_PENDING)
        l->box = BIDE_BOX_EMPTY;
    check_poll(l, r, out, places_refused() != before);
}

static void poll_box(plot *l)
{
    size_t before = places_refused();
    bide_context cx = context();
    int32_t out = 0;
    bide_poll r = bide_box_poll(&l->box, &cx, &out);
    check_poll(l, r, out, places_refused() != before);
}

static void drop_box(plot *l)
{
    bool send = bide_box_is_send(&l->box);
    if (send && below(2)) {
        helper_drop(&l->box);
        far_drops++;
    } else {
        bide_box_drop(&l->box);
    }
    must(bide_box_is_empty(&l->box), "a dropped box is full", l);
    check_over(l);
    l->holds = EMPTY;
    drops++;
}

static void move_box(plot *from, plot *to)
{
    *to = *from;
    to->box = bide_box_take(&from->box);
    must(bide_box_is_empty(&from->box), "a box that was moved is full", from);
    from->holds = EMPTY;
}

/* A wake makes the task that waits be scheduled; our own wakers count. */
static void wake(plot *l)
{
    bide_waker *w = l->p->waker;
    if (!w)
        return;
    l->turns++;
    switch (below(5)) {
    case 0:
        bide_waker_wake_by_ref(w);
        break;
    case 1:
        l->p->waker = NULL;
        bide_waker_wake(w);
        break;
    case 2:
        bide_waker_wake_by_ref(w);
        bide_waker_clear(&l->p->waker);
        break;
    case 3:
        (void)bide_wake_from_isr(w);
        break;
    default:
        l->p->waker = NULL;
        helper_wake(w);
        far_wakes++;
    }
}

static void spawn(plot *l)
{
    bide_runtime *rt = bide_local_runtime(ex);
    bide_spawn_options o = bide_spawn_options_init();
    int kind = (int)below(KINDS);
    bide_task *task;
    bide_poll r;
    void *frame;
    if (below(3) == 0)
        o.allocator = place(below(PLACES));
    o.slab_bytes = below(3) * 100;
    r = bide_runtime_spawn_begin(rt, kind_type(kind), &o, &task, &frame);
    if (r != BIDE_READY) {
        must(is_memory(r), "spawning gave an unknown code", l);
        return;
    }
    if (below(16) == 0) {
        bide_runtime_spawn_abandon(rt, task);
        return;
    }
    plant_new(l, kind);
    l->holds = TASK;
    l->turns = 1;
    kind_init(kind, frame, l->p);
    bide_runtime_spawn_commit(rt, task, true);
    l->join.task = task;
    if (below(2))
        l->other = bide_join_clone(&l->join);
}

/* A task that starts a future with its context's allocator, leaves the box on a plot, and ends: its
 * slab must outlive it. */
#define gardener_FRAME(ROW) ROW(PARAM, plot *, l)
BIDE_FUTURE(void, gardener)

bide_poll gardener_poll(struct gardener *f, bide_context *cx, void *out)
{
    size_t before = places_refused();
    int32_t value = 0;
    plot *l = f->l;
    bide_poll r;
    (void)out;
    plant_new(l, (int)below(KINDS));
    l->holds = BOX;
    r = kind_start_box(l->kind, &l->box, l->p, NULL, cx, &value);
    if (r != BIDE_PENDING)
        l->box = BIDE_BOX_EMPTY;
    else
        outlived++;
    check_poll(l, r, value, places_refused() != before);
    return BIDE_READY;
}

void gardener_drop(struct gardener *f)
{
    (void)f;
}

/* After the executor has run: what the model says of each task. */
static void run_tasks(void);

static void let_garden(plot *l)
{
    bide_poll r = BIDE_SPAWN(ex, gardener, NULL, (l));
    if (r == BIDE_READY)
        run_tasks();
    else
        must(is_memory(r), "spawning gave an unknown code", l);
}

static void abort_task(plot *l)
{
    const bide_join *j = l->other.task && below(2) ? &l->other : &l->join;
    if (below(3) == 0)
        helper_abort(j);
    else
        bide_join_abort(j);
    if (!l->done && !l->aborted)
        aborts++;
    l->turns = 1;
    l->aborted = true;
}

static void after_run(plot *l, bool refused)
{
    int waited, turns = l->turns;
    bool done;
    if (l->holds != TASK || l->done)
        return;
    done = bide_join_is_done(&l->join);
    waited = l->p->waits - l->waits;
    l->waits += waited;
    l->left -= waited;
    l->turns = 0;
    l->done = done;
    l->by_failure = done && refused;
    if (l->aborted) {
        must(done && waited == 0, "an aborted task went on", l);
        l->code = BIDE_ECANCELED;
    } else if (!l->by_failure) {
        must(waited + done <= turns && (turns == 0 || waited + done > 0), "turns", l);
        must(!done || l->left == 0, "a task ended where it should wait", l);
    }
}

static void run_tasks(void)
{
    size_t before = places_refused();
    int i;
    bide_poll r = bide_local_run_until_stalled(ex);
    must(r == BIDE_READY || r == BIDE_PENDING, "the executor did not run", NULL);
    for (i = 0; i < PLOTS; i++) {
        after_run(&plots[i], places_refused() != before);
        if (plots[i].holds != TASK)
            continue;
        must(bide_join_is_done(&plots[i].join) == plots[i].done, "done or not", &plots[i]);
        (plots[i].done ? check_over : check_alive)(&plots[i]);
    }
}

/* Takes the result of a task that has ended. */
static void take(plot *l)
{
    int32_t out = -1;
    bide_poll r = bide_join_try_take(&l->join, &out);
    if (!l->done) {
        must(r == BIDE_PENDING && l->join.task, "a result before the end", l);
        return;
    }
    if (!(l->by_failure && is_memory(r))) {
        must(r == l->code, "a task ended with another code", l);
        must(r != BIDE_READY || out == l->value, "a task ended with another value", l);
    } else {
        failures++;
    }
    must(!l->join.task, "a handle is full after the take", l);
    if (l->other.task)
        must(bide_join_try_take(&l->other, &out) == BIDE_EMISUSE, "a second take", l);
    bide_join_detach(&l->other);
    l->holds = EMPTY;
    ends++;
}

static void open_executor(void)
{
    bide_local_options o = bide_local_options_init();
    o.allocator = place(BASE);
    o.slab_bytes = 64 + below(4) * 200;
    o.slab_cache = below(3);
    places_refuse(0);
    must(bide_local_new(&o, &ex) == BIDE_READY, "no executor", NULL);
}

/* Its tasks end; boxes, and wakers that somebody holds, stay. */
static void replace_executor(void)
{
    int i;
    must(bide_local_free(ex) == BIDE_READY, "the executor did not end", NULL);
    for (i = 0; i < PLOTS; i++) {
        plot *l = &plots[i];
        if (l->holds != TASK)
            continue;
        if (!l->done)
            l->code = BIDE_ECANCELED;
        l->by_failure &= l->done;
        l->done = true;
        check_over(l);
        if (below(2))
            take(l);
    }
    open_executor();
}

static plot *find(int holds)
{
    int from = (int)below(PLOTS), i;
    for (i = 0; i < PLOTS; i++)
        if (plots[(from + i) % PLOTS].holds == holds)
            return &plots[(from + i) % PLOTS];
    return NULL;
}

static void step_on_box(plot *l)
{
    plot *to;
    switch (below(8)) {
    case 0:
        drop_box(l);
        break;
    case 1:
        if ((to = find(EMPTY)) != NULL)
            move_box(l, to);
        break;
    case 2:
    case 3:
        wake(l);
        break;
    default:
        poll_box(l);
    }
}

static void step_on_task(plot *l)
{
    switch (below(12)) {
    case 0:
        abort_task(l);
        break;
    case 1:
        bide_join_detach(&l->other);
        break;
    case 2:
    case 3:
        take(l);
        break;
    case 4:
    case 5:
    case 6:
        run_tasks();
        break;
    default:
        wake(l);
    }
}

static void step_on_empty(plot *l)
{
    switch (below(4)) {
    case 0:
        make(l);
        break;
    case 1:
        start(l);
        break;
    case 2:
        spawn(l);
        break;
    default:
        let_garden(l);
    }
}

static void one_step(void)
{
    uint32_t what = below(64);
    plot *l = &plots[below(PLOTS)];
    if (what == 0)
        places_refuse(1 + below(3));
    else if (what == 1)
        places_tidy();
    else if (what == 2 && below(8) == 0)
        replace_executor();
    else if (l->holds == BOX)
        step_on_box(l);
    else if (l->holds == TASK)
        step_on_task(l);
    else
        step_on_empty(l);
}

/* ---- a season ----------------------------------------------------------------------------- */

static void harvest(plot *l)
{
    if (l->holds == BOX)
        drop_box(l);
    if (l->holds == TASK)
        take(l);
}

/* Everything ends: half of the boxes before the executor and the slab, the others after. */
static void end_season(void)
{
    const char *wrong;
    int i;
    for (i = 0; i < PLOTS; i++)
        if (plots[i].holds == BOX && below(2))
            drop_box(&plots[i]);
    replace_executor();
    must(bide_local_free(ex) == BIDE_READY, "the executor did not end", NULL);
    places_retire();
    for (i = 0; i < PLOTS; i++)
        harvest(&plots[i]);
    for (i = 0; i < 2; i++)
        must(bide_counting_waker_refs(&wakers[i]) == 1, "a waker of ours is still held", NULL);
    wrong = places_close();
    if (wrong)
        differ(wrong, NULL);
}

static void season(size_t steps)
{
    random_state = seed * 0x9e3779b97f4a7c15u + 1;
    memset(plots, 0, sizeof plots);
    n_plants = 0;
    places_open();
    bide_counting_waker_init(&wakers[0]);
    bide_counting_waker_init(&wakers[1]);
    kinds_open(place(below(PLACES)), place(below(PLACES)));
    open_executor();
    for (step = 0; step < steps; step++)
        one_step();
    end_season();
}

int main(int argc, char **argv)
{
    size_t steps = argc > 1 ? (size_t)strtoull(argv[1], NULL, 10) : 1000000, done = 0;
    uint64_t first = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    helper_open();
    for (seed = first; done < steps; seed++, done += SEASON)
        season(SEASON);
    helper_close();
    printf(
        "seeds %llu to %llu, %zu steps: %zu ends, %zu drops (%zu by another thread), %zu aborts,\n"
        "%zu ends for want of memory, %zu wakes by another thread, %zu boxes outlived their task,\n"
        "%zu losers of races went on\n",
        (unsigned long long)first, (unsigned long long)(seed - 1), done, ends, drops, far_drops,
        aborts, failures, far_wakes, outlived, losers);
    return !(ends && drops && aborts && failures && far_drops && far_wakes && outlived && losers);
}
