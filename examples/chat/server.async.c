/*
 * server.async.c: accepting, relaying, and the end.
 */
#include "member.h"

#include <stdio.h>

#include <bide/async_source.h>

static async bool accept_all(chat_server *s)
{
    for (;;) {
        bide_uv_tcp conn = {0};
        int32_t error = 0;
        bide_poll code = await_catch(bide_uv_listener_accept(&s->front.listener, &conn), error);
        if (code != BIDE_READY || error < 0) {
            (void)fprintf(stderr, "chat: accepting: %s\n",
                          code != BIDE_READY ? bide_strerror(code) : bide_uv_strerror(error));
            (void)await_catch(bide_sleep(20)); /* others end meanwhile */
        } else if (spawn(bide_uv_runtime(s->rt), chat_member(s, conn, s->arrived + 1)) ==
                   BIDE_READY) {
            s->arrived++;
            s->open++;
        } else {
            (void)fprintf(stderr, "chat: no memory for one more member\n");
        }
    }
    return true;
}

/* All that is said, in one order. Ends when nobody is left who could say something. */
static async bool relay(chat_server *s)
{
    chat_line line = {0};
    int32_t error = 0;
    while (await(chat_queue_receiver_next(&s->heard, &line))) {
        bide_poll code = await_catch(Lines_send(&s->into, line), error);
        if (code != BIDE_READY)
            (void)fprintf(stderr, "chat: a line is not in the log: %s\n", bide_strerror(code));
        else if (error)
            (void)fprintf(stderr, "chat: the log: %s; no more is logged\n",
                          bide_uv_strerror(error));
    }
    error = await(Lines_close(&s->into));
    if (error)
        (void)fprintf(stderr, "chat: the log: %s\n", bide_uv_strerror(error));
    return true;
}

/* Until all members have gone; then nobody says anything any more. */
static async bool empty_room(chat_server *s)
{
    chat_room_dismiss_all(&s->room, "the server ends");
    await(bide_local_semaphore_acquire(&s->over, (size_t)s->arrived));
    chat_queue_sender_drop(&s->said);
    return true;
}

async void chat_serve(chat_server *s)
{
    int number;
    async bool relaying = relay(s);
    async bool accepting = accept_all(s);
    async bool term = bide_uv_signal_next(&s->front.term, &number);
    async bool interrupt = bide_uv_signal_next(&s->front.interrupt, &number);
    (void)select(relaying, accepting, term, interrupt);
    drop(accepting);
    bide_uv_listener_drop(&s->front.listener);
    async bool empty = empty_room(s);
    join(relaying, empty);
}
