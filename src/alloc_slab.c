/*
 * alloc_slab.c: the task slab.
 *
 * Memory: a sentinel header that is never free, then blocks upwards, each
 *
 *     [padding of over-aligned blocks][header, 8 bytes][the block, whole grains]
 *
 * A header tells how far below it the previous header lies, whether its block has been given back,
 * and how long its padding is, so that taking the topmost block back restores the top exactly.
 * Headers are read and written on the owner's thread alone, by the functions here or by callees
 * that take a plain block themselves (bide_bump). Other threads link blocks, through the blocks'
 * first word, into the list `remote`; after retirement they count `orphans` down instead. Blocks
 * leave that list only all at once, so that the list needs no protection against reuse.
 */
#include <bide/alloc_slab.h>

#include "alloc_gave.h"
#include "atomic.h"
#include "place.h"
#include "poison.h"
#include "thread_id.h"

/* The low half: bytes down to the previous header, and in the lowest bit "given back"; the high
 * half: bytes of padding below this header. One word, so that it is written at once. */
typedef uint64_t header;

#define FREED ((header)1)

BIDE_PRIV_ASSERT(sizeof(header) == BIDE_PRIV_GRAIN, "a header is one grain");
BIDE_PRIV_ASSERT(sizeof(void *) <= BIDE_PRIV_GRAIN, "a block's first grain holds a link");

BIDE_PRIV_ALWAYS header *header_of(void *block)
{
    return (header *)block - 1;
}

BIDE_PRIV_ALWAYS header *previous(header *h)
{
    return (header *)(void *)((unsigned char *)h - ((uint32_t)*h & ~(uint32_t)FREED));
}

/* ---- the owner's side --------------------------------------------------------------------- */

/* Writes the header at h, `pad` bytes above the top, and takes `whole` bytes for its block. */
BIDE_PRIV_ALWAYS void *push_at(bide_slab *slab, header *h, size_t pad, size_t whole)
{
    *h = (header)((unsigned char *)h - (unsigned char *)slab->bump.last) | (header)pad << 32;
    slab->bump.last = h;
    slab->bump.top = (unsigned char *)(h + 1) + whole;
    return h + 1;
}

/* A block of any size and alignment from the slab's own memory, or NULL when it is full. */
static void *push(bide_slab *slab, size_t bytes, size_t align)
{
    size_t room = (size_t)(slab->bump.end - slab->bump.top);
    size_t pad;
    header *h;
    if (room < sizeof(header))
        return NULL;
    room -= sizeof(header);
    pad = bide_priv_pad(slab->bump.top + sizeof(header), align);
    /* In this order no sum can overflow; room is a whole number of grains. */
    if (pad >= room || bytes > room - pad)
        return NULL;
    h = (header *)(void *)(slab->bump.top + pad);
    bide_priv_unpoison(h, sizeof(header));
    return push_at(slab, h, pad, bide_priv_grains(bytes));
}

/* Takes a block back on the owner's thread. */
BIDE_PRIV_ALWAYS void pop(bide_slab *slab, header *h)
{
    unsigned char *top;
    if (BIDE_PRIV_UNLIKELY(h != slab->bump.last)) {
        *h |= FREED;
        return;
    }
    do {
        top = (unsigned char *)h - (*h >> 32);
        h = previous(h);
    } while (*h & FREED);
    slab->bump.top = top;
    slab->bump.last = h;
}

/* Takes in what other threads have given back. */
static void drain(bide_slab *slab)
{
    void *block = bide_priv_exchange_acquire(BIDE_PRIV_PTR(&slab->remote), NULL);
    while (block) {
        void *next = *(void **)block;
        bide_priv_poison(block, sizeof(void *));
        pop(slab, header_of(block));
        block = next;
    }
}

/* Everything but the plain case: over-aligned blocks, empty ones, and the full slab. */
static BIDE_PRIV_COLD void *alloc_slow(bide_slab *slab, size_t bytes, size_t align,
                                       bide_allocator **giver)
{
    void *block = push(slab, bytes, align);
    if (!block && bide_priv_load_relaxed(BIDE_PRIV_PTR(&slab->remote))) {
        drain(slab);
        block = push(slab, bytes, align);
    }
    if (!block)
        return bide_alloc(slab->upstream, bytes, align, giver);
    *giver = &slab->base;
    return block;
}

