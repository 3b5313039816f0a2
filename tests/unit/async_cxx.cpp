// async_cxx.cpp: bodies and futures by hand as a C++17 compiler sees them. Checked by the test
// async_cxx, which runs it, where there is a C++ compiler.
#include <bide/async.h>
#include <bide/bounds.h>
#include <bide/testing_futures.h>

#include <cstdio>

struct counted {
    int refs;
};

static counted *retain(counted *c)
{
    c->refs++;
    return c;
}

static void release(counted *c)
{
    c->refs--;
}

typedef int32_t ints[4];

#define leaf_FRAME(ROW)                                                                            \
    ROW(TRAITS, BIDE_SEND | BIDE_UNPIN) ROW(PARAM, int32_t, v) ROW(LOCAL, int, polls)
BIDE_FUTURE(int32_t, leaf)
bide_poll leaf_poll(struct leaf *f, bide_context *cx, int32_t *out)
{
    if (f->polls++ == 0) {
        bide_waker_wake_by_ref(cx->waker);
        return BIDE_PENDING;
    }
    *out = f->v;
    return BIDE_READY;
}
void leaf_drop(struct leaf *f)
{
    f->polls = 2;
}

#define nothing_FRAME(ROW) ROW(TRAITS, BIDE_SEND) ROW(CHILD, bide_pending_once, wait)
BIDE_ASYNC(void, nothing)
{
    BIDE_BEGIN(nothing);
    BIDE_AWAIT(bide_pending_once, wait, ());
    BIDE_END;
}

#define sum_FRAME(ROW)                                                                             \
    ROW(TRAITS, BIDE_SEND)                                                                         \
    ROW(COUNTED, counted *, self, retain, release)                                                 \
    ROW(PARAM, int32_t, n)                                                                         \
    ROW(LOCAL, int32_t, x)                                                                         \
    ROW(LOCAL, int32_t, y)                                                                         \
    ROW(LOCAL, bide_poll, code)                                                                    \
    ROW(LOCAL, ints, all)                                                                          \
    ROW(LOCAL, int32_t, i)                                                                         \
    ROW(BUFFER, ints, raw)                                                                         \
    ROW(CHILD, leaf, a)                                                                            \
    ROW(BOXED, leaf, b) ROW(CHILD, nothing, c) ROW(CHILD, bide_fails_after, d) ROW(CHILD, leaf, e) \
    ROW(JOIN, both, (leaf, one), (nothing, two))
BIDE_ASYNC(int32_t, sum)
{
    BIDE_BEGIN(sum);
    for (f->i = 0; f->i < f->n; f->i++) {
        switch (f->i % 2) {
        case 0:
            BIDE_AWAIT_TO(f->x, leaf, a, (f->i));
            break;
        default:
            BIDE_AWAIT_TO_V(f->x, leaf, b, (f->i));
            break;
        }
        f->all[f->i % 4] += f->x;
    }
    BIDE_AWAIT(nothing, c, ());
    BIDE_AWAIT_CATCH(f->code, f->y, bide_fails_after, d, (1, BIDE_EBUSY));
    if (f->code != BIDE_EBUSY)
        BIDE_FAIL(BIDE_EMISUSE);
    BIDE_AWAIT_JOIN(both, (leaf, one, f->y, (100)), (nothing, two, BIDE_VOID, ()));
    BIDE_AWAIT_TRY(f->x, leaf, e, (-1));
    BIDE_RETURN(1);
    BIDE_CLEANUP:
    f->self->refs += 10;
    BIDE_END;
}

BIDE_INTERLEAVE_PENDING(int32_t, slow_sum, sum, (counted *, self), (int32_t, n));
BIDE_COUNT_CALLS(int32_t, counted_sum, sum, (counted *, self), (int32_t, n));
BIDE_ASSERT_UNMOVED(int32_t, still_sum, sum, (counted *, self), (int32_t, n));

static bide_waker *clone(bide_waker *waker)
{
    return waker;
}

static void nop(bide_waker *)
{
}

static const bide_waker_vtable vtable = {sizeof(bide_waker_vtable), 0, clone, nop, nop, nop, nop};

template <typename Frame>
static int run(bide_poll (*poll)(Frame *, bide_context *, int32_t *), Frame *frame)
{
    bide_waker waker = {&vtable};
    bide_context cx = {sizeof(bide_context), 0, &waker, nullptr, nullptr};
    int32_t out = 0;
    bide_poll r;
    do
        r = poll(frame, &cx, &out);
    while (r == BIDE_PENDING);
    return r == BIDE_READY && out == -1 ? 0 : 1;
}

// One list as a local and as a Send interface, and what asks for it.
#define Meter_METHODS(METHOD, I, Self)                                                             \
    METHOD(I, Self, ASYNC, int32_t, read, (int32_t, at)) METHOD(I, Self, SYNC, int32_t, last)
BIDE_INTERFACE(Meter);
#define SendMeter_METHODS Meter_METHODS
#define SendMeter_IS_SEND 1
BIDE_INTERFACE_SEND(SendMeter, Meter);
struct Gauge {
    int32_t last;
};
#define Gauge_read_FRAME(ROW)                                                                      \
    ROW(TRAITS, BIDE_SEND) ROW(PARAM, Gauge *, self) ROW(PARAM, int32_t, at)                       \
    ROW(CHILD, bide_pending_once, wait)
BIDE_ASYNC(int32_t, Gauge_read)
{
    BIDE_BEGIN(Gauge_read);
    BIDE_AWAIT(bide_pending_once, wait, ());
    BIDE_RETURN(f->self->last = -f->at);
    BIDE_END;
}
static int32_t Gauge_last(Gauge *self)
{
    return self->last;
}
BIDE_IMPL_DECLARE(SendMeter, Gauge);
BIDE_IMPL_DECLARE_LOCAL(SendMeter, Meter, Gauge);
BIDE_IMPL(SendMeter, Gauge);
BIDE_REQUIRE_SEND(Gauge_read);
BIDE_REQUIRE_SEND_ALL(Meter, Gauge);
BIDE_REQUIRE_SEND_ALL(Meter, SendMeter);
static_assert(!BIDE_ALL_HAVE(Meter, Meter, BIDE_SEND), "a local handle promises nothing");

static int variants()
{
    Gauge gauge = {0};
    Meter local = Gauge_as_Meter(&gauge, nullptr);
    SendMeter send;
    struct SendMeter_read read;
    if (!Meter_try_as_SendMeter(&local, &send) || !BIDE_DYN_HAS(Meter, read, &local, BIDE_SEND) ||
        BIDE_DYN_REQUIRE_SEND_ALL(Meter, &local) != BIDE_READY)
        return 1;
    local = SendMeter_as_Meter(&send);
    SendMeter_read_init(&read, &send, 1);
    return run(SendMeter_read_poll, &read) + (Meter_last(&local) == -1 ? 0 : 1);
}

int main()
{
    counted c = {1};
    struct sum a;
    struct slow_sum b;
    struct counted_sum d;
    struct still_sum e;
    int bad = 0;
    sum_init(&a, &c, 5);
    bad += run(sum_poll, &a);
    slow_sum_init(&b, &c, 5);
    bad += run(slow_sum_poll, &b);
    counted_sum_init(&d, &c, 5);
    bad += run(counted_sum_poll, &d);
    still_sum_init(&e, &c, 5);
    bad += run(still_sum_poll, &e);
    bad += variants();
    if (bad || c.refs != 41 || still_sum_moves.violations) {
        std::printf("FAILED: %d of 5, refs %d\n", bad, c.refs);
        return 1;
    }
    return 0;
}
