/*
 * table.c: chained hashing with buckets that double.
 */
#include "table.h"

#include <string.h>

uint64_t kv_hash(kv_slice key)
{
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < key.size; i++)
        h = (h ^ key.data[i]) * 1099511628211u;
    return h;
}

void kv_table_init(kv_table *table, bide_allocator *allocator)
{
    memset(table, 0, sizeof *table);
    table->capacity = KV_TABLE_SMALL;
    table->allocator = allocator;
}

static kv_node **buckets_of(kv_table *table)
{
    return table->buckets ? table->buckets : table->small;
}

static void free_buckets(kv_table *table)
{
    if (table->buckets)
        bide_free(table->giver, table->buckets, table->capacity * sizeof(kv_node *),
                  _Alignof(kv_node *));
    table->buckets = NULL;
}

void kv_table_deinit(kv_table *table, void (*release)(kv_node *node))
{
    for (size_t i = 0; i < table->capacity; i++) {
        kv_node *node = buckets_of(table)[i];
        while (node) {
            kv_node *next = node->next;
            release(node);
            node = next;
        }
    }
    free_buckets(table);
    kv_table_init(table, table->allocator);
}

/* The link that points to the node of a key, or to the end of its chain. */
static kv_node **link_of(kv_table *table, kv_slice key, uint64_t hash)
{
    kv_node **link = &buckets_of(table)[hash & (table->capacity - 1)];
    while (*link && ((*link)->hash != hash || !kv_slice_equal((*link)->key, key)))
        link = &(*link)->next;
    return link;
}

kv_node *kv_table_find(kv_table *table, kv_slice key)
{
    return *link_of(table, key, kv_hash(key));
}

/* Doubles the buckets, or leaves everything as it is when there is no memory. */
static void grow(kv_table *table)
{
    size_t capacity = table->capacity * 2;
    bide_allocator *giver;
    kv_node **fresh =
        bide_alloc(table->allocator, capacity * sizeof *fresh, _Alignof(kv_node *), &giver);
    if (!fresh)
        return;
    memset(fresh, 0, capacity * sizeof *fresh);
    for (size_t i = 0; i < table->capacity; i++) {
        kv_node *node = buckets_of(table)[i];
        while (node) {
            kv_node *next = node->next;
            kv_node **bucket = &fresh[node->hash & (capacity - 1)];
            node->next = *bucket;
            *bucket = node;
            node = next;
        }
    }
    free_buckets(table);
    table->buckets = fresh;
    table->capacity = capacity;
    table->giver = giver;
}

kv_node *kv_table_insert(kv_table *table, kv_node *node)
{
    kv_node **link, *old;
    node->hash = kv_hash(node->key);
    link = link_of(table, node->key, node->hash);
    old = *link;
    node->next = old ? old->next : NULL;
    *link = node;
    if (!old && ++table->count > table->capacity)
        grow(table);
    return old;
}

kv_node *kv_table_remove(kv_table *table, kv_slice key)
{
    kv_node **link = link_of(table, key, kv_hash(key));
    kv_node *node = *link;
    if (node) {
        *link = node->next;
        table->count--;
    }
    return node;
}
