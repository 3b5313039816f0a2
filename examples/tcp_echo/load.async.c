/*
 * load.async.c: the clients.
 */
#include "load.h"

#include <string.h>

#include <bide/async_source.h>

enum { DIALLING_MOST = 512, WRONG_BYTES = 1 };

void load_init(load *l, bide_uv *rt)
{
    uint32_t x = 1;
    memset(l, 0, sizeof *l);
    l->rt = rt;
    for (size_t i = 0; i < sizeof l->bytes; i++) {
        x = x * 1664525u + 1013904223u;
        l->bytes[i] = (unsigned char)(x >> 24);
    }
}

/* ---- one client --------------------------------------------------------------------------- */

/* 0, an error, or WRONG_BYTES. */
static async int32_t want_back(bide_uv_tcp *conn, const unsigned char *message, size_t size)
{
    unsigned char piece[LOAD_PIECE];
    while (size > 0) {
        size_t most = size < sizeof piece ? size : sizeof piece;
        ptrdiff_t n = await(bide_uv_tcp_read(conn, piece, most));
        if (n <= 0)
            return n < 0 ? (int32_t)n : BIDE_BYTES_END;
        if (memcmp(piece, message, (size_t)n) != 0)
            return WRONG_BYTES;
        message += n;
        size -= (size_t)n;
    }
    return 0;
}

/* Messages differ from client to client, and from one to the next. */
static async int32_t send_all(load *l, bide_uv_tcp *conn, uint32_t number)
{
    for (uint32_t i = 0; i < l->messages; i++) {
        const unsigned char *message = l->bytes + (number * 7 + i) % 256;
        int32_t error = await_try(bide_uv_tcp_write_all(conn, message, l->size, NULL));
        if (error == 0)
            error = await_try(want_back(conn, message, l->size));
        if (error != 0)
            return error;
        l->echoed++;
    }
    return 0;
}

/* Behind the last message the server is told that it was the last, and then ends, too. */
static async int32_t say_goodbye(bide_uv_tcp *conn)
{
    char none;
    await_try(bide_uv_tcp_close(conn));
    ptrdiff_t n = await(bide_uv_tcp_read(conn, &none, 1));
    return n > 0 ? WRONG_BYTES : (int32_t)n;
}

static async int32_t dial(load *l, bide_uv_tcp *conn)
{
    int32_t error = 0;
    await(bide_local_semaphore_acquire(&l->dialling, 1));
    bide_poll code =
        await_catch(bide_uv_tcp_connect(l->rt, (const struct sockaddr *)&l->to, conn), error);
    bide_local_semaphore_release(&l->dialling, 1);
    if (code < 0)
        fail(code);
    if (error == 0 && ++l->open_now > l->open_most)
        l->open_most = l->open_now;
    return error;
}

/* Who could not connect, for want of memory even, comes to the barrier, too: the others would wait
 * for ever. */
static async int32_t talk(load *l, uint32_t number)
{
    scoped(bide_uv_tcp_drop) bide_uv_tcp conn = {0};
    int32_t error = 0;
    bide_poll code = await_catch(dial(l, &conn), error);
    (void)await(bide_local_barrier_wait(&l->all_open));
    if (code < 0)
        fail(code);
    if (error == 0)
        error = await(send_all(l, &conn, number));
    if (error == 0)
        error = await(say_goodbye(&conn));
    if (conn.at)
        l->open_now--;
    return error;
}

static async void client(load *l, uint32_t number)
{
    int32_t error = 0;
    bide_poll code = await_catch(talk(l, number), error);
    if (code < 0 || error < 0) {
        l->failed++;
        l->why = code < 0 ? bide_strerror(code) : bide_uv_strerror(error);
    } else if (error == WRONG_BYTES) {
        l->wrong++;
    } else {
        l->done++;
    }
    bide_local_semaphore_release(&l->over, 1);
}

/* ---- all of them -------------------------------------------------------------------------- */

/* Spawned tasks run when this one waits: by then it is known how many there are. */
static async bool start_and_wait(load *l)
{
    uint32_t started = 0;
    for (uint32_t i = 0; i < l->connections; i++)
        if (spawn(bide_uv_runtime(l->rt), client(l, i)) == BIDE_READY)
            started++;
    if (started < l->connections) {
        l->failed = l->connections - started;
        l->why = bide_strerror(BIDE_ENOMEM);
    }
    bide_local_semaphore_init(&l->dialling, DIALLING_MOST);
    bide_local_semaphore_init(&l->over, 0);
    bide_local_barrier_init(&l->all_open, started);
    await(bide_local_semaphore_acquire(&l->over, started));
    return true;
}

static async bool wait_for_the_end_of_time(uint32_t seconds)
{
    await(bide_sleep((uint64_t)seconds * 1000));
    return false;
}

async bool load_run(load *l)
{
    async bool all = start_and_wait(l);
    async bool late = wait_for_the_end_of_time(l->seconds);
    return race(all, late) == 0;
}
