// stream_cxx.cpp: streams, sinks, closures and their adapters as a C++ compiler sees them; run by
// the test stream_cxx.
#include <bide/bide.h>
#include <bide/closure.h>
#include <bide/sink_adapt.h>
#include <bide/stream_buffered.h>
#include <bide/stream_collect.h>
#include <bide/stream_join.h>
#include <bide/stream_set.h>

#include <cstdio>

struct Count {
    int32_t at, end;
};
static inline bide_poll Count_poll_next(Count *c, bide_context *, int32_t *item)
{
    if (c->at >= c->end)
        return BIDE_DONE;
    *item = c->at++;
    return BIDE_READY;
}
static inline void Count_drop(Count *c)
{
    c->end = c->at;
}
BIDE_STREAM_TYPE(Count, int32_t);
BIDE_STREAM(Numbers, int32_t);
BIDE_STREAM_BOX(Numbers, Count);
BIDE_STREAM_IMPL_DECLARE(Numbers, Count);
BIDE_STREAM_IMPL(Numbers, Count);

struct Times {
    int32_t by;
};
static inline int32_t Times_run(Times *env, int32_t x)
{
    return env->by * x;
}
static inline void Times_drop(Times *)
{
}
BIDE_CLOSURE_SYNC(Times, int32_t, (int32_t, x));
BIDE_CLOSURE(Mapper, FN, int32_t, (int32_t, x));
BIDE_CLOSURE_IMPL(Mapper, Times, FN, int32_t, (int32_t, x));

typedef const int32_t *number_ref;
struct Odd {
    int unused;
};
static inline bool Odd_run(Odd *, number_ref x)
{
    return *x % 2 != 0;
}
static inline void Odd_drop(Odd *)
{
}
BIDE_CLOSURE_SYNC(Odd, bool, (number_ref, x));

BIDE_STREAM_MAP(Scaled, Numbers, Mapper);
BIDE_STREAM_FILTER(Odds, Count, Odd);
BIDE_STREAM_TAKE(Some, Odds);
BIDE_STREAM_SKIP(Rest, Some);
BIDE_STREAM_PEEKABLE(Peeked, Rest);
BIDE_STREAM_ENUMERATE(Numbered, Count);
BIDE_STREAM_TAKE_UNTIL(Until, Count, bide_yield);
BIDE_STREAM_CHAIN(Chained, Scaled, Peeked);
BIDE_STREAM_ZIP(Zipped, Count, Count);
BIDE_STREAM_MERGE(Merged, Count, Numbers);
BIDE_STREAM_MERGE_ALL(MergedAll, Numbers, 4);
BIDE_STREAM_BUFFERED(Buffered, Count, Times, 3);
BIDE_STREAM_BUFFER_UNORDERED(Unordered, Count, Times, 3);
BIDE_STREAM_FOR_EACH_CONCURRENT(visit, Count, Times, 2);
BIDE_STREAM_COLLECT(gather, Chained);
BIDE_STREAM_COUNT(count_buffered, Buffered);
BIDE_STREAM_FOR_EACH(each, Count, Times);
BIDE_STREAM_ALL(all_odd, Count, Odd);
BIDE_STREAM_CHUNKS(Pieces, Count, 4);

struct Runs {
    Count of;
};
static inline bide_poll Runs_poll_next(Runs *r, bide_context *cx, Count *item)
{
    *item = Count{0, 0};
    return Count_poll_next(&r->of, cx, &item->end);
}
static inline void Runs_drop(Runs *)
{
}
BIDE_STREAM_TYPE(Runs, Count);
BIDE_STREAM_SET(Counts, Count);
BIDE_STREAM_FLATTEN_UNORDERED(Flat, Runs, Count, 2);
BIDE_LOCAL_STREAM_FLATTEN_UNORDERED(FlatHere, Runs, Count, 2);
BIDE_STREAM_COUNT(count_flat, Flat);
BIDE_STREAM_COUNT(count_flat_here, FlatHere);

