/*
 * connection.async.c: taking requests, answering them, and parting.
 */
#include "connection.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include <bide/async_source.h>

enum { KEEPALIVE_SECONDS = 60, QUIET_MS = 100, OUT_MOST = 16384 };
enum { PARTS_OF_IDLE = 4, PARTS_OF_REQUEST = 4 }; /* how often is looked in each time */

/* ---- its beginning and end ---------------------------------------------------------------- */

static bide_poll begin(kv_connection *c)
{
    bide_bytes_init(&c->out, NULL);
    bide_local_semaphore_init(&c->room, c->server->value);
    (void)bide_uv_tcp_keepalive(c->conn, KEEPALIVE_SECONDS);
    (void)bide_uv_tcp_nodelay(c->conn, true);
    return kv_requests_new(KV_WINDOW, bide_default_allocator(), &c->asked, &c->queue);
}

static void end(kv_connection *c)
{
    (void)fprintf(stderr, "kv_server: #%" PRIu64 ": %s\n", c->number,
                  c->why ? c->why : "ended for want of memory");
    for (size_t i = 0; i < c->work_count; i++)
        kv_request_drop(&c->work[i]);
    kv_request_drop(&c->ahead);
    bide_bytes_free(&c->out);
    kv_requests_sender_drop(&c->asked);
    kv_requests_receiver_drop(&c->queue);
    c->server->open--;
    bide_local_semaphore_release(&c->server->over, 1);
}

/* ---- taking requests ---------------------------------------------------------------------- */

static const char NOT_UNDERSTOOD[] = "ended: a request that was not understood";

/* Sets the last line that the client reads. */
static const char *goodbye(kv_connection *c, const char *why, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(c->goodbye, sizeof c->goodbye, format, args);
    va_end(args);
    return why;
}

/* Why there is no more to read; `begun` bytes of a request had come. */
static const char *no_more(kv_connection *c, int64_t error, size_t begun)
{
    c->lost = error < 0 && error != BIDE_BYTES_END;
    if (c->lost)
        return bide_uv_strerror(error);
    if (error == 0 && begun == 0)
        return "closed";
    return goodbye(c, "ended: a request without its end", "the last request has no end");
}

/* Behind a value its line ends. NULL, or why that was the last. */
static async const char *take_end(kv_connection *c)
{
    scoped(bide_bytes_free) bide_bytes rest = {0};
    kv_slice line;
    bide_bytes_init(&rest, NULL);
    int32_t got = await(bide_uv_tcp_read_until(c->conn, '\n', &rest, 2));
    if (got != 1 && got != BIDE_BYTES_TOO_LONG)
        return no_more(c, got, 1);
    line = (kv_slice){(const unsigned char *)rest.data, rest.size};
    if (!wire_take_end(&line) || line.size)
        return goodbye(c, NOT_UNDERSTOOD, "the value is not SIZE bytes long");
    return NULL;
}

/* The bytes of a value that is not wanted. */
static async const char *skip_value(kv_connection *c, uint64_t size)
{
    kv_part value = {.source = {c->conn}, .limit = size};
    c->skipped.written = 0;
    c->coming = true;
    int64_t n = await(kv_skip(&value, &c->skipped));
    return n < 0 || (uint64_t)n < size ? no_more(c, n < 0 ? n : 0, 1) : NULL;
}

static async const char *take_value(kv_connection *c, kv_request *r, size_t size)
{
    await(bide_local_semaphore_acquire(&c->room, size));
    r->room = size;
    r->value = kv_bytes_new(bide_default_allocator(), size);
    if (!r->value.data) {
        r->verb = KV_REFUSED;
        r->failure = BIDE_ENOMEM;
        return await(skip_value(c, size));
    }
    c->come = 0;
    c->coming = true;
    int32_t error = await(bide_uv_tcp_read_exact(c->conn, r->value.data, size, &c->come));
    return error < 0 ? no_more(c, error, 1) : NULL;
}

static async void hand_over(kv_connection *c, kv_request *r)
{
    if (await(kv_requests_sender_offer(&c->asked, r)) == 0)
        *r = (kv_request){0};
}

