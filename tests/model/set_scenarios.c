/*
 * set_scenarios.c: members of a set that are woken by other threads, while the set is polled,
 * cleared and dropped.
 *
 * Thread 0 has the set. The setup inserts two doors and polls them once, alone: the threads begin
 * with a set that waits, and with the wakers of its members.
 */
#include "scenarios.h"

#include <bide/bide.h>
#include <bide/stream_set.h>

#include "sleeper.h"

#include <string.h>

enum { DOORS = 2, SIGNALS = 2 };

/* through(door): until all its signals are there. They are relaxed: that they are seen is for the
 * wakes to see to. */
typedef struct door {
    int first, wanted; /* of the signals */
    int polls, ends, drops;
    bide_waker *wakers[2];
} door;

#define through_FRAME(ROW) ROW(TRAITS, BIDE_SEND | BIDE_UNPIN) ROW(PARAM, door *, d)
BIDE_FUTURE(int32_t, through)
BIDE_FUTURE_SET(doors, through);
BIDE_ORDERED_SET(row, through);

/* A tap gives one item for each of its signals, and ends behind the last. */
typedef struct Tap {
    door *d;
    int gave;
} Tap;
static bide_poll Tap_poll_next(Tap *t, bide_context *cx, int32_t *item);
static void Tap_drop(Tap *t)
{
    t->d->drops++;
}
#define Tap_IS_SEND 1
BIDE_STREAM_TYPE(Tap, int32_t);
BIDE_STREAM_SET(taps, Tap);

typedef struct shared {
    doors set;
    taps streams;
    row in_order;
    sleeper task[2];
    atomic_int signals[SIGNALS];
    door d[DOORS + 1];
} shared;

static shared *g;

bide_poll through_poll(struct through *f, bide_context *cx, int32_t *out)
{
    door *d = f->d;
    if (d->polls++ == 0)
        for (int i = 0; i < 2; i++)
            d->wakers[i] = bide_waker_clone(cx->waker);
    for (int i = d->first; i < d->first + d->wanted; i++)
        if (!atomic_load_explicit(&g->signals[i], memory_order_relaxed))
            return BIDE_PENDING;
    d->ends++;
    *out = 7;
    return BIDE_READY;
}

void through_drop(struct through *f)
{
    f->d->drops++;
}

static bide_poll Tap_poll_next(Tap *t, bide_context *cx, int32_t *item)
{
    door *d = t->d;
    if (d->polls++ == 0)
        for (int i = 0; i < 2; i++)
            d->wakers[i] = bide_waker_clone(cx->waker);
    *item = t->gave;
    if (t->gave == d->wanted)
        return BIDE_DONE;
    for (int i = d->first, n = 0; i < d->first + d->wanted; i++)
        if (atomic_load_explicit(&g->signals[i], memory_order_relaxed) && n++ == t->gave) {
            t->gave++;
            d->ends++;
            return BIDE_READY;
        }
    return BIDE_PENDING;
}

static bide_poll poll_streams(void)
{
    bide_context cx = sleeper_context(&g->task[0]);
    int32_t item;
    return taps_poll_next(&g->streams, &cx, &item);
}

static bide_poll poll_as(sleeper *s)
{
    bide_context cx = sleeper_context(s);
    doors_item got = {0};
    bide_poll r = doors_poll_next(&g->set, &cx, &got);
    CHECK(r != BIDE_READY || got.value == 7);
    return r;
}

/* ---- setup -------------------------------------------------------------------------------- */

static void open_shared(void)
{
    g = model_given(sizeof *g);
    memset(g, 0, sizeof *g);
    for (int i = 0; i < 2; i++)
        sleeper_init(&g->task[i]);
    for (int i = 0; i < DOORS; i++)
        g->d[i] = (door){.first = i, .wanted = 1};
    doors_init(&g->set, model_heap());
    row_init(&g->in_order, model_heap());
    taps_init(&g->streams, model_heap());
}