/* ---- everyone's side ---------------------------------------------------------------------- */

static void give_up(bide_slab *slab)
{
    if (slab->release)
        slab->release(slab);
}

static BIDE_PRIV_COLD void free_remote(bide_slab *slab, void *block, size_t bytes)
{
    void *const retired = slab;
    void *head = bide_priv_load_acquire(BIDE_PRIV_PTR(&slab->remote));
    if (head != retired && bytes > sizeof(void *))
        bide_priv_poison((unsigned char *)block + sizeof(void *), bytes - sizeof(void *));
    bide_priv_reveal(block, sizeof(void *)); /* the block may be smaller than the link */
    for (;;) {
        if (head == retired) {
            bide_priv_reveal(block, bytes); /* it may have retired since the first look */
            if (bide_priv_sub_acq_rel(BIDE_PRIV_SIZE(&slab->orphans), (size_t)1) == 1)
                give_up(slab);
            return;
        }
        *(void **)block = head;
        if (bide_priv_cas_weak_acq_rel(BIDE_PRIV_PTR(&slab->remote), &head, block))
            return;
    }
}

BIDE_PRIV_ALWAYS bool is_owner(const bide_slab *slab)
{
    const uintptr_t *owner = bide_priv_load_relaxed(BIDE_PRIV_PTR(&slab->owner));
    return bide_priv_load_relaxed(BIDE_PRIV_WORD(owner)) == bide_priv_thread_id();
}

BIDE_PRIV_ALWAYS void slab_put(bide_allocator *giver, void *block, size_t bytes, bool watched)
{
    bide_slab *slab = (bide_slab *)giver;
    if (BIDE_PRIV_UNLIKELY(!is_owner(slab))) {
        free_remote(slab, block, bytes);
        return;
    }
    if (watched)
        bide_priv_poison(block, bide_priv_grains(bytes));
    pop(slab, header_of(block));
}

static void *slab_alloc(bide_allocator *self, size_t bytes, size_t align, bide_allocator **giver)
{
    bide_slab *slab = (bide_slab *)self;
    size_t room = (size_t)(slab->bump.end - slab->bump.top);
    void *block = NULL;
    /* bytes - 1: nothing at all, and so much that the sum would overflow, are not the plain case.
     */
    if (BIDE_PRIV_LIKELY(align <= BIDE_PRIV_GRAIN && bytes - 1 < room))
        block = bide_priv_bump(&slab->bump, (bytes + sizeof(header) + BIDE_PRIV_GRAIN - 1) &
                                                ~(BIDE_PRIV_GRAIN - 1));
    if (BIDE_PRIV_UNLIKELY(!block))
        return alloc_slow(slab, bytes, align, giver);
    *giver = self;
    return block;
}

static void slab_free(bide_allocator *giver, void *block, size_t bytes, size_t align)
{
    (void)align;
    slab_put(giver, block, bytes, false);
}

static void *slab_alloc_watched(bide_allocator *self, size_t bytes, size_t align,
                                bide_allocator **giver)
{
    void *block = alloc_slow((bide_slab *)self, bytes, align, giver);
    if (block && *giver == self)
        bide_priv_unpoison(block, bytes);
    return block;
}

static void slab_free_watched(bide_allocator *giver, void *block, size_t bytes, size_t align)
{
    (void)align;
    slab_put(giver, block, bytes, true);
}

static void *slab_alloc_retired(bide_allocator *self, size_t bytes, size_t align,
                                bide_allocator **giver)
{
    return bide_alloc(((bide_slab *)self)->upstream, bytes, align, giver);
}

/* ---- life --------------------------------------------------------------------------------- */

