/*
 * proxy.async.c: accepting, connecting, copying both ways, and giving up.
 */
#include "proxy.h"

#include <errno.h>
#include <stdarg.h>

#include <bide/async_source.h>

enum { TOO_LATE = 1, PARTS_OF_IDLE = 4 };

/* ---- the log ------------------------------------------------------------------------------ */

/* One line of a connection. */
static void note(const proxy *p, uint64_t number, const char *format, ...)
{
    va_list args;
    (void)fprintf(p->log, "#%llu: ", (unsigned long long)number);
    va_start(args, format);
    (void)vfprintf(p->log, format, args);
    va_end(args);
    (void)fputc('\n', p->log);
    (void)fflush(p->log);
}

/* Why a direction has ended; `from` is its reader. */
static void note_error(const carried *c, const metered *from, int32_t error)
{
    const char *reader = from == &c->up ? "client" : "server";
    const char *writer = from == &c->up ? "server" : "client";
    if (error == BIDE_BYTES_TOO_LONG)
        note(c->by, c->number, "ended: the %s sent more than %llu bytes", reader,
             (unsigned long long)from->most);
    else
        note(c->by, c->number, "ended: the %s: %s", from->failed ? reader : writer,
             bide_uv_strerror(error));
}

/* ---- one connection ----------------------------------------------------------------------- */

/* What was cut short is reset: nobody shall take what has come for all there is. Otherwise the
 * system still delivers what was written last. */
static void carried_end(carried *c)
{
    if (!c->complete) {
        bide_uv_tcp_reset(c->client);
        bide_uv_tcp_reset(&c->server);
    }
    bide_uv_tcp_drop(c->client);
    bide_uv_tcp_drop(&c->server);
    c->by->open--;
}

/* A half-close is passed on: behind the last byte, and the other direction goes on. */
static async int32_t one_way(carried *c, metered *from, bide_uv_tcp *to)
{
    int32_t error;
    int64_t n = await(proxy_copy(from, to));
    error = n < 0 ? (int32_t)n : await(bide_uv_tcp_close(to));
    if (error < 0)
        note_error(c, from, error);
    return error;
}

/* 0 when both have ended, or the error of one, which ends both. */
static async int32_t both_ways(carried *c)
{
    async int32_t up = one_way(c, &c->up, &c->server);
    async int32_t down = one_way(c, &c->down, c->client);
    int first = select(up, down);
    int32_t error = first == 0 ? await(up) : await(down);
    if (error == 0)
        error = first == 0 ? await(down) : await(up);
    c->complete = error == 0;
    return error;
}

/* Ends when nothing has moved for a time: looks a few times in each. */
static async int32_t watch(carried *c)
{
    uint64_t seen = 0;
    for (int quiet = 0; quiet < PARTS_OF_IDLE; quiet++) {
        await(bide_sleep(c->by->idle_ms / PARTS_OF_IDLE + 1));
        if (c->up.count + c->down.count != seen)
            quiet = -1;
        seen = c->up.count + c->down.count;
    }
    return TOO_LATE;
}

static async int32_t run_out(uint64_t ms)
{
    await(bide_sleep(ms));
    return TOO_LATE;
}

static async int32_t reach(carried *c)
{
    const proxy *p = c->by;
    async int32_t connected = bide_uv_tcp_connect_to(p->rt, p->host, p->service, &c->server);
    async int32_t late = run_out(p->idle_ms);
    if (race(connected, late) == 1)
        return -ETIMEDOUT;
    return await(connected);
}

async void proxy_carry(proxy *p, bide_uv_tcp client, uint64_t number)
{
    owned(bide_uv_tcp_drop, client);
    scoped(carried_end) carried c = {.by = p, .number = number, .client = &client};
    int32_t error;
    c.up = (metered){.of = &client, .most = p->bytes};
    c.down = (metered){.of = &c.server, .most = p->bytes};
    error = await(reach(&c));
    if (error < 0) {
        note(p, number, "no connection to %s port %s: %s", p->host, p->service,
             bide_uv_strerror(error));
        return;
    }
    note(p, number, "open, %u at a time", (unsigned)p->open);
    async int32_t all = both_ways(&c);
    async int32_t idle = watch(&c);
    if (race(all, idle) == 1)
        note(p, number, "ended: nothing moved for %llu ms", (unsigned long long)p->idle_ms);
    note(p, number, "closed: %llu bytes up, %llu bytes down", (unsigned long long)c.up.count,
         (unsigned long long)c.down.count);
}

/* ---- all of them -------------------------------------------------------------------------- */

/* Takes one that has come, or refuses it. */
static void take(proxy *p, bide_uv_tcp client)
{
    uint64_t number = ++p->accepted;
    if (p->open >= p->most) {
        note(p, number, "refused: %u are open", (unsigned)p->open);
        bide_uv_tcp_reset(&client);
    } else if (spawn(bide_uv_runtime(p->rt), proxy_carry(p, client, number)) != BIDE_READY) {
        note(p, number, "refused: no memory");
    } else {
        p->open++;
    }
}

static async bool accept_all(proxy *p)
{
    for (;;) {
        bide_uv_tcp client = {0};
        int32_t error = await(bide_uv_listener_accept(&p->front.listener, &client));
        if (error == 0) {
            take(p, client);
            continue;
        }
        (void)fprintf(p->log, "accepting: %s\n", bide_uv_strerror(error));
        await(bide_sleep(20)); /* others end meanwhile */
    }
    return true;
}

async void proxy_serve(proxy *p)
{
    int number;
    async bool all = accept_all(p);
    async bool term = bide_uv_signal_next(&p->front.term, &number);
    async bool interrupt = bide_uv_signal_next(&p->front.interrupt, &number);
    (void)race(all, term, interrupt);
    (void)fprintf(p->log, "ended by a signal, %u are open\n", (unsigned)p->open);
}
