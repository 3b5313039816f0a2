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
#include "arguments.h"
#include "file_cache.h"
#include "memory_store.h"
#include "server.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>

static const char usage[] =
    "usage: kv_server PORT [options]\n"
    "A key-value store on PORT (0: one that is free).\n"
    "\n"
    "  --address A    listens on this numeric address (127.0.0.1)\n"
    "  --db FILE      keeps the store in this log (kv.log)\n"
    "  --memory       keeps it in memory only\n"
    "  --cache N      values that are kept in memory besides (1000)\n"
    "  --cached BYTES the most of these, with their keys (67108864)\n"
    "  --most N       connections at a time (1000)\n"
    "  --line BYTES   the most of a request's line, with its end (4096)\n"
    "  --value BYTES  the most of a value (1048576)\n"
    "  --idle MS      ends a connection on which nothing moves for so long (60000)\n"
    "  --request MS   ends one on which a value, or an answer, takes so long (300000)\n"
    "  --linger MS    for one that is ended to read what is left for it (2000)\n";

enum { LINE_LEAST = 64, LINE_MOST = 1 << 16 };

struct arguments {
    const char *address, *db, *port_word;
    bool memory;
    uint64_t port, cache, cache_bytes, most, line, value, idle_ms, request_ms, linger_ms;
};

static bool parse(struct arguments *a, int argc, char **argv)
{
    *a = (struct arguments){.address = "127.0.0.1",
                            .db = "kv.log",
                            .cache = 1000,
                            .cache_bytes = 1 << 26,
                            .most = 1000,
                            .line = 4096,
                            .value = 1 << 20,
                            .idle_ms = 60000,
                            .request_ms = 300000,
                            .linger_ms = 2000};
    const argument_option options[] = {
        {.name = "--address", .word = &a->address},
        {.name = "--db", .word = &a->db},
        {.name = "--memory", .flag = &a->memory},
        {.name = "--cache", .number = &a->cache, .least = 1, .most = UINT32_MAX},
        {.name = "--cached", .number = &a->cache_bytes, .most = SIZE_MAX},
        {.name = "--most", .number = &a->most, .least = 1, .most = 1000000},
        {.name = "--line", .number = &a->line, .least = LINE_LEAST, .most = LINE_MOST},
        {.name = "--value", .number = &a->value, .least = 1, .most = KV_VALUE_MAX},
        {.name = "--idle", .number = &a->idle_ms, .least = 1, .most = UINT32_MAX},
        {.name = "--request", .number = &a->request_ms, .least = 1, .most = UINT32_MAX},
        {.name = "--linger", .number = &a->linger_ms, .most = UINT32_MAX},
    };
    const argument_list list = {.program = "kv_server",
                                .usage = usage,
                                .options = options,
                                .option_count = sizeof options / sizeof *options,
                                .words = &a->port_word,
                                .word_count = 1,
                                .surplus = "more than one port"};
    return arguments_parse(&list, argc, argv) &&
           arguments_number("kv_server", a->port_word, 0, UINT16_MAX, &a->port);
}

/* ---- the server --------------------------------------------------------------------------- */

/* Serves a store, which is still in use, by jobs on threads, until the runtime has ended. */
static bool serve(const struct arguments *a, const struct sockaddr_storage *at, Store store)
{
    kv_server s = {.store = store,
                   .most = (uint32_t)a->most,
                   .line = (uint32_t)a->line,
                   .value = (uint32_t)a->value,
                   .idle_ms = a->idle_ms,
                   .request_ms = a->request_ms,
                   .linger_ms = a->linger_ms};
    bide_poll code = bide_uv_new(NULL, NULL, &s.rt);
    int32_t e;
    if (code != BIDE_READY)
        return say_error("kv_server", "starting", bide_strerror(code));
    bide_local_notify_init(&s.ending);
    bide_local_semaphore_init(&s.over, 0);
    e = listening_open(&s.front, s.rt, at, 128, a->address);
    if (e == 0)
        BIDE_UV_RUN_UNTIL_TO(code, s.rt, kv_serve, NULL, (&s));
    listening_drop(&s.front);
    (void)bide_uv_free(s.rt);
    if (e != 0)
        return say_error("kv_server", "listening", bide_uv_strerror(e));
    return code == BIDE_READY || say_error("kv_server", "serving", bide_strerror(code));
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
        return say_error("kv_server", a->db, kv_strerror(code));
    if (report.cut)
        (void)fprintf(stderr, "kv_server: %s: cut %" PRIu64 " bytes of an interrupted write\n",
                      a->db, report.cut);
    FileCache_init(&cache, file, (size_t)a->cache, bide_default_allocator());
    cache.cache.bytes_most = (size_t)a->cache_bytes;
    ok = serve(a, at, FileCache_as_Store(&cache, NULL));
    FileCache_deinit(&cache);
    FileStore_close(file);
    return ok;
}

int main(int argc, char **argv)
{
    struct arguments a;
    struct sockaddr_storage at;
    if (arguments_ask_for_help(argc, argv))
        return fputs(usage, stdout) < 0 || fflush(stdout) != 0;
    if (!parse(&a, argc, argv))
        return 2;
    if (bide_uv_ip(a.address, (uint16_t)a.port, &at) != 0)
        return arguments_refuse("kv_server", "no numeric address", a.address) ? 0 : 2;
    return (a.memory ? serve_memory(&a, &at) : serve_file(&a, &at)) ? 0 : 1;
}
