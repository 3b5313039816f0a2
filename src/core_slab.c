/*
 * core_slab.c: the slab of a task, taken when the task first wants a frame.
 *
 * Until then the task's context names the core's `lazy` allocator, which takes the slab and puts it
 * into the context. It never gives a block of its own: the giver is the slab, or its upstream, the
 * executor's allocator. A slab whose last block has come back goes into the executor's cache.
 */
#include "core.h"

#define ALIGN BIDE_PRIV_ALIGNOF(struct bide_priv_slab_block)

static void free_block(struct bide_priv_slab_block *b)
{
    bide_free(b->giver, b, b->bytes, ALIGN);
}

/* Owner: keeps the block for the next task, if it is one of the usual size and there is room. */
static void keep(bide_local *core, struct bide_priv_slab_block *b)
{
    if (core->slabs_kept >= core->slabs_most || core->closing ||
        b->bytes != sizeof *b + core->slab_bytes) {
        free_block(b);
        return;
    }
    b->next = core->slabs;
    core->slabs = b;
    core->slabs_kept++;
}

/* Another thread: hands the block back to the owner; false when there is none any more. */
static bool hand_back(bide_local *core, struct bide_priv_slab_block *b)
{
    void *head = bide_priv_load_relaxed(BIDE_PRIV_PTR(&core->slabs_back));
    do {
        if (head == BIDE_PRIV_CLOSED)
            return false;
        b->next = head;
    } while (!bide_priv_cas_acq_rel(BIDE_PRIV_PTR(&core->slabs_back), &head, b));
    return true;
}

/* The slab has retired and its last block is back: called by any thread. */
static void slab_released(bide_slab *slab)
{
    struct bide_priv_slab_block *b = (struct bide_priv_slab_block *)(void *)slab;
    bide_local *core = b->core;
    if (bide_priv_is_owner(core))
        keep(core, b);
    else if ((b->giver->flags & BIDE_FREE_ANY_THREAD) || !hand_back(core, b))
        free_block(b);
    bide_priv_core_release(core);
}

/* Owner: takes in the blocks that others have handed back. */
static void take_back(bide_local *core, void *instead)
{
    struct bide_priv_slab_block *b =
        bide_priv_exchange_acq_rel(BIDE_PRIV_PTR(&core->slabs_back), instead);
    while (b) {
        struct bide_priv_slab_block *next = b->next;
        keep(core, b);
        b = next;
    }
}

static struct bide_priv_slab_block *new_block(bide_local *core, size_t bytes)
{
    struct bide_priv_slab_block *b;
    bide_allocator *giver;
    if (bide_priv_load_relaxed(BIDE_PRIV_PTR(&core->slabs_back)))
        take_back(core, NULL);
    if (core->slabs && bytes == core->slab_bytes) {
        b = core->slabs;
        core->slabs = b->next;
        core->slabs_kept--;
        return b;
    }
    b = bide_alloc(core->allocator, sizeof *b + bytes, ALIGN, &giver);
    if (!b)
        return NULL;
    b->core = core;
    b->giver = giver;
    b->bytes = sizeof *b + bytes;
    core->stats.slabs++;
    return b;
}

/* Gives the task that is being polled its slab. NULL: it wants none, or there is no memory. */
static bide_slab *take_slab(bide_local *core, bide_task *t)
{
    struct bide_priv_slab_block *b;
    size_t bytes = t == &core->root ? core->root_slab_bytes : bide_priv_task_slab_bytes(t);
    if (bytes == 0)
        return NULL;
    b = new_block(core, bytes);
    if (!b)
        return NULL;
    bide_slab_init(&b->slab, b + 1, bytes, core->allocator, slab_released);
    bide_priv_slab_follow(&b->slab, &core->owner);
    core->near_refs++;
    t->slab = &b->slab;
    return t->slab;
}

void *bide_priv_lazy_alloc(bide_allocator *self, size_t bytes, size_t align, bide_allocator **giver)
{
    bide_local *core = (bide_local *)(void *)((char *)self - offsetof(bide_local, lazy));
    bide_allocator *a = core->allocator;
    /* Outside of a poll, or when kept from one task's context for another's: still right. */
    if (bide_priv_is_owner(core) && core->current && !core->current->light) {
        bide_task *t = core->current;
        if (t->slab || take_slab(core, t))
            a = &t->slab->base;
        if (core->cx.allocator == self)
            core->cx.allocator = a;
    }
    return bide_alloc(a, bytes, align, giver);
}

void bide_priv_lazy_free(bide_allocator *giver, void *block, size_t bytes, size_t align)
{
    /* Never a giver. */
    (void)giver;
    (void)block;
    (void)bytes;
    (void)align;
}

/* Owner: the task has ended, or the root stops being one. */
void bide_priv_slab_retire(bide_local *core, bide_task *t)
{
    bide_slab *slab = t->slab;
    (void)core;
    if (!slab)
        return;
    t->slab = NULL;
    bide_slab_retire(slab);
}

/* Owner, at the end: frees what is kept, and lets nothing come back any more. */
void bide_priv_slabs_close(bide_local *core)
{
    take_back(core, BIDE_PRIV_CLOSED);
    while (core->slabs) {
        struct bide_priv_slab_block *b = core->slabs;
        core->slabs = b->next;
        free_block(b);
    }
}
