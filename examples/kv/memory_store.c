/*
 * memory_store.c: one entry a key; put moves the caller's bytes into it.
 */
#include "memory_store.h"

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

BIDE_ASYNC_DEFINE(kv_found, MemoryStore_get)
{
    kv_found found;
    BIDE_BEGIN(MemoryStore_get);
    found = look_up(f->self, f->key);
    if (found.code == KV_OK && !found.value.data)
        BIDE_FAIL(BIDE_ENOMEM);
    BIDE_RETURN(found);
    BIDE_END;
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

BIDE_ASYNC_DEFINE(int32_t, MemoryStore_put)
{
    BIDE_BEGIN(MemoryStore_put);
    if (!f->key.data || !f->value.data)
        BIDE_FAIL(BIDE_ENOMEM);
    if (f->key.size > KV_KEY_MAX || f->value.size > KV_VALUE_MAX)
        BIDE_RETURN(KV_TOO_LARGE);
    if (!store(f->self, &f->key, &f->value))
        BIDE_FAIL(BIDE_ENOMEM);
    BIDE_RETURN(KV_OK);
    BIDE_END;
}

BIDE_ASYNC_DEFINE(int32_t, MemoryStore_remove)
{
    kv_node *node;
    BIDE_BEGIN(MemoryStore_remove);
    node = kv_table_remove(&f->self->table, f->key);
    if (!node)
        BIDE_RETURN(KV_NOT_FOUND);
    release_entry(node);
    BIDE_RETURN(KV_OK);
    BIDE_END;
}

BIDE_IMPL(Store, MemoryStore);
