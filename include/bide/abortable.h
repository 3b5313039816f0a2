/*
 * bide/abortable.h: a future that can be told from elsewhere to stop.
 *
 *     BIDE_ABORTABLE(fetch_or_not, fetch);
 *                                     // fetch_or_not(bide_abort *abort, struct fetch inner)
 *     static bide_abort stop;         // where both sides find it; all zero: not fired
 *     bide_abort_fire(&stop);         // from anywhere
 *
 *     fetch_or_not_output got = await(fetch_or_not(&stop, one));
 *     if (!got.aborted) use(got.of.value);
 *
 * The future looks before each of its polls, and drops what it holds when the word was given.
 * Firing wakes it, once. A future that was ready in the last poll that it got keeps its result. A
 * whole task is aborted with bide_join_abort (bide/task.h). As Abortable and AbortHandle of Rust's
 * futures.
 *
 * bide_abort is fired from any thread; bide_local_abort, with BIDE_LOCAL_ABORTABLE, from the thread
 * of the future only, without atomic operations.
 */
#ifndef BIDE_ABORTABLE_H
#define BIDE_ABORTABLE_H

#include <bide/made.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

BIDE_PRIV_C_BEGIN

/* ---- between threads ---------------------------------------------------------------------- */

/* A word that is given once. Members are its own; all zero is a fresh one. It belongs to the caller
 * and must outlive the future and all calls; one future at a time waits for it. */
typedef struct bide_abort {
    uint32_t lock;
    uint32_t fired; /* atomic */
    bide_waker *waker;
} bide_abort;

/* Makes a fresh one, or makes one fresh again: not while anybody uses it. */
BIDE_INLINE void bide_abort_init(bide_abort *abort)
{
    BIDE_PRIV_ZERO(abort, sizeof *abort);
}

/* Gives the word, and wakes the future that waits. Again: nothing. Any thread. */
BIDE_API void bide_abort_fire(bide_abort *abort);

/* Whether it was given. Any thread. */
BIDE_API bool bide_abort_is_fired(const bide_abort *abort);

/* Private: leaves a clone of the waker. BIDE_PENDING, BIDE_READY if the word was given, or
 * BIDE_ENOMEM. And takes it back. */
BIDE_API bide_poll bide_priv_abort_wait(bide_abort *abort, bide_context *cx);
BIDE_API void bide_priv_abort_leave(bide_abort *abort);

/* ---- for one thread: the same ------------------------------------------------------------- */

typedef struct bide_local_abort {
    uint32_t unused;
    uint32_t fired;
    bide_waker *waker;
} bide_local_abort;

BIDE_INLINE void bide_local_abort_init(bide_local_abort *abort)
{
    BIDE_PRIV_ZERO(abort, sizeof *abort);
}

BIDE_API void bide_local_abort_fire(bide_local_abort *abort);
BIDE_API bool bide_local_abort_is_fired(const bide_local_abort *abort);
BIDE_API bide_poll bide_priv_local_abort_wait(bide_local_abort *abort, bide_context *cx);
BIDE_API void bide_priv_local_abort_leave(bide_local_abort *abort);

BIDE_PRIV_C_END

/* BIDE_ABORTABLE(Name, F); BIDE_LOCAL_ABORTABLE(Name, F); F that ends early, with `aborted`, when
 * the word is given. A failure of F passes through. A made future (bide/made.h); nothing is
 * allocated.
 * Shape: typedef struct Name_heard { bool aborted; union F_result of; } Name_heard;
 *        a future type Name_heard Name(bide_abort *abort, struct F inner)
 *        (the local one: bide_local_abort *) */
#define BIDE_ABORTABLE(Name, F)                                                                    \
    BIDE_PRIV_ABORTABLE(Name, F, abort, ~0) struct bide_priv_made
#define BIDE_LOCAL_ABORTABLE(Name, F)                                                              \
    BIDE_PRIV_ABORTABLE(Name, F, local_abort, ~(int)BIDE_SEND) struct bide_priv_made

/* form: bide_<form> is the word's type, and the beginning of its functions' names. */
#define BIDE_PRIV_ABORTABLE_ROWS(ROW, Name, F, form, flags)                                        \
    ROW(TRAITS, BIDE_PRIV_MADE_FLAGS(F) & (flags)) ROW(TRACE, Name##_bide_tell)                    \
    ROW(PARAM, bide_##form *, abort) ROW(OWNED, struct F, inner, Name##_bide_let_inner)            \
    ROW(LOCAL, bool, bide_over) ROW(LOCAL, bool, bide_waits)
#define BIDE_PRIV_ABORTABLE(Name, F, form, flags)                                                  \
    typedef struct Name##_heard {                                                                  \
        bool aborted;                                                                              \
        union F##_result of;                                                                       \
    } Name##_heard;                                                                                \
    BIDE_PRIV_MADE_LET(Name, F, inner)                                                             \
    BIDE_INLINE void Name##_bide_tell(const void *bide_f, bide_tracer *bide_tr);                   \
    BIDE_FUTURE_OF(Name##_heard, Name, (BIDE_PRIV_ABORTABLE_ROWS, Name, F, form, flags))           \
    BIDE_INLINE void Name##_bide_tell(const void *bide_frame, bide_tracer *bide_tr)                \
    {                                                                                              \
        const struct Name *bide_f = (const struct Name *)bide_frame;                               \
        if (!bide_f->bide_over)                                                                    \
            BIDE_PRIV_MADE_TELL(F, &bide_f->inner)                                                 \
    }                                                                                              \
    /* Ends the waiting; the future in it is dropped by whoever has it do so. */                   \
    BIDE_INLINE void Name##_bide_end(struct Name *bide_f, bool bide_drops)                         \
    {                                                                                              \
        bide_f->bide_over = true;                                                                  \
        if (bide_f->bide_waits)                                                                    \
            bide_priv_##form##_leave(bide_f->abort);                                               \
        if (bide_drops)                                                                            \
            F##_drop(&bide_f->inner);                                                              \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll(struct Name *bide_f, bide_context *bide_cx,                  \
                                      Name##_output *bide_out)                                     \
    {                                                                                              \
        bide_poll bide_r;                                                                          \
        if (bide_f->bide_over)                                                                     \
            return BIDE_EMISUSE;                                                                   \
        if (!bide_##form##_is_fired(bide_f->abort)) {                                              \
            bide_r = BIDE_PRIV_MADE_POLL(F, &bide_f->inner, bide_out->of);                         \
            if (bide_r != BIDE_PENDING) {                                                          \
                Name##_bide_end(bide_f, false);                                                    \
                if (bide_r > 0)                                                                    \
                    bide_out->aborted = false;                                                     \
                return bide_r;                                                                     \
            }                                                                                      \
            bide_r = bide_priv_##form##_wait(bide_f->abort, bide_cx);                              \
            bide_f->bide_waits = bide_f->bide_waits || bide_r == BIDE_PENDING;                     \
            if (bide_r <= 0) {                                                                     \
                if (bide_r < 0)                                                                    \
                    Name##_bide_end(bide_f, true);                                                 \
                return bide_r;                                                                     \
            }                                                                                      \
        }                                                                                          \
        Name##_bide_end(bide_f, true);                                                             \
        bide_out->aborted = true;                                                                  \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(struct Name *bide_f)                                              \
    {                                                                                              \
        if (!bide_f->bide_over)                                                                    \
            Name##_bide_end(bide_f, true);                                                         \
    }

#endif
