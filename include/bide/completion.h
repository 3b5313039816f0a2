/*
 * bide/completion.h: an existing callback as a future.
 *
 * A completion has two sides. The future's side awaits it; the completer's side, any code on any
 * thread, ends it once, with a value or a code. Either may go first: completing after the future
 * was dropped discards the value, and a completer that goes away without a word ends the future
 * with BIDE_ECANCELED.
 *
 *     static void on_done(void *arg, int32_t result)          // called by the existing API
 *     {
 *         bide_completion_finish(arg, BIDE_READY, &result);
 *     }
 *
 *     bide_completion *c;
 *     options.output_size = sizeof(int32_t), options.output_align = alignof(int32_t);
 *     if (bide_completion_new(&options, &c) == BIDE_READY) {
 *         existing_api_start(on_done, c);                     // the completer's side
 *         BIDE_AWAIT_TO(f->result, read_done, wait, (c));     // the future's side
 *     }
 *
 * The reverse, a callback at the end of a future, is BIDE_SPAWN_THEN (bide/task.h).
 */
#ifndef BIDE_COMPLETION_H
#define BIDE_COMPLETION_H

#include <bide/future.h>

BIDE_PRIV_C_BEGIN

/* Both sides hold the same pointer, each one reference. */
typedef struct bide_completion bide_completion;

/* What a completion is made of. All but size may be zero. */
typedef struct bide_completion_options {
    uint32_t size;             /* of this structure, as the caller knew it */
    uint32_t flags;            /* none defined yet: 0 */
    bide_allocator *allocator; /* of its memory, which either side may be the one to free */
    size_t output_size;        /* bytes of the value; 0: none */
    size_t output_align;       /* 0: as for any object */
    /* The future was dropped before the end: the place to stop the operation. On the thread that
     * drops; the completer may be completing at the same moment, so `cancel_arg` must not be freed
     * by that. NULL: nobody is told. */
    void (*on_cancel)(void *cancel_arg);
    void *cancel_arg;
    /* Releases a value that nobody will see, on whichever thread finds that out. NULL: plain
     * data. */
    void (*discard)(void *value);
} bide_completion_options;

/* The calling code's default allocator, and nothing else set. */
BIDE_INLINE bide_completion_options bide_completion_options_init(void)
{
    bide_completion_options o;
    o.size = (uint32_t)sizeof o;
    o.flags = 0;
    o.allocator = bide_default_allocator();
    o.output_size = 0;
    o.output_align = 0;
    o.on_cancel = NULL;
    o.cancel_arg = NULL;
    o.discard = NULL;
    return o;
}

/* Makes a completion with two references, one for each side. One allocation, which is all that it
 * ever makes. BIDE_ENOMEM (BIDE_EBUSY from a fixed pool), BIDE_EMISUSE without an allocator or with
 * an alignment that is none. If the sides are on two threads, the allocator must be one that may be
 * freed to from any (BIDE_FREE_ANY_THREAD). */
BIDE_API bide_poll bide_completion_new(const bide_completion_options *options,
                                       bide_completion **out);

/* Sets what is called when the future is dropped before the end, where the operation that it stops
 * is known only after the completion was made. Before the future's side is first polled. */
BIDE_API void bide_completion_on_cancel(bide_completion *c, void (*on_cancel)(void *cancel_arg),
                                        void *cancel_arg);

/* ---- the completer's side, on any thread -------------------------------------------------- */

/* Ends the future: with BIDE_READY and the value copied from *value, or with a failure code and no
 * value. BIDE_READY: done, also when the future has gone and the value was discarded. BIDE_EMISUSE:
 * it was completed before, or the code is BIDE_PENDING; the value stays the caller's. The completer
 * keeps its reference. */
BIDE_API bide_poll bide_completion_complete(bide_completion *c, bide_poll code, const void *value);

/* Gives the completer's reference up. Without a completion before, the future ends with
 * BIDE_ECANCELED. */
BIDE_API void bide_completion_drop(bide_completion *c);

/* Both in one, for callbacks that are called once. */
BIDE_INLINE bide_poll bide_completion_finish(bide_completion *c, bide_poll code, const void *value)
{
    bide_poll r = bide_completion_complete(c, code, value);
    bide_completion_drop(c);
    return r;
}

/* Whether the future has been dropped, so that there is nothing to complete any more. */
BIDE_API bool bide_completion_is_abandoned(const bide_completion *c);

/* ---- the future's side, one thread at a time ---------------------------------------------- */

/* BIDE_PENDING keeps a clone of the waker. Else the code that it was completed with, with the value
 * in *out if that is BIDE_READY; a second time BIDE_EMISUSE. The reference stays. */
BIDE_API bide_poll bide_completion_poll(bide_completion *c, bide_context *cx, void *out);

/* Gives the future's reference up; if it was pending, on_cancel is called. */
BIDE_API void bide_completion_abandon(bide_completion *c);

/* Private: tells of a future that begins with a bide_completion * how that stands. */
BIDE_API void bide_priv_completion_trace(const void *frame, bide_tracer *tracer);

/* BIDE_COMPLETION(R, Name): a future type Name(bide_completion *c) -> R, where R is not void, for
 * completions with values of type R. It owns the future's side. Before it stands the line
 * `#define Name_FRAME BIDE_COMPLETION_FRAME`.
 * Shape: BIDE_FUTURE(R, Name) with its poll and drop, and
 *     bide_poll Name_new(bide_completion_options *options, bide_completion **out);
 *         sets output_size and output_align, and makes the completion
 *     bide_poll Name_complete(bide_completion *c, R value);
 *         completes with BIDE_READY and gives the completer's reference up */
#define BIDE_COMPLETION_FRAME(ROW)                                                                 \
    ROW(TRAITS, BIDE_SEND | BIDE_UNPIN) ROW(TRACE, bide_priv_completion_trace)                     \
    ROW(OWNED, bide_completion *, completion, bide_completion_abandon)
#define BIDE_COMPLETION(R, Name)                                                                   \
    BIDE_FUTURE(R, Name)                                                                           \
    BIDE_INLINE bide_poll Name##_new(bide_completion_options *options, bide_completion **out)      \
    {                                                                                              \
        options->output_size = sizeof(R);                                                          \
        options->output_align = BIDE_PRIV_ALIGNOF(R);                                              \
        return bide_completion_new(options, out);                                                  \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_complete(bide_completion *c, R value)                             \
    {                                                                                              \
        return bide_completion_finish(c, BIDE_READY, &value);                                      \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(struct Name *f)                                                   \
    {                                                                                              \
        if (f->completion)                                                                         \
            bide_completion_abandon(f->completion);                                                \
        f->completion = NULL;                                                                      \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll(struct Name *f, bide_context *cx, Name##_output *out)        \
    {                                                                                              \
        bide_poll bide_r;                                                                          \
        if (!f->completion)                                                                        \
            return BIDE_EMISUSE;                                                                   \
        bide_r = bide_completion_poll(f->completion, cx, out);                                     \
        if (bide_r != BIDE_PENDING)                                                                \
            Name##_drop(f);                                                                        \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_PRIV_ASSERT(sizeof(struct Name) == sizeof(void *), "a completion's future is a pointer")

BIDE_PRIV_C_END

#endif