/* What is behind the line of a PUT. One whose value is too large is told so before that comes. */
static async const char *take_put(kv_connection *c, kv_request *r, uint64_t size)
{
    const char *why;
    if (size <= c->server->value) {
        why = await(take_value(c, r, (size_t)size));
    } else {
        r->verb = KV_REFUSED;
        r->code = KV_TOO_LARGE;
        await(hand_over(c, r));
        why = await(skip_value(c, size));
    }
    if (!why)
        why = await(take_end(c));
    c->coming = false;
    c->taken++;
    return why;
}

/* NULL, or why it was the last. */
static async const char *take_request(kv_connection *c, const wire_request *asked)
{
    scoped(kv_request_drop) kv_request r = {.verb = asked->verb, .failure = BIDE_READY};
    if (asked->key.data) {
        r.key = kv_bytes_copy(bide_default_allocator(), asked->key);
        if (!r.key.data)
            fail(BIDE_ENOMEM);
    }
    if (r.verb == WIRE_PUT) {
        const char *why = await(take_put(c, &r, asked->size));
        if (why)
            return why;
    }
    if (r.verb != WIRE_NOTHING)
        await(hand_over(c, &r));
    return NULL;
}

/* Up to the last: why that was the last. */
static async const char *take_requests(kv_connection *c)
{
    scoped(bide_bytes_free) bide_bytes line = {0};
    bide_bytes_init(&line, NULL);
    for (;;) {
        line.size = 0;
        int32_t got = await(bide_uv_tcp_read_until(c->conn, '\n', &line, c->server->line));
        if (got == BIDE_BYTES_TOO_LONG)
            return goodbye(c, "ended: too long a line",
                           "a request's line has at most %u bytes, its end included",
                           (unsigned)c->server->line);
        if (got != 1)
            return no_more(c, got, line.size);
        c->steps++;
        kv_slice text = {(const unsigned char *)line.data, line.size};
        (void)wire_take_end(&text);
        wire_request asked = wire_parse_request(text);
        if (asked.verb == WIRE_NOTHING)
            continue;
        if (asked.verb == WIRE_WRONG)
            return goodbye(c, NOT_UNDERSTOOD, "not understood; right is %s", asked.wrong);
        if (asked.verb == WIRE_QUIT)
            return goodbye(c, "closed", "as you asked");
        const char *why = await(take_request(c, &asked));
        if (why)
            return why;
    }
}

/* ---- answers ------------------------------------------------------------------------------ */

/* One line. False: no memory. */
static bool say(kv_connection *c, const char *format, ...)
{
    char text[KV_GOODBYE_MOST + 32];
    va_list args;
    int size;
    va_start(args, format);
    size = vsnprintf(text, sizeof text - 1, format, args);
    va_end(args);
    if (size < 0 || (size_t)size >= sizeof text - 1)
        return false;
    text[size] = '\n';
    return bide_bytes_append(&c->out, text, (size_t)size + 1);
}

/* How a request ended. */
static bool say_result(kv_connection *c, const kv_request *r)
{
    if (r->failure == BIDE_READY && r->code == KV_OK)
        return say(c, "OK");
    if (r->failure == BIDE_READY && r->code == KV_NOT_FOUND)
        return say(c, "NOT_FOUND");
    if (r->failure == BIDE_READY && r->code == KV_TOO_LARGE)
        return say(c, "ERROR too large: a value has at most %u bytes", (unsigned)c->server->value);
    const char *text = r->failure != BIDE_READY ? bide_strerror(r->failure) : kv_strerror(r->code);
    (void)fprintf(stderr, "kv_server: #%" PRIu64 ": a request failed: %s\n", c->number, text);
    return say(c, "ERROR %s", text);
}

static async int32_t send_bytes(kv_connection *c, const void *data, size_t size)
{
    c->gone = 0;
    c->going = true;
    int32_t error = await(bide_uv_tcp_write_all(c->conn, data, size, &c->gone));
    c->going = false;
    c->given++;
    c->steps++;
    return error;
}

/* Sends what was said; an idle connection holds no memory for it. */
static async int32_t send_out(kv_connection *c)
{
    int32_t error = 0;
    if (c->out.size)
        error = await(send_bytes(c, c->out.data, c->out.size));
    bide_bytes_free(&c->out);
    return error;
}

