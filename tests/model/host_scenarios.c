/*
 * host_scenarios.c: an executor on somebody else's loop, which sleeps when it is not wanted.
 *
 * Thread 0 runs the loop. It looks at nothing but what the executor's turns and its host's wakes
 * tell: a wake that is lost is a loop that never ends.
 */
#include "scenarios.h"

#include <bide/bide.h>
#include <bide/executor.h>

#include "core.h"

#include <string.h>

enum { SIGNALS = 2 };

typedef struct shared {
    bide_host host; /* first */
    bide_priv_parker parker;
    atomic_int told;
    int gone; /* plain: nobody may be in the host, or come to it, once it is set */
    bide_local *ex;
    bide_join join;
    bide_waker *wakers[SIGNALS];
    atomic_int signals[SIGNALS];
    int wanted;
    int ends, drops;
} shared;

static shared *g;

#define leaf_FRAME(ROW) ROW(LOCAL, int, polls)
BIDE_FUTURE(void, leaf)

bide_poll leaf_poll(struct leaf *f, bide_context *cx, void *out)
{
    (void)out;
    if (f->polls < 2 && f->polls++ == 0)
        for (int i = 0; i < SIGNALS; i++)
            g->wakers[i] = bide_waker_clone(cx->waker);
    for (int i = 0; i < g->wanted; i++)
        if (!atomic_load_explicit(&g->signals[i], memory_order_relaxed))
            return BIDE_PENDING;
    g->ends++;
    return BIDE_READY;
}

void leaf_drop(struct leaf *f)
{
    (void)f;
    g->drops++;
}

/* ---- the loop ----------------------------------------------------------------------------- */

static void host_wake(bide_host *host)
{
    shared *s = (shared *)(void *)host;
    CHECK(!s->gone);
    atomic_store_explicit(&s->told, 1, memory_order_seq_cst);
    (void)bide_priv_unpark(&s->parker);
}

static void sleep_until_told(void)
{
    bide_priv_park_prepare(&g->parker);
    if (atomic_load_explicit(&g->told, memory_order_seq_cst))
        (void)bide_priv_park_cancel(&g->parker);
    else
        (void)bide_priv_park_wait(&g->parker, BIDE_PRIV_FOREVER);
    (void)atomic_exchange_explicit(&g->told, 0, memory_order_seq_cst);
}

static void open_hosted(void)
{
    bide_local_options o = bide_local_options_init();
    uint64_t deadline;
    g = model_given(sizeof *g);
    memset(g, 0, sizeof *g);
    CHECK(bide_priv_park_init(&g->parker));
    g->host.size = sizeof g->host;
    g->host.wake = host_wake;
    g->wanted = SIGNALS;
    o.allocator = model_heap();
    o.slab_bytes = 0;
    o.host = &g->host;
    CHECK(bide_local_new(&o, &g->ex) == BIDE_READY);
    model_only_compared(&g->ex->owner);
    model_uncounted(&g->ex->stats.polls);
    model_uncounted(&g->ex->stats.wakes);
    CHECK(BIDE_SPAWN(g->ex, leaf, &g->join, ()) == BIDE_READY);
    CHECK(bide_local_turn(g->ex, &deadline) == BIDE_PENDING && deadline == UINT64_MAX);
    atomic_store_explicit(&g->told, 0, memory_order_relaxed);
}

static void turn_until_done(void)
{
    uint64_t deadline;
    while (bide_local_turn(g->ex, &deadline) == BIDE_PENDING)
        if (deadline != 0)
            sleep_until_told();
}

static void turn_and_free(void)
{
    turn_until_done();
    CHECK(bide_local_free(g->ex) == BIDE_READY);
    g->gone = 1;
}

static void only_free(void)
{
    CHECK(bide_local_free(g->ex) == BIDE_READY);
    g->gone = 1;
}

/* A callback of the loop's makes the second signal, as the owner. */
static void enter_wake_and_turn(void)
{
    CHECK(bide_local_enter(g->ex) == BIDE_READY);
    atomic_store_explicit(&g->signals[1], 1, memory_order_relaxed);
    bide_waker_wake(g->wakers[1]);
    CHECK(bide_local_leave(g->ex));
    turn_until_done();
}

/* The same, polled in the callback where nothing came before it. */
static void serve_and_turn(void)
{
    atomic_store_explicit(&g->signals[1], 1, memory_order_relaxed);
    (void)bide_local_serve(g->ex, g->wakers[1]);
    bide_waker_drop(g->wakers[1]);
    turn_until_done();
}

/* ---- the others --------------------------------------------------------------------------- */

static void wake(int i)
{
    atomic_store_explicit(&g->signals[i], 1, memory_order_relaxed);
    bide_waker_wake(g->wakers[i]);
}

static void wake_0(void)
{
    wake(0);
}

static void wake_1(void)
{
    wake(1);
}

static void wake_both(void)
{
    wake(0);
    wake(1);
}

/* ---- what must be true in the end --------------------------------------------------------- */

static void ended(void)
{
    CHECK(g->ends == 1 && g->drops == 0);
    bide_join_detach(&g->join);
    if (!g->gone)
        CHECK(bide_local_free(g->ex) == BIDE_READY);
    bide_priv_park_end(&g->parker);
}

static void dropped(void)
{
    CHECK(g->ends == 0 && g->drops == 1);
    bide_join_detach(&g->join);
    bide_priv_park_end(&g->parker);
}

const model_scenario model_scenarios[] = {
    {"host-two", false, open_hosted, {turn_until_done, wake_0, wake_1}, ended},
    {"host-both", false, open_hosted, {turn_until_done, wake_both, NULL}, ended},
    {"host-enter", false, open_hosted, {enter_wake_and_turn, wake_0, NULL}, ended},
    {"host-serve", false, open_hosted, {serve_and_turn, wake_0, NULL}, ended},
    {"host-free", false, open_hosted, {turn_and_free, wake_both, NULL}, ended},
    {"host-free-two", true, open_hosted, {turn_and_free, wake_0, wake_1}, ended},
    {"host-only-free", false, open_hosted, {only_free, wake_0, wake_1}, dropped},
};
const size_t model_n_scenarios = sizeof model_scenarios / sizeof model_scenarios[0];
