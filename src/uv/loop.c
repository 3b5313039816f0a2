/*
 * loop.c: the executor on the loop.
 *
 * Turns run in a check callback, right behind libuv's look at the descriptors, so that what arrived
 * is served in the same round. Whoever wants one starts the check handle, and the idle handle,
 * which does nothing but keep the next look from sleeping. Other threads use the async handle. The
 * task that waits for bytes is not kept waiting for a turn: it is polled where they arrive.
 */
#include "uv_core.h"

#include "../host_root.h"
#include "../thread_id.h"

#include <signal.h>
#include <string.h>

/* ---- turns -------------------------------------------------------------------------------- */

static void on_check(uv_check_t *check);

/* Nothing to do: being active is all that it is for. */
static void on_idle(uv_idle_t *idle)
{
    (void)idle;
}

void bide_priv_uv_want(bide_uv *rt)
{
    if (rt->wanted)
        return;
    rt->wanted = true;
    /* They fail without a callback only. */
    (void)uv_idle_start(&rt->idle, on_idle);
    (void)uv_check_start(&rt->check, on_check);
}

static void on_timer(uv_timer_t *timer)
{
    bide_uv *rt = timer->data;
    rt->armed = UINT64_MAX;
    bide_priv_uv_want(rt);
}

static void on_async(uv_async_t *async)
{
    bide_priv_uv_want(async->data);
}

/* libuv counts in milliseconds, from a time that it has looked at some time ago. A timer that is
 * due too early is left as it is: its turn finds out. */
static void arm(bide_uv *rt, uint64_t deadline)
{
    uint64_t now, wait, stale;
    if (deadline >= rt->armed || bide_runtime_now(bide_local_runtime(rt->ex), &now) != BIDE_READY)
        return;
    wait = deadline > now ? (deadline - now - 1) / 1000000u + 1 : 0;
    stale = uv_hrtime() / 1000000u - uv_now(rt->loop);
    (void)uv_timer_start(&rt->timer, on_timer, wait + stale, 0);
    rt->armed = deadline;
}

/* The async handle stands for the tasks: they may wait for nothing that the loop knows of. */
static void show_tasks(bide_uv *rt, bool has_tasks)
{
    if (has_tasks && !rt->has_tasks)
        uv_ref((uv_handle_t *)&rt->async);
    else if (!has_tasks && rt->has_tasks)
        uv_unref((uv_handle_t *)&rt->async);
    rt->has_tasks = has_tasks;
}

static void turn(bide_uv *rt)
{
    uint64_t deadline;
    bide_poll r = bide_local_turn(rt->ex, &deadline);
    if (r == BIDE_EMISUSE)
        return; /* inside a task of another executor, which runs this loop */
    show_tasks(rt, r == BIDE_PENDING);
    if (rt->running && (rt->done || r == BIDE_READY)) {
        rt->running = false;
        uv_stop(rt->loop);
    }
    if (deadline == 0)
        return; /* wanted as before */
    rt->wanted = false;
    (void)uv_idle_stop(&rt->idle);
    (void)uv_check_stop(&rt->check);
    arm(rt, deadline);
}

static void on_check(uv_check_t *check)
{
    bide_uv *rt = check->data;
    if (BIDE_PRIV_UNLIKELY(rt->thread == 0))
        bide_priv_store_release(BIDE_PRIV_WORD(&rt->thread), bide_priv_thread_id());
    turn(rt);
}

/* ---- wakes -------------------------------------------------------------------------------- */

static void wake_from_isr(bide_host *host)
{
    (void)uv_async_send(&((bide_uv *)(void *)host)->async);
}

static void wake(bide_host *host)
{
    bide_uv *rt = (bide_uv *)(void *)host;
    if (bide_priv_load_acquire(BIDE_PRIV_WORD(&rt->thread)) == bide_priv_thread_id())
        bide_priv_uv_want(rt);
    else
        (void)uv_async_send(&rt->async);
}

void bide_priv_uv_wake(bide_uv *rt, bide_waker **slot)
{
    bide_poll r;
    if (!*slot)
        return;
    r = rt->ex ? bide_local_enter(rt->ex) : BIDE_ECANCELED;
    bide_waker_take_and_wake(slot);
    if (r == BIDE_READY && bide_local_leave(rt->ex))
        bide_priv_uv_want(rt);
}

