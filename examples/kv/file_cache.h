/*
 * file_cache.h: the cache over two backing types, from one text: FileCache over a FileStore, whose
 * futures embed those of the FileStore, so that a call of the cache is one frame and goes through
 * no vtable; and StoreCache over a handle of any Store.
 *
 * Both are Stores. Writes go through: put and remove end when the backing store's do.
 */
#ifndef KV_FILE_CACHE_H
#define KV_FILE_CACHE_H

#include "cache.h"
#include "file_store.h"

typedef struct FileCache {
    FileStore *backing;
    kv_cache cache;
} FileCache;
BIDE_IMPL_DECLARE(Store, FileCache);

/* The backing store must live as long as the cache; deinit leaves it open. */
void FileCache_init(FileCache *self, FileStore *backing, size_t most, bide_allocator *allocator);
void FileCache_deinit(FileCache *self);

bide_async kv_found FileCache_get(FileCache *self, kv_slice key);
bide_async int32_t FileCache_put(FileCache *self, kv_bytes key, kv_bytes value);
bide_async int32_t FileCache_remove(FileCache *self, kv_slice key);
uint64_t FileCache_count(FileCache *self);

typedef struct StoreCache {
    Store *backing;
    kv_cache cache;
} StoreCache;
BIDE_IMPL_DECLARE(Store, StoreCache);

void StoreCache_init(StoreCache *self, Store *backing, size_t most, bide_allocator *allocator);
void StoreCache_deinit(StoreCache *self);

bide_async kv_found StoreCache_get(StoreCache *self, kv_slice key);
bide_async int32_t StoreCache_put(StoreCache *self, kv_bytes key, kv_bytes value);
bide_async int32_t StoreCache_remove(StoreCache *self, kv_slice key);
uint64_t StoreCache_count(StoreCache *self);

#include BIDE_GENERATED("file_cache.gen.h")

#endif
