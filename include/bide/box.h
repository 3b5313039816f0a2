/*
 * bide/box.h: boxed futures.
 *
 * A box owns a future whose type is known at run time only, in memory that some allocator gave. It
 * is two words and may be moved at any time. The allocator to give the memory back to lies in the
 * pointer word directly below the frame, so a box can be handed to code that knows nothing of
 * where it came from, over threads (if its type says BIDE_SEND and its allocator
 * BIDE_FREE_ANY_THREAD) and over shared libraries.
 *
 * A future ends before its end is told: when bide_box_poll returns anything but BIDE_PENDING, the
 * frame has been released, its memory is back at its giver, and the box is empty.
 */
#ifndef BIDE_BOX_H
#define BIDE_BOX_H

#include <bide/alloc.h>
#include <bide/check.h>
#include <bide/waker.h>

BIDE_PRIV_C_BEGIN

/* An empty box: dropping it does nothing, polling it is BIDE_EMISUSE. */
#ifdef __cplusplus
#define BIDE_BOX_EMPTY (bide_box{nullptr, nullptr})
#else
#define BIDE_BOX_EMPTY ((bide_box){NULL, NULL})
#endif

/* Whether the box holds a future. */
BIDE_INLINE bool bide_box_is_empty(const bide_box *box)
{
    return !box->frame;
}

/* The bytes that a boxed frame of a type asks its allocator for, and their alignment: what a pool
 * or slot must offer. */
BIDE_INLINE size_t bide_box_bytes(const bide_type *type)
{
    return (size_t)type->box_offset + type->frame_size;
}

BIDE_INLINE size_t bide_box_align(const bide_type *type)
{
    return type->frame_align > sizeof(void *) ? type->frame_align : sizeof(void *);
}

/* Memory for a boxed frame, or NULL. Sizes as arguments, so that a constant stays one; `offset` is
 * max(sizeof(void *), align), and the alignment of the block, too. The frame's contents are the
 * caller's to build. */
BIDE_INLINE void *bide_frame_alloc(bide_allocator *a, size_t size, size_t offset)
{
    bide_allocator *giver;
    char *block;
    if (a && (a->flags & BIDE_ALLOC_BUMP) && offset <= 8) {
        block = (char *)bide_priv_bump((bide_bump *)(void *)a, (offset + size + 15) & ~(size_t)7);
        if (BIDE_PRIV_LIKELY(block)) {
            ((bide_allocator **)(void *)(block + offset))[-1] = a;
            BIDE_PRIV_CHECK_FRESH(block + offset)
            return block + offset;
        }
    }
    block = (char *)bide_alloc(a, offset + size, offset, &giver);
    if (BIDE_PRIV_UNLIKELY(!block))
        return NULL;
    ((bide_allocator **)(void *)(block + offset))[-1] = giver;
    BIDE_PRIV_CHECK_FRESH(block + offset)
    return block + offset;
}

/* Gives the memory of a boxed frame back. The future in it has ended. */
BIDE_INLINE void bide_frame_free(void *frame, size_t size, size_t offset)
{
    bide_allocator *giver = ((bide_allocator **)frame)[-1];
    BIDE_PRIV_CHECK_FREED(frame)
    bide_free(giver, (char *)frame - offset, offset + size, offset);
}

/* The same within the call that got the memory, on the same thread. */
BIDE_INLINE void bide_priv_frame_undo(void *frame, size_t size, size_t offset)
{
    bide_allocator *giver = ((bide_allocator **)frame)[-1];
    void *block = (char *)frame - offset;
    BIDE_PRIV_CHECK_FREED(frame)
    if ((giver->flags & BIDE_ALLOC_BUMP) && bide_priv_unbump((bide_bump *)(void *)giver, block))
        return;
    bide_free(giver, block, offset + size, offset);
}

/* Reserves an unbuilt frame: on BIDE_READY box->frame is the place, and the caller must run the
 * type's init there (or bide_box_release it) before anything else. BIDE_ENOMEM: the box is empty.
 * BIDE_EBUSY instead if the allocator's capacity is fixed (BIDE_ALLOC_FIXED). */
BIDE_INLINE bide_poll bide_box_reserve(bide_box *box, const bide_type *type, bide_allocator *a)
{
    box->type = type;
    box->frame = bide_frame_alloc(a, type->frame_size, type->box_offset);
    if (box->frame)
        return BIDE_READY;
    return a && (a->flags & BIDE_ALLOC_FIXED) ? BIDE_EBUSY : BIDE_ENOMEM;
}

/* Gives back the memory of a box whose frame was never built, or has ended. */
BIDE_INLINE void bide_box_release(bide_box *box)
{
    void *frame = box->frame;
    box->frame = NULL;
    bide_frame_free(frame, box->type->frame_size, box->type->box_offset);
}

/* Polls the future. Anything but BIDE_PENDING empties the box first. `out` points to memory of the
 * type's Output (NULL for void). An empty box gives BIDE_EMISUSE. */
BIDE_INLINE bide_poll bide_box_poll(bide_box *box, bide_context *cx, void *out)
{
    bide_poll r;
    if (BIDE_PRIV_UNLIKELY(!box->frame)) {
        BIDE_PRIV_CHECK_BOX_POLL(box)
        return BIDE_EMISUSE;
    }
    r = box->type->poll(box->frame, cx, out);
    if (r != BIDE_PENDING)
        bide_box_release(box);
    return r;
}

/* Cancels the future and gives its memory back; an empty box is left alone. */
BIDE_INLINE void bide_box_drop(bide_box *box)
{
    if (!box->frame)
        return;
    BIDE_PRIV_CHECK_BOX_DROP(box)
    box->type->drop(box->frame);
    bide_box_release(box);
}

/* Moves the future out, leaving an empty box. */
BIDE_INLINE bide_box bide_box_take(bide_box *box)
{
    bide_box out = *box;
    box->frame = NULL;
    return out;
}

/* Whether the box may be polled and dropped on another thread: its future says BIDE_SEND and its
 * memory may be freed from any thread. An empty box may. */
BIDE_INLINE bool bide_box_is_send(const bide_box *box)
{
    if (!box->frame)
        return true;
    return (box->type->flags & BIDE_SEND) &&
           (((bide_allocator **)box->frame)[-1]->flags & BIDE_FREE_ANY_THREAD);
}

/* Describes the future to a tracer: its own trace if it has one, else its name. */
BIDE_INLINE void bide_box_trace(const bide_box *box, bide_tracer *tracer)
{
    if (!box->frame || (tracer->flags & BIDE_TRACER_ENOUGH))
        return;
    if (box->type->trace) {
        box->type->trace(box->frame, tracer);
        return;
    }
    tracer->enter(tracer, box->type, box->frame, NULL, 0);
    tracer->leave(tracer);
}

BIDE_PRIV_C_END

#endif
