#include "leaves.h"

#include <bide/stream_adapt.h>

#include <bide/async_source.h>

struct BIDE_THREAD_BOUND cursor {
    int at;
};

async_gen int cursors(int x)
{
    struct cursor c = {x};
    yield(c.at);
    yield(c.at + 1);
}
BIDE_STREAM_BY_GENERATOR(Cursors, cursors, int);
BIDE_STREAM_TAKE(FewCursors, Cursors);

async_send int holds_made_stream(int x)
{
    FewCursors s;
    FewCursors_init(&s, cursors_made(x), 2);
    int n = await(leaf(x));
    FewCursors_drop(&s);
    return n;
}
