/*
 * echo.async.c: the server.
 */
#include "echo.h"

#include <bide/async_source.h>

/* How it went with one: bytes, or an error. */
static void count(echo_server *s, int64_t result)
{
    s->ended++;
    if (result >= 0) {
        s->bytes += (uint64_t)result;
        return;
    }
    s->failed++;
    s->last_error = (int32_t)result;
}

async void echo_connection(echo_server *s, bide_uv_tcp conn)
{
    owned(bide_uv_tcp_drop, conn);
    int64_t result = await(echo_copy(&conn, &conn));
    if (result >= 0) {
        int32_t error = await(bide_uv_tcp_close(&conn));
        result = error < 0 ? error : result;
    }
    count(s, result);
    bide_local_semaphore_release(&s->over, 1);
}

/* Without memory or descriptors the next ones are tried for a little later: others end meanwhile.
 */
static async void rest(echo_server *s, int32_t error)
{
    s->refused++;
    s->last_error = error;
    await(bide_sleep(20));
}

/* True behind the last connection. */
static async bool serve_all(echo_server *s)
{
    size_t started = 0;
    while (!s->limit || s->accepted < s->limit) {
        bide_uv_tcp conn = {0};
        int32_t error = await(bide_uv_listener_accept(&s->front.listener, &conn));
        if (error < 0) {
            await(rest(s, error));
            continue;
        }
        s->accepted++;
        if (spawn(bide_uv_runtime(s->rt), echo_connection(s, conn)) == BIDE_READY)
            started++;
        else
            s->refused++; /* the connection went with it */
    }
    bide_uv_listener_drop(&s->front.listener);
    await(bide_local_semaphore_acquire(&s->over, started));
    return true;
}

async void echo_serve(echo_server *s)
{
    int number;
    bide_local_semaphore_init(&s->over, 0);
    async bool all = serve_all(s);
    async bool term = bide_uv_signal_next(&s->front.term, &number);
    async bool interrupt = bide_uv_signal_next(&s->front.interrupt, &number);
    (void)race(all, term, interrupt);
}
