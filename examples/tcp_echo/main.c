/*
 * tcp_echo: an echo server, and many clients of one.
 *
 *     tcp_echo 7777                                     serves until SIGTERM or SIGINT
 *     tcp_echo 0 --limit 10                             on a free port, ten connections, then ends
 *     tcp_echo --client 7777 --connections 10000        that many at once, which check the echo
 *
 * Exit: 0 done, and for clients: all had everything back; 1 it went wrong; 2 wrong usage.
 */
#include "arguments.h"
#include "echo.h"
#include "load.h"

#include <stdio.h>
#include <sys/resource.h>

static const char usage[] =
    "usage: tcp_echo PORT [options]            an echo server; port 0: one that is free\n"
    "       tcp_echo --client PORT [options]   clients that check what comes back\n"
    "\n"
    "  --address A        numeric, IPv4 or IPv6 (127.0.0.1)\n"
    "  --limit N          server: ends behind so many connections\n"
    "  --connections N    clients: open at the same time (100)\n"
    "  --messages N       clients: on each connection (10)\n"
    "  --size BYTES       clients: of a message, 1 to 16384 (64)\n"
    "  --seconds N        clients: for all of it (60)\n";

struct arguments {
    bool client;
    const char *address, *port_word;
    uint64_t port, limit, connections, messages, size, seconds;
};

static bool parse(struct arguments *a, int argc, char **argv)
{
    *a = (struct arguments){
        .address = "127.0.0.1", .connections = 100, .messages = 10, .size = 64, .seconds = 60};
    const argument_option options[] = {
        {.name = "--client", .flag = &a->client},
        {.name = "--address", .word = &a->address},
        {.name = "--limit", .number = &a->limit, .least = 1, .most = UINT64_MAX},
        {.name = "--connections", .number = &a->connections, .least = 1, .most = 1000000},
        {.name = "--messages", .number = &a->messages, .most = UINT32_MAX},
        {.name = "--size", .number = &a->size, .least = 1, .most = LOAD_SIZE_MOST},
        {.name = "--seconds", .number = &a->seconds, .least = 1, .most = 86400},
    };
    const argument_list list = {.program = "tcp_echo",
                                .usage = usage,
                                .options = options,
                                .option_count = sizeof options / sizeof *options,
                                .words = &a->port_word,
                                .word_count = 1,
                                .surplus = "more than one port"};
    return arguments_parse(&list, argc, argv) &&
           arguments_number("tcp_echo", a->port_word, 0, UINT16_MAX, &a->port);
}

/* As many descriptors as we may have; how many that is. */
static uint64_t raise_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 0;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0 && getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 0;
    return limit.rlim_cur;
}

/* ---- the server --------------------------------------------------------------------------- */

static void report(const echo_server *s)
{
    (void)printf("%llu connections, %llu ended, %llu with an error, %llu bytes\n",
                 (unsigned long long)s->accepted, (unsigned long long)s->ended,
                 (unsigned long long)s->failed, (unsigned long long)s->bytes);
    if (s->refused)
        (void)printf("%llu times there were no descriptors or no memory for one more\n",
                     (unsigned long long)s->refused);
    if (s->last_error)
        (void)printf("the last error: %s\n", bide_uv_strerror(s->last_error));
}

static bool serve(bide_uv *rt, const struct arguments *a, const struct sockaddr_storage *at)
{
    echo_server s = {.rt = rt, .limit = a->limit};
    bide_poll code = BIDE_READY;
    int32_t e = listening_open(&s.front, rt, at, 4096, a->address);
    if (e == 0)
        BIDE_UV_RUN_UNTIL_TO(code, rt, echo_serve, NULL, (&s));
    listening_drop(&s.front);
    if (e != 0)
        return say_error("tcp_echo", "listening", bide_uv_strerror(e));
    if (code != BIDE_READY)
        return say_error("tcp_echo", "serving", bide_strerror(code));
    report(&s);
    return true;
}

/* ---- the clients -------------------------------------------------------------------------- */

/* Besides the connections, the loop and the program have some. */
static void fit_connections(load *l, uint64_t descriptors)
{
    enum { OURS = 32 };
    if (descriptors >= (uint64_t)l->connections + OURS)
        return;
    l->connections = descriptors > OURS ? (uint32_t)descriptors - OURS : 1;
    (void)printf("this system allows %llu open descriptors: %u connections instead\n",
                 (unsigned long long)descriptors, (unsigned)l->connections);
}

static bool ask(bide_uv *rt, const struct arguments *a, const struct sockaddr_storage *to,
                uint64_t descriptors)
{
    static load l;
    bool in_time = false;
    bide_poll code;
    load_init(&l, rt);
    l.to = *to;
    l.connections = (uint32_t)a->connections;
    l.messages = (uint32_t)a->messages;
    l.size = (uint32_t)a->size;
    l.seconds = (uint32_t)a->seconds;
    fit_connections(&l, descriptors);
    BIDE_UV_RUN_UNTIL_TO(code, rt, load_run, &in_time, (&l));
    if (code != BIDE_READY)
        return say_error("tcp_echo", "starting", bide_strerror(code));
    (void)printf("%u connections at once, %llu messages of %u bytes came back; "
                 "%u clients done, %u with a wrong byte, %u failed\n",
                 (unsigned)l.open_most, (unsigned long long)l.echoed, (unsigned)l.size,
                 (unsigned)l.done, (unsigned)l.wrong, (unsigned)l.failed);
    if (l.failed)
        say_error("tcp_echo", "the last that failed", l.why);
    if (!in_time)
        (void)fprintf(stderr, "tcp_echo: the time was over: %u s\n", (unsigned)l.seconds);
    return in_time && l.done == l.connections;
}

int main(int argc, char **argv)
{
    struct arguments a;
    struct sockaddr_storage at;
    uint64_t descriptors;
    bide_uv *rt;
    bool ok;
    if (arguments_ask_for_help(argc, argv))
        return fputs(usage, stdout) < 0 || fflush(stdout) != 0;
    if (!parse(&a, argc, argv))
        return 2;
    if (bide_uv_ip(a.address, (uint16_t)a.port, &at) != 0)
        return arguments_refuse("tcp_echo", "no numeric address", a.address) ? 0 : 2;
    descriptors = raise_descriptors();
    if (bide_uv_new(NULL, NULL, &rt) != BIDE_READY)
        return say_error("tcp_echo", "starting", bide_strerror(BIDE_ENOMEM)) ? 0 : 1;
    ok = a.client ? ask(rt, &a, &at, descriptors) : serve(rt, &a, &at);
    (void)bide_uv_free(rt);
    return ok && fflush(stdout) == 0 ? 0 : 1;
}
