/*
 * main.c: a key-value store on the command line, and the words of a text counted in it.
 *
 *     kv load FILE [--db PATH] [--memory]     counts the words of FILE, prints the ten most
 * frequent kv put KEY VALUE [--db PATH] kv get KEY [--db PATH] kv remove KEY [--db PATH] kv count
 * [--db PATH]                    how many keys there are
 *
 * The store is an append-only log, `kv.log` unless --db names another, with an index and a cache in
 * memory. What was acknowledged survives a crash of the program and of the machine: a record is
 * written and synced, on a thread, before put returns; many puts at the same time share one sync.
 * Opening the log cuts a torn tail, and refuses a log that was damaged otherwise. The program
 * speaks to the interface `Store` only: what is behind the handle is a cache compiled over the file
 * store (file_cache.h), or with --memory a hash table (memory_store.h).
 *
 * Exit: 0 done; 1 no such key; 2 wrong usage; 3 a file, the store or the memory failed.
 */
#include "file_cache.h"
#include "memory_store.h"
#include "word_count.h"

#ifdef BIDE_USE_MIMALLOC
#include <bide/mimalloc.h>
#endif

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_ABSENT = 1, EXIT_USAGE = 2, EXIT_FAILED = 3 };

#define CACHE_ENTRIES 65536

static const char usage[] = "usage: kv load FILE [--db PATH] [--memory]\n"
                            "       kv put KEY VALUE [--db PATH]\n"
                            "       kv get KEY [--db PATH]\n"
                            "       kv remove KEY [--db PATH]\n"
                            "       kv count [--db PATH]\n";

typedef struct arguments {
    const char *command, *db;
    const char *words[2];
    int count;
    bool memory;
} arguments;

static bool parse(int argc, char **argv, arguments *a)
{
    static const struct {
        const char *name;
        int words;
    } commands[] = {{"load", 1}, {"put", 2}, {"get", 1}, {"remove", 1}, {"count", 0}};
    *a = (arguments){.db = "kv.log"};
    for (int i = 1; i < argc; i++) {
        if (!a->command) {
            a->command = argv[i];
        } else if (strcmp(argv[i], "--db") == 0) {
            if (++i == argc)
                return false;
            a->db = argv[i];
        } else if (strcmp(argv[i], "--memory") == 0 && strcmp(a->command, "load") == 0) {
            a->memory = true;
        } else {
            if (a->count == 2)
                return false;
            a->words[a->count++] = argv[i];
        }
    }
    for (size_t i = 0; a->command && i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(a->command, commands[i].name) == 0)
            return a->count == commands[i].words;
    return false;
}

/* ---- the commands, on any Store ----------------------------------------------------------- */

static int complain(const char *about, bide_poll failure, int32_t code)
{
    (void)fprintf(stderr, "kv: %s: %s\n", about,
                  failure < 0 ? bide_strerror(failure) : kv_strerror(code));
    return failure == BIDE_READY && code == KV_NOT_FOUND ? EXIT_ABSENT : EXIT_FAILED;
}

static int load(Store *store, const char *name)
{
    kv_counted counted;
    kv_trouble t;
    bool done;
    FILE *text = fopen(name, "rb");
    if (!text) {
        (void)fprintf(stderr, "kv: %s: %s\n", name, strerror(errno));
        return EXIT_FAILED;
    }
    done = kv_count_words(store, text, stdout, 10, bide_default_allocator(), &counted, &t);
    (void)fclose(text);
    if (done) {
        (void)fprintf(stderr,
                      "%" PRIu64 " words, %" PRIu64 " different; the store has %" PRIu64 " keys\n",
                      counted.words, counted.different, Store_count(store));
        return 0;
    }
    if (t.unreadable) {
        (void)fprintf(stderr, "kv: %s: cannot be read\n", name);
    } else if (t.bad) {
        (void)fprintf(stderr, "kv: %s: the store has a value for \"%s\" that is no count\n", name,
                      t.word);
    } else {
        (void)complain(t.word[0] ? t.word : name, t.failure, t.code);
    }
    return EXIT_FAILED;
}

static int get(Store *store, const char *key)
{
    kv_found found = kv_found_none(KV_OK);
    bide_poll r;
    BIDE_BLOCK_ON_TO(r, Store_get, &found, (store, kv_text(key)));
    if (r != BIDE_READY || found.code != KV_OK)
        return complain(key, r, found.code);
    (void)fwrite(found.value.data, 1, found.value.size, stdout);
    (void)putchar('\n');
    kv_bytes_release(found.value);
    return 0;
}

static int put(Store *store, const char *key, const char *value)
{
    bide_allocator *a = bide_default_allocator();
    int32_t code = KV_OK;
    bide_poll r;
    BIDE_BLOCK_ON_TO(r, Store_put, &code,
                     (store, kv_bytes_copy(a, kv_text(key)), kv_bytes_copy(a, kv_text(value))));
    return r != BIDE_READY || code != KV_OK ? complain(key, r, code) : 0;
}

static int take_out(Store *store, const char *key)
{
    int32_t code = KV_OK;
    bide_poll r;
    BIDE_BLOCK_ON_TO(r, Store_remove, &code, (store, kv_text(key)));
    return r != BIDE_READY || code != KV_OK ? complain(key, r, code) : 0;
}

static int run(const arguments *a, Store *store)
{
    switch (a->command[0]) {
    case 'l':
        return load(store, a->words[0]);
    case 'p':
        return put(store, a->words[0], a->words[1]);
    case 'g':
        return get(store, a->words[0]);
    case 'r':
        return take_out(store, a->words[0]);
    default:
        (void)printf("%" PRIu64 "\n", Store_count(store));
        return 0;
    }
}

/* ---- the stores --------------------------------------------------------------------------- */

static int run_in_memory(const arguments *a)
{
    MemoryStore memory;
    Store store = MemoryStore_as_Store(&memory, NULL);
    int status;
    MemoryStore_init(&memory, bide_default_allocator());
    status = run(a, &store);
    MemoryStore_deinit(&memory);
    return status;
}

static int run_in_file(const arguments *a)
{
    kv_disk_file disk;
    FileStore *file;
    FileCache cache;
    Store store = FileCache_as_Store(&cache, NULL);
    kv_log_report report;
    int status;
    int32_t code;
    kv_disk_file_init(&disk);
    code = FileStore_open(&disk.base, a->db, bide_default_allocator(), &file, &report);
    if (code == KV_CORRUPT) {
        (void)fprintf(stderr, "kv: %s: %s, at byte %" PRIu64 "; the file was left alone\n", a->db,
                      kv_strerror(code), report.damaged);
        return EXIT_FAILED;
    }
    if (code != KV_OK)
        return complain(a->db, BIDE_READY, code);
    if (report.cut)
        (void)fprintf(stderr, "kv: %s: cut %" PRIu64 " bytes of an interrupted write\n", a->db,
                      report.cut);
    FileCache_init(&cache, file, CACHE_ENTRIES, bide_default_allocator());
    status = run(a, &store);
    FileCache_deinit(&cache);
    FileStore_close(file);
    return status;
}

int main(int argc, char **argv)
{
    arguments a;
    int status;
    if (!parse(argc, argv, &a)) {
        (void)fputs(usage, stderr);
        return EXIT_USAGE;
    }
    status = a.memory ? run_in_memory(&a) : run_in_file(&a);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        (void)fprintf(stderr, "kv: standard output: %s\n", strerror(errno));
        return EXIT_FAILED;
    }
    return status;
}
