/*
 * task_block.h (private): the one block of memory that a task is, and its operations.
 *
 * Every executor's task is a header of its own, of at most BIDE_PRIV_TASK_HEADER bytes, then the
 * frame, a large output if there is one, the extra if there is one. Small outputs take the frame's
 * place. The header begins with a waker, whose vtable is the beginning of a larger one: that is how
 * a join handle finds out what to do with a task of whichever executor.
 */
#ifndef BIDE_PRIV_TASK_BLOCK_H
#define BIDE_PRIV_TASK_BLOCK_H

#include <bide/trace.h>

#include <string.h>

/* What a join handle asks of a task. The handle is not empty; its task is the argument where no
 * handle is needed. bide/task.h tells the rest. */
typedef struct bide_priv_task_vtable {
    bide_waker_vtable waker; /* first: a task's waker names this table */
    bide_poll (*take)(bide_join *join, void *out);
    bide_poll (*poll)(bide_join *join, bide_context *cx, void *out);
    void (*abort)(bide_task *t);
    void (*ref)(bide_task *t);
    void (*unref)(bide_task *t);
    bool (*is_done)(bide_task *t);
    const char *(*name)(const bide_task *t);
    bide_poll (*trace)(bide_task *t, const bide_trace_options *options);
    bide_poll (*request_trace)(bide_task *t, bide_trace_request *request);
} bide_priv_task_vtable;

static inline const bide_priv_task_vtable *bide_priv_task_ops(const bide_task *t)
{
    return (const bide_priv_task_vtable *)(const void *)((const bide_waker *)(const void *)t)
        ->vtable;
}

/* A copy of the spawn options that are rarely set; at the end of the block. */
struct bide_priv_task_extra {
    void (*done)(void *done_arg, bide_poll code, const void *output);
    void *done_arg;
    const char *name;
    size_t slab_bytes;
};

BIDE_PRIV_ASSERT(sizeof(struct bide_priv_task_extra) <= BIDE_PRIV_TASK_EXTRA,
                 "a task's extra fits its place");

static inline void *bide_priv_block_frame(void *block, const bide_type *ty)
{
    return (char *)block + BIDE_PRIV_TASK_FRAME(ty->frame_align, ty->output_size, ty->output_align);
}

static inline void *bide_priv_block_output(void *block, const bide_type *ty)
{
    return (char *)block + BIDE_PRIV_TASK_OUTPUT(ty->frame_size, ty->frame_align, ty->output_size,
                                                 ty->output_align);
}

/* Bytes of the block but for the extra, which begins there. */
static inline size_t bide_priv_block_end(const bide_type *ty)
{
    return BIDE_PRIV_TASK_END(ty->frame_size, ty->frame_align, ty->output_size, ty->output_align);
}

static inline size_t bide_priv_block_bytes(const bide_type *ty, bool has_extra)
{
    return bide_priv_block_end(ty) + (has_extra ? BIDE_PRIV_TASK_EXTRA : 0u);
}

static inline size_t bide_priv_block_align(const bide_type *ty)
{
    return BIDE_PRIV_TASK_ALIGN(ty->frame_align, ty->output_align);
}

static inline struct bide_priv_task_extra *bide_priv_block_extra(const void *block,
                                                                 const bide_type *ty)
{
    return (struct bide_priv_task_extra *)(void *)((char *)(uintptr_t)block +
                                                   bide_priv_block_end(ty));
}

static inline bool bide_priv_wants_extra(const bide_spawn_options *o)
{
    return o->done || o->name || o->slab_bytes;
}

static inline void bide_priv_keep_extra(void *block, const bide_type *ty,
                                        const bide_spawn_options *o)
{
    *bide_priv_block_extra(block, ty) =
        (struct bide_priv_task_extra){o->done, o->done_arg, o->name, o->slab_bytes};
}

/* The caller's options, whatever their age, in full. */
static inline bide_spawn_options bide_priv_complete_spawn(const bide_spawn_options *given)
{
    bide_spawn_options o = bide_spawn_options_init();
    if (given)
        memcpy(&o, given, given->size < sizeof o ? given->size : sizeof o);
    return o;
}

/* Why an allocator gave nothing. */
static inline bide_poll bide_priv_no_memory(const bide_allocator *a)
{
    return a->flags & BIDE_ALLOC_FIXED ? BIDE_EBUSY : BIDE_ENOMEM;
}

/* Tells the option `done`, if it was set. */
static inline void bide_priv_tell_done(void *block, const bide_type *ty, bide_poll code)
{
    struct bide_priv_task_extra *x = bide_priv_block_extra(block, ty);
    if (x->done)
        x->done(x->done_arg, code, code == BIDE_READY ? bide_priv_block_output(block, ty) : NULL);
}

static inline void bide_priv_copy_output(void *block, const bide_type *ty, void *out)
{
    if (out && ty->output_size)
        memcpy(out, bide_priv_block_output(block, ty), ty->output_size);
}

#endif
