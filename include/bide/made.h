/*
 * bide/made.h: futures by value: made, not polled yet, on their way to where they will run.
 *
 * A future may be moved until its first poll. The combinators (join.h, select.h, timeout.h, then.h,
 * abortable.h, shared.h, future_set.h) make use of that: their parameters are made futures, by
 * value, and a combined future is an ordinary one with such parameters:
 *
 *     BIDE_TIMEOUT(fetch_timed, fetch);        // in a header: the future type
 *                                              //     fetch_timed(uint64_t ms, struct fetch inner)
 *     struct fetch one;                        // in a body, where `one` need not live on
 *     BIDE_AWAIT_TO(f->got, fetch_timed, slot, (500, BIDE_MADE(fetch, one, (f->url))));
 *
 * In async C (bidec) an async function is a part like any other, once BIDE_FUTURE_BY_ASYNC
 * (bide/generated.h) has named its future type with its parameters; that makes fetch_made(args),
 * too, a made future as an expression.
 *
 *     async Reply fetch(const char *url) { ... }            // or its prototype in a header
 *     BIDE_FUTURE_BY_ASYNC(Reply, fetch, (const char *, url));
 *     BIDE_TIMEOUT(fetch_timed, fetch);
 *     ...
 *     fetch_timed_output got = await(fetch_timed(500, fetch_made(url)));
 *
 * This is one form for static futures, bodies, generated ones, calls through a handle (struct I_m),
 * and boxes (BIDE_BOXED). The one copy is as long as the frame. Who gave a made future away must
 * neither poll nor drop the original. A future type may be combined if it is declared, and if its
 * drop suffices: not if it is BIDE_NO_DROP, as a combinator drops whom it does not need any more.
 *
 * Outputs. A combined Output holds the parts' as `union F_result`: read its `value`; a void F has
 * none. Where a part's Output owns something, say so beside F, so that one that nobody will see is
 * released:
 *
 *     #define F_HAS_output_drop 1
 *     static inline void F_output_drop(F_output *value) { ... }
 */
#ifndef BIDE_MADE_H
#define BIDE_MADE_H

#include <bide/future.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

/* BIDE_MADE(F, variable, (args)): a made future as an expression of type struct F; variable is a
 * struct F, of any duration, and free again behind the full expression. */
#define BIDE_MADE(F, variable, args) (F##_init(&(variable)BIDE_PRIV_MORE args), (variable))

/* What is an error among values that are numbers: for the combinators that ask. */
#define BIDE_IS_NEGATIVE(value) ((value) < 0)

/* ---- a box as a future type --------------------------------------------------------------- */

/* BIDE_BOXED(Name, R); a future type Name(bide_box box) -> R: the future in the box, of whatever
 * type with the Output R. It owns the box, which may have been polled before, and may be moved at
 * any time. An empty box gives BIDE_EMISUSE. BIDE_BOXED_SEND: the same, and you promise that the
 * boxes may change threads (bide_box_is_send).
 * Shape: struct Name { bide_box box; }; a future type */
#define BIDE_BOXED(Name, R) BIDE_PRIV_BOXED_OF(Name, R, (int)BIDE_UNPIN)
#define BIDE_BOXED_SEND(Name, R) BIDE_PRIV_BOXED_OF(Name, R, ((int)BIDE_UNPIN | (int)BIDE_SEND))
#define BIDE_PRIV_BOXED_ROWS(ROW, flags)                                                           \
    ROW(TRAITS, flags) ROW(TRACE, bide_priv_boxed_tell)                                            \
    ROW(OWNED, bide_box, box, bide_priv_boxed_let)