static void insert(door *d)
{
    struct through one;
    CHECK(doors_insert(&g->set, BIDE_MADE(through, one, (d))) == BIDE_READY);
}

static void open_two(void)
{
    open_shared();
    insert(&g->d[0]);
    insert(&g->d[1]);
    CHECK(poll_as(&g->task[0]) == BIDE_PENDING);
}

/* One waker of each of two doors. */
static void open_two_wakers(void)
{
    open_two();
    for (int i = 0; i < DOORS; i++)
        bide_waker_drop(g->d[i].wakers[1]);
}

/* One door, with two signals and two wakers. */
static void open_one(void)
{
    open_shared();
    g->d[0].wanted = 2;
    insert(&g->d[0]);
    CHECK(poll_as(&g->task[0]) == BIDE_PENDING);
}

/* One stream, which gives an item for each of two signals. */
static void open_stream(void)
{
    Tap tap = {NULL, 0};
    open_shared();
    g->d[0].wanted = 2;
    tap.d = &g->d[0];
    CHECK(taps_insert(&g->streams, tap) == BIDE_READY);
    CHECK(poll_streams() == BIDE_PENDING);
}

static bide_poll poll_in_order(void)
{
    bide_context cx = sleeper_context(&g->task[0]);
    row_item got = {0};
    return row_poll_next(&g->in_order, &cx, &got);
}

static void open_in_order(void)
{
    struct through one;
    open_shared();
    for (int i = 0; i < DOORS; i++)
        CHECK(row_insert(&g->in_order, BIDE_MADE(through, one, (&g->d[i]))) == BIDE_READY);
    CHECK(poll_in_order() == BIDE_PENDING);
}

/* ---- thread 0 ----------------------------------------------------------------------------- */

static void poll_all(void)
{
    bide_poll r;
    while ((r = poll_as(&g->task[0])) != BIDE_DONE)
        if (r == BIDE_PENDING)
            sleeper_sleep(&g->task[0]);
    doors_drop(&g->set);
}

/* The set goes from task to task: only who polled it last is woken. */
static void poll_by_turns(void)
{
    bide_poll r;
    for (int i = 1; (r = poll_as(&g->task[i % 2])) != BIDE_DONE; i++)
        if (r == BIDE_PENDING)
            sleeper_sleep(&g->task[i % 2]);
    doors_drop(&g->set);
}

static void poll_all_in_order(void)
{
    bide_poll r;
    while ((r = poll_in_order()) != BIDE_DONE)
        if (r == BIDE_PENDING)
            sleeper_sleep(&g->task[0]);
    row_drop(&g->in_order);
}

static void poll_all_items(void)
{
    bide_poll r;
    while ((r = poll_streams()) != BIDE_DONE)
        if (r == BIDE_PENDING)
            sleeper_sleep(&g->task[0]);
    taps_drop(&g->streams);
}

static void one_item_and_drop(void)
{
    while (poll_streams() == BIDE_PENDING)
        sleeper_sleep(&g->task[0]);
    taps_drop(&g->streams);
}

static void only_drop(void)
{
    doors_drop(&g->set);
}

static void poll_and_drop(void)
{
    (void)poll_as(&g->task[0]);
    doors_drop(&g->set);
}

/* What was woken is let go; who comes then has its turn all the same. */
static void clear_and_go_on(void)
{
    doors_clear(&g->set);
    insert(&g->d[2]);
    CHECK(poll_as(&g->task[0]) == BIDE_READY);
    CHECK(poll_as(&g->task[0]) == BIDE_DONE);
    doors_drop(&g->set);
}

/* ---- the others --------------------------------------------------------------------------- */

static void wake(int d, int w, int signal)
{
    atomic_store_explicit(&g->signals[signal], 1, memory_order_relaxed);
    bide_waker_wake(g->d[d].wakers[w]);
}

static void wake_0(void)
{
    wake(0, 0, 0);
}

static void wake_1(void)
{
    wake(1, 0, 1);
}

