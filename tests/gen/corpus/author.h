/*
 * author.h: what authors of libraries write: pools, caches, retries, and the odd corners of C.
 */
#ifndef CORPUS_AUTHOR_H
#define CORPUS_AUTHOR_H

#include "corpus.h"

#include <complex.h>
#include <stdatomic.h>

enum { POOL_SIZE = 3 };

typedef struct pooled {
    struct resource *held;
    unsigned busy : 1, used : 7;
    struct {
        int hits, misses;
    };
} pooled;

typedef struct pool {
    pooled at[POOL_SIZE];
    int taken;
} pool;

/* Ends with an array. */
typedef struct list {
    struct resource *held;
    int count;
    int items[];
} list;

struct cached {
    int key, value;
    unsigned age;
};

union halves {
    struct {
        short low, high;
    };
    int all;
};

struct page {
    int first, count;
    bool more;
};

struct nested {
    struct pair p;
    int v[3];
};

list *list_make(int count);
void list_end(list **l);

typedef struct entry_line {
    const char *key;
    int value;
    int uses;
} entry_line;

bide_async int pool_use(pool *p, int x);
bide_async int author_pool(int x);
bide_async int author_cache(int x);
bide_async int author_pages(int x);
bide_async int author_retry(int x);
bide_async list *author_list(int x);
bide_async int author_bits(int x);
bide_async int author_union(int x);
bide_async int author_atomic(int x);
bide_async int author_generic(int x);
bide_async int author_aligned(int x);
bide_async int author_volatile(int x);
bide_async int author_literal(int x);
bide_async int author_statement(int x);
bide_async int author_machine(int x);
bide_async int author_matrix(int x);
bide_async int author_designated(int x);
bide_async int author_static(int x);
bide_async int author_variable_array(int x);
bide_async int author_const_member(int x);
bide_async double author_wide(int x);
bide_async double _Complex author_complex(int x);
bide_async int author_table(int x);
bide_async int author_device(int x);
bide_async int author_steps(int x);
bide_async int author_pointer_to_array(int x);

#include BIDE_GENERATED("author.gen.h")

#endif
