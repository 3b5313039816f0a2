/*
 * member.async.c: a name, lines both ways, and a farewell.
 */
#include "member.h"

#include <stdio.h>
#include <string.h>

#include <bide/lines.h>

#include <bide/async_source.h>

enum { KEEPALIVE_SECONDS = 60, NAMES_MOST = 512, QUIET_MS = 100 };

/* ---- its beginning and end ---------------------------------------------------------------- */

static bide_poll member_begin(member *m)
{
    bide_poll code =
        chat_queue_new(m->server->queue, bide_default_allocator(), &m->reply, &m->lines);
    if (code != BIDE_READY)
        return code;
    chat_queue_sender_clone(&m->reply, &m->place.lines);
    chat_queue_sender_clone(&m->server->said, &m->said);
    bide_local_notify_init(&m->place.dismissed);
    chat_room_enter(&m->server->room, &m->place);
    (void)bide_uv_tcp_keepalive(m->conn, KEEPALIVE_SECONDS);
    (void)bide_uv_tcp_nodelay(m->conn, true);
    return BIDE_READY;
}

/* Behind it nothing more comes into its queue. */
static void member_leave(member *m)
{
    chat_room_leave(&m->server->room, &m->place);
    chat_queue_sender_drop(&m->reply);
}

static void member_end(member *m)
{
    member_leave(m);
    if (m->place.name[0] && !m->announced)
        (void)fprintf(stderr, "chat: %s left, for want of memory\n", m->place.name);
    chat_queue_sender_drop(&m->said);
    chat_queue_receiver_drop(&m->lines);
    m->server->open--;
    bide_local_semaphore_release(&m->server->over, 1);
}

/* ---- what it says ------------------------------------------------------------------------- */

/* Whether a terminal may be shown this. */
static bool is_text(const bide_bytes *line)
{
    for (size_t i = 0; i < line->size; i++) {
        unsigned char c = (unsigned char)line->data[i];
        if ((c < 0x20 && c != '\t') || c == 0x7F)
            return false;
    }
    return bide_utf8_is_valid(line->data, line->size);
}

static bool is_name(const bide_bytes *line)
{
    return line->size > 0 && line->size <= CHAT_NAME_MOST && is_text(line) &&
           line->data[0] != '/' && !memchr(line->data, ' ', line->size) &&
           !memchr(line->data, '\t', line->size);
}

static bool is_quit(const bide_bytes *line)
{
    static const char quit[] = "/quit";
    return line->size == sizeof quit - 1 && memcmp(line->data, quit, line->size) == 0;
}

/* A line that only it gets. Waits while its queue is full, and so does its talking. */
static async void tell(member *m, const char *text)
{
    chat_line line;
    if (!chat_line_make(&line, m->place.number, "* %s", text))
        fail(BIDE_ENOMEM);
    (void)await(chat_queue_sender_send(&m->reply, line));
}

static async void introduce(member *m, const bide_bytes *line)
{
    char name[CHAT_NAME_MOST + 1], text[NAMES_MOST], others[NAMES_MOST - 64];
    chat_line joined;
    if (!is_name(line)) {
        await(tell(m, "a name has 1 to 32 bytes of text, no spaces, and no / first; your name?"));
        return;
    }
    memcpy(name, line->data, line->size);
    name[line->size] = '\0';
    if (chat_room_has(&m->server->room, name)) {
        await(tell(m, "that name is taken; your name?"));
        return;
    }
    if (!chat_line_make(&joined, m->place.number, "* %s joined", name))
        fail(BIDE_ENOMEM);
    memcpy(m->place.name, name, sizeof name);
    chat_room_names(&m->server->room, &m->place, others, sizeof others);
    (void)snprintf(text, sizeof text, "welcome, %s; here: %s; /quit ends", name,
                   others[0] ? others : "nobody else");
    /* What others are told must not wait for what it reads itself. */
    (void)await(chat_queue_sender_send(&m->said, joined));
    await(tell(m, text));
}

static async void say(member *m, const bide_bytes *line)
{
    chat_line said;
    if (line->size == 0)
        return;
    if (line->data[0] == '/') {
        await(tell(m, "not sent: no such command; there is /quit"));
        return;
    }
    if (!is_text(line)) {
        await(tell(m, "not sent: a line is UTF-8 text without control characters"));
        return;
    }
    if (!chat_line_make(&said, m->place.number, "%s: %.*s", m->place.name, (int)line->size,
                        line->data))
        fail(BIDE_ENOMEM);
    (void)await(chat_queue_sender_send(&m->said, said));
}

/* Why there is no next line. */
static const char *no_line(member *m, int32_t error)
{
    if (error == 0)
        return "end of input";
    if (error != BIDE_BYTES_TOO_LONG)
        return bide_uv_strerror(error);
    (void)snprintf(m->goodbye, sizeof m->goodbye,
                   "* goodbye: a line has at most %u bytes, its end included\n",
                   (unsigned)m->server->line);
    return "too long a line";
}