struct Log {
    int32_t sum;
};
#define Log_send_FRAME(ROW) ROW(PARAM, Log *, self) ROW(PARAM, int32_t, item) ROW(CHILD, bide_yield, y)
BIDE_ASYNC(int32_t, Log_send)
{
    BIDE_BEGIN(Log_send);
    BIDE_AWAIT(bide_yield, y, ());
    f->self->sum += f->item;
    BIDE_RETURN(0);
    BIDE_END;
}
BIDE_SINK(Ints, int32_t);
BIDE_SINK_BY_SEND(LogSink, Log, int32_t);
BIDE_SINK_BOX(Ints, LogSink);
typedef int32_t *number_out;
struct Twice {
    int unused;
};
static inline int32_t Twice_run(Twice *, int32_t x, number_out out)
{
    *out = 2 * x;
    return 0;
}
static inline void Twice_drop(Twice *)
{
}
BIDE_CLOSURE_SYNC(Twice, int32_t, (int32_t, x), (number_out, out));
BIDE_SINK_WITH(Doubled, Ints, Twice, int32_t);
BIDE_SINK_BUFFER(Held, Doubled, 2);
BIDE_SINK_FANOUT(Fan, LogSink, Held);
BIDE_SINK_MAP_ERR(Mapped, Fan, Times);

#define CHECK(x)                                                                                   \
    do {                                                                                           \
        if (!(x)) {                                                                                \
            std::printf("line %d: %s\n", __LINE__, #x);                                            \
            return 1;                                                                              \
        }                                                                                          \
    } while (0)

static int streams()
{
    Count c = {0, 3}, d = {0, 20};
    Times three = {3};
    Numbers n;
    Scaled scaled;
    Odds odds;
    Some some;
    Rest rest;
    Peeked peeked;
    Chained chained;
    gather_list list;
    size_t count = 0;
    bide_poll code;
    CHECK(Count_box_as_Numbers(&c, bide_heap(), &n) == BIDE_READY);
    Scaled_init(&scaled, n, Times_as_Mapper(&three, nullptr));
    Odds_init(&odds, d, Odd{0});
    Some_init(&some, odds, 4);
    Rest_init(&rest, some, 1);
    Peeked_init(&peeked, rest);
    Chained_init(&chained, scaled, peeked);
    gather_list_init(&list, bide_heap());
    BIDE_BLOCK_ON_TO(code, gather, &count, (&chained, &list));
    CHECK(code == BIDE_READY && count == 6);
    static const int32_t expected[] = {0, 3, 6, 3, 5, 7};
    for (size_t i = 0; i < count; i++)
        CHECK(list.items[i] == expected[i]);
    gather_list_drop(&list);
    Chained_drop(&chained);
    Buffered b;
    Buffered_init(&b, Count{0, 9}, three);
    BIDE_BLOCK_ON_TO(code, count_buffered, &count, (&b));
    CHECK(code == BIDE_READY && count == 9);
    Buffered_drop(&b);
    Flat flat;
    FlatHere here;
    Flat_init(&flat, Runs{{0, 5}}, bide_heap());
    FlatHere_init(&here, Runs{{0, 5}}, bide_heap());
    BIDE_BLOCK_ON_TO(code, count_flat, &count, (&flat));
    CHECK(code == BIDE_READY && count == 10);
    BIDE_BLOCK_ON_TO(code, count_flat_here, &count, (&here));
    CHECK(code == BIDE_READY && count == 10);
    Flat_drop(&flat);
    FlatHere_drop(&here);
    return 0;
}

static int sinks()
{
    Log a = {0}, b = {0};
    LogSink ka, kb;
    Ints boxed;
    Doubled doubled;
    Held held;
    Fan fan;
    Mapped mapped;
    int32_t e = -1;
    bide_poll code;
    LogSink_init(&ka, &a);
    LogSink_init(&kb, &b);
    CHECK(LogSink_box_as_Ints(&kb, bide_heap(), &boxed) == BIDE_READY);
    Doubled_init(&doubled, boxed, Twice{0});
    Held_init(&held, doubled);
    Fan_init(&fan, ka, held);
    Mapped_init(&mapped, fan, Times{1});
    for (int32_t i = 1; i < 5; i++) {
        BIDE_BLOCK_ON_TO(code, Mapped_send, &e, (&mapped, i));
        CHECK(code == BIDE_READY && e == 0);
    }
    BIDE_BLOCK_ON_TO(code, Mapped_close, &e, (&mapped));
    CHECK(code == BIDE_READY && e == 0);
    CHECK(a.sum == 10 && b.sum == 20);
    Mapped_drop(&mapped);
    return 0;
}

int main()
{
    return streams() || sinks() ? 1 : 0;
}
