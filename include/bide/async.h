/*
 * bide/async.h: async functions as macro bodies, with no build step.
 *
 *     #define SlowCalculator_add_FRAME(ROW)                                                       \
 *         ROW(PARAM, SlowCalculator *, self) ROW(PARAM, int32_t, a) ROW(PARAM, int32_t, b)        \
 *         ROW(CHILD, bide_sleep, nap)
 *     BIDE_ASYNC(int32_t, SlowCalculator_add)
 *     {
 *         BIDE_BEGIN(SlowCalculator_add);
 *         BIDE_AWAIT(bide_sleep, nap, (f->self->delay_ms));
 *         f->self->last = f->a + f->b;
 *         BIDE_RETURN(f->self->last);
 *         BIDE_END;
 *     }
 *
 * C locals do not live across an await: what must, is a row of the frame list (bide/future.h has
 * the rows; a body adds those for children). The body sees `f`, its frame, and `bide_cx`, the
 * context; every other name of the machinery begins with bide_. No body may store a pointer into
 * its frame before its first await: until then the frame is still on the C stack.
 *
 * Rows for children, one for each await; the name of the row is the resume label, so an await may
 * stand inside a loop or a switch, and two on one line:
 *
 *     ROW(CHILD, F, slot)              F's frame is embedded; all children share one union
 *     ROW(BOXED, F, slot)              F's frame comes from the context's allocator: for recursion
 *     ROW(JOIN, slot, (F, a), (G, b))  several children at once, see BIDE_AWAIT_JOIN; 2 to 8
 *
 * One body is compiled into poll, start, start_box, drop, cancel and trace: it is an always-inlined
 * function that gets the operation as a constant. A start runs on the C stack until it must have a
 * frame; a drop resumes at the await, drops the child, and goes on to the cleanup.
 *
 * Nesting uses the C stack: each level of calls in flight costs some bytes of it in start, poll and
 * drop (80 to 160 in optimised builds for a small body; tests/unit/test_limits.c asserts 256), so a
 * recursion is as deep as the thread's stack allows.
 *
 * What ends a body: BIDE_RETURN; a failure code of a child (unless caught) or BIDE_FAIL; a drop;
 * or falling into BIDE_END, which is BIDE_READY for void and BIDE_EMISUSE else. In every case the
 * cleanup runs (except before the first poll), owned parameters are released in reverse order, and
 * the frame is finished: polling it again is BIDE_EMISUSE, dropping it does nothing. A cancel, as a
 * drop, ends it at its await, once the child has been cancelled: bide/cancel.h has each case.
 */
#ifndef BIDE_ASYNC_H
#define BIDE_ASYNC_H

#include <bide/body.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

/* ---- declaring and defining --------------------------------------------------------------- */

/* BIDE_ASYNC(R, F) { body }: a future type from F_FRAME and the body that follows, all of it
 * `static inline`, so that awaits of it compile into the caller.
 *
 * Shape: R F(T a, T b);                        the plain prototype
 *        struct F { uint32_t bide_state; fields; union { children } bide_kid; };
 *        F_init, F_poll, F_drop, F_start, F_start_box, F_discard, F_type, F_flags, F_output
 *        static inline bide_poll F_bide_body(operation, struct F *f, ...)   { body } */
#define BIDE_ASYNC(R, F)                                                                           \
    BIDE_PRIV_ASSERT(BIDE_PRIV_OUTSIDE, "bide: the body above has no BIDE_END");                   \
    BIDE_PRIV_ASSERT(BIDE_PRIV_FRAME_OK(F), BIDE_PRIV_FRAME_REASON(F));                            \
    BIDE_PRIV_ASKING BIDE_PRIV_IF(BIDE_PRIV_FRAME_OK(F))(BIDE_PRIV_ASK_ROWS(F))() BIDE_PRIV_ASKED  \
    BIDE_PRIV_ASSERT(BIDE_PRIV_MAY_SEND(F), BIDE_PRIV_BOUND_REASON(F));                            \
    BIDE_PRIV_CAT(BIDE_PRIV_ASYNC_, BIDE_PRIV_FRAME_OK(F))(R, F, BIDE_INLINE)