void bide_slab_init(bide_slab *slab, void *memory, size_t bytes, bide_allocator *upstream,
                    void (*release)(bide_slab *slab))
{
    bool watched = bide_priv_watched();
    size_t pad = bide_priv_pad(memory, BIDE_PRIV_GRAIN);
    size_t room = memory && pad < bytes ? (bytes - pad) & ~(BIDE_PRIV_GRAIN - 1) : 0;
    /* Without memory: full, at an address that is as good as any. */
    unsigned char *start = room ? (unsigned char *)memory + pad : (unsigned char *)slab;
    if (room > UINT32_MAX)
        room = UINT32_MAX & ~(BIDE_PRIV_GRAIN - 1);
    *slab = (bide_slab){
        .base = {.size = sizeof slab->base,
                 .flags = bide_priv_flags(BIDE_FREE_ANY_THREAD, upstream) |
                          (watched ? 0u : (uint32_t)BIDE_ALLOC_BUMP),
                 .alloc = watched ? slab_alloc_watched : slab_alloc,
                 .free = watched ? slab_free_watched : slab_free},
        .upstream = upstream,
        .release = release,
        .owner = &slab->inside,
    };
    slab->bump.top = start + (room ? sizeof(header) : 0);
    slab->bump.end = start + room;
    slab->bump.last = room ? start : NULL;
    if (room) {
        *(header *)(void *)start = 0; /* the sentinel */
        bide_priv_poison(slab->bump.top, room - sizeof(header));
    }
}

void bide_slab_enter(bide_slab *slab)
{
    bide_priv_store_relaxed(BIDE_PRIV_WORD(&slab->inside), bide_priv_thread_id());
}

void bide_slab_leave(bide_slab *slab)
{
    bide_priv_store_relaxed(BIDE_PRIV_WORD(&slab->inside), (uintptr_t)0);
}

void bide_priv_slab_follow(bide_slab *slab, const uintptr_t *owner)
{
    slab->owner = owner;
}

static size_t count_live(const bide_slab *slab)
{
    header *h = (header *)slab->bump.last;
    size_t live = 0;
    for (; h && *h; h = previous(h))
        live += !(*h & FREED);
    return live;
}

size_t bide_slab_live(bide_slab *slab)
{
    drain(slab);
    return count_live(slab);
}

/* Headers are the owner's: on other threads there is no telling. */
bide_priv_gave bide_priv_slab_gave(const bide_allocator *giver, const void *block)
{
    const bide_slab *slab = (const bide_slab *)(const void *)giver;
    header *h;
    if ((giver->free != slab_free && giver->free != slab_free_watched) || !is_owner(slab))
        return BIDE_PRIV_GAVE_UNKNOWN;
    for (h = (header *)slab->bump.last; h && *h; h = previous(h))
        if ((const void *)(h + 1) == block)
            return *h & FREED ? BIDE_PRIV_GAVE_FREE : BIDE_PRIV_GAVE_YES;
    return BIDE_PRIV_GAVE_NOT;
}

/* The sentinel, which is where the memory begins. */
static unsigned char *bottom(bide_slab *slab)
{
    header *h = (header *)slab->bump.last;
    while (*h)
        h = previous(h);
    return (unsigned char *)h;
}

void bide_slab_retire(bide_slab *slab)
{
    unsigned char *end = slab->bump.end;
    void *block;
    size_t live;
    slab->base.alloc = slab_alloc_retired;
    bide_slab_leave(slab);
    bide_priv_store_relaxed(BIDE_PRIV_PTR(&slab->owner), (void *)&slab->inside);
    /* Frees by others count below zero, which wraps, until this thread knows how many blocks are
     * out; nobody else can bring the count from one to zero before. */
    bide_priv_store_relaxed(BIDE_PRIV_SIZE(&slab->orphans), (size_t)0);
    block = bide_priv_exchange_acq_rel(BIDE_PRIV_PTR(&slab->remote), (void *)slab);
    while (block) {
        void *next = *(void **)block;
        pop(slab, header_of(block));
        block = next;
    }
    slab->bump.end = slab->bump.top; /* nothing more by bumping, either */
    live = count_live(slab);
    if (bide_priv_watched() && slab->bump.last) {
        unsigned char *start = bottom(slab);
        bide_priv_reveal(start, (size_t)(end - start));
    }
    if (bide_priv_add_acq_rel(BIDE_PRIV_SIZE(&slab->orphans), live) + live == 0)
        give_up(slab);
}
