/*
 * cache.h: what a cache before a Store remembers; file_cache.h makes Stores of it.
 *
 * The latest entries are kept, up to a number of them, and of their bytes. Writes go through: put
 * and remove end when the backing store's do. What a get fetched is kept only if no write of the
 * key overlapped with it, and what a put wrote only if no other did. A write that was dropped, or
 * failed, halfway may reach the backing store at any time later: keys of the same slot are not kept
 * from then on.
 *
 * For one thread at a time.
 */
#ifndef KV_CACHE_H
#define KV_CACHE_H

#include "table.h"

#define KV_CACHE_SLOTS 256

typedef struct kv_cache_entry kv_cache_entry;

/* What all caches have. Read hits and misses; the rest is private. */
typedef struct kv_cache {
    uint64_t hits, misses; /* of get */
    kv_table table;
    kv_cache_entry *newest, *oldest;
    size_t most;
    size_t bytes, bytes_most; /* of keys, values and the entries themselves */
    bide_allocator *allocator;
    /* Of the keys that share a slot by their hash: writes begun and ended, and under way. */
    uint32_t changes[KV_CACHE_SLOTS];
    uint32_t writers[KV_CACHE_SLOTS];
} kv_cache;

/* Up to `most` entries, whatever their bytes: set bytes_most behind it to limit those, too. */
void kv_cache_init(kv_cache *cache, size_t most, bide_allocator *allocator);
void kv_cache_deinit(kv_cache *cache);

/* Looks a key up, and counts. True: *out is the answer, KV_OK with a copy of the value, of which
 * data == NULL says that there was no memory for it. False: *seen is for kv_cache_fill. */
bool kv_cache_find(kv_cache *cache, kv_slice key, kv_found *out, uint32_t *seen);

/* Keeps what the backing store gave, unless the key was written since. Memory that is missing only
 * means that it is not kept. */
void kv_cache_fill(kv_cache *cache, kv_slice key, const kv_found *found, uint32_t seen);

/* A write of the key begins, and ends. What end returns goes to kv_cache_keep. */
uint32_t kv_cache_write_begin(kv_cache *cache, kv_slice key);
bool kv_cache_write_end(kv_cache *cache, kv_slice key, uint32_t begun);

/* Keeps a copy of a value that was written, as the only write of its time. */
void kv_cache_keep(kv_cache *cache, kv_slice key, kv_slice value);

#endif
