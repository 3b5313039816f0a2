/*
 * tcp_echo: an echo server, and many clients of one.
 *
 *     tcp_echo 7777                                     serves until SIGTERM or SIGINT
 *     tcp_echo 0 --limit 10                             on a free port, ten connections, then ends
 *     tcp_echo --client 7777 --connections 10000        that many at once, which check the echo
 *
 * Exit: 0 done, and for clients: all had everything back; 1 it went wrong; 2 wrong usage.
 */
#include "echo.h"
#include "load.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
    const char *address;
    int64_t port; /* -1: none was given */
    uint64_t limit, connections, messages, size, seconds;
};

/* ---- arguments ---------------------------------------------------------------------------- */

static bool refuse(const char *what, const char *word)
{
    (void)fprintf(stderr, "tcp_echo: %s: '%s'; see tcp_echo --help\n", what, word);
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
    if (strcmp(name, "--address") == 0) {
        a->address = value;
        return true;
    }
    if (strcmp(name, "--limit") == 0)
        return parse_number(value, 1, UINT64_MAX, &a->limit);
    if (strcmp(name, "--connections") == 0)
        return parse_number(value, 1, 1000000, &a->connections);
    if (strcmp(name, "--messages") == 0)
        return parse_number(value, 0, UINT32_MAX, &a->messages);
    if (strcmp(name, "--size") == 0)
        return parse_number(value, 1, LOAD_SIZE_MOST, &a->size);
    if (strcmp(name, "--seconds") == 0)
        return parse_number(value, 1, 86400, &a->seconds);
    return refuse("no such option", name);
}

static bool parse(struct arguments *a, int argc, char **argv)
{
    uint64_t port;
    *a = (struct arguments){.address = "127.0.0.1",
                            .port = -1,
                            .connections = 100,
                            .messages = 10,
                            .size = 64,
                            .seconds = 60};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--client") == 0) {
            a->client = true;
        } else if (strncmp(argv[i], "--", 2) == 0) {
            if (i + 1 == argc)
                return refuse("a value is missing, or no such option", argv[i]);
            if (!set_option(a, argv[i], argv[i + 1]))
                return false;
            i++;
        } else if (a->port >= 0) {
            return refuse("more than one port", argv[i]);
        } else {
            if (!parse_number(argv[i], 0, UINT16_MAX, &port))
                return false;
            a->port = (int64_t)port;
        }
    }
    if (a->port >= 0)
        return true;
    (void)fputs(usage, stderr);
    return false;
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

static bool say_error(const char *what, const char *why)
{
    (void)fprintf(stderr, "tcp_echo: %s: %s\n", what, why);
    return false;
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
    struct sockaddr_storage local;
    bide_poll code = BIDE_READY;
    int32_t e = bide_uv_tcp_listen(rt, (const struct sockaddr *)at, 4096, &s.listener);
    if (e == 0)
        e = bide_uv_listener_local(&s.listener, &local);
    if (e == 0)
        e = bide_uv_signal_open(rt, SIGTERM, &s.term);
    if (e == 0)
        e = bide_uv_signal_open(rt, SIGINT, &s.interrupt);
    if (e == 0) {
        (void)printf("listening on %s port %u\n", a->address, (unsigned)bide_uv_port(&local));
        (void)fflush(stdout);
        BIDE_UV_RUN_UNTIL_TO(code, rt, echo_serve, NULL, (&s));
    }
    bide_uv_listener_drop(&s.listener);
    bide_uv_signal_drop(&s.term);
    bide_uv_signal_drop(&s.interrupt);
    if (e != 0)
        return say_error("listening", bide_uv_strerror(e));
    if (code != BIDE_READY)
        return say_error("serving", bide_strerror(code));
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
        return say_error("starting", bide_strerror(code));
    (void)printf("%u connections at once, %llu messages of %u bytes came back; "
                 "%u clients done, %u with a wrong byte, %u failed\n",
                 (unsigned)l.open_most, (unsigned long long)l.echoed, (unsigned)l.size,
                 (unsigned)l.done, (unsigned)l.wrong, (unsigned)l.failed);
    if (l.failed)
        say_error("the last that failed", l.why);
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
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return fputs(usage, stdout) < 0 || fflush(stdout) != 0;
    if (!parse(&a, argc, argv))
        return 2;
    if (bide_uv_ip(a.address, (uint16_t)a.port, &at) != 0)
        return refuse("no numeric address", a.address) ? 0 : 2;
    descriptors = raise_descriptors();
    if (bide_uv_new(NULL, NULL, &rt) != BIDE_READY)
        return say_error("starting", bide_strerror(BIDE_ENOMEM)) ? 0 : 1;
    ok = a.client ? ask(rt, &a, &at, descriptors) : serve(rt, &a, &at);
    (void)bide_uv_free(rt);
    return ok && fflush(stdout) == 0 ? 0 : 1;
}
