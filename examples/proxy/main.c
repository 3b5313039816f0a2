/*
 * proxy: carries TCP connections to another address, both ways, within limits. Its log is on
 * standard error.
 *
 *     proxy 8080 localhost 80 --most 100 --idle 30000 --bytes 1000000
 *
 * Exit: 0 ended by SIGTERM or SIGINT; 1 it went wrong; 2 wrong usage.
 */
#include "proxy.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: proxy PORT HOST SERVICE [options]\n"
    "Carries what connects to PORT (0: one that is free) to SERVICE, a port or its name, of HOST.\n"
    "\n"
    "  --address A    listens on this numeric address (127.0.0.1)\n"
    "  --most N       connections at a time (1000)\n"
    "  --idle MS      ends a connection on which nothing moves for so long (60000)\n"
    "  --bytes N      the most in each direction; 0: no limit (0)\n";

struct arguments {
    const char *address, *words[3];
    int word_count;
    uint64_t port, most, idle_ms, bytes;
};

static bool refuse(const char *what, const char *word)
{
    (void)fprintf(stderr, "proxy: %s: '%s'; see proxy --help\n", what, word);
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
    if (strcmp(name, "--most") == 0)
        return parse_number(value, 1, UINT32_MAX, &a->most);
    if (strcmp(name, "--idle") == 0)
        return parse_number(value, 1, UINT32_MAX, &a->idle_ms);
    if (strcmp(name, "--bytes") == 0)
        return parse_number(value, 0, UINT64_MAX, &a->bytes);
    return refuse("no such option", name);
}

static bool parse(struct arguments *a, int argc, char **argv)
{
    *a = (struct arguments){.address = "127.0.0.1", .most = 1000, .idle_ms = 60000};
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) == 0) {
            if (i + 1 == argc)
                return refuse("a value is missing, or no such option", argv[i]);
            if (!set_option(a, argv[i], argv[i + 1]))
                return false;
            i++;
        } else if (a->word_count == 3) {
            return refuse("one word too many", argv[i]);
        } else {
            a->words[a->word_count++] = argv[i];
        }
    }
    if (a->word_count == 3)
        return parse_number(a->words[0], 0, UINT16_MAX, &a->port);
    (void)fputs(usage, stderr);
    return false;
}

static bool say_error(const char *what, const char *why)
{
    (void)fprintf(stderr, "proxy: %s: %s\n", what, why);
    return false;
}

static bool serve(bide_uv *rt, const struct arguments *a)
{
    proxy p = {.rt = rt,
               .host = a->words[1],
               .service = a->words[2],
               .most = (uint32_t)a->most,
               .idle_ms = a->idle_ms,
               .bytes = a->bytes,
               .log = stderr};
    struct sockaddr_storage at;
    bide_poll code = BIDE_READY;
    int32_t e = bide_uv_ip(a->address, (uint16_t)a->port, &at);
    if (e == 0)
        e = bide_uv_tcp_listen(rt, (const struct sockaddr *)&at, 1024, &p.listener);
    if (e == 0)
        e = bide_uv_listener_local(&p.listener, &at);
    if (e == 0)
        e = bide_uv_signal_open(rt, SIGTERM, &p.term);
    if (e == 0)
        e = bide_uv_signal_open(rt, SIGINT, &p.interrupt);
    if (e == 0) {
        (void)printf("listening on %s port %u\n", a->address, (unsigned)bide_uv_port(&at));
        (void)fflush(stdout);
        BIDE_UV_RUN_UNTIL_TO(code, rt, proxy_serve, NULL, (&p));
    }
    bide_uv_listener_drop(&p.listener);
    bide_uv_signal_drop(&p.term);
    bide_uv_signal_drop(&p.interrupt);
    /* Tasks that are left know `p`. */
    (void)bide_uv_free(rt);
    if (e != 0)
        return say_error("listening", bide_uv_strerror(e));
    return code == BIDE_READY || say_error("serving", bide_strerror(code));
}

int main(int argc, char **argv)
{
    struct arguments a;
    bide_uv *rt;
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return fputs(usage, stdout) < 0 || fflush(stdout) != 0;
    if (!parse(&a, argc, argv))
        return 2;
    if (bide_uv_new(NULL, NULL, &rt) != BIDE_READY)
        return say_error("starting", "out of memory") ? 0 : 1;
    return serve(rt, &a) ? 0 : 1;
}