/* A long value goes out from where it is. */
static async int32_t send_value(kv_connection *c, const kv_bytes *value)
{
    if (!say(c, "VALUE %zu", value->size))
        fail(BIDE_ENOMEM);
    if (value->size <= OUT_MOST) {
        if (!bide_bytes_append(&c->out, value->data, value->size))
            fail(BIDE_ENOMEM);
    } else {
        await_try(send_out(c));
        await_try(send_bytes(c, value->data, value->size));
    }
    if (!bide_bytes_append(&c->out, "\n", 1))
        fail(BIDE_ENOMEM);
    return 0;
}

static async int32_t get(kv_connection *c, kv_request *r)
{
    kv_found found = kv_found_none(KV_OK);
    c->storing = true;
    r->failure = await_catch(Store_get(&c->server->store, kv_slice_of(&r->key)), found);
    c->storing = false;
    r->code = found.code;
    if (r->failure == BIDE_READY && r->code == KV_OK) {
        scoped(kv_bytes_drop) kv_bytes value = found.value;
        return await(send_value(c, &value));
    }
    if (!say_result(c, r))
        fail(BIDE_ENOMEM);
    return 0;
}

static async int32_t answer(kv_connection *c, kv_request *r)
{
    if (r->verb == WIRE_GET)
        return await(get(c, r));
    if (!(r->verb == WIRE_COUNT ? say(c, "COUNT %" PRIu64, Store_count(&c->server->store))
                                : say_result(c, r)))
        fail(BIDE_ENOMEM);
    return 0;
}

static async void write_together(kv_connection *c)
{
    kv_writes_item items[KV_WINDOW];
    for (size_t i = 0; i < c->work_count; i++) {
        struct kv_write one;
        kv_write_init(&one, &c->server->store, &c->work[i]);
        kv_writes_item_init(&items[i], one);
    }
    c->storing = true;
    (void)await(kv_writes(kv_writes_items_of(items, c->work_count)));
    c->storing = false;
}

/* ---- the order of answers ----------------------------------------------------------------- */

static bool is_write(const kv_request *r)
{
    return r->verb == WIRE_PUT || r->verb == WIRE_DELETE;
}

/* The next request and, if it is a write, those behind it that are there and are writes, too. 1, 0
 * when there is none any more, or an error: what was said is sent before it waits. */
static async int32_t take_work(kv_connection *c)
{
    if (c->ahead.verb != WIRE_NOTHING) {
        c->work[0] = c->ahead;
        c->ahead = (kv_request){0};
    } else if (kv_requests_receiver_try_next(&c->queue, &c->work[0]) != BIDE_READY) {
        await_try(send_out(c));
        if (!await(kv_requests_receiver_next(&c->queue, &c->work[0])))
            return 0;
    }
    c->work_count = 1;
    while (is_write(&c->work[0]) && c->work_count < KV_WINDOW &&
           kv_requests_receiver_try_next(&c->queue, &c->ahead) == BIDE_READY) {
        if (!is_write(&c->ahead))
            break;
        c->work[c->work_count++] = c->ahead;
        c->ahead = (kv_request){0};
    }
    return 1;
}

static void forget_work(kv_connection *c)
{
    for (size_t i = 0; i < c->work_count; i++) {
        bide_local_semaphore_release(&c->room, c->work[i].room);
        kv_request_drop(&c->work[i]);
    }
    c->work_count = 0;
}

/* All, and the goodbye, and then the end of our side. 0 or an error. */
static async int32_t answer_all(kv_connection *c)
{
    while (await_try(take_work(c)) > 0) {
        if (is_write(&c->work[0]))
            await(write_together(c));
        for (size_t i = 0; i < c->work_count; i++)
            await_try(answer(c, &c->work[i]));
        forget_work(c);
        if (c->out.size > OUT_MOST)
            await_try(send_out(c));
    }
    if (c->goodbye[0] && !say(c, "GOODBYE %s", c->goodbye))
        fail(BIDE_ENOMEM);
    await_try(send_out(c));
    return await(bide_uv_tcp_close(c->conn));
}

/* ---- time --------------------------------------------------------------------------------- */

/* Ends when the client has let nothing move for a time: looks a few times in each. */
static async bool fall_idle(kv_connection *c)
{
    uint64_t steps = 0, skipped = 0;
    size_t come = 0, gone = 0;
    for (int quiet = 0; quiet < PARTS_OF_IDLE; quiet++) {
        await(bide_sleep(c->server->idle_ms / PARTS_OF_IDLE + 1));
        if (c->storing || c->steps != steps || c->come != come || c->gone != gone ||
            c->skipped.written != skipped)
            quiet = -1;
        steps = c->steps;
        come = c->come;
        gone = c->gone;
        skipped = c->skipped.written;
    }
    return true;
}

