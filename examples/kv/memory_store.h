/*
 * memory_store.h: a Store in memory. Every call is ready at once. For one thread at a time.
 */
#ifndef KV_MEMORY_STORE_H
#define KV_MEMORY_STORE_H

#include "table.h"

/* Members are private. */
typedef struct MemoryStore {
    kv_table table;
    bide_allocator *allocator;
} MemoryStore;

/* An empty store. Values that get returns come from the same allocator. */
void MemoryStore_init(MemoryStore *self, bide_allocator *allocator);

/* Forgets everything. */
void MemoryStore_deinit(MemoryStore *self);

bide_async kv_found MemoryStore_get(MemoryStore *self, kv_slice key);
bide_async int32_t MemoryStore_put(MemoryStore *self, kv_bytes key, kv_bytes value);
bide_async int32_t MemoryStore_remove(MemoryStore *self, kv_slice key);
uint64_t MemoryStore_count(MemoryStore *self);

BIDE_IMPL_DECLARE(Store, MemoryStore);

#include BIDE_GENERATED("memory_store.gen.h")

#endif
