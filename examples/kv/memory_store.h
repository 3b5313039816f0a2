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

#define MemoryStore_get_FRAME(ROW) ROW(PARAM, MemoryStore *, self) ROW(PARAM, kv_slice, key)
BIDE_ASYNC_DECLARE(kv_found, MemoryStore_get)

#define MemoryStore_put_FRAME(ROW)                                                                 \
    ROW(PARAM, MemoryStore *, self)                                                                \
    ROW(OWNED, kv_bytes, key, kv_bytes_release)                                                    \
    ROW(OWNED, kv_bytes, value, kv_bytes_release)
BIDE_ASYNC_DECLARE(int32_t, MemoryStore_put)

#define MemoryStore_remove_FRAME(ROW) ROW(PARAM, MemoryStore *, self) ROW(PARAM, kv_slice, key)
BIDE_ASYNC_DECLARE(int32_t, MemoryStore_remove)

uint64_t MemoryStore_count(MemoryStore *self);

BIDE_IMPL_DECLARE(Store, MemoryStore);

#endif