static void wake_0_again(void)
{
    wake(0, 1, 1);
}

static void wake_0_and_1(void)
{
    wake(0, 0, 0);
    wake(1, 0, 1);
}

/* Nobody wakes: the end of the wakers meets the end of the set. */
static void let_go_of_0(void)
{
    bide_waker_drop(g->d[0].wakers[0]);
}

static void let_go_of_1(void)
{
    bide_waker_drop(g->d[1].wakers[0]);
}

static void let_go_of_0_again(void)
{
    bide_waker_drop(g->d[0].wakers[1]);
}

/* Without a signal, and the waker is used and then given back. */
static void only_wake_0(void)
{
    bide_waker_wake_by_ref(g->d[0].wakers[0]);
    bide_waker_drop(g->d[0].wakers[0]);
}

/* ---- what must be true in the end --------------------------------------------------------- */

/* Of `doors` doors, wakers from `used` on were left over. */
static void let_go(int doors_opened, int used)
{
    for (int i = 0; i < doors_opened; i++)
        for (int k = used; k < 2; k++)
            bide_waker_drop(g->d[i].wakers[k]);
}

static void all_ended(void)
{
    for (int i = 0; i < DOORS; i++)
        CHECK(g->d[i].ends == 1 && g->d[i].drops == 0 && g->d[i].polls <= 2);
    let_go(DOORS, 1);
}

static void one_ended(void)
{
    CHECK(g->d[0].ends == 1 && g->d[0].drops == 0 && g->d[0].polls <= 3);
}

static void each_is_over(void)
{
    for (int i = 0; i < DOORS; i++)
        CHECK(g->d[i].ends + g->d[i].drops == 1);
    let_go(DOORS, 1);
}

static void both_dropped(void)
{
    for (int i = 0; i < DOORS; i++)
        CHECK(g->d[i].ends == 0 && g->d[i].drops == 1);
}

static void one_is_over(void)
{
    CHECK(g->d[0].ends + g->d[0].drops == 1);
}

static void two_items(void)
{
    CHECK(g->d[0].ends == 2 && g->d[0].drops == 1);
}

static void one_item(void)
{
    CHECK(g->d[0].ends == 1 && g->d[0].drops == 1);
}

static void cleared(void)
{
    CHECK(g->d[2].ends == 1 && g->d[2].polls == 1);
    for (int k = 0; k < 2; k++)
        bide_waker_drop(g->d[2].wakers[k]);
    each_is_over();
}

const model_scenario model_scenarios[] = {
    {"set-two", false, open_two, {poll_all, wake_0, wake_1}, all_ended},
    {"set-one", false, open_one, {poll_all, wake_0, wake_0_again}, one_ended},
    {"set-by-turns", false, open_two, {poll_by_turns, wake_0_and_1, NULL}, all_ended},
    {"set-in-order", false, open_in_order, {poll_all_in_order, wake_1, wake_0}, all_ended},
    {"set-drop", false, open_two, {only_drop, wake_0, wake_1}, each_is_over},
    {"set-drop-one", false, open_one, {only_drop, wake_0, wake_0_again}, one_is_over},
    {"set-drop-wakers", false, open_one, {only_drop, let_go_of_0, let_go_of_0_again}, one_is_over},
    {"set-drop-end", false, open_two_wakers, {only_drop, let_go_of_0, let_go_of_1}, both_dropped},
    {"set-poll-drop", false, open_two, {poll_and_drop, wake_0, wake_1}, each_is_over},
    {"set-streams", false, open_stream, {poll_all_items, wake_0, wake_0_again}, two_items},
    {"set-streams-drop", false, open_stream, {one_item_and_drop, wake_0, wake_0_again}, one_item},
    {"set-clear", false, open_two, {clear_and_go_on, only_wake_0, wake_1}, cleared},
};
const size_t model_n_scenarios = sizeof model_scenarios / sizeof model_scenarios[0];
