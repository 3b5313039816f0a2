#include <string.h>

#include "read.h"

typedef struct table_entry {
    const void *key; /* NULL: free */
    size_t length;
    void *value;
} table_entry;

static uint64_t hash(const void *key, size_t length)
{
    const unsigned char *bytes = key;
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < length; i++)
        h = (h ^ bytes[i]) * 1099511628211u;
    return h ^ (h >> 29);
}

static table_entry *find(const table *t, const void *key, size_t length)
{
    for (uint64_t i = hash(key, length);; i++) {
        table_entry *e = &t->entries[i & (t->room - 1)];
        if (!e->key || (e->length == length && memcmp(e->key, key, length) == 0))
            return e;
    }
}

static void grow(arena *a, table *t)
{
    table old = *t;
    t->room = old.room ? old.room * 2 : 64;
    t->entries = NEW_ARRAY(a, table_entry, t->room);
    for (uint32_t i = 0; i < old.room; i++)
        if (old.entries[i].key)
            *find(t, old.entries[i].key, old.entries[i].length) = old.entries[i];
}

void **table_at(arena *a, table *t, const void *key, size_t length)
{
    if (2 * (t->count + 1) > t->room)
        grow(a, t);
    table_entry *e = find(t, key, length);
    if (!e->key) {
        *e = (table_entry){arena_copy(a, key, length), length, NULL};
        t->count++;
    }
    return &e->value;
}

void *table_find(const table *t, const void *key, size_t length)
{
    return t->room ? find(t, key, length)->value : NULL;
}
