/*
 * calls.h: calls of a Store from a test, one by one and at the same time.
 */
#ifndef KV_CALLS_H
#define KV_CALLS_H

#include "support.h"

#include "file_cache.h"
#include "sim_file.h"

#include <stdlib.h>
#include <string.h>

static inline kv_bytes copy(const char *text)
{
    return kv_bytes_copy(bide_heap(), kv_text(text));
}

static inline kv_bytes number(uint32_t n)
{
    char room[16];
    (void)snprintf(room, sizeof room, "%u", (unsigned)n);
    return copy(room);
}

static inline bool is_text(const kv_found *found, const char *text)
{
    return found->code == KV_OK && kv_slice_equal(kv_slice_of(&found->value), kv_text(text));
}

/* Single calls through a handle. */
static inline int32_t put(Store *s, const char *key, const char *value)
{
    int32_t code = KV_OK;
    bide_poll r;
    BIDE_BLOCK_ON_TO(r, Store_put, &code, (s, copy(key), copy(value)));
    return r == BIDE_READY ? code : r * 1000;
}

static inline int32_t take_out(Store *s, const char *key)
{
    int32_t code = KV_OK;
    bide_poll r;
    BIDE_BLOCK_ON_TO(r, Store_remove, &code, (s, kv_text(key)));
    return r == BIDE_READY ? code : r * 1000;
}

/* The code, or 1 if the value is another one. */
static inline int32_t get(Store *s, const char *key, const char *value)
{
    kv_found found = kv_found_none(KV_OK);
    bide_poll r;
    int32_t code;
    BIDE_BLOCK_ON_TO(r, Store_get, &found, (s, kv_text(key)));
    code = r != BIDE_READY ? r * 1000 : found.code;
    if (code == KV_OK && !is_text(&found, value))
        code = 1;
    kv_bytes_release(found.value);
    return code;
}

static inline FileStore *open_sim(sim_file *disk)
{
    FileStore *file;
    assert_int_equal(FileStore_open(&disk->base, "sim", bide_heap(), &file, NULL), KV_OK);
    return file;
}

/* ---- calls at the same time ---------------------------------------------------------------- */

typedef struct ending {
    char *order; /* a letter for each call that has ended, in order */
    char name;
    bide_poll poll;
    int32_t code;
} ending;

static inline void note_ending(void *arg, bide_poll code, const void *output)
{
    ending *e = arg;
    e->poll = code;
    e->code = code == BIDE_READY ? *(const int32_t *)output : KV_OK;
    if (e->order)
        e->order[strlen(e->order)] = e->name;
}

/* Spawns a put that tells its end. */
static inline void spawn_put(bide_local *ex, Store *s, const char *key, kv_bytes value, ending *e,
                             bide_join *join)
{
    bide_spawn_options options = bide_spawn_options_init();
    e->poll = BIDE_PENDING;
    options.done = note_ending;
    options.done_arg = e;
    assert_int_equal(BIDE_SPAWN_WITH(ex, Store_put, &options, join, (s, copy(key), value)),
                     BIDE_READY);
}

/* Runs what can run until a sync waits at the gate. */
static inline void run_to_gate(bide_local *ex, sim_file *disk)
{
    uint32_t waits = 0;
    while (waits == 0) {
        (void)bide_local_run_until_stalled(ex);
        pthread_mutex_lock(&disk->lock);
        waits = disk->at_gate;
        pthread_mutex_unlock(&disk->lock);
    }
}

#endif
