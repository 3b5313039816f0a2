/*
 * bide/alloc_slot.h: room for one frame, in the caller's own frame or in an object.
 *
 * Where one dyn call is in flight at a time, its frame can live in a place that the caller keeps
 * anyway: a field of its object, a local of a blocking function, a buffer in its own frame. A slot
 * is that place as an allocator: it holds one block at a time. What does not fit, by size, by
 * alignment or because the slot is taken, goes to the fall-back allocator, whose blocks return to
 * it without passing here; without one the request fails, and the flags say BIDE_ALLOC_FIXED.
 *
 *     struct client {
 *         BIDE_SLOT(96) slot;
 *         ...
 *     };
 *     BIDE_SLOT_INIT(&client->slot, bide_heap());
 *     Store store = FileStore_as_Store(file, BIDE_SLOT_ALLOCATOR(&client->slot));
 *
 * One thread at a time allocates; any thread may free (if the fall-back allows the same, else the
 * flags do not promise it). The slot must stay where it is, and outlive the block in it.
 */
#ifndef BIDE_ALLOC_SLOT_H
#define BIDE_ALLOC_SLOT_H

#include <bide/alloc.h>

BIDE_PRIV_C_BEGIN

/* The allocator over a place. All members are its own; `taken` is atomic to the library. */
typedef struct bide_slot {
    bide_allocator base;
    bide_allocator *fallback;
    unsigned char *place;
    size_t bytes;
    uint32_t taken;
} bide_slot;

/* A slot together with its place of `n` bytes, aligned to 16. A boxed frame needs what
 * bide_box_bytes says: its size and the box offset. Shape: an unnamed struct type, to declare a
 * member or a variable with. */
#define BIDE_SLOT(n)                                                                               \
    struct {                                                                                       \
        bide_slot allocator;                                                                       \
        BIDE_PRIV_ALIGNAS(16) unsigned char place[(n) > 0 ? (n) : 1];                              \
    }

/* Makes the slot of a BIDE_SLOT ready. `fallback_` may be NULL. Shape: a call of bide_slot_init. */
#define BIDE_SLOT_INIT(slot_, fallback_)                                                           \
    bide_slot_init(&(slot_)->allocator, (slot_)->place, sizeof(slot_)->place, (fallback_))

/* The slot as an allocator. Shape: an expression of type bide_allocator *. */
#define BIDE_SLOT_ALLOCATOR(slot_) (&(slot_)->allocator.base)

/* Makes a slot of `bytes` bytes at `place`, aligned as it happens to be. Cannot fail. */
BIDE_API void bide_slot_init(bide_slot *slot, void *place, size_t bytes, bide_allocator *fallback);

/* Whether a block is in it. Only the thread that allocates can rely on "no". */
BIDE_API bool bide_slot_is_taken(bide_slot *slot);

BIDE_PRIV_C_END

#if defined(BIDE_CHECKED) && !defined(BIDE_BUILD)
#define bide_slot_init(slot, place, bytes, fallback)                                               \
    (bide_priv_check_slot_init((uintptr_t)(slot), (uintptr_t)(place), bytes),                      \
     bide_slot_init(slot, place, bytes, fallback))
#endif

#endif
