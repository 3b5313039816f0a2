/*
 * table.h: a hash table of nodes that belong to somebody else.
 *
 * A user embeds a kv_node as the first member of an entry that also owns the key's bytes. The
 * table only links nodes, so that inserting cannot fail: when there is no memory for more buckets,
 * the chains grow longer. The hash is FNV-1a, 64 bits. For one thread at a time.
 */
#ifndef KV_TABLE_H
#define KV_TABLE_H

#include "store.h"

#define KV_TABLE_SMALL 8

typedef struct kv_node kv_node;

struct kv_node {
    kv_node *next; /* private */
    uint64_t hash; /* private */
    kv_slice key;  /* set before inserting; its bytes live as long as the node */
};

/* All members are private but count. */
typedef struct kv_table {
    kv_node *small[KV_TABLE_SMALL]; /* the first buckets */
    kv_node **buckets;              /* NULL: small */
    size_t capacity;                /* a power of two */
    size_t count;
    bide_allocator *allocator, *giver;
} kv_table;

uint64_t kv_hash(kv_slice key);

/* An empty table. The allocator is for more buckets. */
void kv_table_init(kv_table *table, bide_allocator *allocator);

/* Calls release(node) for each node, and gives the buckets back. */
void kv_table_deinit(kv_table *table, void (*release)(kv_node *node));

/* The node of a key, or NULL. */
kv_node *kv_table_find(kv_table *table, kv_slice key);

/* Links a node. Returns the node that had this key before, which is the caller's again, or NULL. */
kv_node *kv_table_insert(kv_table *table, kv_node *node);

/* Unlinks the node of a key and returns it, or NULL. */
kv_node *kv_table_remove(kv_table *table, kv_slice key);

#endif
