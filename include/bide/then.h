/*
 * bide/then.h: what is done with a future's result: map, then, and_then; fuse, lazy, maybe_done.
 *
 *     static int32_t length(int *base, struct text *t) { return *base + t->length; }
 *     BIDE_MAP(fetched_length, int32_t, fetch, int, length);
 *                                         // int32_t fetched_length(struct fetch inner, int env)
 *
 * The future is a made one (bide/made.h) and lies in the frame. Functions get `E *env`, an
 * environment that the combined future holds by value, plain data or a pointer to what the caller
 * owns; and `F_output *value`, a void * to nothing for a void F, whose Output is theirs from then
 * on. The future has ended and given back what it held before a function is called. A failure
 * passes through, and the function is not called. Nothing is allocated. After the combinators of
 * the same names of Rust's futures.
 *
 * Async functions (bidec, bide/async.h) say the same by awaiting one thing after the other; these
 * are for code that has futures and no async function.
 *
 * Whether the functions and environments may change threads cannot be seen: the types promise it if
 * F does and you say so, by the names that end in _SEND.
 */
#ifndef BIDE_THEN_H
#define BIDE_THEN_H

#include <bide/made.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

/* What a combined future promises: what its parts do, but BIDE_SEND only if that was said. */
#define BIDE_PRIV_THEN_FLAGS(F, send) (BIDE_PRIV_MADE_FLAGS(F) & ((int)BIDE_UNPIN | (int)(send)))

/* ---- map ---------------------------------------------------------------------------------- */

/* BIDE_MAP(Name, R, F, E, fn); the result of F through `R fn(E *env, F_output *value)`.
 * Shape: a future type R Name(struct F inner, E env) */
#define BIDE_MAP(Name, R, F, E, fn) BIDE_PRIV_THEN_MAP(Name, R, F, E, fn, 0)
#define BIDE_MAP_SEND(Name, R, F, E, fn) BIDE_PRIV_THEN_MAP(Name, R, F, E, fn, BIDE_SEND)