/* Up to its last line: why that was the last. */
static async const char *listen_to(member *m)
{
    scoped(bide_bytes_free) bide_bytes line = {0};
    bide_bytes_init(&line, NULL);
    await(tell(m, "your name?"));
    for (;;) {
        int32_t got;
        line.size = 0;
        got = await(bide_uv_tcp_read_line(m->conn, &line, m->server->line));
        if (got != 1)
            return no_line(m, got);
        if (is_quit(&line)) {
            (void)snprintf(m->goodbye, sizeof m->goodbye, "* goodbye\n");
            return "quit";
        }
        if (m->place.name[0])
            await(say(m, &line));
        else
            await(introduce(m, &line));
    }
}

/* ---- what it reads ------------------------------------------------------------------------ */

/* All that is in its queue up to the end of that, and the goodbye; 0 or an error. */
static async int32_t deliver(member *m)
{
    chat_line next = {0};
    while (await(chat_queue_receiver_next(&m->lines, &next))) {
        scoped(chat_line_drop) chat_line line = next;
        await_try(
            bide_uv_tcp_write_all(m->conn, chat_line_bytes(line), chat_line_size(line), NULL));
    }
    await_try(bide_uv_tcp_write_all(m->conn, m->goodbye, strlen(m->goodbye), NULL));
    return await(bide_uv_tcp_close(m->conn));
}

static async bool wait_for_dismissal(member *m)
{
    await(bide_local_notify_wait(&m->place.dismissed));
    return true;
}

static async bool run_out(uint64_t ms)
{
    await(bide_sleep(ms));
    return true;
}

/* Tells the others, or, if they do not know it, the log. */
static async void announce(member *m, const char *why)
{
    chat_line line;
    bool made = m->place.name[0]
                    ? chat_line_make(&line, CHAT_FROM_NOBODY, "* %s left: %s", m->place.name, why)
                    : chat_line_make(&line, CHAT_FOR_LOG_ONLY, "* #%llu left without a name: %s",
                                     (unsigned long long)m->place.number, why);
    if (!made)
        fail(BIDE_ENOMEM);
    m->announced = true;
    (void)await(chat_queue_sender_send(&m->said, line));
    chat_queue_sender_drop(&m->said);
}

/* ---- all of it ---------------------------------------------------------------------------- */

static async bool fall_quiet(const bide_null_writer *drained)
{
    uint64_t seen;
    do {
        seen = drained->written;
        await(bide_sleep(QUIET_MS));
    } while (drained->written != seen);
    return true;
}

/* Behind our last byte: until the peer has closed, too, or sends nothing more. The system resets a
 * connection that is closed with something unread, and the peer would not see its last lines. */
static async bool part(bide_uv_tcp *conn)
{
    bide_null_writer nowhere = {0};
    async int64_t rest = chat_drain(conn, &nowhere);
    async bool quiet = fall_quiet(&nowhere);
    (void)race(rest, quiet);
    return true;
}

static async int32_t turn_away(bide_uv_tcp *conn)
{
    static const char full[] = "* goodbye: the room is full\n";
    await_try(bide_uv_tcp_write_all(conn, full, sizeof full - 1, NULL));
    await_try(bide_uv_tcp_close(conn));
    await(part(conn));
    return 0;
}

static async void serve_member(member *m)
{
    enum { HEARD, DELIVERED, DISMISSED };
    const char *why;
    int first;
    bool in_time;
    async const char *listening = listen_to(m);
    async int32_t delivering = deliver(m);
    async bool dismissed = wait_for_dismissal(m);
    first = select(listening, delivering, dismissed);
    if (first == HEARD)
        why = await(listening);
    else if (first == DELIVERED) /* by an error: its queue has no end before it leaves */
        why = bide_uv_strerror(await(delivering));
    else
        why = m->place.why;
    drop(listening);
    if (first == DISMISSED)
        (void)snprintf(m->goodbye, sizeof m->goodbye, "* goodbye: %s%s\n",
                       strcmp(why, "does not read") == 0 ? "you were dropped: a member that " : "",
                       why);
    member_leave(m);
    await(announce(m, why));
    if (first == DELIVERED)
        return;
    async bool late = run_out(m->server->linger_ms);
    in_time = select(delivering, late) == 0 && await(delivering) == 0;
    if (in_time) {
        async bool parted = part(m->conn);
        in_time = race(parted, late) == 0;
    }
    if (!in_time)
        bide_uv_tcp_reset(m->conn);
}

async void chat_member(chat_server *s, bide_uv_tcp conn, uint64_t number)
{
    owned(bide_uv_tcp_drop, conn);
    scoped(member_end) member m = {.server = s, .conn = &conn, .place = {.number = number}};
    if (s->open > s->most) {
        async int32_t away = turn_away(&conn);
        async bool late = run_out(s->linger_ms);
        (void)race(away, late);
        return;
    }
    bide_poll code = member_begin(&m);
    if (code != BIDE_READY)
        fail(code);
    await(serve_member(&m));
}