/* BIDE_ASYNC_INLINE(R, F) { body }: the same with F_start always inlined. A compiler inlines small
 * starts anyway; this one promises it, for short functions on hot static paths: each await of F
 * then holds a copy of the body. */
#define BIDE_ASYNC_INLINE(R, F)                                                                    \
    BIDE_PRIV_ASSERT(BIDE_PRIV_OUTSIDE, "bide: the body above has no BIDE_END");                   \
    BIDE_PRIV_ASSERT(BIDE_PRIV_FRAME_OK(F), BIDE_PRIV_FRAME_REASON(F));                            \
    BIDE_PRIV_ASKING BIDE_PRIV_IF(BIDE_PRIV_FRAME_OK(F))(BIDE_PRIV_ASK_ROWS(F))() BIDE_PRIV_ASKED  \
    BIDE_PRIV_ASSERT(BIDE_PRIV_MAY_SEND(F), BIDE_PRIV_BOUND_REASON(F));                            \
    BIDE_PRIV_CAT(BIDE_PRIV_ASYNC_, BIDE_PRIV_FRAME_OK(F))(R, F, BIDE_PRIV_ALWAYS)

/* What only the compiler knows of a list: that children are futures, that traits are flags. */
#define BIDE_PRIV_ASK_ROWS(F)                                                                      \
    struct F##_bide_rows {                                                                         \
        char bide_none;                                                                            \
        F##_FRAME(BIDE_PRIV_ROW_ASK)                                                               \
    };                                                                                             \
    enum { F##_bide_traits = 0 F##_FRAME(BIDE_PRIV_ROW_TRAITS) };

/* With a bad list, only the head of a function for the body to stand behind. */
#define BIDE_PRIV_ASYNC_0(R, F, START) static void F##_bide_body(void)
#define BIDE_PRIV_ASYNC_1(R, F, START) BIDE_PRIV_ASYNC(R, F, START)
#define BIDE_PRIV_ASYNC(R, F, START)                                                               \
    BIDE_PRIV_FUTURE_NAME(R, F, ~F##_FRAME(BIDE_PRIV_ROW_PARAMS))                                  \
    BIDE_PRIV_BODY_STRUCT(F)                                                                       \
    BIDE_PRIV_FUTURE_ENDS(R, F, BIDE_STATE, (BIDE_PRIV_NAMED_LIST, F))                             \
    BIDE_PRIV_BODY_INIT(F)                                                                         \
    BIDE_PRIV_BODY_PROTOTYPES(F, BIDE_INLINE, START)                                               \
    BIDE_PRIV_BODY_FUNCTIONS(R, F, BIDE_INLINE, START, static)

/* BIDE_ASYNC_DECLARE(R, F) in a header, BIDE_ASYNC_DEFINE(R, F) { body } in one source: the same
 * with F_poll, F_drop, F_start, F_start_box and F_type external. The frame's layout is then part of
 * what the header promises. BIDE_ASYNC_DECLARE_AS(API, R, F) puts an attribute before them: the
 * word by which a shared library exports. */
#define BIDE_ASYNC_DECLARE(R, F) BIDE_ASYNC_DECLARE_AS(, R, F)
#define BIDE_ASYNC_DECLARE_AS(API, R, F)                                                           \
    BIDE_PRIV_ASSERT(BIDE_PRIV_FRAME_OK(F), BIDE_PRIV_FRAME_REASON(F));                            \
    BIDE_PRIV_ASKING BIDE_PRIV_IF(BIDE_PRIV_FRAME_OK(F))(BIDE_PRIV_ASK_ROWS(F))() BIDE_PRIV_ASKED  \
    BIDE_PRIV_ASSERT(BIDE_PRIV_MAY_SEND(F), BIDE_PRIV_BOUND_REASON(F));                            \
    BIDE_PRIV_CAT(BIDE_PRIV_ASYNC_DECLARE_, BIDE_PRIV_FRAME_OK(F))(API, R, F)
#define BIDE_PRIV_ASYNC_DECLARE_0(API, R, F)
#define BIDE_PRIV_ASYNC_DECLARE_1(API, R, F) BIDE_PRIV_ASYNC_DECLARE(API, R, F)
#define BIDE_PRIV_ASYNC_DECLARE(API, R, F)                                                         \
    BIDE_PRIV_FUTURE_NAME(R, F, ~F##_FRAME(BIDE_PRIV_ROW_PARAMS))                                  \
    BIDE_PRIV_BODY_STRUCT(F)                                                                       \
    BIDE_PRIV_EXTERN_C API const bide_type F##_type;                                               \
    BIDE_PRIV_FUTURE_ENDS(R, F, BIDE_STATE, (BIDE_PRIV_NAMED_LIST, F))                             \
    BIDE_PRIV_BODY_INIT(F)                                                                         \
    BIDE_PRIV_BODY_PROTOTYPES(F, BIDE_PRIV_EXTERN_C API, BIDE_PRIV_EXTERN_C API)
#define BIDE_ASYNC_DEFINE(R, F) BIDE_PRIV_BODY_FUNCTIONS(R, F, , , )

/* ---- inside a body ------------------------------------------------------------------------ */

/* BIDE_BEGIN(F); first in the body; names the body's own future type.
 * Shape: local names, the dispatch to the await that was suspended, `case 0:`. */
#define BIDE_BEGIN(F)                                                                              \
    BIDE_PRIV_ASSERT(BIDE_PRIV_IS_FRAME(f, F),                                                     \
                     "bide: BIDE_BEGIN(" #F ") is not in the body of " #F);                        \
    BIDE_PRIV_BEGIN(F)
#ifdef __cplusplus
#define BIDE_PRIV_IS_FRAME(f, F) sizeof((f) == (struct F *)0)
#else
#define BIDE_PRIV_IS_FRAME(f, F) _Generic((f), struct F *: 1, default: 0)
#endif
#define BIDE_PRIV_BEGIN(F)                                                                         \
    BIDE_PRIV_BODY_TAG                                                                             \
    enum {                                                                                         \
        bide_unpolled = 0,                                                                         \
        F##_FRAME(BIDE_PRIV_ROW_STATES) bide_states,                                               \
        F##_FRAME(BIDE_PRIV_ROW_KINDS) bide_fallen =                                               \
            F##_bide_is_void ? BIDE_READY : BIDE_EMISUSE,                                          \
        bide_promised = F##_flags                                                                  \
    };                                                                                             \
    F##_FRAME(BIDE_PRIV_ROW_SLOTS)                                                                 \
    struct F *(*const bide_take)(const int, struct F *, struct F *, bide_allocator *,              \
                                 bide_context *) = F##_bide_take;                                  \
    void (*const bide_release)(struct F *) = F##_bide_release;                                     \
    const bide_type *const bide_record = &F##_type;                                                \
    bool bide_taken = bide_op < BIDE_PRIV_OP_START;                                                \
    bide_poll bide_r = BIDE_PENDING;                                                               \
    char bide_nothing BIDE_PRIV_UNUSED = 0;                                                        \
    uint32_t bide_go = bide_taken ? BIDE_PRIV_CHECK_WORD(f->bide_state) : 0;                       \
    (void)bide_take, (void)bide_place, (void)bide_b, (void)bide_a;                                 \
    (void)bide_cx, (void)bide_out, (void)bide_tr;                                                  \
    if (bide_op != BIDE_PRIV_OP_POLL) /* a poll does not go on where a cancel is under way */      \
        bide_go &= ~BIDE_STATE_CANCELING;                                                          \
    if (bide_taken && bide_go >= bide_states)                                                      \
        return bide_op == BIDE_PRIV_OP_POLL ? BIDE_EMISUSE : BIDE_READY;                           \
    bide_again:                                                                                    \
    switch (bide_go) {                                                                             \
        F##_FRAME(BIDE_PRIV_ROW_RESUME)                                                            \
    case bide_unpolled:                                                                            \
        if (bide_op == BIDE_PRIV_OP_TRACE) {                                                       \
            bide_priv_trace_line(bide_tr, bide_record, f, __FILE__, 0);                            \
            bide_tr->leave(bide_tr);                                                               \
            return BIDE_READY;                                                                     \
        }                                                                                          \
        if (bide_op == BIDE_PRIV_OP_DROP || bide_op == BIDE_PRIV_OP_CANCEL) {                      \
            bide_r = BIDE_ECANCELED;                                                               \
            goto bide_end;                                                                         \
        }                                                                                          \
        do {                                                                                       \
        } while (0)

/* BIDE_CLEANUP: behind the body and before BIDE_END; what follows runs on every way out, drop
 * included, but for a drop before the first poll. LOCAL rows that were not reached are zero. It
 * must not await.  Shape: a case of the dispatch. */
#define BIDE_CLEANUP                                                                               \
    bide_r = bide_fallen;                                                                          \
    bide_go = BIDE_PRIV_GO_CLEANUP;                                                                \
    goto bide_clean;                                                                               \
    case BIDE_PRIV_GO_CLEANUP:                                                                     \
    bide_clean

/* BIDE_END; last in the body.  Shape: the end of the dispatch, release, return. */
#define BIDE_END                                                                                   \
    do {                                                                                           \
        BIDE_PRIV_ASSERT(BIDE_PRIV_INSIDE, "bide: BIDE_END without a BIDE_BEGIN before it");       \
    } while (0);                                                                                   \
    if (bide_go != BIDE_PRIV_GO_CLEANUP)                                                           \
        bide_r = bide_fallen;                                                                      \
    if (bide_r == BIDE_PENDING) /* never: keeps the label used in bodies without awaits */         \
        goto bide_again;                                                                           \
    goto bide_end;                                                                                 \
    default:                                                                                       \
    bide_end:;                                                                                     \
        }                                                                                          \
        bide_release(f);                                                                           \
        if (bide_op < BIDE_PRIV_OP_TRACE)                                                          \
            f->bide_state = BIDE_STATE_DONE;                                                       \
        else if (bide_op == BIDE_PRIV_OP_START_BOX && bide_taken)                                  \
            bide_priv_frame_undo(f, bide_record->frame_size, bide_record->box_offset);             \
        return bide_r

/* BIDE_RETURN(value); or, in a void function, BIDE_RETURN(); ends the body with a result. The
 * value is evaluated before the cleanup runs. */
#define BIDE_RETURN(...)                                                                           \
    do {                                                                                           \
        BIDE_PRIV_ASSERT(BIDE_PRIV_INSIDE, "bide: BIDE_RETURN is not between BIDE_BEGIN and END"); \
        BIDE_PRIV_ASSERT(((int)bide_fallen == (int)BIDE_READY) == BIDE_PRIV_IS_EMPTY(__VA_ARGS__), \
                         "bide: BIDE_RETURN(value) gives the result, BIDE_RETURN() that of void"); \
        BIDE_PRIV_IF(BIDE_PRIV_IS_EMPTY(__VA_ARGS__))()(*bide_out = (__VA_ARGS__);)                \
        BIDE_PRIV_LEAVE(BIDE_READY);                                                               \
    } while (0)
#ifdef __cplusplus
#define BIDE_PRIV_BODY_TAG /* would shadow the other one */
#define BIDE_PRIV_INSIDE true
#else
#define BIDE_PRIV_BODY_TAG                                                                         \
    struct bide_priv_body {                                                                        \
        char bide_inside[2];                                                                       \
    };
#define BIDE_PRIV_INSIDE (sizeof(struct bide_priv_body) == 2)
#endif

/* BIDE_FAIL(code); ends the body with a failure code (negative). */
#define BIDE_FAIL(code) BIDE_PRIV_LEAVE(code)

/* The awaits. All take the child's future type, the name of its row, and its arguments in
 * parentheses; a failure of the child ends the body with the same code, after the cleanup.
 *
 *     BIDE_AWAIT(F, slot, (args))                  ignores the result
 *     BIDE_AWAIT_TO(lvalue, F, slot, (args))       stores it; lvalue is a field of the frame, or
 *                                                  anything that outlives the await
 *     BIDE_AWAIT_TRY(lvalue, F, slot, (args))      stores it; a negative one (signed integers) is
 *                                                  returned at once: the Output types must agree
 *     BIDE_AWAIT_TRY_IF(is_error, lvalue, F, slot, (args))
 *                                                  the same, where is_error(lvalue) decides
 *     BIDE_AWAIT_CATCH(code, lvalue, F, slot, (args))
 *                                                  stores the poll result in `code`, and goes on
 *                                                  also when it is a failure; BIDE_VOID as lvalue
 *                                                  of a void future
 *
 * Each takes the frame before its arguments are evaluated, so arguments may point into it: one
 * allocation for a boxed body that reaches an await, ready or not. The _V twins (by value) take it
 * only when the child must wait; in return you promise that no argument and no lvalue of this
 * await points into the frame other than as a plain field. An argument like f->buffer (an array)
 * breaks that promise and becomes a dangling pointer.
 *
 * Shape: do { start the child; bide_at_<slot>: poll it; if pending, return; } while (0) */
#define BIDE_AWAIT(F, slot, args)                                                                  \
    do {                                                                                           \
        slot: BIDE_PRIV_UNUSED; BIDE_PRIV_AWAIT_FITS(BIDE_AWAIT, F, slot)                          \
        if (0) {                                                                                   \
            BIDE_PRIV_CALL_OF(F) args;                                                             \
        }                                                                                          \
        BIDE_PRIV_AWAIT_IGNORE(F, slot, args, 0);                                                  \
    } while (0)
#define BIDE_AWAIT_TO(lvalue, F, slot, args)                                                       \
    do {                                                                                           \
        slot: BIDE_PRIV_UNUSED; BIDE_PRIV_AWAIT_FITS(BIDE_AWAIT_TO, F, slot)                       \
        if (0) {                                                                                   \
            BIDE_PRIV_CALL_OF(F) args;                                                             \
        }                                                                                          \
        BIDE_PRIV_AWAIT_TO_FITS(BIDE_AWAIT_TO, lvalue, F)                                          \
        BIDE_PRIV_AWAIT(F, slot, args, &(lvalue), 0, BIDE_PRIV_PASS_FAILURE);                      \
    } while (0)
#define BIDE_AWAIT_TRY(lvalue, F, slot, args)                                                      \
    do {                                                                                           \
        slot: BIDE_PRIV_UNUSED; BIDE_PRIV_AWAIT_FITS(BIDE_AWAIT_TRY, F, slot)                      \
        if (0) {                                                                                   \
            BIDE_PRIV_CALL_OF(F) args;                                                             \
        }                                                                                          \
        BIDE_PRIV_AWAIT_TO_FITS(BIDE_AWAIT_TRY, lvalue, F)                                         \
        BIDE_PRIV_AWAIT(F, slot, args, &(lvalue), 0, BIDE_PRIV_PASS_FAILURE;                       \
                        if ((lvalue) < 0) BIDE_RETURN(lvalue));                                    \
    } while (0)
#define BIDE_AWAIT_TRY_IF(is_error, lvalue, F, slot, args)                                         \
    do {                                                                                           \
        slot: BIDE_PRIV_UNUSED; BIDE_PRIV_AWAIT_FITS(BIDE_AWAIT_TRY_IF, F, slot)                   \
        if (0) {                                                                                   \
            BIDE_PRIV_CALL_OF(F) args;                                                             \
        }                                                                                          \
        BIDE_PRIV_AWAIT_TO_FITS(BIDE_AWAIT_TRY_IF, lvalue, F)                                      \
        BIDE_PRIV_AWAIT(F, slot, args, &(lvalue), 0, BIDE_PRIV_PASS_FAILURE;                       \
                        if (is_error(lvalue)) BIDE_RETURN(lvalue));                                \
    } while (0)
#define BIDE_AWAIT_CATCH(code, lvalue, F, slot, args)                                              \
    do {                                                                                           \
        slot: BIDE_PRIV_UNUSED; BIDE_PRIV_AWAIT_FITS(BIDE_AWAIT_CATCH, F, slot)                    \
        if (0) {                                                                                   \
            BIDE_PRIV_CALL_OF(F) args;                                                             \
        }                                                                                          \
        BIDE_PRIV_AWAIT_TO_FITS(BIDE_AWAIT_CATCH, lvalue, F)                                       \
        BIDE_PRIV_AWAIT(F, slot, args, &(lvalue), 0, (code) = bide_r);                             \
    } while (0)
#define BIDE_AWAIT_V(F, slot, args)                                                                \
    do {                                                                                           \
        slot: BIDE_PRIV_UNUSED; BIDE_PRIV_AWAIT_FITS(BIDE_AWAIT_V, F, slot)                        \
        if (0) {                                                                                   \
            BIDE_PRIV_CALL_OF(F) args;                                                             \
        }                                                                                          \
        BIDE_PRIV_AWAIT_IGNORE(F, slot, args, 1);                                                  \
    } while (0)
#define BIDE_AWAIT_TO_V(lvalue, F, slot, args)                                                     \
    do {                                                                                           \
        slot: BIDE_PRIV_UNUSED; BIDE_PRIV_AWAIT_FITS(BIDE_AWAIT_TO_V, F, slot)                     \
        if (0) {                                                                                   \
            BIDE_PRIV_CALL_OF(F) args;                                                             \
        }                                                                                          \
        BIDE_PRIV_AWAIT_TO_FITS(BIDE_AWAIT_TO_V, lvalue, F)                                        \
        BIDE_PRIV_AWAIT(F, slot, args, &(lvalue), 1, BIDE_PRIV_PASS_FAILURE);                      \
    } while (0)
#define BIDE_AWAIT_TRY_V(lvalue, F, slot, args)                                                    \
    do {                                                                                           \
        slot: BIDE_PRIV_UNUSED; BIDE_PRIV_AWAIT_FITS(BIDE_AWAIT_TRY_V, F, slot)                    \
        if (0) {                                                                                   \
            BIDE_PRIV_CALL_OF(F) args;                                                             \
        }                                                                                          \
        BIDE_PRIV_AWAIT_TO_FITS(BIDE_AWAIT_TRY_V, lvalue, F)                                       \
        BIDE_PRIV_AWAIT(F, slot, args, &(lvalue), 1, BIDE_PRIV_PASS_FAILURE;                       \
                        if ((lvalue) < 0) BIDE_RETURN(lvalue));                                    \
    } while (0)
#define BIDE_AWAIT_TRY_IF_V(is_error, lvalue, F, slot, args)                                       \
    do {                                                                                           \
        slot: BIDE_PRIV_UNUSED; BIDE_PRIV_AWAIT_FITS(BIDE_AWAIT_TRY_IF_V, F, slot)                 \
        if (0) {                                                                                   \
            BIDE_PRIV_CALL_OF(F) args;                                                             \
        }                                                                                          \
        BIDE_PRIV_AWAIT_TO_FITS(BIDE_AWAIT_TRY_IF_V, lvalue, F)                                    \
        BIDE_PRIV_AWAIT(F, slot, args, &(lvalue), 1, BIDE_PRIV_PASS_FAILURE;                       \
                        if (is_error(lvalue)) BIDE_RETURN(lvalue));                                \
    } while (0)
#define BIDE_AWAIT_CATCH_V(code, lvalue, F, slot, args)                                            \
    do {                                                                                           \
        slot: BIDE_PRIV_UNUSED; BIDE_PRIV_AWAIT_FITS(BIDE_AWAIT_CATCH_V, F, slot)                  \
        if (0) {                                                                                   \
            BIDE_PRIV_CALL_OF(F) args;                                                             \
        }                                                                                          \
        BIDE_PRIV_AWAIT_TO_FITS(BIDE_AWAIT_CATCH_V, lvalue, F)                                     \
        BIDE_PRIV_AWAIT(F, slot, args, &(lvalue), 1, (code) = bide_r);                             \
    } while (0)

/* What an await must fit: a body, a row of its slot, the type of that row, in a body
 * that is Send, or Unpin, a future that is, too; its lvalue F's Output.
 * Before it stands the slot as a label, which cannot be there twice; behind it a call like F's own
 * prototype that never runs, by a pointer: of a function, compilers would tell where each parameter
 * was declared, with all macros.  Shape: static assertions. */
#if defined(__GNUC__) && !defined(__cplusplus)
#define BIDE_PRIV_CALL_OF(F) __typeof__(F) *const bide_call_of_##F = 0; (void)bide_call_of_##F
#else
#define BIDE_PRIV_CALL_OF(F) (void)F
#endif
#ifdef __cplusplus
#define BIDE_PRIV_AWAIT_FITS(name, F, slot)                                                        \
    (void)((bide_type_##slot *)0 == (struct F *)0);                                                \
    BIDE_PRIV_ASSERT(BIDE_PRIV_KEEPS_SEND(F), BIDE_PRIV_KEEPS_REASON(name, F, BIDE_SEND));         \
    BIDE_PRIV_ASSERT(BIDE_PRIV_KEEPS_UNPIN(F, bide_kind_##slot),                                   \
                     BIDE_PRIV_KEEPS_REASON(name, F, BIDE_UNPIN));
#define BIDE_PRIV_AWAIT_TO_FITS(name, lvalue, F)
#define BIDE_PRIV_JOIN_FITS(slot)
#else
#define BIDE_PRIV_AWAIT_FITS(name, F, slot)                                                        \
    _Static_assert(BIDE_PRIV_INSIDE, "bide: " #name " is not in a body with BIDE_BEGIN");          \
    BIDE_PRIV_ASKING                                                                               \
    _Static_assert(BIDE_PRIV_HAS_SLOT_ROW(slot), "bide: no row CHILD or BOXED is named " #slot);   \
    BIDE_PRIV_ASKED                                                                                \
    _Static_assert(_Generic((bide_type_##slot *)0, struct F *: 1, default: 0),                     \
                   "bide: this is an await of " #F ", and the row of slot " #slot                  \
                   " is of another");                                                              \
    _Static_assert(BIDE_PRIV_KEEPS_SEND(F), BIDE_PRIV_KEEPS_REASON(name, F, BIDE_SEND));           \
    _Static_assert(BIDE_PRIV_KEEPS_UNPIN(F, bide_kind_##slot),                                     \
                   BIDE_PRIV_KEEPS_REASON(name, F, BIDE_UNPIN));
#define BIDE_PRIV_JOIN_FITS(slot)                                                                  \
    _Static_assert(BIDE_PRIV_INSIDE, "bide: BIDE_AWAIT_JOIN is not in a body with BIDE_BEGIN");    \
    BIDE_PRIV_ASKING                                                                               \
    _Static_assert(BIDE_PRIV_HAS_SLOT_ROW(slot), "bide: no row JOIN is named " #slot);             \
    BIDE_PRIV_ASKED
#define BIDE_PRIV_HAS_SLOT_ROW(slot) _Generic(bide_slot_##slot(), int: 0, default: 1)
#define BIDE_PRIV_AWAIT_TO_FITS(name, lvalue, F)                                                   \
    _Static_assert(_Generic(&(lvalue), F##_output *: 1, default: BIDE_PRIV_NONE(lvalue, F)),       \
                   "bide: " #name " stores the result of " #F " in a variable of another type");
#define BIDE_PRIV_NONE(lvalue, F)                                                                  \
    (_Generic(&(lvalue), char *: 1, default: 0) && _Generic((F##_output *)0, void *: 1, default: 0))
#endif

#define BIDE_PRIV_KEEPS_SEND(F)                                                                    \
    (!((int)bide_promised & (int)BIDE_SEND) || ((int)F##_flags & (int)BIDE_SEND))
#define BIDE_PRIV_KEEPS_UNPIN(F, kind)                                                             \
    (!((int)bide_promised & (int)BIDE_UNPIN) || ((int)F##_flags & (int)BIDE_UNPIN) ||              \
     (kind) == BIDE_PRIV_KID_BOXED)
#define BIDE_PRIV_KEEPS_REASON(name, F, flag)                                                      \
    "bide: " #name ": " #F " is not " #flag ", and the frame list of this body says " #flag

/* An lvalue for the result of a void future. */
#define BIDE_VOID bide_nothing

/* BIDE_AWAIT_JOIN(slot, (F, a, lvalue, (args)), (G, b, lvalue, (args)), ...): starts 2 to 8
 * children and waits for all of them. Each names its member of the JOIN row, in any order. When
 * one fails, those still pending are dropped, and the body ends with its code; when that is at its
 * start, those named behind it are not begun, and their arguments not evaluated. BIDE_VOID as
 * lvalue of a void future. The lvalues are fields of the frame, or outlive the await. */
#define BIDE_AWAIT_JOIN(slot, ...)                                                                 \
    do {                                                                                           \
        slot: BIDE_PRIV_UNUSED; BIDE_PRIV_JOIN_FITS(slot)                                          \
        BIDE_PRIV_CHECK_SITE                                                                       \
        BIDE_PRIV_TAKE                                                                             \
        f->bide_kid.slot.bide_left = 0;                                                            \
        bide_r = BIDE_READY;                                                                       \
        BIDE_PRIV_JOIN(BIDE_PRIV_JOIN_START, slot, __VA_ARGS__)                                    \
        if (0) {                                                                                   \
            bide_at_##slot:                                                                        \
            if (bide_op == BIDE_PRIV_OP_TRACE) {                                                   \
                bide_priv_trace_line(bide_tr, bide_record, f, __FILE__, __LINE__);                 \
                BIDE_PRIV_JOIN(BIDE_PRIV_JOIN_TRACE, slot, __VA_ARGS__)                            \
                bide_tr->leave(bide_tr);                                                           \
                return BIDE_READY;                                                                 \
            }                                                                                      \
            BIDE_PRIV_CHECK_SITE                                                                   \
            if (bide_op == BIDE_PRIV_OP_CANCEL) {                                                  \
                BIDE_PRIV_JOIN(BIDE_PRIV_JOIN_CANCEL, slot, __VA_ARGS__)                           \
                if (f->bide_kid.slot.bide_left)                                                    \
                    BIDE_PRIV_STAY(slot)                                                           \
                BIDE_PRIV_LEAVE(BIDE_ECANCELED);                                                   \
            }                                                                                      \
            bide_r = bide_op == BIDE_PRIV_OP_DROP ? BIDE_ECANCELED : BIDE_READY;                   \
            BIDE_PRIV_JOIN(BIDE_PRIV_JOIN_POLL, slot, __VA_ARGS__)                                 \
        }                                                                                          \
        if (bide_r < 0) {                                                                          \
            BIDE_PRIV_JOIN(BIDE_PRIV_JOIN_DROP, slot, __VA_ARGS__)                                 \
            BIDE_PRIV_LEAVE(bide_r);                                                               \
        }                                                                                          \
        if (f->bide_kid.slot.bide_left) {                                                          \
            BIDE_PRIV_SUSPEND(slot)                                                                \
        }                                                                                          \
    } while (0)

#endif
