/*
 * block.c: the memory of handles, and of bytes on their way.
 */
#include "uv_core.h"

#include <string.h>

void *bide_priv_uv_block_new_at(bide_uv *rt, size_t bytes, size_t offset)
{
    bide_allocator *giver;
    char *start = bide_alloc(rt->allocator, bytes, BIDE_PRIV_ALIGNOF(max_align_t), &giver);
    struct bide_priv_uv_block *block;
    if (!start)
        return NULL;
    memset(start, 0, bytes);
    block = (struct bide_priv_uv_block *)(void *)(start + offset);
    block->giver = giver;
    block->start = start;
    block->bytes = bytes;
    block->held = true;
    return start;
}

static void block_free(struct bide_priv_uv_block *block)
{
    bide_free(block->giver, block->start, block->bytes, BIDE_PRIV_ALIGNOF(max_align_t));
}

void bide_priv_uv_block_open(bide_uv *rt, struct bide_priv_uv_block *block, uv_handle_t *handle)
{
    block->rt = rt;
    block->handle = handle;
    if (handle)
        handle->data = block;
    block->next = rt->blocks;
    if (block->next)
        block->next->before = block;
    rt->blocks = block;
}

void bide_priv_uv_block_closed(struct bide_priv_uv_block *block)
{
    if (block->next)
        block->next->before = block->before;
    if (block->before)
        block->before->next = block->next;
    else
        block->rt->blocks = block->next;
    if (block->held && block->end)
        block->end(block);
    block->rt = NULL;
    if (!block->held)
        block_free(block);
}

static void closed(uv_handle_t *handle)
{
    bide_priv_uv_block_closed(handle->data);
}

void bide_priv_uv_block_close(struct bide_priv_uv_block *block)
{
    if (!block->handle)
        block->close(block);
    else if (!uv_is_closing(block->handle))
        uv_close(block->handle, closed);
}

void bide_priv_uv_block_leave(struct bide_priv_uv_block *block)
{
    block->held = false;
    if (!block->rt)
        block_free(block);
}

void bide_priv_uv_blocks_end(bide_uv *rt)
{
    struct bide_priv_uv_block *block;
    while (rt->blocks) {
        struct bide_priv_uv_block *next;
        for (block = rt->blocks; block; block = next) {
            next = block->next;
            if (block->held && block->end)
                block->end(block);
            bide_priv_uv_block_close(block);
        }
        if (rt->blocks)
            (void)uv_run(rt->loop, UV_RUN_ONCE);
    }
}

/* ---- buffers ------------------------------------------------------------------------------ */

static size_t buffer_size(const bide_uv *rt)
{
    return sizeof(struct bide_priv_uv_buffer) + rt->buffer_bytes;
}

struct bide_priv_uv_buffer *bide_priv_uv_buffer_new(bide_uv *rt)
{
    bide_allocator *giver;
    struct bide_priv_uv_buffer *b = bide_alloc(
        rt->allocator, buffer_size(rt), BIDE_PRIV_ALIGNOF(struct bide_priv_uv_buffer), &giver);
    if (b)
        b->giver = giver;
    return b;
}

void bide_priv_uv_buffer_free(bide_uv *rt, struct bide_priv_uv_buffer *b)
{
    bide_free(b->giver, b, buffer_size(rt), BIDE_PRIV_ALIGNOF(struct bide_priv_uv_buffer));
}

void bide_priv_uv_buffers_end(bide_uv *rt)
{
    rt->buffers_most = 0;
    if (rt->shared)
        bide_priv_uv_buffer_free(rt, rt->shared);
    rt->shared = NULL;
    while (rt->buffers) {
        struct bide_priv_uv_buffer *b = rt->buffers;
        rt->buffers = b->next;
        bide_priv_uv_buffer_free(rt, b);
    }
}
