/*
 * memory_store.async.c: one entry a key; put moves the caller's bytes into it.
 */
#include "memory_store.h"

#include <bide/async_source.h>

typedef struct entry {
    kv_node node; /* first: a node is its entry */
    kv_bytes key;
    kv_bytes value;
    bide_allocator *giver;
} entry;

void MemoryStore_init(MemoryStore *self, bide_allocator *allocator)
{
    kv_table_init(&self->table, allocator);
    self->allocator = allocator;
}

static void release_entry(kv_node *node)
{
    entry *e = (entry *)node;
    kv_bytes_release(e->key);
    kv_bytes_release(e->value);
    bide_free(e->giver, e, sizeof *e, _Alignof(entry));
}

void MemoryStore_deinit(MemoryStore *self)
{
    kv_table_deinit(&self->table, release_entry);
}

uint64_t MemoryStore_count(MemoryStore *self)
{
    return self->table.count;
}

/* The rest of get: KV_OK with a copy that may be missing its memory. */
static kv_found look_up(MemoryStore *self, kv_slice key)
{
    kv_found found = kv_found_none(KV_NOT_FOUND);
    const entry *e = (const entry *)kv_table_find(&self->table, key);
    if (e) {
        found.code = KV_OK;
        found.value = kv_bytes_copy(self->allocator, kv_slice_of(&e->value));
    }
    return found;
}

async kv_found MemoryStore_get(MemoryStore *self, kv_slice key)
{
    kv_found found = look_up(self, key);
    if (found.code == KV_OK && !found.value.data)
        fail(BIDE_ENOMEM);
    return found;
}

/* Takes both out of the caller's hands if there is memory for an entry. */
static bool store(MemoryStore *self, kv_bytes *key, kv_bytes *value)
{
    bide_allocator *giver;
    entry *e = (entry *)kv_table_find(&self->table, kv_slice_of(key));
    if (e) {
        kv_bytes_release(e->value);
        e->value = kv_bytes_take(value);
        return true;
    }
    e = bide_alloc(self->allocator, sizeof *e, _Alignof(entry), &giver);
    if (!e)
        return false;
    e->key = kv_bytes_take(key);
    e->value = kv_bytes_take(value);
    e->node.key = kv_slice_of(&e->key);
    e->giver = giver;
    (void)kv_table_insert(&self->table, &e->node);
    return true;
}

async int32_t MemoryStore_put(MemoryStore *self, kv_bytes key, kv_bytes value)
{
    owned(kv_bytes_drop, key);
    owned(kv_bytes_drop, value);
    if (!key.data || !value.data)
        fail(BIDE_ENOMEM);
    if (key.size > KV_KEY_MAX || value.size > KV_VALUE_MAX)
        return KV_TOO_LARGE;
    if (!store(self, &key, &value))
        fail(BIDE_ENOMEM);
    return KV_OK;
}

async int32_t MemoryStore_remove(MemoryStore *self, kv_slice key)
{
    kv_node *node = kv_table_remove(&self->table, key);
    if (!node)
        return KV_NOT_FOUND;
    release_entry(node);
    return KV_OK;
}

BIDE_IMPL(Store, MemoryStore);
