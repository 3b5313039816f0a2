/*
 * client.async.c: asking, and hearing the answers, at the same time.
 */
#include "client.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bide/async_source.h>

enum { PARTS_OF_TIMEOUT = 4, ANSWER_MOST = 4096, PIECE = 4096 };

/* ---- what goes wrong ---------------------------------------------------------------------- */

/* One line, about a command or, with line 0, about none. */
static void tell(uint64_t line, const char *format, ...)
{
    va_list args;
    (void)fflush(stdout); /* where both go to one place, it is in order */
    (void)fprintf(stderr, "kv_client: ");
    if (line)
        (void)fprintf(stderr, "line %" PRIu64 ": ", line);
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fputc('\n', stderr);
}

/* ---- standard input ----------------------------------------------------------------------- */

/* What can be waited for is opened anew: as the file description is then our own, waiting for it
 * does not change how others see it. What cannot, such as a file, is read on threads. */
static async int32_t open_input(kv_client *c)
{
    struct stat about;
    int32_t error;
    int fd;
    if (fstat(STDIN_FILENO, &about) != 0)
        return -errno;
    if (S_ISREG(about.st_mode) || (S_ISCHR(about.st_mode) && !isatty(STDIN_FILENO))) {
        off_t at = lseek(STDIN_FILENO, 0, SEEK_CUR);
        await_try(bide_uv_file_open(c->rt, "/dev/stdin", O_RDONLY, 0, &c->file));
        if (at > 0 && await(bide_uv_file_seek(&c->file, at, SEEK_SET)) < 0)
            return -EIO;
        c->in = bide_uv_file_as_bide_buffered_reader(&c->file, NULL);
        return 0;
    }
    fd = open("/dev/stdin", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        fd = dup(STDIN_FILENO);
    error = fd < 0 ? -errno : bide_uv_pipe_open(c->rt, fd, &c->pipe);
    if (error == 0)
        c->in = bide_uv_pipe_as_bide_buffered_reader(&c->pipe, NULL);
    else if (fd >= 0)
        (void)close(fd);
    return error;
}

/* ---- asking ------------------------------------------------------------------------------- */

static kv_slice word_at(const kv_client *c, int i)
{
    return i < c->word_count ? kv_text(c->words[i]) : (kv_slice){NULL, 0};
}

/* Sends one request. 0 or an error of the connection. */
static async int32_t ask(kv_client *c, const kv_command *what)
{
    scoped(bide_bytes_free) bide_bytes out = {0};
    kv_expected one = {what->request.verb, c->line};
    bide_bytes_init(&out, NULL);
    if (!kv_command_write(&out, what))
        fail(BIDE_ENOMEM);
    if (await(kv_expectations_sender_send(&c->asked, one)) != 0)
        return BIDE_BYTES_CLOSED;
    c->asked_count++;
    c->gone = 0;
    int32_t error = await(bide_uv_tcp_write_all(&c->conn, out.data, out.size, &c->gone));
    c->steps++;
    return error;
}

/* All lines of standard input. 0 or an error of the connection. */
static async int32_t ask_lines(kv_client *c)
{
    scoped(bide_bytes_free) bide_bytes line = {0};
    bide_bytes_init(&line, NULL);
    for (;;) {
        line.size = 0;
        int32_t got = await(bide_buffered_reader_read_line(&c->in, &line, KV_COMMAND_MOST));
        if (got == 0)
            return 0;
        c->line++;
        if (got < 0) {
            tell(c->line, "standard input: %s", bide_uv_strerror(got));
            c->failed = true;
            return 0;
        }
        if (line.size == 0)
            continue;
        kv_command what = kv_command_parse((kv_slice){(const unsigned char *)line.data, line.size});
        if (what.request.verb == WIRE_WRONG) {
            tell(c->line, "no command: right is %s", what.request.wrong);
            c->misused = true;
            continue;
        }
        await_try(ask(c, &what));
    }
}

/* The one command; "put KEY -" takes the value from standard input. */
static async int32_t ask_one(kv_client *c)
{
    scoped(bide_bytes_free) bide_bytes value = {0};
    kv_command what = kv_command_make(word_at(c, 0), word_at(c, 1), word_at(c, 2));
    bide_bytes_init(&value, NULL);
    if (what.request.verb == WIRE_WRONG) {
        tell(0, "no command: right is %s", what.request.wrong);
        c->misused = true;
        return 0;
    }
    if (what.request.verb == WIRE_PUT && strcmp(c->words[2], "-") == 0) {
        int32_t got = await(bide_buffered_reader_read_to_end(&c->in, &value, KV_VALUE_MAX));
        if (got < 0) {
            tell(0, "standard input: %s", bide_uv_strerror(got));
            c->failed = true;
            return 0;
        }
        what.value = (kv_slice){(const unsigned char *)value.data, value.size};
    }
    return await(ask(c, &what));
}

/* Everything, and the end of our side. */
static async int32_t ask_all(kv_client *c)
{
    int32_t error = c->word_count ? await(ask_one(c)) : await(ask_lines(c));
    kv_expectations_sender_drop(&c->asked);
    return error ? error : await(bide_uv_tcp_close(&c->conn));
}

/* ---- hearing ------------------------------------------------------------------------------ */

/* A value, piece by piece, and the end of its line. 0 or an error. */
static async int32_t print_value(kv_client *c, uint64_t size)
{
    char piece[PIECE];
    while (size > 0) {
        size_t most = size < PIECE ? (size_t)size : PIECE;
        ptrdiff_t n = await(bide_uv_tcp_read(&c->conn, piece, most));
        if (n <= 0)
            return n < 0 ? (int32_t)n : BIDE_BYTES_END;
        (void)fwrite(piece, 1, (size_t)n, c->out);
        size -= (uint64_t)n;
        c->steps++;
    }
    ptrdiff_t n = await(bide_uv_tcp_read(&c->conn, piece, 1));
    if (n == 1 && piece[0] == '\n') {
        (void)fputc('\n', c->out);
        return 0;
    }
    return n < 0 ? (int32_t)n : n == 0 ? BIDE_BYTES_END : BIDE_BYTES_BROKEN;
}

/* What an answer means to whoever asked. 0, or an error: nothing more is to be heard. */
static async int32_t take_answer(kv_client *c, const kv_expected *e, const wire_answer *a)
{
    if (a->kind == WIRE_SAYS_VALUE && e->verb == WIRE_GET)
        return await(print_value(c, a->number));
    if (a->kind == WIRE_SAYS_COUNT && e->verb == WIRE_COUNT) {
        (void)fprintf(c->out, "%" PRIu64 "\n", a->number);
        return 0;
    }
    if (a->kind == WIRE_SAYS_OK && (e->verb == WIRE_PUT || e->verb == WIRE_DELETE))
        return 0;
    if (a->kind == WIRE_SAYS_NOT_FOUND && (e->verb == WIRE_GET || e->verb == WIRE_DELETE)) {
        tell(e->line, "no such key");
        c->absent = true;
        return 0;
    }
    if (a->kind != WIRE_SAYS_ERROR && a->kind != WIRE_SAYS_GOODBYE)
        return BIDE_BYTES_BROKEN;
    tell(e->line, "the server: %.*s", (int)a->text.size, (const char *)a->text.data);
    c->failed = true;
    return a->kind == WIRE_SAYS_ERROR ? 0 : BIDE_BYTES_CLOSED;
}

/* The answers to all that was asked. 0 or an error. */
static async int32_t hear_all(kv_client *c)
{
    scoped(bide_bytes_free) bide_bytes line = {0};
    kv_expected e = {0};
    bide_bytes_init(&line, NULL);
    while (await(kv_expectations_receiver_next(&c->expected, &e))) {
        line.size = 0;
        int32_t got = await(bide_uv_tcp_read_until(&c->conn, '\n', &line, ANSWER_MOST));
        if (got != 1)
            return got < 0 ? got : BIDE_BYTES_END;
        kv_slice text = {(const unsigned char *)line.data, line.size};
        (void)wire_take_end(&text);
        wire_answer a = wire_parse_answer(text);
        await_try(take_answer(c, &e, &a));
        c->steps++;
        if (++c->answered_count == c->asked_count)
            (void)fflush(c->out); /* somebody may wait for it before asking more */
    }
    return 0;
}

/* ---- time, and all of it ------------------------------------------------------------------ */

/* Ends when there is something to wait for, and nothing has moved for a time: looks a few times in
 * each. A person at the keyboard may take longer. */
static async int32_t run_out(kv_client *c)
{
    uint64_t steps = 0;
    size_t gone = 0;
    for (int quiet = 0; quiet < PARTS_OF_TIMEOUT; quiet++) {
        await(bide_sleep(c->timeout_ms / PARTS_OF_TIMEOUT + 1));
        if (c->asked_count == c->answered_count || c->steps != steps || c->gone != gone)
            quiet = -1;
        steps = c->steps;
        gone = c->gone;
    }
    return -ETIMEDOUT;
}

static async int32_t connect_late(uint64_t ms)
{
    await(bide_sleep(ms));
    return -ETIMEDOUT;
}

static async int32_t reach(kv_client *c)
{
    async int32_t connected = bide_uv_tcp_connect_to(c->rt, c->host, c->service, &c->conn);
    async int32_t late = connect_late(c->timeout_ms);
    int first = race(connected, late);
    return first == 0 ? await(connected) : await(late);
}

/* An error of the asking side is not the last word: the server may have said why. */
static async int32_t talk(kv_client *c)
{
    async int32_t asking = ask_all(c);
    async int32_t hearing = hear_all(c);
    async int32_t late = run_out(c);
    int first = select(asking, hearing, late);
    if (first == 0)
        first = select(hearing, late) + 1;
    return first == 1 ? await(hearing) : await(late);
}

static void release(kv_client **which)
{
    kv_client *c = *which;
    kv_expectations_sender_drop(&c->asked);
    kv_expectations_receiver_drop(&c->expected);
    bide_uv_tcp_drop(&c->conn);
    bide_uv_file_drop(&c->file);
    bide_uv_pipe_drop(&c->pipe);
}

static void note(kv_client *c, const char *what, int32_t error)
{
    c->failed = true;
    if (error == BIDE_BYTES_BROKEN)
        tell(0, "%s: an answer that is none of the protocol", what);
    else if (error != BIDE_BYTES_CLOSED) /* told already, in the server's words */
        tell(0, "%s: %s", what,
             error == BIDE_BYTES_END ? "the connection ended before the answers did"
                                     : bide_uv_strerror(error));
}

async void kv_client_run(kv_client *client)
{
    scoped(release) kv_client *c = client;
    int32_t error = 0;
    bide_poll code =
        kv_expectations_new(KV_AHEAD, bide_default_allocator(), &c->asked, &c->expected);
    if (code != BIDE_READY)
        fail(code);
    if (c->word_count == 0 || (c->word_count == 3 && strcmp(c->words[2], "-") == 0))
        error = await(open_input(c));
    if (error != 0) {
        note(c, "standard input", error);
        return;
    }
    error = await(reach(c));
    if (error == 0)
        error = await(talk(c));
    if (error != 0)
        note(c, c->host, error);
}
