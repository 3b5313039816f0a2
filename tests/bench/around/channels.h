/*
 * channels.h: the workloads channel_... on bide: numbers through a channel, from one producer to
 * one consumer on one thread, or from four to one on the pool's two. Included by around.c, behind
 * pools.h.
 */

#include <bide/channel.h>

enum {
    ROOM = 64,    /* of a bounded channel */
    AT_ONCE = 64, /* items that a producer of an unbounded one sends before it yields */
    PRODUCERS = 4
};

BIDE_CHANNEL(Mail, uint32_t);
BIDE_LOCAL_CHANNEL(Note, uint32_t);

/* Shape: for the channels C the futures
 *     void C_produce(C_sender *tx, uint32_t first, uint32_t step, uint32_t end)
 *     void C_pour(the same)           without waiting, for unbounded channels
 *     uint32_t C_consume(C_receiver *rx)
 * A producer sends first, first + step, ... below end, and drops its sender. */
#define PRODUCE_ROWS(ROW, C, flags)                                                                \
    ROW(TRAITS, flags)                                                                             \
    ROW(PARAM, C##_sender *, tx)                                                                   \
    ROW(PARAM, uint32_t, at) ROW(PARAM, uint32_t, step) ROW(PARAM, uint32_t, end)
#define CONSUME_ROWS(ROW, C, flags)                                                                \
    ROW(TRAITS, flags)                                                                             \
    ROW(PARAM, C##_receiver *, rx)                                                                 \
    ROW(LOCAL, uint32_t, item) ROW(LOCAL, uint32_t, sum) ROW(CHILD, C##_receiver_next, get)
#define CHANNEL_TASKS(C)                                                                           \
    BIDE_ASYNC(void, C##_produce)                                                                  \
    {                                                                                              \
        BIDE_BEGIN(C##_produce);                                                                   \
        int32_t error;                                                                             \
        for (; f->at < f->end; f->at += f->step) {                                                 \
            BIDE_AWAIT_TO(error, C##_sender_send, put, (f->tx, opaque(f->at)));                    \
            if (error)                                                                             \
                abort();                                                                           \
        }                                                                                          \
        C##_sender_drop(f->tx);                                                                    \
        BIDE_END;                                                                                  \
    }                                                                                              \
    BIDE_ASYNC(void, C##_pour)                                                                     \
    {                                                                                              \
        BIDE_BEGIN(C##_pour);                                                                      \
        for (; f->at < f->end; f->at += f->step) {                                                 \
            if (C##_sender_try_send(f->tx, opaque(f->at)) != 0)                                    \
                abort();                                                                           \
            if (++f->sent % AT_ONCE == 0)                                                          \
                BIDE_AWAIT(bide_yield, nap, ());                                                   \
        }                                                                                          \
        C##_sender_drop(f->tx);                                                                    \
        BIDE_END;                                                                                  \
    }                                                                                              \
    BIDE_ASYNC(uint32_t, C##_consume)                                                              \
    {                                                                                              \
        BIDE_BEGIN(C##_consume);                                                                   \
        bool more;                                                                                 \
        for (;;) {                                                                                 \
            BIDE_AWAIT_TO(more, C##_receiver_next, get, (f->rx, &f->item));                        \
            if (!more)                                                                             \
                break;                                                                             \
            f->sum += f->item;                                                                     \
        }                                                                                          \
        C##_receiver_drop(f->rx);                                                                  \
        BIDE_RETURN(f->sum);                                                                       \
        BIDE_END;                                                                                  \
    }

#define Mail_produce_FRAME(ROW) PRODUCE_ROWS(ROW, Mail, BIDE_SEND) ROW(CHILD, Mail_sender_send, put)
#define Mail_pour_FRAME(ROW)                                                                       \
    PRODUCE_ROWS(ROW, Mail, BIDE_SEND) ROW(LOCAL, uint32_t, sent) ROW(CHILD, bide_yield, nap)
#define Mail_consume_FRAME(ROW) CONSUME_ROWS(ROW, Mail, BIDE_SEND)
CHANNEL_TASKS(Mail)

#define Note_produce_FRAME(ROW) PRODUCE_ROWS(ROW, Note, 0) ROW(CHILD, Note_sender_send, put)
#define Note_pour_FRAME(ROW)                                                                       \
    PRODUCE_ROWS(ROW, Note, 0) ROW(LOCAL, uint32_t, sent) ROW(CHILD, bide_yield, nap)
#define Note_consume_FRAME(ROW) CONSUME_ROWS(ROW, Note, 0)
CHANNEL_TASKS(Note)

/* ---- on one thread ------------------------------------------------------------------------ */

/* Shape: a run of a channel that OPEN makes, with two tasks of a single-threaded executor. */
#define CHANNEL_RUN(name, C, OPEN, produce)                                                        \
    static uint32_t name(uint32_t loops, int which)                                                \
    {                                                                                              \
        C##_sender tx;                                                                             \
        C##_receiver rx;                                                                           \
        bide_local *ex;                                                                            \
        bide_join join;                                                                            \
        bide_poll r = OPEN;                                                                        \
        uint32_t sum = 0;                                                                          \
        (void)which;                                                                               \
        must(r);                                                                                   \
        must(bide_local_new(NULL, &ex));                                                           \
        BIDE_SPAWN_TO(r, ex, produce, NULL, NULL, (&tx, 0, 1, loops));                             \
        must(r);                                                                                   \
        BIDE_SPAWN_TO(r, ex, C##_consume, NULL, &join, (&rx));                                     \
        must(r);                                                                                   \
        must(bide_local_run(ex));                                                                  \
        must(bide_join_try_take(&join, &sum));                                                     \
        bide_local_free(ex);                                                                       \
        return sum;                                                                                \
    }
CHANNEL_RUN(mail_bounded, Mail, Mail_new(ROOM, bide_heap(), &tx, &rx), Mail_produce)
CHANNEL_RUN(mail_unbounded, Mail, Mail_unbounded(bide_heap(), &tx, &rx), Mail_pour)
CHANNEL_RUN(note_bounded, Note, Note_new(ROOM, bide_heap(), &tx, &rx), Note_produce)
CHANNEL_RUN(note_unbounded, Note, Note_unbounded(bide_heap(), &tx, &rx), Note_pour)

/* ---- on the pool -------------------------------------------------------------------------- */

static uint32_t run_channel_pool(uint32_t loops, bool bounded)
{
    bide_thread_pool *pool = open_pool(WORKERS);
    Mail_sender tx[PRODUCERS];
    Mail_receiver rx;
    bide_join join;
    uint32_t sum, i;
    bide_poll r = bounded ? Mail_new(ROOM, bide_heap(), &tx[0], &rx)
                          : Mail_unbounded(bide_heap(), &tx[0], &rx);
    must(r);
    for (i = 1; i < PRODUCERS; i++)
        Mail_sender_clone(&tx[0], &tx[i]);
    BIDE_SPAWN_TO(r, pool, Mail_consume, NULL, &join, (&rx));
    must(r);
    for (i = 0; i < PRODUCERS; i++) {
        if (bounded)
            BIDE_SPAWN_TO(r, pool, Mail_produce, NULL, NULL, (&tx[i], i, PRODUCERS, loops));
        else
            BIDE_SPAWN_TO(r, pool, Mail_pour, NULL, NULL, (&tx[i], i, PRODUCERS, loops));
        must(r);
    }
    sum = take(&join, 1);
    must(bide_thread_pool_wait(pool, UINT64_MAX)); /* the producers use what is on this stack */
    must(bide_thread_pool_free(pool));
    return sum;
}

static uint32_t channel_bounded_pool(uint32_t loops, int which)
{
    (void)which;
    return run_channel_pool(loops, true);
}

static uint32_t channel_unbounded_pool(uint32_t loops, int which)
{
    (void)which;
    return run_channel_pool(loops, false);
}

#define CHANNEL_ROWS                                                                               \
    {"channel_bounded", "local", note_bounded}, {"channel_bounded", "shared", mail_bounded},       \
        {"channel_unbounded", "local", note_unbounded},                                            \
        {"channel_unbounded", "shared", mail_unbounded},                                           \
        {"channel_bounded", "pool", channel_bounded_pool},                                         \
        {"channel_unbounded", "pool", channel_unbounded_pool},