bide_poll bide_priv_uv_wait_with(struct bide_priv_uv_waiter *w, const bide_context *cx)
{
    bide_poll r = bide_priv_uv_park(&w->waker, cx);
    w->waits = r == BIDE_PENDING;
    return r;
}

/* ---- life --------------------------------------------------------------------------------- */

/* False inside a task of whichever executor. */
static bool may_run(bide_uv *rt)
{
    if (rt->running || bide_local_enter(rt->ex) != BIDE_READY)
        return false;
    (void)bide_local_leave(rt->ex);
    return true;
}

static void on_closed(uv_handle_t *handle)
{
    ((bide_uv *)handle->data)->open--;
}

static void close_one(bide_uv *rt, uv_handle_t *handle)
{
    rt->open++;
    handle->data = rt;
    uv_close(handle, on_closed);
}

/* All but uv_async_init cannot fail. */
static int init_handles(bide_uv *rt)
{
    int e = uv_async_init(rt->loop, &rt->async, on_async);
    if (e != 0)
        return e;
    (void)uv_check_init(rt->loop, &rt->check);
    (void)uv_idle_init(rt->loop, &rt->idle);
    (void)uv_timer_init(rt->loop, &rt->timer);
    rt->async.data = rt->check.data = rt->timer.data = rt;
    /* Only tasks keep the loop alive, and turns that are wanted. */
    uv_unref((uv_handle_t *)&rt->async);
    uv_unref((uv_handle_t *)&rt->check);
    uv_unref((uv_handle_t *)&rt->timer);
    bide_priv_uv_want(rt); /* what is spawned before the loop runs finds it alive */
    return 0;
}

/* Frees what libuv does not know any more. */
static void free_rt(bide_uv *rt)
{
    bide_priv_uv_buffers_end(rt);
    bide_free(rt->giver, rt, sizeof *rt, BIDE_PRIV_ALIGNOF(bide_uv));
}

static bide_poll init_executor(bide_uv *rt, const bide_uv_options *o)
{
    bide_local_options l = bide_local_options_init();
    l.flags = o->flags & BIDE_LOCAL_STAMPS;
    l.allocator = o->allocator;
    l.slab_bytes = o->slab_bytes;
    l.root_slab_bytes = o->root_slab_bytes;
    l.clock = o->clock;
    l.offload_threads = o->offload_threads;
    l.slab_cache = o->slab_cache;
    rt->host = (bide_host){
        .size = sizeof rt->host, .flags = 0, .wake = wake, .wake_from_isr = wake_from_isr};
    l.host = &rt->host;
    return bide_local_new(&l, &rt->ex);
}

static bide_uv *new_rt(const bide_uv_options *o, uv_loop_t *loop)
{
    bide_allocator *giver;
    bide_uv *rt = bide_alloc(o->allocator, sizeof *rt, BIDE_PRIV_ALIGNOF(bide_uv), &giver);
    if (!rt)
        return NULL;
    memset(rt, 0, sizeof *rt);
    rt->allocator = o->allocator;
    rt->giver = giver;
    rt->owns_loop = !loop;
    rt->loop = loop ? loop : &rt->own;
    rt->armed = UINT64_MAX;
    rt->buffer_bytes = o->buffer_bytes;
    rt->buffers_most = o->buffer_cache;
    rt->root_slab_bytes = o->root_slab_bytes;
    return rt;
}

static void ignore_sigpipe(void)
{
    struct sigaction act;
    if (sigaction(SIGPIPE, NULL, &act) == 0 && !(act.sa_flags & SA_SIGINFO) &&
        act.sa_handler == SIG_DFL) {
        act.sa_handler = SIG_IGN;
        (void)sigaction(SIGPIPE, &act, NULL);
    }
}

bide_poll bide_priv_uv_new(const bide_uv_options *options, struct uv_loop_s *loop, bide_uv **out)
{
    bide_uv_options o = bide_uv_options_init();
    bide_poll r = BIDE_ENOMEM;
    bide_uv *rt;
    *out = NULL;
    memcpy(&o, options, options->size < sizeof o ? options->size : sizeof o);
    if (!o.allocator || o.buffer_bytes == 0)
        return BIDE_EMISUSE;
    if (!(o.flags & BIDE_UV_KEEP_SIGPIPE))
        ignore_sigpipe();
    rt = new_rt(&o, loop);
    if (!rt)
        return r;
    if (rt->owns_loop && uv_loop_init(rt->loop) != 0)
        goto no_loop;
    r = init_executor(rt, &o);
    if (r != BIDE_READY)
        goto no_executor;
    if (init_handles(rt) != 0) {
        r = BIDE_ENOMEM;
        goto no_handles;
    }
    *out = rt;
    return BIDE_READY;
no_handles:
    (void)bide_local_free(rt->ex);
no_executor:
    if (rt->owns_loop)
        (void)uv_loop_close(rt->loop);
no_loop:
    free_rt(rt);
    return r;
}

