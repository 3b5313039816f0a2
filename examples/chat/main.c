/*
 * chat: a chat server for netcat, telnet and the like: lines of text over TCP.
 *
 *     chat 7777 --log chat.log
 *     nc localhost 7777
 *
 * Exit: 0 ended by SIGTERM or SIGINT; 1 it went wrong; 2 wrong usage.
 */
#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* ---- arguments ---------------------------------------------------------------------------- */

static bool refuse(const char *what, const char *word)
{
    (void)fprintf(stderr, "chat: %s: '%s'; see chat --help\n", what, word);
    return false;
}

static bool parse_number(const char *word, uint64_t least, uint64_t most, uint64_t *out)
{
    char *end;
    errno = 0;
    *out = strtoull(word, &end, 10);
    return (*word >= '0' && *word <= '9' && !*end && errno == 0 && *out >= least && *out <= most) ||
           refuse("not a number that is allowed here", word);
}

static bool set_option(struct arguments *a, const char *name, const char *value)
{
    const char **word = strcmp(name, "--address") == 0 ? &a->address
                        : strcmp(name, "--log") == 0   ? &a->log
                                                       : NULL;
    if (word) {
        *word = value;
        return true;
    }
    if (strcmp(name, "--most") == 0)
        return parse_number(value, 1, 1000000, &a->most);
    if (strcmp(name, "--line") == 0)
        return parse_number(value, 2, 1 << 20, &a->line);
    if (strcmp(name, "--queue") == 0)
        return parse_number(value, 1, 65536, &a->queue);
    if (strcmp(name, "--linger") == 0)
        return parse_number(value, 0, UINT32_MAX, &a->linger_ms);
    return refuse("no such option", name);
}

static bool parse(struct arguments *a, int argc, char **argv)
{
    *a = (struct arguments){.address = "127.0.0.1",
                            .log = "/dev/stderr",
                            .most = 1000,
                            .line = 4096,
                            .queue = 64,
                            .linger_ms = 2000};
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) == 0) {
            if (i + 1 == argc)
                return refuse("a value is missing, or no such option", argv[i]);
            if (!set_option(a, argv[i], argv[i + 1]))
                return false;
            i++;
        } else if (a->port_word) {
            return refuse("more than one port", argv[i]);
        } else {
            a->port_word = argv[i];
            if (!parse_number(argv[i], 0, UINT16_MAX, &a->port))
                return false;
        }
    }
    if (a->port_word)
        return true;
    (void)fputs(usage, stderr);
    return false;
}

/* ---- the server --------------------------------------------------------------------------- */

static bool say_error(const char *what, const char *why)
{
    (void)fprintf(stderr, "chat: %s: %s\n", what, why);
    return false;
}

static bool open_log(bide_uv *rt, const char *path, chat_log *log)
{
    int32_t e = 0;
    bide_poll code;
    BIDE_UV_RUN_UNTIL_TO(code, rt, bide_uv_file_open, &e,
                         (rt, path, O_WRONLY | O_CREAT | O_APPEND, 0644, &log->file));
    if (code == BIDE_READY && e == 0)
        return true;
    return say_error(path, code != BIDE_READY ? bide_strerror(code) : bide_uv_strerror(e));
}

static bool listen_at(chat_server *s, const struct arguments *a, const struct sockaddr_storage *at)
{
    struct sockaddr_storage local;
    int32_t e = bide_uv_tcp_listen(s->rt, (const struct sockaddr *)at, 128, &s->listener);
    if (e == 0)
        e = bide_uv_listener_local(&s->listener, &local);
    if (e == 0)
        e = bide_uv_signal_open(s->rt, SIGTERM, &s->term);
    if (e == 0)
        e = bide_uv_signal_open(s->rt, SIGINT, &s->interrupt);
    if (e != 0)
        return say_error("listening", bide_uv_strerror(e));
    (void)printf("listening on %s port %u\n", a->address, (unsigned)bide_uv_port(&local));
    return fflush(stdout) == 0;
}

/* The sinks: a Tee over the room and the log. */
static bool serve(chat_server *s, chat_log *log)
{
    chat_log_sink log_sink;
    chat_tee_sink tee_sink;
    chat_tee tee;
    bide_poll code = chat_queue_new(SAID, bide_default_allocator(), &s->said, &s->heard);
    if (code != BIDE_READY)
        return say_error("starting", bide_strerror(code));
    chat_log_sink_init(&log_sink, log);
    tee = (chat_tee){chat_room_as_Lines(&s->room, NULL), chat_log_sink_as_Lines(&log_sink, NULL)};
    chat_tee_sink_init(&tee_sink, &tee);
    s->into = chat_tee_sink_as_Lines(&tee_sink, NULL);
    bide_local_semaphore_init(&s->over, 0);
    BIDE_UV_RUN_UNTIL_TO(code, s->rt, chat_serve, NULL, (s));
    Lines_drop(&s->into);
    chat_log_sink_drop(&log_sink);
    return code == BIDE_READY || say_error("serving", bide_strerror(code));
}

int main(int argc, char **argv)
{
    struct arguments a;
    struct sockaddr_storage at;
    chat_server s = {0};
    chat_log log = {0};
    bool ok;
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return fputs(usage, stdout) < 0 || fflush(stdout) != 0;
    if (!parse(&a, argc, argv))
        return 2;
    if (bide_uv_ip(a.address, (uint16_t)a.port, &at) != 0)
        return refuse("no numeric address", a.address) ? 0 : 2;
    if (bide_uv_new(NULL, NULL, &s.rt) != BIDE_READY)
        return say_error("starting", bide_strerror(BIDE_ENOMEM)) ? 0 : 1;
    s.most = (uint32_t)a.most;
    s.line = (uint32_t)a.line;
    s.queue = (uint32_t)a.queue;
    s.linger_ms = a.linger_ms;
    ok = open_log(s.rt, a.log, &log) && listen_at(&s, &a, &at) && serve(&s, &log);
    bide_uv_listener_drop(&s.listener);
    bide_uv_signal_drop(&s.term);
    bide_uv_signal_drop(&s.interrupt);
    bide_uv_file_drop(&log.file);
    /* Tasks that are left end here, and use the queue and the room. */
    (void)bide_uv_free(s.rt);
    chat_queue_sender_drop(&s.said);
    chat_queue_receiver_drop(&s.heard);
    return ok ? 0 : 1;
}
