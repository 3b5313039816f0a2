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

/* Behind a header of so many bytes. The functions below these are for the largest. */
static inline void *bide_priv_frame_behind(uint32_t header, void *block, const bide_type *ty)
{
    return (char *)block +
           BIDE_PRIV_TASK_FRAME(header, ty->frame_align, ty->output_size, ty->output_align);
}

static inline void *bide_priv_output_behind(uint32_t header, void *block, const bide_type *ty)
{
    return (char *)block + BIDE_PRIV_TASK_OUTPUT(header, ty->frame_size, ty->frame_align,
                                                 ty->output_size, ty->output_align);
}

/* Bytes of the block but for the extra, which begins there. */
static inline size_t bide_priv_end_behind(uint32_t header, const bide_type *ty)
{
    return BIDE_PRIV_TASK_END(header, ty->frame_size, ty->frame_align, ty->output_size,
                              ty->output_align);
}

static inline size_t bide_priv_bytes_behind(uint32_t header, const bide_type *ty, bool has_extra)
{
    return bide_priv_end_behind(header, ty) + (has_extra ? BIDE_PRIV_TASK_EXTRA : 0u);
}

static inline struct bide_priv_task_extra *
bide_priv_extra_behind(uint32_t header, const void *block, const bide_type *ty)
{
    return (struct bide_priv_task_extra *)(void *)((char *)(uintptr_t)block +
                                                   bide_priv_end_behind(header, ty));
}

static inline void *bide_priv_block_frame(void *block, const bide_type *ty)
{
    return bide_priv_frame_behind(BIDE_PRIV_TASK_HEADER, block, ty);
}

static inline void *bide_priv_block_output(void *block, const bide_type *ty)
{
    return bide_priv_output_behind(BIDE_PRIV_TASK_HEADER, block, ty);
}

static inline size_t bide_priv_block_bytes(const bide_type *ty, bool has_extra)
{
    return bide_priv_bytes_behind(BIDE_PRIV_TASK_HEADER, ty, has_extra);
}

static inline size_t bide_priv_block_align(const bide_type *ty)
{
    return BIDE_PRIV_TASK_ALIGN(ty->frame_align, ty->output_align);
}

static inline struct bide_priv_task_extra *bide_priv_block_extra(const void *block,
                                                                 const bide_type *ty)
{
    return bide_priv_extra_behind(BIDE_PRIV_TASK_HEADER, block, ty);
}

static inline bool bide_priv_wants_extra(const bide_spawn_options *o)
{
    return o->done || o->name || o->slab_bytes;
}

static inline void bide_priv_keep_extra_in(struct bide_priv_task_extra *x,
                                           const bide_spawn_options *o)
{
    *x = (struct bide_priv_task_extra){o->done, o->done_arg, o->name, o->slab_bytes};
}

static inline void bide_priv_keep_extra(void *block, const bide_type *ty,
                                        const bide_spawn_options *o)
{
    bide_priv_keep_extra_in(bide_priv_block_extra(block, ty), o);
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
static inline void bide_priv_tell_done_behind(uint32_t header, void *block, const bide_type *ty,
                                              bide_poll code)
{
    struct bide_priv_task_extra *x = bide_priv_extra_behind(header, block, ty);
    if (x->done)
        x->done(x->done_arg, code,
                code == BIDE_READY ? bide_priv_output_behind(header, block, ty) : NULL);
}

static inline void bide_priv_tell_done(void *block, const bide_type *ty, bide_poll code)
{
    bide_priv_tell_done_behind(BIDE_PRIV_TASK_HEADER, block, ty, code);
}

static inline void bide_priv_copy_output_from(const void *place, const bide_type *ty, void *out)
{
    if (out && ty->output_size)
        memcpy(out, place, ty->output_size);
}

static inline void bide_priv_copy_output(void *block, const bide_type *ty, void *out)
{
    bide_priv_copy_output_from(bide_priv_block_output(block, ty), ty, out);
}

#endif
