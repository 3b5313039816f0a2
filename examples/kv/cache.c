/*
 * cache.c: the entries of a cache, newest first.
 */
#include "cache.h"

/* The key's bytes follow. */
struct kv_cache_entry {
    kv_node node; /* first: a node is its entry */
    kv_cache_entry *newer, *older;
    kv_bytes value;
    size_t key_size;
    bide_allocator *giver;
};

void kv_cache_init(kv_cache *cache, size_t most, bide_allocator *allocator)
{
    *cache = (kv_cache){.most = most, .bytes_most = SIZE_MAX, .allocator = allocator};
    kv_table_init(&cache->table, allocator);
}

static void release_entry(kv_node *node)
{
    kv_cache_entry *e = (kv_cache_entry *)node;
    kv_bytes_release(e->value);
    bide_free(e->giver, e, sizeof *e + e->key_size, _Alignof(kv_cache_entry));
}

void kv_cache_deinit(kv_cache *cache)
{
    kv_table_deinit(&cache->table, release_entry);
    cache->newest = cache->oldest = NULL;
    cache->bytes = 0;
}

static size_t slot_of(kv_slice key)
{
    return (size_t)(kv_hash(key) % KV_CACHE_SLOTS);
}

static void unlink_entry(kv_cache *cache, kv_cache_entry *e)
{
    *(e->newer ? &e->newer->older : &cache->newest) = e->older;
    *(e->older ? &e->older->newer : &cache->oldest) = e->newer;
}

static void link_newest(kv_cache *cache, kv_cache_entry *e)
{
    e->newer = NULL;
    e->older = cache->newest;
    *(e->older ? &e->older->newer : &cache->oldest) = e;
    cache->newest = e;
}

static size_t bytes_of(size_t key_size, size_t value_size)
{
    return sizeof(kv_cache_entry) + key_size + value_size;
}

static void forget(kv_cache *cache, kv_slice key)
{
    kv_cache_entry *e = (kv_cache_entry *)kv_table_remove(&cache->table, key);
    if (!e)
        return;
    unlink_entry(cache, e);
    cache->bytes -= bytes_of(e->key_size, e->value.size);
    release_entry(&e->node);
}

bool kv_cache_find(kv_cache *cache, kv_slice key, kv_found *out, uint32_t *seen)
{
    kv_cache_entry *e = (kv_cache_entry *)kv_table_find(&cache->table, key);
    *seen = cache->changes[slot_of(key)];
    if (!e) {
        cache->misses++;
        return false;
    }
    cache->hits++;
    unlink_entry(cache, e);
    link_newest(cache, e);
    out->code = KV_OK;
    out->value = kv_bytes_copy(cache->allocator, kv_slice_of(&e->value));
    return true;
}

void kv_cache_keep(kv_cache *cache, kv_slice key, kv_slice value)
{
    bide_allocator *giver;
    kv_cache_entry *e;
    unsigned char *bytes;
    forget(cache, key);
    if (cache->most == 0 || bytes_of(key.size, value.size) > cache->bytes_most)
        return;
    e = bide_alloc(cache->allocator, sizeof *e + key.size, _Alignof(kv_cache_entry), &giver);
    if (!e)
        return;
    bytes = (unsigned char *)(e + 1);
    for (size_t i = 0; i < key.size; i++)
        bytes[i] = key.data[i];
    e->node.key = (kv_slice){bytes, key.size};
    e->key_size = key.size;
    e->giver = giver;
    e->value = kv_bytes_copy(cache->allocator, value);
    if (!e->value.data) {
        release_entry(&e->node);
        return;
    }
    (void)kv_table_insert(&cache->table, &e->node);
    link_newest(cache, e);
    cache->bytes += bytes_of(key.size, value.size);
    while (cache->table.count > cache->most || cache->bytes > cache->bytes_most)
        forget(cache, cache->oldest->node.key);
}

void kv_cache_fill(kv_cache *cache, kv_slice key, const kv_found *found, uint32_t seen)
{
    size_t slot = slot_of(key);
    if (found->code == KV_OK && cache->writers[slot] == 0 && cache->changes[slot] == seen)
        kv_cache_keep(cache, key, kv_slice_of(&found->value));
}

uint32_t kv_cache_write_begin(kv_cache *cache, kv_slice key)
{
    size_t slot = slot_of(key);
    forget(cache, key);
    cache->writers[slot]++;
    return ++cache->changes[slot];
}

bool kv_cache_write_end(kv_cache *cache, kv_slice key, uint32_t begun)
{
    size_t slot = slot_of(key);
    bool alone = --cache->writers[slot] == 0 && cache->changes[slot] == begun;
    cache->changes[slot]++;
    return alone;
}
