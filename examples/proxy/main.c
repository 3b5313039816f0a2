/*
 * proxy: carries TCP connections to another address, both ways, within limits. Its log is on
 * standard error.
 *
 *     proxy 8080 localhost 80 --most 100 --idle 30000 --bytes 1000000
 *
 * Exit: 0 ended by SIGTERM or SIGINT; 1 it went wrong; 2 wrong usage.
 */
#include "proxy.h"
#include "arguments.h"

#include <netinet/in.h>

static const char usage[] =
    "usage: proxy PORT HOST SERVICE [options]\n"
    "Carries what connects to PORT (0: one that is free) to SERVICE, a port or its name, of HOST.\n"
    "\n"
    "  --address A    listens on this numeric address (127.0.0.1)\n"
    "  --most N       connections at a time (1000)\n"
    "  --idle MS      ends a connection on which nothing moves for so long (60000)\n"
    "  --bytes N      the most in each direction; 0: no limit (0)\n";

struct arguments {
    const char *address, *words[3]; /* port, host, service */
    uint64_t port, most, idle_ms, bytes;
};

static bool parse(struct arguments *a, int argc, char **argv)
{
    *a = (struct arguments){.address = "127.0.0.1", .most = 1000, .idle_ms = 60000};
    const argument_option options[] = {
        {.name = "--address", .word = &a->address},
        {.name = "--most", .number = &a->most, .least = 1, .most = UINT32_MAX},
        {.name = "--idle", .number = &a->idle_ms, .least = 1, .most = UINT32_MAX},
        {.name = "--bytes", .number = &a->bytes, .most = UINT64_MAX},
    };
    const argument_list list = {.program = "proxy",
                                .usage = usage,
                                .options = options,
                                .option_count = sizeof options / sizeof *options,
                                .words = a->words,
                                .word_count = sizeof a->words / sizeof *a->words,
                                .surplus = "one word too many"};
    return arguments_parse(&list, argc, argv) &&
           arguments_number("proxy", a->words[0], 0, UINT16_MAX, &a->port);
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
        e = listening_open(&p.front, rt, &at, 1024, a->address);
    if (e == 0)
        BIDE_UV_RUN_UNTIL_TO(code, rt, proxy_serve, NULL, (&p));
    listening_drop(&p.front);
    /* Tasks that are left know `p`. */
    (void)bide_uv_free(rt);
    if (e != 0)
        return say_error("proxy", "listening", bide_uv_strerror(e));
    return code == BIDE_READY || say_error("proxy", "serving", bide_strerror(code));
}

int main(int argc, char **argv)
{
    struct arguments a;
    bide_uv *rt;
    if (arguments_ask_for_help(argc, argv))
        return fputs(usage, stdout) < 0 || fflush(stdout) != 0;
    if (!parse(&a, argc, argv))
        return 2;
    if (bide_uv_new(NULL, NULL, &rt) != BIDE_READY)
        return say_error("proxy", "starting", "out of memory") ? 0 : 1;
    return serve(rt, &a) ? 0 : 1;
}
