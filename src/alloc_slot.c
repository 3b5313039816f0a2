/*
 * alloc_slot.c: room for one block.
 */
#include <bide/alloc_slot.h>

#include "alloc_gave.h"
#include "atomic.h"
#include "place.h"

static void *slot_alloc(bide_allocator *self, size_t bytes, size_t align, bide_allocator **giver)
{
    bide_slot *slot = (bide_slot *)self;
    size_t pad = bide_priv_pad(slot->place, align);
    /* Acquire: what another thread did with the block before it gave it back is over. */
    if (pad > slot->bytes || bytes > slot->bytes - pad ||
        bide_priv_load_acquire(BIDE_PRIV_U32(&slot->taken)))
        return bide_alloc(slot->fallback, bytes, align, giver);
    bide_priv_store_relaxed(BIDE_PRIV_U32(&slot->taken), 1u);
    *giver = self;
    return slot->place + pad;
}

static void slot_free(bide_allocator *giver, void *block, size_t bytes, size_t align)
{
    (void)block;
    (void)bytes;
    (void)align;
    bide_priv_store_release(BIDE_PRIV_U32(&((bide_slot *)giver)->taken), 0u);
}

void bide_slot_init(bide_slot *slot, void *place, size_t bytes, bide_allocator *fallback)
{
    *slot = (bide_slot){
        .base = {.size = sizeof slot->base,
                 .flags = bide_priv_flags(BIDE_FREE_ANY_THREAD, fallback),
                 .alloc = slot_alloc,
                 .free = slot_free},
        .fallback = fallback,
        .place = place ? (unsigned char *)place : (unsigned char *)slot,
        .bytes = place ? bytes : 0,
    };
}

bool bide_slot_is_taken(bide_slot *slot)
{
    return bide_priv_load_acquire(BIDE_PRIV_U32(&slot->taken)) != 0;
}

bide_priv_gave bide_priv_slot_gave(const bide_allocator *giver, const void *block)
{
    const bide_slot *slot = (const bide_slot *)(const void *)giver;
    if (giver->free != slot_free)
        return BIDE_PRIV_GAVE_UNKNOWN;
    if ((uintptr_t)block < (uintptr_t)slot->place ||
        (uintptr_t)block >= (uintptr_t)slot->place + slot->bytes)
        return BIDE_PRIV_GAVE_NOT;
    return bide_priv_load_acquire(BIDE_PRIV_U32(&slot->taken)) ? BIDE_PRIV_GAVE_YES
                                                               : BIDE_PRIV_GAVE_FREE;
}
