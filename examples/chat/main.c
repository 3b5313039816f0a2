/*
 * chat: a chat server for netcat, telnet and the like: lines of text over TCP.
 *
 *     chat 7777 --log chat.log
 *     nc localhost 7777
 *
 * Exit: 0 ended by SIGTERM or SIGINT; 1 it went wrong; 2 wrong usage.
 */
#include "arguments.h"
#include "server.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>

BIDE_SINK_IMPL(Lines, chat_log_sink);
BIDE_SINK_IMPL(Lines, chat_tee_sink);

static const char usage[] =
    "usage: chat PORT [options]\n"
    "A chat server on PORT (0: one that is free). The first line of a member is its name.\n"
    "\n"
    "  --address A    listens on this numeric address (127.0.0.1)\n"
    "  --log FILE     appends all that is said (/dev/stderr)\n"
    "  --most N       members at a time (1000)\n"
    "  --line BYTES   the most of a line, with its end (4096)\n"
    "  --queue N      lines that wait for a member before it is dropped (64)\n"
    "  --linger MS    for one that leaves to read what is left for it (2000)\n";

/* What is said and not yet relayed; who says more waits. */
enum { SAID = 16 };

struct arguments {
    const char *address, *log, *port_word;
    uint64_t port, most, line, queue, linger_ms;
};

static bool parse(struct arguments *a, int argc, char **argv)
{
    *a = (struct arguments){.address = "127.0.0.1",
                            .log = "/dev/stderr",
                            .most = 1000,
                            .line = 4096,
                            .queue = 64,
                            .linger_ms = 2000};
    const argument_option options[] = {
        {.name = "--address", .word = &a->address},
        {.name = "--log", .word = &a->log},
        {.name = "--most", .number = &a->most, .least = 1, .most = 1000000},
        {.name = "--line", .number = &a->line, .least = 2, .most = 1 << 20},
        {.name = "--queue", .number = &a->queue, .least = 1, .most = 65536},
        {.name = "--linger", .number = &a->linger_ms, .most = UINT32_MAX},
    };
    const argument_list list = {.program = "chat",
                                .usage = usage,
                                .options = options,
                                .option_count = sizeof options / sizeof *options,
                                .words = &a->port_word,
                                .word_count = 1,
                                .surplus = "more than one port"};
    return arguments_parse(&list, argc, argv) &&
           arguments_number("chat", a->port_word, 0, UINT16_MAX, &a->port);
}

/* ---- the server --------------------------------------------------------------------------- */

static bool open_log(bide_uv *rt, const char *path, chat_log *log)
{
    int32_t e = 0;
    bide_poll code;
    BIDE_UV_RUN_UNTIL_TO(code, rt, bide_uv_file_open, &e,
                         (rt, path, O_WRONLY | O_CREAT | O_APPEND, 0644, &log->file));
    if (code == BIDE_READY && e == 0)
        return true;
    return say_error("chat", path, code != BIDE_READY ? bide_strerror(code) : bide_uv_strerror(e));
}

/* The sinks: a Tee over the room and the log. */
static bool serve(chat_server *s, chat_log *log)
{
    chat_log_sink log_sink;
    chat_tee_sink tee_sink;
    chat_tee tee;
    bide_poll code = chat_queue_new(SAID, bide_default_allocator(), &s->said, &s->heard);
    if (code != BIDE_READY)
        return say_error("chat", "starting", bide_strerror(code));
    chat_log_sink_init(&log_sink, log);
    tee = (chat_tee){chat_room_as_Lines(&s->room, NULL), chat_log_sink_as_Lines(&log_sink, NULL)};
    chat_tee_sink_init(&tee_sink, &tee);
    s->into = chat_tee_sink_as_Lines(&tee_sink, NULL);
    bide_local_semaphore_init(&s->over, 0);
    BIDE_UV_RUN_UNTIL_TO(code, s->rt, chat_serve, NULL, (s));
    Lines_drop(&s->into);
    chat_log_sink_drop(&log_sink);
    return code == BIDE_READY || say_error("chat", "serving", bide_strerror(code));
}

int main(int argc, char **argv)
{
    struct arguments a;
    struct sockaddr_storage at;
    chat_server s = {0};
    chat_log log = {0};
    int32_t e;
    bool ok;
    if (arguments_ask_for_help(argc, argv))
        return fputs(usage, stdout) < 0 || fflush(stdout) != 0;
    if (!parse(&a, argc, argv))
        return 2;
    if (bide_uv_ip(a.address, (uint16_t)a.port, &at) != 0)
        return arguments_refuse("chat", "no numeric address", a.address) ? 0 : 2;
    if (bide_uv_new(NULL, NULL, &s.rt) != BIDE_READY)
        return say_error("chat", "starting", bide_strerror(BIDE_ENOMEM)) ? 0 : 1;
    s.most = (uint32_t)a.most;
    s.line = (uint32_t)a.line;
    s.queue = (uint32_t)a.queue;
    s.linger_ms = a.linger_ms;
    ok = open_log(s.rt, a.log, &log);
    e = ok ? listening_open(&s.front, s.rt, &at, 128, a.address) : 0;
    if (e != 0)
        ok = say_error("chat", "listening", bide_uv_strerror(e));
    ok = ok && serve(&s, &log);
    listening_drop(&s.front);
    bide_uv_file_drop(&log.file);
    /* Tasks that are left end here, and use the queue and the room. */
    (void)bide_uv_free(s.rt);
    chat_queue_sender_drop(&s.said);
    chat_queue_receiver_drop(&s.heard);
    return ok ? 0 : 1;
}
