/*
 * kv_server: the key-value store of examples/kv served over TCP; wire.h has the protocol.
 *
 *     kv_server 7777 --db kv.log
 *     kv_client 7777 put colour blue
 *
 * The program speaks to the interface `Store`: behind the handle is a cache over the file store, or
 * with --memory a hash table. The file store reads and writes on the runtime's threads for blocking
 * work, so the loop never waits for the disk; writes of all connections that come together share a
 * sync.
 *
 * Exit: 0 ended by SIGTERM or SIGINT; 1 it went wrong; 2 wrong usage.
 */
#include "file_cache.h"
#include "memory_store.h"
#include "server.h"

#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: kv_server PORT [options]\n"
    "A key-value store on PORT (0: one that is free).\n"
    "\n"
    "  --address A    listens on this numeric address (127.0.0.1)\n"
    "  --db FILE      keeps the store in this log (kv.log)\n"
    "  --memory       keeps it in memory only\n"
    "  --cache N      values that are kept in memory besides (1000)\n"
    "  --most N       connections at a time (1000)\n"
    "  --line BYTES   the most of a request's line, with its end (4096)\n"
    "  --value BYTES  the most of a value (1048576)\n"
    "  --idle MS      ends a connection on which nothing moves for so long (60000)\n"
    "  --linger MS    for one that is ended to read what is left for it (2000)\n";

enum { LINE_LEAST = 64, LINE_MOST = 1 << 16 };

struct arguments {
    const char *address, *db, *port_word;
    bool memory;
    uint64_t port, cache, most, line, value, idle_ms, linger_ms;
};

/* ---- arguments ---------------------------------------------------------------------------- */

static bool refuse(const char *what, const char *word)
{
    (void)fprintf(stderr, "kv_server: %s: '%s'; see kv_server --help\n", what, word);
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
    struct {
        const char *name;
        uint64_t least, most, *to;
    } numbers[] = {
        {"--cache", 1, UINT32_MAX, &a->cache},       {"--most", 1, 1000000, &a->most},
        {"--line", LINE_LEAST, LINE_MOST, &a->line}, {"--value", 1, KV_VALUE_MAX, &a->value},
        {"--idle", 1, UINT32_MAX, &a->idle_ms},      {"--linger", 0, UINT32_MAX, &a->linger_ms},
    };
    const char **word = strcmp(name, "--address") == 0 ? &a->address
                        : strcmp(name, "--db") == 0    ? &a->db
                                                       : NULL;
    if (word) {
        *word = value;
        return true;
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (strcmp(name, numbers[i].name) == 0)
            return parse_number(value, numbers[i].least, numbers[i].most, numbers[i].to);
    return refuse("no such option", name);
}

static bool parse(struct arguments *a, int argc, char **argv)
{
    *a = (struct arguments){.address = "127.0.0.1",
                            .db = "kv.log",
                            .cache = 1000,
                            .most = 1000,
                            .line = 4096,
                            .value = 1 << 20,
                            .idle_ms = 60000,
                            .linger_ms = 2000};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--memory") == 0) {
            a->memory = true;
        } else if (strncmp(argv[i], "--", 2) == 0) {
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
    (void)fprintf(stderr, "kv_server: %s: %s\n", what, why);
    return false;
}

static bool listen_at(kv_server *s, const struct arguments *a, const struct sockaddr_storage *at)
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

/* Serves a store, which is still in use, by jobs on threads, until the runtime has ended. */
static bool serve(const struct arguments *a, const struct sockaddr_storage *at, Store store)
{
    kv_server s = {.store = store,
                   .most = (uint32_t)a->most,
                   .line = (uint32_t)a->line,
                   .value = (uint32_t)a->value,
                   .idle_ms = a->idle_ms,
                   .linger_ms = a->linger_ms};
    bide_poll code = bide_uv_new(NULL, NULL, &s.rt);
    bool ok;
    if (code != BIDE_READY)
        return say_error("starting", bide_strerror(code));
    bide_local_notify_init(&s.ending);
    bide_local_semaphore_init(&s.over, 0);
    ok = listen_at(&s, a, at);
    if (ok) {
        BIDE_UV_RUN_UNTIL_TO(code, s.rt, kv_serve, NULL, (&s));
        ok = code == BIDE_READY || say_error("serving", bide_strerror(code));
    }
    bide_uv_listener_drop(&s.listener);
    bide_uv_signal_drop(&s.term);
    bide_uv_signal_drop(&s.interrupt);
    (void)bide_uv_free(s.rt);
    return ok;
}

static bool serve_memory(const struct arguments *a, const struct sockaddr_storage *at)
{
    MemoryStore memory;
    bool ok;
    MemoryStore_init(&memory, bide_default_allocator());
    ok = serve(a, at, MemoryStore_as_Store(&memory, NULL));
    MemoryStore_deinit(&memory);
    return ok;
}

static bool serve_file(const struct arguments *a, const struct sockaddr_storage *at)
{
    kv_disk_file disk;
    FileStore *file;
    FileCache cache;
    kv_log_report report;
    int32_t code;
    bool ok;
    kv_disk_file_init(&disk);
    code = FileStore_open(&disk.base, a->db, bide_default_allocator(), &file, &report);
    if (code == KV_CORRUPT)
        (void)fprintf(stderr, "kv_server: %s: damaged at byte %" PRIu64 "\n", a->db,
                      report.damaged);
    if (code != KV_OK)
        return say_error(a->db, kv_strerror(code));
    if (report.cut)
        (void)fprintf(stderr, "kv_server: %s: cut %" PRIu64 " bytes of an interrupted write\n",
                      a->db, report.cut);
    FileCache_init(&cache, file, (size_t)a->cache, bide_default_allocator());
    ok = serve(a, at, FileCache_as_Store(&cache, NULL));
    FileCache_deinit(&cache);
    FileStore_close(file);
    return ok;
}

int main(int argc, char **argv)
{
    struct arguments a;
    struct sockaddr_storage at;
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return fputs(usage, stdout) < 0 || fflush(stdout) != 0;
    if (!parse(&a, argc, argv))
        return 2;
    if (bide_uv_ip(a.address, (uint16_t)a.port, &at) != 0)
        return refuse("no numeric address", a.address) ? 0 : 2;
    return (a.memory ? serve_memory(&a, &at) : serve_file(&a, &at)) ? 0 : 1;
}