bide_poll bide_uv_free(bide_uv *rt)
{
    if (!rt)
        return BIDE_READY;
    if (!may_run(rt))
        return BIDE_EMISUSE;
    (void)bide_local_free(rt->ex); /* tasks let go of their objects */
    rt->ex = NULL;
    rt->wanted = true; /* and stays so: wakes that are still on their way want no turn */
    (void)uv_check_stop(&rt->check);
    (void)uv_idle_stop(&rt->idle);
    (void)uv_timer_stop(&rt->timer);
    bide_priv_uv_blocks_end(rt);
    close_one(rt, (uv_handle_t *)&rt->async);
    close_one(rt, (uv_handle_t *)&rt->check);
    close_one(rt, (uv_handle_t *)&rt->idle);
    close_one(rt, (uv_handle_t *)&rt->timer);
    while (rt->open)
        (void)uv_run(rt->loop, UV_RUN_ONCE);
    if (rt->owns_loop)
        (void)uv_loop_close(rt->loop);
    free_rt(rt);
    return BIDE_READY;
}

bide_runtime *bide_uv_runtime(bide_uv *rt)
{
    return bide_local_runtime(rt->ex);
}

bide_local *bide_uv_local(bide_uv *rt)
{
    return rt->ex;
}

struct uv_loop_s *bide_uv_loop(bide_uv *rt)
{
    return rt->loop;
}

const char *bide_uv_strerror(int64_t error)
{
    switch (error) {
    case 0:
        return "no error";
    case BIDE_BYTES_END:
        return "the stream ended before all was read";
    case BIDE_BYTES_TOO_LONG:
        return "more than was allowed";
    case BIDE_BYTES_BROKEN:
        return "the other side claims more than it was asked for";
    case BIDE_BYTES_CLOSED:
        return "the stream was closed";
    case BIDE_BYTES_ENCODING:
        return "not the text that it should be";
    default:
        break;
    }
    /* uv_strerror would allocate, and leak, for a number that it does not know. */
#define BIDE_PRIV_UV_TEXT(name, text)                                                              \
    if (error == UV_##name)                                                                        \
        return text;
    UV_ERRNO_MAP(BIDE_PRIV_UV_TEXT)
    return "unknown error";
}

/* ---- running ------------------------------------------------------------------------------ */

/* Runs until a turn says that it is enough; at least one. The thread is known meanwhile, and
 * forgotten behind, as the next one to run the loop may be another; until it is known again, the
 * loop stays alive for a turn. */
static void run(bide_uv *rt)
{
    bide_priv_store_release(BIDE_PRIV_WORD(&rt->thread), bide_priv_thread_id());
    rt->running = true;
    bide_priv_uv_want(rt);
    while (rt->running)
        (void)uv_run(rt->loop, UV_RUN_DEFAULT);
    bide_priv_store_release(BIDE_PRIV_WORD(&rt->thread), (uintptr_t)0);
    bide_priv_uv_want(rt);
}

bide_poll bide_uv_run(bide_uv *rt)
{
    if (!may_run(rt))
        return BIDE_EMISUSE;
    run(rt);
    return BIDE_READY;
}

bide_poll bide_uv_run_until(bide_uv *rt, const bide_type *type, void *frame, void *out)
{
    bide_spawn_options o = bide_spawn_options_init();
    bide_poll code = BIDE_EMISUSE, r = BIDE_EMISUSE;
    o.name = type->name;
    o.slab_bytes = rt->root_slab_bytes;
    if (may_run(rt))
        BIDE_SPAWN_TO(r, bide_uv_runtime(rt), bide_priv_host_root, &o, NULL,
                      (&rt->done, type, frame, out, &code));
    if (r != BIDE_READY) {
        type->drop(frame);
        return r;
    }
    rt->done = false;
    run(rt);
    return code;
}
