/*
 * alloc_recycle.c: free lists by size class.
 */
#include <bide/alloc_recycle.h>

#include "place.h"
#include "poison.h"

#define STEP BIDE_RECYCLER_STEP
#define CLASSES (BIDE_RECYCLER_LARGEST / STEP)

/* Lies below each block, while it is out, too: the upstream's giver must be known to the end. */
typedef union header {
    struct {
        bide_allocator *giver;
        union header *next;
    } h;
    BIDE_PRIV_ALIGNAS(16) unsigned char room[16];
} header;

BIDE_PRIV_ASSERT(sizeof(header) == 16, "a header keeps the block aligned to 16");

static bool is_kept(size_t bytes, size_t align)
{
    return bytes <= BIDE_RECYCLER_LARGEST && align <= 16;
}

static size_t class_of(size_t bytes)
{
    return bytes ? (bytes - 1) / STEP : 0;
}

/* What a block of a class costs upstream. */
static size_t class_bytes(size_t number)
{
    return sizeof(header) + (number + 1) * STEP;
}

static void *recycler_alloc(bide_allocator *self, size_t bytes, size_t align,
                            bide_allocator **giver)
{
    bide_recycler *recycler = (bide_recycler *)self;
    size_t number = class_of(bytes);
    header *block;
    if (!is_kept(bytes, align))
        return bide_alloc(recycler->upstream, bytes, align, giver);
    block = (header *)recycler->lists[number];
    if (block) {
        recycler->lists[number] = block->h.next;
        recycler->cached -= class_bytes(number);
        if (recycler->watched)
            bide_priv_unpoison(block + 1, bytes);
    } else {
        bide_allocator *from;
        block = (header *)bide_alloc(recycler->upstream, class_bytes(number), 16, &from);
        if (!block)
            return NULL;
        block->h.giver = from;
    }
    recycler->live++;
    *giver = self;
    return block + 1;
}

static void give_back(header *block, size_t number)
{
    bide_priv_unpoison(block + 1, class_bytes(number) - sizeof(header));
    bide_free(block->h.giver, block, class_bytes(number), 16);
}

static void recycler_free(bide_allocator *giver, void *place, size_t bytes, size_t align)
{
    bide_recycler *recycler = (bide_recycler *)giver;
    size_t number = class_of(bytes);
    size_t whole = class_bytes(number);
    header *block = (header *)place - 1;
    (void)align;
    recycler->live--;
    if (whole > recycler->limit || recycler->cached > recycler->limit - whole) {
        give_back(block, number);
        return;
    }
    if (recycler->watched)
        bide_priv_poison(place, whole - sizeof(header));
    block->h.next = (header *)recycler->lists[number];
    recycler->lists[number] = block;
    recycler->cached += whole;
}

void bide_recycler_init(bide_recycler *recycler, bide_allocator *upstream, size_t limit)
{
    *recycler = (bide_recycler){
        .base = {.size = sizeof recycler->base,
                 .flags = bide_priv_flags(0, upstream),
                 .alloc = recycler_alloc,
                 .free = recycler_free},
        .upstream = upstream,
        .limit = limit,
        .watched = bide_priv_watched(),
    };
}

size_t bide_recycler_trim(bide_recycler *recycler, size_t keep)
{
    size_t before = recycler->cached;
    size_t number = CLASSES;
    while (number-- > 0) {
        while (recycler->cached > keep && recycler->lists[number]) {
            header *block = (header *)recycler->lists[number];
            recycler->lists[number] = block->h.next;
            recycler->cached -= class_bytes(number);
            give_back(block, number);
        }
    }
    return before - recycler->cached;
}
