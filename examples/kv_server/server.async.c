/*
 * server.async.c: accepting, and the end.
 */
#include "server.h"
#include "connection.h"

#include <stdio.h>

#include <bide/async_source.h>

/* Beyond the connections that are served, so many more are told that they are too many. */
enum { TOLD_MOST = 64 };

static void take(kv_server *s, bide_uv_tcp conn)
{
    if (s->open >= s->most + TOLD_MOST) {
        bide_uv_tcp_reset(&conn);
    } else if (spawn(bide_uv_runtime(s->rt), kv_connection_run(s, conn, s->arrived + 1)) ==
               BIDE_READY) {
        s->arrived++;
        s->open++;
    } else {
        (void)fprintf(stderr, "kv_server: no memory for one more connection\n");
    }
}

static async bool accept_all(kv_server *s)
{
    for (;;) {
        bide_uv_tcp conn = {0};
        int32_t error = 0;
        bide_poll code = await_catch(bide_uv_listener_accept(&s->front.listener, &conn), error);
        if (code == BIDE_READY && error == 0) {
            take(s, conn);
            continue;
        }
        (void)fprintf(stderr, "kv_server: accepting: %s\n",
                      code != BIDE_READY ? bide_strerror(code) : bide_uv_strerror(error));
        (void)await_catch(bide_sleep(20)); /* others end meanwhile */
    }
    return true;
}

async void kv_serve(kv_server *s)
{
    int number;
    async bool accepting = accept_all(s);
    async bool term = bide_uv_signal_next(&s->front.term, &number);
    async bool interrupt = bide_uv_signal_next(&s->front.interrupt, &number);
    (void)race(accepting, term, interrupt);
    bide_uv_listener_drop(&s->front.listener);
    (void)fprintf(stderr, "kv_server: ended by a signal, %u are open\n", (unsigned)s->open);
    s->ends = true;
    bide_local_notify_all(&s->ending);
    await(bide_local_semaphore_acquire(&s->over, (size_t)s->arrived));
}