#define BIDE_PRIV_BOXED_OF(Name, R, flags)                                                         \
    BIDE_FUTURE_OF(R, Name, (BIDE_PRIV_BOXED_ROWS, flags))                                         \
    BIDE_INLINE bide_poll Name##_poll(struct Name *bide_f, bide_context *bide_cx,                  \
                                      Name##_output *bide_out)                                     \
    {                                                                                              \
        return bide_box_poll(&bide_f->box, bide_cx, bide_out);                                     \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(struct Name *bide_f) { bide_box_drop(&bide_f->box); }             \
    struct bide_priv_made

BIDE_INLINE void bide_priv_boxed_let(bide_box box)
{
    bide_box_drop(&box);
}

/* The box is all that is in such a frame. */
BIDE_INLINE void bide_priv_boxed_tell(const void *frame, bide_tracer *tracer)
{
    bide_box_trace((const bide_box *)frame, tracer);
}

/* ---- what combinators are made of --------------------------------------------------------- */

/* Applies OP(X, i, F, a) to each of 2 to 8 pairs (F, a), with i from 0. */
#define BIDE_PRIV_EACH(OP, X, ...)                                                                 \
    BIDE_PRIV_CAT(BIDE_PRIV_EACH_, BIDE_PRIV_COUNT(__VA_ARGS__))(OP, X, __VA_ARGS__)
#define BIDE_PRIV_EACH_ONE(...) BIDE_PRIV_EACH_CALL(__VA_ARGS__)
#define BIDE_PRIV_EACH_CALL(OP, X, i, F, a) OP(X, i, F, a)
#define BIDE_PRIV_EACH_2(OP, X, p0, p1)                                                            \
    BIDE_PRIV_EACH_ONE(OP, X, 0, BIDE_PRIV_EVAL p0) BIDE_PRIV_EACH_ONE(OP, X, 1, BIDE_PRIV_EVAL p1)
#define BIDE_PRIV_EACH_3(OP, X, p0, p1, p2)                                                        \
    BIDE_PRIV_EACH_2(OP, X, p0, p1) BIDE_PRIV_EACH_ONE(OP, X, 2, BIDE_PRIV_EVAL p2)
#define BIDE_PRIV_EACH_4(OP, X, p0, p1, p2, p3)                                                    \
    BIDE_PRIV_EACH_3(OP, X, p0, p1, p2) BIDE_PRIV_EACH_ONE(OP, X, 3, BIDE_PRIV_EVAL p3)
#define BIDE_PRIV_EACH_5(OP, X, p0, p1, p2, p3, p4)                                                \
    BIDE_PRIV_EACH_4(OP, X, p0, p1, p2, p3) BIDE_PRIV_EACH_ONE(OP, X, 4, BIDE_PRIV_EVAL p4)
#define BIDE_PRIV_EACH_6(OP, X, p0, p1, p2, p3, p4, p5)                                            \
    BIDE_PRIV_EACH_5(OP, X, p0, p1, p2, p3, p4) BIDE_PRIV_EACH_ONE(OP, X, 5, BIDE_PRIV_EVAL p5)
#define BIDE_PRIV_EACH_7(OP, X, p0, p1, p2, p3, p4, p5, p6)                                        \
    BIDE_PRIV_EACH_6(OP, X, p0, p1, p2, p3, p4, p5) BIDE_PRIV_EACH_ONE(OP, X, 6, BIDE_PRIV_EVAL p6)
#define BIDE_PRIV_EACH_8(OP, X, p0, p1, p2, p3, p4, p5, p6, p7)                                    \
    BIDE_PRIV_EACH_7(OP, X, p0, p1, p2, p3, p4, p5, p6)                                            \
    BIDE_PRIV_EACH_ONE(OP, X, 7, BIDE_PRIV_EVAL p7)

/* What all children promise, of what does not depend on where they lie. */
#define BIDE_PRIV_MADE_FLAGS(F) ((int)F##_flags & ((int)BIDE_SEND | (int)BIDE_UNPIN))
#define BIDE_PRIV_EACH_FLAGS(X, i, F, a) & BIDE_PRIV_MADE_FLAGS(F)
/* Shape: union F_result a; */
#define BIDE_PRIV_EACH_RESULT(X, i, F, a) union F##_result a;
/* Shape: Name_is_a = 0, */
#define BIDE_PRIV_EACH_IS(Name, i, F, a) Name##_is_##a = i,
#define BIDE_PRIV_EACH_BIT(X, i, F, a) | 1u << i

/* A made child as an owned row of its combined future, and what releases it there while nothing
 * was polled. By APPLY, and in macros of two levels in the lower one, as clang tells of a mistake
 * each macro down to the one in which the name of the last one stands. */
#define BIDE_PRIV_EACH_ROW(X, i, F, a) BIDE_PRIV_EACH_ROW_ONE(BIDE_PRIV_EVAL X, F, a)
#define BIDE_PRIV_EACH_ROW_ONE(...) BIDE_PRIV_EACH_ROW_CALL(__VA_ARGS__)
#define BIDE_PRIV_EACH_ROW_CALL(ROW, Name, F, a) ROW(OWNED, struct F, a, Name##_bide_let_##a)
#define BIDE_PRIV_EACH_LET(Name, i, F, a) BIDE_PRIV_MADE_LET(Name, F, a)
#define BIDE_PRIV_MADE_LET(Name, F, a) BIDE_PRIV_APPLY(BIDE_PRIV_MADE_LET_OF, Name, F, a)
#define BIDE_PRIV_MADE_LET_OF(Name, F, a)                                                          \
    BIDE_PRIV_DEMAND(BIDE_PRIV_MAY_DROP(F), Name##_##a##_of_##F##_may_have_to_be_dropped,          \
                     "bide: " #Name ": " #a " may have to be dropped, and the cleanup of " #F      \
                     " waits: await it alone, or spawn it")                                        \
    BIDE_INLINE void Name##_bide_let_##a(struct F bide_a) { F##_drop(&bide_a); }

/* A child tells of itself. */
#define BIDE_PRIV_MADE_TELL(F, place)                                                              \
    bide_priv_trace_kid(BIDE_PRIV_KID_EMBEDDED, &F##_type, (place), bide_tr);

/* Polls a child, its Output into a union F_result. */
#define BIDE_PRIV_MADE_POLL(F, place, result)                                                      \
    F##_poll((place), bide_cx, (F##_output *)(void *)&(result))

/* Tells a compiler, which warns where it cannot see that a ready child has written its Output, that
 * this memory holds something. It costs nothing. */
#ifdef __GNUC__
#define BIDE_PRIV_FILLED(memory) __asm__("" : "=m"(memory));
#else
#define BIDE_PRIV_FILLED(memory)
#endif

/* Releases an Output that nobody will see, in a union F_result. */
#define BIDE_PRIV_OUTPUT_DROP(F, result)                                                           \
    BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(F##_HAS_output_drop))(F##_output_drop(&(result).value);)()

#endif
