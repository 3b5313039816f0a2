/*
 * file_cache.async.c: a cache before anything that implements Store; FileStore's copy of the text
 * calls it directly, the text itself works on handles.
 */
#include "file_cache.h"

#include <bide/async_source.h>

/* ---- over any Store ----------------------------------------------------------------------- */

/* The copies that instantiate makes. */
async kv_found cached_get_FileStore(kv_cache *cache, FileStore *backing, kv_slice key);
async int32_t cached_put_FileStore(kv_cache *cache, FileStore *backing, kv_slice key,
                                   kv_slice value);
async int32_t cached_remove_FileStore(kv_cache *cache, FileStore *backing, kv_slice key);

async kv_found cached_get(kv_cache *cache, impl(Store) * backing, kv_slice key)
{
    kv_found found;
    uint32_t seen;
    if (!kv_cache_find(cache, key, &found, &seen)) {
        found = await(Store_get(backing, key));
        kv_cache_fill(cache, key, &found, seen);
    } else if (!found.value.data) {
        fail(BIDE_ENOMEM);
    }
    return found;
}
instantiate(cached_get, FileStore);

/* The backing store's call gets copies: the cache still needs key and value when that has ended. */
async int32_t cached_put(kv_cache *cache, impl(Store) * backing, kv_slice key, kv_slice value)
{
    uint32_t begun;
    int32_t code;
    if (!key.data || !value.data)
        fail(BIDE_ENOMEM);
    begun = kv_cache_write_begin(cache, key);
    code = await(Store_put(backing, kv_bytes_copy(cache->allocator, key),
                           kv_bytes_copy(cache->allocator, value)));
    if (kv_cache_write_end(cache, key, begun) && code == KV_OK)
        kv_cache_keep(cache, key, value);
    return code;
}
instantiate(cached_put, FileStore);

async int32_t cached_remove(kv_cache *cache, impl(Store) * backing, kv_slice key)
{
    uint32_t begun = kv_cache_write_begin(cache, key);
    int32_t code = await(Store_remove(backing, key));
    (void)kv_cache_write_end(cache, key, begun);
    return code;
}
instantiate(cached_remove, FileStore);

/* ---- FileCache ---------------------------------------------------------------------------- */

void FileCache_init(FileCache *self, FileStore *backing, size_t most, bide_allocator *allocator)
{
    self->backing = backing;
    kv_cache_init(&self->cache, most, allocator);
}

void FileCache_deinit(FileCache *self)
{
    kv_cache_deinit(&self->cache);
}

uint64_t FileCache_count(FileCache *self)
{
    return FileStore_count(self->backing);
}

async kv_found FileCache_get(FileCache *self, kv_slice key)
{
    return await(cached_get_FileStore(&self->cache, self->backing, key));
}

async int32_t FileCache_put(FileCache *self, kv_bytes key, kv_bytes value)
{
    owned(kv_bytes_drop, key);
    owned(kv_bytes_drop, value);
    return await(
        cached_put_FileStore(&self->cache, self->backing, kv_slice_in(key), kv_slice_in(value)));
}

async int32_t FileCache_remove(FileCache *self, kv_slice key)
{
    return await(cached_remove_FileStore(&self->cache, self->backing, key));
}

BIDE_IMPL(Store, FileCache);

/* ---- StoreCache --------------------------------------------------------------------------- */

void StoreCache_init(StoreCache *self, Store *backing, size_t most, bide_allocator *allocator)
{
    self->backing = backing;
    kv_cache_init(&self->cache, most, allocator);
}

void StoreCache_deinit(StoreCache *self)
{
    kv_cache_deinit(&self->cache);
}

uint64_t StoreCache_count(StoreCache *self)
{
    return Store_count(self->backing);
}

async kv_found StoreCache_get(StoreCache *self, kv_slice key)
{
    return await(cached_get(&self->cache, self->backing, key));
}

async int32_t StoreCache_put(StoreCache *self, kv_bytes key, kv_bytes value)
{
    owned(kv_bytes_drop, key);
    owned(kv_bytes_drop, value);
    return await(cached_put(&self->cache, self->backing, kv_slice_in(key), kv_slice_in(value)));
}

async int32_t StoreCache_remove(StoreCache *self, kv_slice key)
{
    return await(cached_remove(&self->cache, self->backing, key));
}

BIDE_IMPL(Store, StoreCache);
