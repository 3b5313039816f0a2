/*
 * allocators.c: the failing allocator and the checking allocator.
 */
#include <bide/testing.h>

#include "../atomic.h"
#include "../place.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>

/* Any thread that the allocator behind may be used by. */
#define AS_UPSTREAM (BIDE_ALLOC_ANY_THREAD | BIDE_FREE_ANY_THREAD)

/* ---- failing ------------------------------------------------------------------------------ */

static void *failing_alloc(bide_allocator *self, size_t bytes, size_t align, bide_allocator **giver)
{
    bide_failing_allocator *a = (bide_failing_allocator *)self;
    size_t n = bide_priv_add_relaxed(BIDE_PRIV_SIZE(&a->attempts), (size_t)1) + 1;
    if (a->fail_at && (n == a->fail_at || (a->and_after && n > a->fail_at))) {
        bide_priv_add_relaxed(BIDE_PRIV_SIZE(&a->failures), (size_t)1);
        return NULL;
    }
    return bide_alloc(a->upstream, bytes, align, giver);
}

/* Never the giver of a block; here so that a wrong call finds its way all the same. */
static void failing_free(bide_allocator *giver, void *block, size_t bytes, size_t align)
{
    bide_free(((bide_failing_allocator *)giver)->upstream, block, bytes, align);
}

void bide_failing_allocator_init(bide_failing_allocator *a, bide_allocator *upstream,
                                 size_t fail_at, bool and_after)
{
    /* A refusal here means "out of memory" even if the capacity behind is fixed. */
    uint32_t flags = bide_priv_flags(AS_UPSTREAM, upstream) & ~(uint32_t)BIDE_ALLOC_FIXED;
    *a = (bide_failing_allocator){
        .base = {sizeof a->base, flags, failing_alloc, failing_free},
        .upstream = upstream,
        .fail_at = fail_at,
        .and_after = and_after,
    };
}

/* ---- checking ----------------------------------------------------------------------------- */

typedef struct record record;

struct record {
    record *next;
    void *block;
    size_t bytes;
    size_t align;
    bide_allocator *giver;
    bool freed; /* kept, to tell a second free from a foreign one */
};

static void trace(bide_checking_allocator *a, char what, size_t bytes, size_t align)
{
    char word[64];
    snprintf(word, sizeof word, "%c%zu/%zu", what, bytes, align);
    bide_priv_text_add(a->trace, sizeof a->trace, &a->trace_length, ' ', word);
}

static void violation(bide_checking_allocator *a, const char *what, const void *block, size_t bytes,
                      size_t align)
{
    char line[128];
    snprintf(line, sizeof line, "%s: block %p, %zu bytes, aligned to %zu", what, block, bytes,
             align);
    a->violations++;
    bide_priv_text_add(a->report, sizeof a->report, &a->report_length, '\n', line);
}

static record *find(bide_checking_allocator *a, const void *block)
{
    record *r = (record *)a->records;
    while (r && r->block != block)
        r = r->next;
    return r;
}

/* The record of the block that was at this address before, if any, is used again: what is kept of
 * freed blocks is bounded by the number of addresses. */
static void enter(bide_checking_allocator *a, record *fresh)
{
    record *old = find(a, fresh->block);
    if (old) {
        record *next = old->next;
        *old = *fresh;
        old->next = next;
        free(fresh);
    } else {
        fresh->next = (record *)a->records;
        a->records = fresh;
    }
    a->allocs++;
    a->live++;
}

static void *checking_alloc(bide_allocator *self, size_t bytes, size_t align,
                            bide_allocator **giver)
{
    bide_checking_allocator *a = (bide_checking_allocator *)self;
    record *fresh = (record *)malloc(sizeof *fresh);
    void *block = NULL;
    bide_priv_spin_lock(&a->lock);
    if (fresh) {
        *fresh = (record){.bytes = bytes, .align = align};
        fresh->block = block = bide_alloc(a->upstream, bytes, align, &fresh->giver);
    }
    trace(a, block ? '+' : '!', bytes, align);
    if (!block)
        free(fresh);
    else if (bide_priv_pad(block, align))
        violation(a, "misaligned by upstream", block, bytes, align);
    if (block)
        enter(a, fresh);
    bide_priv_spin_unlock(&a->lock);
    *giver = self;
    return block;
}

static void checking_free(bide_allocator *giver, void *block, size_t bytes, size_t align)
{
    bide_checking_allocator *a = (bide_checking_allocator *)giver;
    record *r;
    bide_priv_spin_lock(&a->lock);
    r = find(a, block);
    trace(a, '-', bytes, align);
    if (!r) {
        violation(a, "foreign free", block, bytes, align);
    } else if (r->freed) {
        violation(a, "double free", block, bytes, align);
    } else {
        if (r->bytes != bytes || r->align != align)
            violation(a, "wrong size", block, bytes, align);
        r->freed = true;
        a->frees++;
        a->live--;
        bide_free(r->giver, block, r->bytes, r->align);
    }
    bide_priv_spin_unlock(&a->lock);
}

void bide_checking_allocator_init(bide_checking_allocator *a, bide_allocator *upstream)
{
    *a = (bide_checking_allocator){
        .base = {.size = sizeof a->base,
                 .flags = bide_priv_flags(AS_UPSTREAM, upstream),
                 .alloc = checking_alloc,
                 .free = checking_free},
        .upstream = upstream,
    };
}

size_t bide_checking_allocator_finish(bide_checking_allocator *a)
{
    record *r = (record *)a->records;
    a->records = NULL;
    while (r) {
        record *next = r->next;
        if (!r->freed) {
            violation(a, "leak", r->block, r->bytes, r->align);
            bide_free(r->giver, r->block, r->bytes, r->align);
        }
        free(r);
        r = next;
    }
    return a->violations;
}

const char *bide_checking_allocator_report(const bide_checking_allocator *a)
{
    return a->report;
}

const char *bide_checking_allocator_trace(const bide_checking_allocator *a)
{
    return a->trace;
}