/* Ends when one value, or one piece of answers, has been on its way for too long, however it moves:
 * a byte now and then would hold the memory for ever. Lines have no longer than fall_idle gives. */
static async bool take_too_long(kv_connection *c)
{
    uint64_t taken = 0, given = 0;
    int coming = 0, going = 0;
    while (coming <= PARTS_OF_REQUEST && going <= PARTS_OF_REQUEST) {
        await(bide_sleep(c->server->request_ms / PARTS_OF_REQUEST + 1));
        coming = c->coming && c->taken == taken ? coming + 1 : 0;
        going = c->going && c->given == given ? going + 1 : 0;
        taken = c->taken;
        given = c->given;
    }
    return true;
}

/* Whether that came first, when either has come. */
static async bool use_up(kv_connection *c)
{
    async bool idle = fall_idle(c);
    async bool slow = take_too_long(c);
    return race(idle, slow) == 1;
}

static async bool wait_for_end(kv_server *s)
{
    if (!s->ends)
        await(bide_local_notify_wait(&s->ending));
    return true;
}

/* When whoever still has something to read is given up. */
static async bool run_late(kv_connection *c, bool hurry)
{
    if (!hurry) {
        async bool idle = fall_idle(c);
        async bool ending = wait_for_end(c->server);
        if (race(idle, ending) == 0)
            return true;
    }
    await(bide_sleep(c->server->linger_ms));
    return true;
}

static async bool fall_quiet(const bide_null_writer *drained)
{
    uint64_t seen;
    do {
        seen = drained->written;
        await(bide_sleep(QUIET_MS));
    } while (drained->written != seen);
    return true;
}

/* Behind our last byte: until the peer has closed, too, or sends nothing more, or for too long. The
 * system resets a connection that is closed with something unread, and the peer would not see its
 * last lines. */
static async void part(kv_connection *c)
{
    bide_null_writer nowhere = {0};
    async int64_t rest = kv_drain(c->conn, &nowhere);
    async bool quiet = fall_quiet(&nowhere);
    async bool late = run_late(c, true);
    (void)race(rest, quiet, late);
}

/* ---- all of it ---------------------------------------------------------------------------- */

static async void serve(kv_connection *c)
{
    enum { TAKEN, ANSWERED, USED_UP, ENDING, REFUSED };
    async const char *taking = take_requests(c);
    async int32_t answering = answer_all(c);
    async bool used_up = use_up(c);
    async bool ending = wait_for_end(c->server);
    int first = c->goodbye[0] ? REFUSED : select(taking, answering, used_up, ending);
    if (first == TAKEN)
        c->why = await(taking);
    else if (first == ANSWERED) /* by an error: before the others there is no end of the queue */
        c->why = bide_uv_strerror(await(answering));
    else if (first == USED_UP && await(used_up))
        c->why =
            goodbye(c, "ended: a request took too long",
                    "a request and its answer have %" PRIu64 " ms each", c->server->request_ms);
    else if (first == USED_UP)
        c->why = goodbye(c, "ended: nothing moved", "nothing moved for %" PRIu64 " ms",
                         c->server->idle_ms);
    else if (first == ENDING)
        c->why = goodbye(c, "ended by the server", "the server ends");
    drop(taking);
    drop(used_up);
    drop(ending);
    kv_requests_sender_drop(&c->asked);
    async bool late = run_late(c, first != TAKEN);
    if (first != ANSWERED && !c->lost && select(answering, late) == 0 && await(answering) == 0)
        await(part(c));
    else
        bide_uv_tcp_reset(c->conn);
}

async void kv_connection_run(kv_server *s, bide_uv_tcp conn, uint64_t number)
{
    owned(bide_uv_tcp_drop, conn);
    scoped(end) kv_connection c = {.server = s, .conn = &conn, .number = number};
    bide_poll code = begin(&c);
    if (code != BIDE_READY)
        fail(code);
    if (s->open > s->most)
        c.why =
            goodbye(&c, "refused: too many", "at most %u connections at a time", (unsigned)s->most);
    await(serve(&c));
}
