/*
 * cache.h: a cache before any Store, as a Store.
 *
 *     #define FileCache_get_FRAME(ROW) CACHE_GET_FRAME(ROW, FileCache, FileStore)
 *     #define FileCache_put_FRAME(ROW) CACHE_PUT_FRAME(ROW, FileCache, FileStore)
 *     #define FileCache_remove_FRAME(ROW) CACHE_REMOVE_FRAME(ROW, FileCache, FileStore)
 *     CACHE_DEFINE(FileCache, FileStore)
 *
 * makes a type FileCache over a FileStore: its futures embed those of the FileStore, so that a call
 * of the cache is one frame, and no call goes through a vtable. CACHE_DEFINE(StoreCache, Store) is
 * the same text over a handle, for any Store at run time.
 *
 * The latest entries are kept, up to a number of them. Writes go through: put and remove end when
 * the backing store's do. What a get fetched is kept only if no write of the key overlapped with
 * it, and what a put wrote only if no other did. A write that was dropped, or failed, halfway may
 * reach the backing store at any time later: keys of the same slot are not kept from then on.
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
    bide_allocator *allocator;
    /* Of the keys that share a slot by their hash: writes begun and ended, and under way. */
    uint32_t changes[KV_CACHE_SLOTS];
    uint32_t writers[KV_CACHE_SLOTS];
} kv_cache;

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

/* ---- the futures, over a type T ----------------------------------------------------------- */

#define CACHE_GET_FRAME(ROW, Name, T)                                                              \
    ROW(PARAM, Name *, self) ROW(PARAM, kv_slice, key)                                             \
    ROW(LOCAL, kv_found, found) ROW(LOCAL, uint32_t, seen) ROW(CHILD, T##_get, fetch)

/* The backing store's call gets copies: the cache still needs key and value when that has ended. */
#define CACHE_PUT_FRAME(ROW, Name, T)                                                              \
    ROW(PARAM, Name *, self)                                                                       \
    ROW(OWNED, kv_bytes, key, kv_bytes_release)                                                    \
    ROW(OWNED, kv_bytes, value, kv_bytes_release)                                                  \
    ROW(LOCAL, uint32_t, begun) ROW(LOCAL, int32_t, code) ROW(CHILD, T##_put, through)

#define CACHE_REMOVE_FRAME(ROW, Name, T)                                                           \
    ROW(PARAM, Name *, self) ROW(PARAM, kv_slice, key)                                             \
    ROW(LOCAL, uint32_t, begun) ROW(LOCAL, int32_t, code) ROW(CHILD, T##_remove, through)

/* Shape: typedef struct Name { T *backing; kv_cache cache; } Name;
 *        void Name_init(Name *self, T *backing, size_t most, bide_allocator *)
 *        void Name_deinit(Name *self)      the backing store stays
 *        Name_get, Name_put, Name_remove, Name_count */
#define CACHE_DEFINE(Name, T)                                                                      \
    typedef struct Name {                                                                          \
        T *backing;                                                                                \
        kv_cache cache;                                                                            \
    } Name;                                                                                        \
    BIDE_INLINE void Name##_init(Name *self, T *backing, size_t most, bide_allocator *allocator)   \
    {                                                                                              \
        self->backing = backing;                                                                   \
        kv_cache_init(&self->cache, most, allocator);                                              \
    }                                                                                              \
    BIDE_INLINE void Name##_deinit(Name *self)                                                     \
    {                                                                                              \
        kv_cache_deinit(&self->cache);                                                             \
    }                                                                                              \
    BIDE_INLINE uint64_t Name##_count(Name *self)                                                  \
    {                                                                                              \
        return T##_count(self->backing);                                                           \
    }                                                                                              \
    BIDE_ASYNC(kv_found, Name##_get)                                                               \
    {                                                                                              \
        BIDE_BEGIN(Name##_get);                                                                    \
        if (!kv_cache_find(&f->self->cache, f->key, &f->found, &f->seen)) {                        \
            BIDE_AWAIT_TO_V(f->found, T##_get, fetch, (f->self->backing, f->key));                 \
            kv_cache_fill(&f->self->cache, f->key, &f->found, f->seen);                            \
        } else if (!f->found.value.data) {                                                         \
            BIDE_FAIL(BIDE_ENOMEM);                                                                \
        }                                                                                          \
        BIDE_RETURN(f->found);                                                                     \
        BIDE_END;                                                                                  \
    }                                                                                              \
    BIDE_ASYNC(int32_t, Name##_put)                                                                \
    {                                                                                              \
        BIDE_BEGIN(Name##_put);                                                                    \
        if (!f->key.data || !f->value.data)                                                        \
            BIDE_FAIL(BIDE_ENOMEM);                                                                \
        f->begun = kv_cache_write_begin(&f->self->cache, kv_slice_of(&f->key));                    \
        BIDE_AWAIT_TO_V(f->code, T##_put, through,                                                 \
                        (f->self->backing,                                                         \
                         kv_bytes_copy(f->self->cache.allocator, kv_slice_of(&f->key)),            \
                         kv_bytes_copy(f->self->cache.allocator, kv_slice_of(&f->value))));        \
        if (kv_cache_write_end(&f->self->cache, kv_slice_of(&f->key), f->begun) &&                 \
            f->code == KV_OK)                                                                      \
            kv_cache_keep(&f->self->cache, kv_slice_of(&f->key), kv_slice_of(&f->value));          \
        BIDE_RETURN(f->code);                                                                      \
        BIDE_END;                                                                                  \
    }                                                                                              \
    BIDE_ASYNC(int32_t, Name##_remove)                                                             \
    {                                                                                              \
        BIDE_BEGIN(Name##_remove);                                                                 \
        f->begun = kv_cache_write_begin(&f->self->cache, f->key);                                  \
        BIDE_AWAIT_TO_V(f->code, T##_remove, through, (f->self->backing, f->key));                 \
        (void)kv_cache_write_end(&f->self->cache, f->key, f->begun);                               \
        BIDE_RETURN(f->code);                                                                      \
        BIDE_END;                                                                                  \
    }

#endif