#define BIDE_PRIV_MAP_ROWS(ROW, Name, F, E, send)                                                  \
    ROW(TRAITS, BIDE_PRIV_THEN_FLAGS(F, send)) ROW(TRACE, Name##_bide_tell)                        \
    ROW(OWNED, struct F, inner, Name##_bide_let_inner) ROW(PARAM, E, env)                          \
    ROW(LOCAL, bool, bide_over)
#define BIDE_PRIV_THEN_MAP(Name, R, F, E, fn, send)                                                \
    BIDE_PRIV_APPLY(BIDE_PRIV_MADE_LET_OF, Name, F, inner)                                         \
    BIDE_INLINE void Name##_bide_tell(const void *bide_f, bide_tracer *bide_tr);                   \
    BIDE_FUTURE_OF(R, Name, (BIDE_PRIV_MAP_ROWS, Name, F, E, send))                                \
    BIDE_PRIV_THEN_ONE(Name, F)                                                                    \
    BIDE_INLINE bide_poll Name##_poll(struct Name *bide_f, bide_context *bide_cx,                  \
                                      Name##_output *bide_out)                                     \
    {                                                                                              \
        union F##_result bide_v;                                                                   \
        bide_poll bide_r;                                                                          \
        if (bide_f->bide_over)                                                                     \
            return BIDE_EMISUSE;                                                                   \
        BIDE_PRIV_FILLED(bide_v)                                                                   \
        bide_r = BIDE_PRIV_MADE_POLL(F, &bide_f->inner, bide_v);                                   \
        if (bide_r == BIDE_PENDING)                                                                \
            return BIDE_PENDING;                                                                   \
        bide_f->bide_over = true;                                                                  \
        (void)bide_out;                                                                            \
        if (bide_r < 0)                                                                            \
            return bide_r;                                                                         \
        BIDE_PRIV_IF(BIDE_PRIV_IS_VOID(R))()(*bide_out =)                                          \
            fn(&bide_f->env, (F##_output *)(void *)&bide_v);                                       \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    struct bide_priv_made

/* Drop and tale of a future that is another one until it is over. */
#define BIDE_PRIV_THEN_ONE(Name, F)                                                                \
    BIDE_INLINE void Name##_bide_tell(const void *bide_frame, bide_tracer *bide_tr)                \
    {                                                                                              \
        const struct Name *bide_f = (const struct Name *)bide_frame;                               \
        if (!bide_f->bide_over)                                                                    \
            BIDE_PRIV_MADE_TELL(F, &bide_f->inner)                                                 \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(struct Name *bide_f)                                              \
    {                                                                                              \
        if (!bide_f->bide_over)                                                                    \
            F##_drop(&bide_f->inner);                                                              \
        bide_f->bide_over = true;                                                                  \
    }

/* ---- then --------------------------------------------------------------------------------- */

/* BIDE_THEN(Name, R, F, G, E, fn); F, and then G, which `void fn(E *env, F_output *value, struct G
 * *next)` makes, in place, by G_init(next, args...). The Output R is that of G, which may borrow
 * *env: it stays where it is. So the combined future is not BIDE_UNPIN.
 * BIDE_AND_THEN(Name, R, F, G, E, fn); the same with `bool fn(E *env, F_output *value, struct G
 * *next, G_output *out)`, which can also end it: false with *out written, and nothing in *next.
 * Shape: a future type R Name(struct F inner, E env) */
#define BIDE_THEN(Name, R, F, G, E, fn) BIDE_PRIV_THEN(Name, R, F, G, E, fn, ALWAYS, 0)
#define BIDE_THEN_SEND(Name, R, F, G, E, fn) BIDE_PRIV_THEN(Name, R, F, G, E, fn, ALWAYS, BIDE_SEND)
#define BIDE_AND_THEN(Name, R, F, G, E, fn) BIDE_PRIV_THEN(Name, R, F, G, E, fn, MAYBE, 0)
#define BIDE_AND_THEN_SEND(Name, R, F, G, E, fn)                                                   \
    BIDE_PRIV_THEN(Name, R, F, G, E, fn, MAYBE, BIDE_SEND)

enum { BIDE_PRIV_THEN_FIRST, BIDE_PRIV_THEN_NEXT, BIDE_PRIV_THEN_OVER };
#define BIDE_PRIV_THEN_ROWS(ROW, Name, F, G, E, send)                                              \
    ROW(TRAITS, BIDE_PRIV_THEN_FLAGS(F, send) & BIDE_PRIV_MADE_FLAGS(G) & (int)BIDE_SEND)          \
    ROW(TRACE, Name##_bide_tell)                                                                   \
    ROW(OWNED, struct F, inner, Name##_bide_let_inner) ROW(PARAM, E, env)                          \
    ROW(LOCAL, uint32_t, bide_is) ROW(BUFFER, struct G, bide_next)
#define BIDE_PRIV_THEN_ALWAYS(fn)                                                                  \
    fn(&bide_f->env, bide_value, &bide_f->bide_next);
#define BIDE_PRIV_THEN_MAYBE(fn)                                                                   \
    if (!fn(&bide_f->env, bide_value, &bide_f->bide_next, bide_out)) {                             \
        bide_f->bide_is = BIDE_PRIV_THEN_OVER;                                                     \
        return BIDE_READY;                                                                         \
    }
#define BIDE_PRIV_THEN(Name, R, F, G, E, fn, MAKES, send)                                          \
    BIDE_PRIV_ASSERT(BIDE_PRIV_MAY_DROP(G),                                                        \
                     "bide: " #Name ": " #G " may have to be dropped, and its cleanup waits");     \
    BIDE_PRIV_APPLY(BIDE_PRIV_MADE_LET_OF, Name, F, inner)                                         \
    BIDE_INLINE void Name##_bide_tell(const void *bide_f, bide_tracer *bide_tr);                   \
    BIDE_FUTURE_OF(R, Name, (BIDE_PRIV_THEN_ROWS, Name, F, G, E, send))                            \
    BIDE_INLINE void Name##_bide_tell(const void *bide_frame, bide_tracer *bide_tr)                \
    {                                                                                              \
        const struct Name *bide_f = (const struct Name *)bide_frame;                               \
        if (bide_f->bide_is == BIDE_PRIV_THEN_FIRST)                                               \
            BIDE_PRIV_MADE_TELL(F, &bide_f->inner)                                                 \
        if (bide_f->bide_is == BIDE_PRIV_THEN_NEXT)                                                \
            BIDE_PRIV_MADE_TELL(G, &bide_f->bide_next)                                             \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(struct Name *bide_f)                                              \
    {                                                                                              \
        if (bide_f->bide_is == BIDE_PRIV_THEN_FIRST)                                               \
            F##_drop(&bide_f->inner);                                                              \
        else if (bide_f->bide_is == BIDE_PRIV_THEN_NEXT)                                           \
            G##_drop(&bide_f->bide_next);                                                          \
        bide_f->bide_is = BIDE_PRIV_THEN_OVER;                                                     \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll(struct Name *bide_f, bide_context *bide_cx,                  \
                                      Name##_output *bide_out)                                     \
    {                                                                                              \
        bide_poll bide_r;                                                                          \
        if (bide_f->bide_is == BIDE_PRIV_THEN_OVER)                                                \
            return BIDE_EMISUSE;                                                                   \
        if (bide_f->bide_is == BIDE_PRIV_THEN_FIRST) {                                             \
            union F##_result bide_v;                                                               \
            F##_output *bide_value = (F##_output *)(void *)&bide_v;                                \
            BIDE_PRIV_FILLED(bide_v)                                                               \
            bide_r = F##_poll(&bide_f->inner, bide_cx, bide_value);                                \
            if (bide_r == BIDE_PENDING)                                                            \
                return BIDE_PENDING;                                                               \
            bide_f->bide_is = BIDE_PRIV_THEN_OVER;                                                 \
            if (bide_r < 0)                                                                        \
                return bide_r;                                                                     \
            BIDE_PRIV_THEN_##MAKES(fn)                                                             \
            bide_f->bide_is = BIDE_PRIV_THEN_NEXT;                                                 \
        }                                                                                          \
        bide_r = G##_poll(&bide_f->bide_next, bide_cx, bide_out);                                  \
        if (bide_r != BIDE_PENDING)                                                                \
            bide_f->bide_is = BIDE_PRIV_THEN_OVER;                                                 \
        return bide_r;                                                                             \
    }                                                                                              \
    struct bide_priv_made

/* ---- fuse --------------------------------------------------------------------------------- */

/* BIDE_FUSE(Name, R, F); F, and behind its end BIDE_PENDING for ever, instead of a misuse.
 * Name_over tells whether it has ended, or was dropped.
 * Shape: a future type R Name(struct F inner); bool Name_over(const struct Name *f) */
#define BIDE_PRIV_FUSE_ROWS(ROW, Name, F)                                                          \
    ROW(TRAITS, BIDE_PRIV_MADE_FLAGS(F)) ROW(TRACE, Name##_bide_tell)                              \
    ROW(OWNED, struct F, inner, Name##_bide_let_inner) ROW(LOCAL, bool, bide_over)
#define BIDE_FUSE(Name, R, F)                                                                      \
    BIDE_PRIV_APPLY(BIDE_PRIV_MADE_LET_OF, Name, F, inner)                                         \
    BIDE_INLINE void Name##_bide_tell(const void *bide_f, bide_tracer *bide_tr);                   \
    BIDE_FUTURE_OF(R, Name, (BIDE_PRIV_FUSE_ROWS, Name, F))                                        \
    BIDE_PRIV_THEN_ONE(Name, F)                                                                    \
    BIDE_INLINE bool Name##_over(const struct Name *bide_f) { return bide_f->bide_over; }          \
    BIDE_INLINE bide_poll Name##_poll(struct Name *bide_f, bide_context *bide_cx,                  \
                                      Name##_output *bide_out)                                     \
    {                                                                                              \
        bide_poll bide_r;                                                                          \
        if (bide_f->bide_over)                                                                     \
            return BIDE_PENDING;                                                                   \
        bide_r = F##_poll(&bide_f->inner, bide_cx, bide_out);                                      \
        bide_f->bide_over = bide_r != BIDE_PENDING;                                                \
        return bide_r;                                                                             \
    }                                                                                              \
    struct bide_priv_made

/* ---- lazy --------------------------------------------------------------------------------- */

/* BIDE_LAZY(Name, R, E, fn); calls `R fn(E *env)` in its first poll, and is ready with that: for
 * where a future is wanted and a function is there. Dropped before, it does not call it.
 * Shape: a future type R Name(E env) */
#define BIDE_LAZY(Name, R, E, fn) BIDE_PRIV_LAZY(Name, R, E, fn, 0)
#define BIDE_LAZY_SEND(Name, R, E, fn) BIDE_PRIV_LAZY(Name, R, E, fn, BIDE_SEND)
#define BIDE_PRIV_LAZY_ROWS(ROW, E, send)                                                          \
    ROW(TRAITS, (int)BIDE_UNPIN | (int)(send)) ROW(PARAM, E, env) ROW(LOCAL, bool, bide_over)
#define BIDE_PRIV_LAZY(Name, R, E, fn, send)                                                       \
    BIDE_FUTURE_OF(R, Name, (BIDE_PRIV_LAZY_ROWS, E, send))                                        \
    BIDE_INLINE void Name##_drop(struct Name *bide_f) { bide_f->bide_over = true; }                \
    BIDE_INLINE bide_poll Name##_poll(struct Name *bide_f, bide_context *bide_cx,                  \
                                      Name##_output *bide_out)                                     \
    {                                                                                              \
        (void)bide_cx;                                                                             \
        (void)bide_out;                                                                            \
        if (bide_f->bide_over)                                                                     \
            return BIDE_EMISUSE;                                                                   \
        bide_f->bide_over = true;                                                                  \
        BIDE_PRIV_IF(BIDE_PRIV_IS_VOID(R))()(*bide_out =) fn(&bide_f->env);                        \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    struct bide_priv_made

/* ---- maybe_done --------------------------------------------------------------------------- */

/* BIDE_MAYBE_DONE(Name, F); a void future that keeps F's result until somebody takes it: what joins
 * by hand are made of. It is BIDE_READY in each poll from then on. Name_take gives the result,
 * once; one that is not taken is released when the future is dropped, also behind its end.
 * Shape: a future type void Name(struct F inner);
 *        bool Name_take(struct Name *f, union F_result *out);
 *            false: it has not ended, has failed, or was taken or dropped
 *        const union F_result *Name_peek(const struct Name *f);      NULL where take is false */
enum { BIDE_PRIV_MAYBE_WAITS, BIDE_PRIV_MAYBE_DONE, BIDE_PRIV_MAYBE_TAKEN, BIDE_PRIV_MAYBE_OVER };
#define BIDE_PRIV_MAYBE_ROWS(ROW, Name, F)                                                         \
    ROW(TRAITS, BIDE_PRIV_MADE_FLAGS(F)) ROW(TRACE, Name##_bide_tell)                              \
    ROW(OWNED, struct F, inner, Name##_bide_let_inner)                                             \
    ROW(LOCAL, uint32_t, bide_is) ROW(BUFFER, union F##_result, bide_out)
#define BIDE_MAYBE_DONE(Name, F)                                                                   \
    BIDE_PRIV_APPLY(BIDE_PRIV_MADE_LET_OF, Name, F, inner)                                         \
    BIDE_INLINE void Name##_bide_tell(const void *bide_f, bide_tracer *bide_tr);                   \
    BIDE_FUTURE_OF(void, Name, (BIDE_PRIV_MAYBE_ROWS, Name, F))                                    \
    BIDE_INLINE void Name##_bide_tell(const void *bide_frame, bide_tracer *bide_tr)                \
    {                                                                                              \
        const struct Name *bide_f = (const struct Name *)bide_frame;                               \
        if (bide_f->bide_is == BIDE_PRIV_MAYBE_WAITS)                                              \
            BIDE_PRIV_MADE_TELL(F, &bide_f->inner)                                                 \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll(struct Name *bide_f, bide_context *bide_cx, void *bide_none) \
    {                                                                                              \
        (void)bide_none;                                                                           \
        if (bide_f->bide_is == BIDE_PRIV_MAYBE_WAITS) {                                            \
            bide_poll bide_r = BIDE_PRIV_MADE_POLL(F, &bide_f->inner, bide_f->bide_out);           \
            if (bide_r == BIDE_PENDING)                                                            \
                return BIDE_PENDING;                                                               \
            bide_f->bide_is = bide_r < 0 ? BIDE_PRIV_MAYBE_OVER : BIDE_PRIV_MAYBE_DONE;            \
            if (bide_r < 0)                                                                        \
                return bide_r;                                                                     \
        }                                                                                          \
        return bide_f->bide_is == BIDE_PRIV_MAYBE_OVER ? BIDE_EMISUSE : BIDE_READY;                \
    }                                                                                              \
    BIDE_INLINE const union F##_result *Name##_peek(const struct Name *bide_f)                     \
    {                                                                                              \
        return bide_f->bide_is == BIDE_PRIV_MAYBE_DONE ? &bide_f->bide_out : NULL;                 \
    }                                                                                              \
    BIDE_INLINE bool Name##_take(struct Name *bide_f, union F##_result *bide_to)                   \
    {                                                                                              \
        if (bide_f->bide_is != BIDE_PRIV_MAYBE_DONE)                                               \
            return false;                                                                          \
        bide_f->bide_is = BIDE_PRIV_MAYBE_TAKEN;                                                   \
        *bide_to = bide_f->bide_out;                                                               \
        return true;                                                                               \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(struct Name *bide_f)                                              \
    {                                                                                              \
        if (bide_f->bide_is == BIDE_PRIV_MAYBE_WAITS) {                                            \
            F##_drop(&bide_f->inner);                                                              \
        } else if (bide_f->bide_is == BIDE_PRIV_MAYBE_DONE) {                                      \
            BIDE_PRIV_OUTPUT_DROP(F, bide_f->bide_out)                                             \
        }                                                                                          \
        bide_f->bide_is = BIDE_PRIV_MAYBE_OVER;                                                    \
    }                                                                                              \
    struct bide_priv_made

#endif
