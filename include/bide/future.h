/*
 * bide/future.h: what a future type is, and how to write one by hand.
 *
 * A future type F is found by its name:
 *
 *     struct F                the frame; a tag, so that a function may bear the same name
 *     Output F(args...)       a plain prototype, never defined here: it gives editors, and the
 *                             check of an implementation, the type of the call
 *     F_output, F_result      the Output as a typedef (void for none); a union fit to hold one
 *     F_init(f, args...)      captures the arguments in place. Runs and allocates nothing
 *     F_poll(f, cx, out)      runs until it must wait; writes *out only with BIDE_READY
 *     F_drop(f)               cancels: drops the child in flight, cleans up, releases. Before the
 *                             first poll it only releases owned arguments; after the end, nothing.
 *                             bide/cancel.h has the contract, and what is done where cleanup waits:
 *                             a call of it does not compile there
 *     F_start(f, args..., cx, out)
 *                             init and first poll in one. BIDE_PENDING: *f is a live future.
 *                             Anything else: there is none, *f was perhaps never written, and must
 *                             be neither polled nor dropped
 *     F_start_box(box, args..., allocator, cx, out)
 *                             the same with a frame from the allocator (NULL: the context's), got
 *                             only if the future must wait (a body: at its first plain await).
 *                             BIDE_PENDING: *box owns it
 *     F_discard(args...)      releases the owned arguments of a call that will never run
 *     F_type, F_flags         the record (bide/abi.h) and its flags as a constant
 *
 * start, start_box, init and discard consume owned arguments in every case, also when they fail.
 * A frame is built where it will live and not moved once it was polled, unless it is BIDE_UNPIN.
 *
 * The frame list. A list macro F_FRAME(ROW) says what is in a frame; the same rows serve futures
 * by hand (this header) and by body (bide/async.h):
 *
 *     ROW(PARAM, T, name)                     a parameter
 *     ROW(OWNED, T, name, release)            a parameter; release(name) is called exactly once,
 *                                             polled or not, in reverse order of the rows
 *     ROW(COUNTED, T, name, retain, release)  a parameter captured as retain(name), then as OWNED:
 *                                             how a future keeps a counted object alive
 *     ROW(LOCAL, T, name)                     a field that starts as zero
 *     ROW(BUFFER, T, name)                    a field that does not
 *     ROW(TRAITS, flags)                      BIDE_SEND, BIDE_SYNC, BIDE_UNPIN, with | between:
 *                                             what you promise; any other expression goes into
 *                                             parentheses. Without it, a future promises nothing.
 *                                             What is seen to break a promise does not compile;
 *                                             see below
 *     ROW(TRY, function)                      by hand only; see BIDE_FUTURE
 *     ROW(TRACE, function)                    by hand only; see BIDE_FUTURE
 *     ROW(CANCEL, function)                   by hand only; see BIDE_FUTURE
 *     ROW(CHILD, F, name), ROW(BOXED, F, name), ROW(JOIN, name, (F, a), (F, b), ...)
 *                                             bodies only; see bide/async.h
 *
 * T and name must make a declaration when written side by side: arrays and function pointers need
 * a typedef. Up to 39 parameters.
 *
 * Types that are bound to a thread. Beside the type,
 *
 *     #define BIDE_THREAD_BOUND_Cursor 1
 *
 * says that objects of the type Cursor (or struct Cursor) stay on their thread. A list that says
 * BIDE_SEND is then refused if a row of it is of type Cursor, or a pointer to it. It goes by the
 * name that stands in the row: another typedef needs a line of its own, so does the handle of an
 * interface whose objects stay on their thread, and what is inside of a structure is not seen.
 * (bidec, in functions that it compiles, sees all that: BIDE_THREAD_BOUND in bide/config.h.) A body
 * that says BIDE_SEND cannot await what is not; one that says BIDE_UNPIN, only in a row BOXED.
 * bide/bounds.h has the ways to ask for these facts.
 */
#ifndef BIDE_FUTURE_H
#define BIDE_FUTURE_H

#include <bide/cancel.h>
#include <bide/frame_list.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

/* The module record that types and vtables of this translation unit name: define it before the
 * first bide header in the sources of a plugin that may be unloaded. */
#ifndef BIDE_MODULE
#define BIDE_MODULE NULL
#endif

/* ---- parts of a future type --------------------------------------------------------------- */

/* Shape: R F(T a, T b); typedef R F_output; union F_result { R value; };
 * The prototype comes before any mention of struct F: C++ compilers warn about the reverse. */
#define BIDE_PRIV_FUTURE_NAME(R, F, ...)                                                           \
    R F BIDE_PRIV_PARENS(__VA_ARGS__);                                                             \
    typedef R F##_output;                                                                          \
    union F##_result {                                                                             \
        char bide_none;                                                                            \
        BIDE_PRIV_IF_VOID(R, , R value;)                                                           \
    };

/* Size and alignment of an Output: 0 and 1 for void. */
#define BIDE_PRIV_OUT_SIZE(R) BIDE_PRIV_IF_VOID(R, 0, sizeof(R))
#define BIDE_PRIV_OUT_ALIGN(R) BIDE_PRIV_IF_VOID(R, 1, BIDE_PRIV_ALIGNOF(R))

#define BIDE_PRIV_BOX_OFFSET(F)                                                                    \
    (BIDE_PRIV_ALIGNOF(struct F) > sizeof(void *) ? BIDE_PRIV_ALIGNOF(struct F) : sizeof(void *))

/* Shape: an enum F_flags, and the functions that capture and release. */
#define BIDE_PRIV_FUTURE_ENDS(R, F, flags, LIST)                                                   \
    enum {                                                                                         \
        F##_flags = (flags)BIDE_PRIV_OF(LIST, TRAITS) BIDE_PRIV_OF(LIST, FORBIDS),                 \
        F##_bide_cancels = 0 BIDE_PRIV_OF(LIST, CANCELS),                                          \
        F##_bide_owns = 0 BIDE_PRIV_OF(LIST, OWNS),                                                \
        F##_bide_moved = sizeof(struct F)                                                          \
    };                                                                                             \
    BIDE_PRIV_ALWAYS void F##_bide_release(struct F *bide_f)                                       \
    {                                                                                              \
        (void)bide_f;                                                                              \
        BIDE_PRIV_OF(LIST, FREE){}                                                                 \
    }                                                                                              \
    BIDE_INLINE void F##_discard BIDE_PRIV_PARENS(~BIDE_PRIV_OF(LIST, PARAMS))                     \
    {                                                                                              \
        BIDE_PRIV_OF(LIST, DISCARD){}                                                              \
    }

/* Where a frame will lie of which the memory is not there yet: at `offset` in a boxed frame that is
 * got when the first of those in it must wait. Generated functions start their children so. */
typedef struct bide_priv_root {
    void *frame; /* NULL: not taken yet */
    bide_allocator *allocator;
    bide_context *cx;
    size_t size, box_offset;
} bide_priv_root;

typedef struct bide_priv_place {
    bide_priv_root *root;
    size_t offset;
} bide_priv_place;

/* The frame's memory, or NULL if there is none to be had. */
BIDE_INLINE void *bide_priv_place_take(const bide_priv_place *place)
{
    bide_priv_root *root = place->root;
    if (!root->frame)
        root->frame = bide_frame_alloc(bide_allocator_for(root->allocator, root->cx), root->size,
                                       root->box_offset);
    return root->frame ? (char *)root->frame + place->offset : NULL;
}

BIDE_INLINE bide_priv_place bide_priv_place_in(const bide_priv_place *place, size_t offset)
{
    bide_priv_place inner;
    inner.root = place->root;
    inner.offset = place->offset + offset;
    return inner;
}

/* Shape: F_bide_begin starts a child in its slot, embedded or boxed, in one call; lazily: in a
 * place whose memory is taken only if the child must wait. */
#define BIDE_PRIV_FUTURE_BEGIN(F, PARAMS, PASS)                                                    \
    BIDE_PRIV_ALWAYS bide_poll F##_bide_begin(const int bide_kind, void *bide_at PARAMS,           \
                                              bide_context *bide_cx, F##_output *bide_out)         \
    {                                                                                              \
        if (bide_kind == BIDE_PRIV_KID_BOXED)                                                      \
            return F##_start_box((bide_box *)bide_at PASS, NULL, bide_cx, bide_out);               \
        if (bide_kind == BIDE_PRIV_KID_LAZY)                                                       \
            return F##_bide_start_in((const bide_priv_place *)bide_at PASS, bide_cx, bide_out);    \
        return F##_start((struct F *)bide_at PASS, bide_cx, bide_out);                             \
    }

/* Shape: a lazy start that takes the frame first: for bodies, which reach for it anyway. */
#define BIDE_PRIV_FUTURE_START_IN(F, PARAMS, PASS)                                                 \
    BIDE_INLINE bide_poll F##_bide_start_in(const bide_priv_place *bide_place PARAMS,              \
                                            bide_context *bide_cx, F##_output *bide_out)           \
    {                                                                                              \
        struct F *bide_f = (struct F *)bide_priv_place_take(bide_place);                           \
        if (BIDE_PRIV_UNLIKELY(!bide_f)) {                                                         \
            F##_discard BIDE_PRIV_CALL(~PASS);                                                     \
            return BIDE_ENOMEM;                                                                    \
        }                                                                                          \
        return F##_start(bide_f PASS, bide_cx, bide_out);                                          \
    }

/* What F_drop takes: struct F *; of a type that is BIDE_NO_DROP, which only the compiler knows,
 * a union that is passed like one, so that a call with a struct F * does not compile. The
 * machinery's own drops, which are the last resort, go by LET_GO.
 * Shape: typedef struct F *F_bide_dropped; */
#if defined(__GNUC__) && !defined(__cplusplus)
union bide_its_cleanup_waits_cancel_it {
    struct bide_its_cleanup_waits *bide_frame;
} __attribute__((transparent_union));
BIDE_PRIV_ALWAYS union bide_its_cleanup_waits_cancel_it bide_priv_refused_of(void *frame)
{
    union bide_its_cleanup_waits_cancel_it it;
    it.bide_frame = (struct bide_its_cleanup_waits *)frame;
    return it;
}
BIDE_PRIV_ALWAYS void *bide_priv_refused_frame(union bide_its_cleanup_waits_cancel_it it)
{
    return it.bide_frame;
}
BIDE_PRIV_ALWAYS void *bide_priv_dropped_frame(void *frame)
{
    return frame;
}
#define BIDE_PRIV_DROP_CHOICE(F, refused, allowed)                                                 \
    __builtin_choose_expr(((int)F##_flags & (int)BIDE_NO_DROP) != 0, refused, allowed)
#define BIDE_PRIV_DROPPED(F)                                                                       \
    typedef __typeof__(BIDE_PRIV_DROP_CHOICE(F, *(union bide_its_cleanup_waits_cancel_it *)0,      \
                                             (struct F *)0)) F##_bide_dropped;
#define BIDE_PRIV_DROPPED_FRAME(F, it)                                                             \
    ((struct F *)BIDE_PRIV_DROP_CHOICE(F, bide_priv_refused_frame, bide_priv_dropped_frame)(it))
#define BIDE_PRIV_LET_GO(F, at)                                                                    \
    F##_drop(_Generic(&F##_drop, void (*)(union bide_its_cleanup_waits_cancel_it):                 \
             bide_priv_refused_of, default: bide_priv_dropped_frame)(at))
#else
#define BIDE_PRIV_DROPPED(F) typedef struct F *F##_bide_dropped;
#define BIDE_PRIV_DROPPED_FRAME(F, it) (it)
#define BIDE_PRIV_LET_GO(F, at) F##_drop((struct F *)(void *)(at))
#endif

/* Shape: the typed functions behind the record's untyped slots. */
#define BIDE_PRIV_FUTURE_ERASED(F)                                                                 \
    BIDE_INLINE bide_poll F##_bide_poll(void *bide_f, bide_context *bide_cx, void *bide_out)       \
    {                                                                                              \
        return BIDE_PRIV_CHECK_HAND_POLL(F, (struct F *)bide_f, bide_cx,                           \
            F##_poll((struct F *)bide_f, bide_cx, (F##_output *)bide_out));                        \
    }                                                                                              \
    BIDE_INLINE void F##_bide_drop(void *bide_f)                                                   \
    {                                                                                              \
        BIDE_PRIV_CHECK_HAND_DROP(F, (struct F *)bide_f)                                           \
        BIDE_PRIV_LET_GO(F, bide_f);                                                               \
    }

/* Shape: the initialiser of a bide_type. */
#define BIDE_PRIV_RECORD(R, F, cancel_or_null, trace_or_null)                                      \
    {sizeof(bide_type),                                                                            \
     F##_flags,                                                                                    \
     sizeof(struct F),                                                                             \
     BIDE_PRIV_ALIGNOF(struct F),                                                                  \
     BIDE_PRIV_BOX_OFFSET(F),                                                                      \
     BIDE_PRIV_OUT_SIZE(R),                                                                        \
     BIDE_PRIV_OUT_ALIGN(R),                                                                       \
     0,                                                                                            \
     F##_bide_poll,                                                                                \
     F##_bide_drop,                                                                                \
     cancel_or_null,                                                                               \
     trace_or_null,                                                                                \
     BIDE_PRIV_STR(F),                                                                             \
     BIDE_MODULE}

/* Shape: F_bide_cancel of a future that is nothing but another one, Inner, in its field `inner`. */
#define BIDE_PRIV_FORWARD_CANCEL(F, Inner)                                                         \
    BIDE_INLINE bide_poll F##_bide_cancel(void *bide_f, bide_context *bide_cx)                     \
    {                                                                                              \
        return bide_cancel(&Inner##_type, &((struct F *)bide_f)->inner, bide_cx);                  \
    }

/* Where a child lives in its parent's frame. */
#define BIDE_PRIV_KID_EMBEDDED 0
#define BIDE_PRIV_KID_BOXED 1
#define BIDE_PRIV_KID_LAZY 2

/* For trace operations: a remark about the future entered last, such as what it waits for. The
 * tracer has read the text when this returns. */
BIDE_INLINE void bide_tracer_note(bide_tracer *tracer, const char *text)
{
    if (tracer->note)
        tracer->note(tracer, text);
}

/* Describes a child: its own trace if it has one, else its name. A tracer that wants no more levels
 * gets none. */
BIDE_INLINE void bide_priv_trace_kid(int kind, const bide_type *type, const void *at,
                                     bide_tracer *tracer)
{
    if (tracer->flags & BIDE_TRACER_ENOUGH)
        return;
    if (kind == BIDE_PRIV_KID_BOXED) {
        bide_box_trace((const bide_box *)at, tracer);
    } else if (type->trace) {
        type->trace(at, tracer);
    } else {
        tracer->enter(tracer, type, at, NULL, 0);
        tracer->leave(tracer);
    }
}

/* ---- futures by hand ---------------------------------------------------------------------- */

/* BIDE_FUTURE(R, F): a future type by hand, from F_FRAME. You write the two functions
 *
 *     bide_poll F_poll(struct F *f, bide_context *cx, R *out);
 *     void F_drop(struct F *f);
 *
 * behind the macro (in the same translation unit: they are `static inline`); it emits all else.
 * A leaf that parks keeps a clone of the waker in its frame; poll, before it returns anything but
 * BIDE_PENDING, and drop must give back what they hold, and call F_bide_release(f) if the list
 * has OWNED or COUNTED rows. drop after the end does nothing: keep a field for that.
 *
 * What a call through an interface costs: a type with ROW(TRAITS, BIDE_UNPIN) is polled on the C
 * stack and takes memory only if it must wait. A type that is not movable (a node of it is linked
 * somewhere while it waits) does the same if ROW(TRY, function) names a
 * `bide_poll function(struct F *f, bide_context *cx, R *out)` that looks without parking and
 * without keeping f: BIDE_PENDING means "poll in the final place"; without TRY it takes its memory
 * first.
 *
 * ROW(TRACE, function) names a `void function(const void *frame, bide_tracer *tracer)`, declared
 * before: what the future tells about its waiting when it is traced, with bide_tracer_note, and
 * with bide_box_trace for what it holds. It reads only: a future that waits, and perhaps one that
 * has ended or was not polled yet.
 *
 * ROW(CANCEL, function) names a `bide_poll function(void *frame, bide_context *cx)`, declared
 * before, for a future whose cleanup must itself wait: called instead of drop, and until it is not
 * BIDE_PENDING, by whoever cancels; it then has released everything. Called before the first poll
 * it must not wait; after the end, it is BIDE_READY. The type is BIDE_NO_DROP: its drop is for
 * frames that were not polled, and the last resort of release builds, and you write it under the
 * name F_drop_now, as calls of F_drop do not compile. See bide/cancel.h.
 *
 * Shape: the prototype R F(args...), struct F, and each function named at the head of this file. */
#define BIDE_FUTURE(R, F)                                                                          \
    BIDE_PRIV_ASSERT(BIDE_PRIV_OUTSIDE, "bide: the body above has no BIDE_END");                   \
    BIDE_PRIV_ASSERT(BIDE_PRIV_FRAME_OK(F), BIDE_PRIV_FRAME_REASON(F));                            \
    BIDE_PRIV_ASSERT(BIDE_PRIV_MAY_SEND(F), BIDE_PRIV_BOUND_REASON(F));                            \
    BIDE_PRIV_CAT(BIDE_PRIV_FUTURE_, BIDE_PRIV_FRAME_OK(F))(R, F)
#define BIDE_PRIV_FUTURE_1(R, F) BIDE_PRIV_FUTURE_OF(R, F, (BIDE_PRIV_NAMED_LIST, F))
#define BIDE_PRIV_FUTURE_0(R, F)
/* BIDE_FUTURE_OF(R, F, (LIST, args...)): the same from the rows that LIST(ROW, args...) gives. For
 * macros that make future types for their users: they cannot #define an F_FRAME.
 *
 *     #define MY_NEXT_ROWS(ROW, S) ROW(PARAM, S *, stream) ROW(PARAM, S##_item *, item)
 *     #define MY_NEXT(S) BIDE_FUTURE_OF(bool, S##_next, (MY_NEXT_ROWS, S)) ...
 *
 * Shape: as above. */
#define BIDE_FUTURE_OF(R, F, LIST) BIDE_PRIV_FUTURE_OF(R, F, LIST)
#define BIDE_PRIV_FUTURE_OF(R, F, LIST)                                                            \
    BIDE_PRIV_FUTURE_NAME(R, F, ~BIDE_PRIV_OF(LIST, PARAMS))                                       \
    BIDE_PRIV_HAND_SHAPE(R, F, BIDE_INLINE, LIST)                                                  \
    BIDE_PRIV_FUTURE_ERASED(F)                                                                     \
    BIDE_PRIV_HAND_CANCEL(F, LIST)                                                                 \
    BIDE_PRIV_IF(BIDE_PRIV_HAND_TELLS(LIST))                                                       \
    (BIDE_INLINE void F##_bide_trace(const void *bide_f, bide_tracer *bide_tr);)()                 \
    static const bide_type F##_type BIDE_PRIV_UNUSED = BIDE_PRIV_HAND_RECORD(R, F, LIST);          \
    BIDE_PRIV_IF(BIDE_PRIV_HAND_TELLS(LIST))(BIDE_PRIV_HAND_TRACE(F, LIST))()                      \
    BIDE_PRIV_HAND_START(F, 1, LIST)

/* BIDE_FUTURE_DECLARE(R, F) in a header and BIDE_FUTURE_DEFINE(R, F); in a source: the same with
 * F_poll, F_drop and F_type external, defined in that source. BIDE_FUTURE_DECLARE_AS(API, R, F)
 * puts an attribute before them: the word by which a shared library exports. */
#define BIDE_FUTURE_DECLARE(R, F) BIDE_FUTURE_DECLARE_AS(, R, F)
#define BIDE_FUTURE_DECLARE_AS(API, R, F)                                                          \
    BIDE_PRIV_ASSERT(BIDE_PRIV_FRAME_OK(F), BIDE_PRIV_FRAME_REASON(F));                            \
    BIDE_PRIV_ASSERT(BIDE_PRIV_MAY_SEND(F), BIDE_PRIV_BOUND_REASON(F));                            \
    BIDE_PRIV_CAT(BIDE_PRIV_FUTURE_DECLARE_, BIDE_PRIV_FRAME_OK(F))(API, R, F)
#define BIDE_PRIV_FUTURE_DECLARE_1(API, R, F)                                                      \
    BIDE_PRIV_FUTURE_DECLARE(API, R, F, (BIDE_PRIV_NAMED_LIST, F))
#define BIDE_PRIV_FUTURE_DECLARE_0(API, R, F)
#define BIDE_PRIV_FUTURE_DECLARE(API, R, F, LIST)                                                  \
    BIDE_PRIV_FUTURE_NAME(R, F, ~BIDE_PRIV_OF(LIST, PARAMS))                                       \
    BIDE_PRIV_EXTERN_C API const bide_type F##_type;                                               \
    BIDE_PRIV_HAND_SHAPE(R, F, BIDE_PRIV_EXTERN_C API, LIST)                                       \
    BIDE_PRIV_HAND_START(F, 0, LIST)
#define BIDE_FUTURE_DEFINE(R, F) BIDE_PRIV_FUTURE_DEFINE(R, F, (BIDE_PRIV_NAMED_LIST, F))
#define BIDE_PRIV_FUTURE_DEFINE(R, F, LIST)                                                        \
    BIDE_PRIV_FUTURE_ERASED(F)                                                                     \
    BIDE_PRIV_HAND_CANCEL(F, LIST)                                                                 \
    BIDE_PRIV_IF(BIDE_PRIV_HAND_TELLS(LIST))(BIDE_PRIV_HAND_TRACE(F, LIST))()                      \
    const bide_type F##_type = BIDE_PRIV_HAND_RECORD(R, F, LIST)

/* The trace operation exists only with a row TRACE.
 * Shape: void F_bide_trace(frame, tracer) { enter; function(frame, tracer); leave; } */
#define BIDE_PRIV_HAND_TELLS(LIST) BIDE_PRIV_SECOND(~BIDE_PRIV_OF(LIST, TELLS), 0)
#define BIDE_PRIV_HAND_RECORD(R, F, LIST)                                                          \
    BIDE_PRIV_RECORD(R, F, BIDE_PRIV_IF(BIDE_PRIV_HAND_CANCELS(LIST))(F##_bide_cancel)(NULL),      \
                     BIDE_PRIV_IF(BIDE_PRIV_HAND_TELLS(LIST))(F##_bide_trace)(NULL))
#define BIDE_PRIV_HAND_TRACE(F, LIST)                                                              \
    BIDE_INLINE void F##_bide_trace(const void *bide_f, bide_tracer *bide_tr)                      \
    {                                                                                              \
        bide_tr->enter(bide_tr, &F##_type, bide_f, NULL, 0);                                       \
        BIDE_PRIV_OF(LIST, TELL)                                                                   \
        bide_tr->leave(bide_tr);                                                                   \
    }

/* So does cancel.  Shape: bide_poll F_bide_cancel(frame, cx) { return function(frame, cx); } */
#define BIDE_PRIV_HAND_CANCELS(LIST) BIDE_PRIV_SECOND(~BIDE_PRIV_OF(LIST, HAS_CANCEL), 0)
#define BIDE_PRIV_HAND_CANCEL(F, LIST)                                                             \
    BIDE_PRIV_IF(BIDE_PRIV_HAND_CANCELS(LIST))                                                     \
    (BIDE_INLINE bide_poll F##_bide_cancel(void *bide_f, bide_context *bide_cx) {                  \
        return BIDE_PRIV_CHECK_CANCEL(F, bide_f, bide_cx, BIDE_PRIV_OF(LIST, CANCELER));           \
    })()

/* What the user writes, who must not call it F_drop where calls of F_drop are refused. */
#define BIDE_PRIV_HAND_DROP(F, LIST)                                                               \
    BIDE_PRIV_IF(BIDE_PRIV_HAND_CANCELS(LIST))(F##_drop_now)(F##_drop)

#define BIDE_PRIV_HAND_SHAPE(R, F, LINKAGE, LIST)                                                  \
    struct F {                                                                                     \
        BIDE_PRIV_OF(LIST, FIELD)                                                                  \
    };                                                                                             \
    LINKAGE BIDE_PRIV_MUST_USE bide_poll F##_poll(struct F *f, bide_context *cx, F##_output *out); \
    LINKAGE void BIDE_PRIV_HAND_DROP(F, LIST)(struct F *f);                                        \
    BIDE_PRIV_FUTURE_ENDS(R, F, 0, LIST)                                                           \
    BIDE_PRIV_IF(BIDE_PRIV_HAND_CANCELS(LIST))                                                     \
    (BIDE_PRIV_DROPPED(F)                                                                          \
     BIDE_INLINE void F##_drop(F##_bide_dropped F) {                                               \
        F##_drop_now(BIDE_PRIV_DROPPED_FRAME(F, F));                                               \
    })()                                                                                           \
    BIDE_INLINE void F##_init(struct F *bide_f BIDE_PRIV_OF(LIST, PARAMS))                         \
    {                                                                                              \
        BIDE_PRIV_CHECK_INIT(F, bide_f)                                                            \
        BIDE_PRIV_OF(LIST, SET)                                                                    \
    }

/* start and start_box of a future by hand. An unpolled frame, and a polled one that is UNPIN, may
 * be moved: that is how the frame gets from the C stack into its block. A small one whose poll is
 * compiled here starts on the C stack everywhere: what is ready at once leaves no frame behind. */
#ifdef BIDE_CHECKED
#define BIDE_PRIV_STARTS_ASIDE(F) 0
#else
#define BIDE_PRIV_STARTS_ASIDE(F)                                                                  \
    (((int)F##_flags & (int)BIDE_UNPIN) && sizeof(struct F) <= 16 * sizeof(void *))
#endif
#define BIDE_PRIV_HAND_START(F, inlines, LIST)                                                     \
    BIDE_INLINE bide_poll F##_start(struct F *bide_f BIDE_PRIV_OF(LIST, PARAMS),                   \
                                    bide_context *bide_cx, F##_output *bide_out)                   \
    {                                                                                              \
        BIDE_PRIV_CHECK_ARGUMENTS_OF(F, LIST)                                                      \
        if ((inlines) && BIDE_PRIV_STARTS_ASIDE(F)) {                                              \
            struct F bide_tmp;                                                                     \
            bide_poll bide_r;                                                                      \
            F##_init(&bide_tmp BIDE_PRIV_OF(LIST, PASS));                                          \
            bide_r = F##_poll(&bide_tmp, bide_cx, bide_out);                                       \
            if (bide_r == BIDE_PENDING)                                                            \
                BIDE_PRIV_COPY(bide_f, &bide_tmp, sizeof(struct F));                               \
            return bide_r;                                                                         \
        }                                                                                          \
        F##_init(bide_f BIDE_PRIV_OF(LIST, PASS));                                                 \
        return BIDE_PRIV_CHECK_START(F, bide_f, bide_cx, F##_poll(bide_f, bide_cx, bide_out));     \
    }                                                                                              \
    BIDE_INLINE bide_poll F##_start_box(bide_box *bide_b BIDE_PRIV_OF(LIST, PARAMS),               \
                                        bide_allocator *bide_a, bide_context *bide_cx,             \
                                        F##_output *bide_out)                                      \
    {                                                                                              \
        struct F bide_tmp;                                                                         \
        bide_poll bide_r = BIDE_PENDING;                                                           \
        BIDE_PRIV_CHECK_ARGUMENTS_OF(F, LIST)                                                      \
        BIDE_PRIV_CHECK_BEGIN(F, bide_cx)                                                          \
        F##_init(&bide_tmp BIDE_PRIV_OF(LIST, PASS));                                              \
        if ((int)F##_flags & (int)BIDE_UNPIN) {                                                    \
            bide_r = F##_poll(&bide_tmp, bide_cx, bide_out);                                       \
            if (bide_r != BIDE_PENDING)                                                            \
                return BIDE_PRIV_CHECK_BEGUN_BOX(F, bide_b, bide_r);                               \
        } else {                                                                                   \
            BIDE_PRIV_OF(LIST, TRY)                                                                \
            if (bide_r != BIDE_PENDING) {                                                          \
                F##_bide_release(&bide_tmp);                                                       \
                return BIDE_PRIV_CHECK_BEGUN_BOX(F, bide_b, bide_r);                               \
            }                                                                                      \
        }                                                                                          \
        bide_b->type = &F##_type;                                                                  \
        bide_b->frame = bide_frame_alloc(bide_allocator_for(bide_a, bide_cx), sizeof(struct F),    \
                                         BIDE_PRIV_BOX_OFFSET(F));                                 \
        if (!bide_b->frame) {                                                                      \
            if ((int)F##_flags & (int)BIDE_UNPIN)                                                  \
                BIDE_PRIV_LET_GO(F, &bide_tmp);                                                    \
            else                                                                                   \
                F##_bide_release(&bide_tmp);                                                       \
            return BIDE_PRIV_CHECK_BEGUN_BOX(F, bide_b, BIDE_ENOMEM);                              \
        }                                                                                          \
        BIDE_PRIV_COPY(bide_b->frame, &bide_tmp, sizeof(struct F));                                \
        if ((int)F##_flags & (int)BIDE_UNPIN)                                                      \
            return BIDE_PRIV_CHECK_BEGUN_BOX(F, bide_b, BIDE_PENDING);                             \
        bide_r = F##_poll((struct F *)bide_b->frame, bide_cx, bide_out);                           \
        if (bide_r != BIDE_PENDING)                                                                \
            bide_box_release(bide_b);                                                              \
        return BIDE_PRIV_CHECK_BEGUN_BOX(F, bide_b, bide_r);                                       \
    }                                                                                              \
    BIDE_INLINE bide_poll F##_bide_start_in(                                                       \
        const bide_priv_place *bide_place BIDE_PRIV_OF(LIST, PARAMS), bide_context *bide_cx,       \
        F##_output *bide_out)                                                                      \
    {                                                                                              \
        struct F bide_tmp;                                                                         \
        struct F *bide_f;                                                                          \
        bide_poll bide_r = BIDE_PENDING;                                                           \
        BIDE_PRIV_CHECK_ARGUMENTS_OF(F, LIST)                                                      \
        BIDE_PRIV_CHECK_BEGIN(F, bide_cx)                                                          \
        F##_init(&bide_tmp BIDE_PRIV_OF(LIST, PASS));                                              \
        if ((int)F##_flags & (int)BIDE_UNPIN) {                                                    \
            bide_r = F##_poll(&bide_tmp, bide_cx, bide_out);                                       \
            if (bide_r != BIDE_PENDING)                                                            \
                return BIDE_PRIV_CHECK_BEGUN_IN(F, bide_place, bide_r);                            \
        } else {                                                                                   \
            BIDE_PRIV_OF(LIST, TRY)                                                                \
            if (bide_r != BIDE_PENDING) {                                                          \
                F##_bide_release(&bide_tmp);                                                       \
                return BIDE_PRIV_CHECK_BEGUN_IN(F, bide_place, bide_r);                            \
            }                                                                                      \
        }                                                                                          \
        bide_f = (struct F *)bide_priv_place_take(bide_place);                                     \
        if (BIDE_PRIV_UNLIKELY(!bide_f)) {                                                         \
            if ((int)F##_flags & (int)BIDE_UNPIN)                                                  \
                BIDE_PRIV_LET_GO(F, &bide_tmp);                                                    \
            else                                                                                   \
                F##_bide_release(&bide_tmp);                                                       \
            return BIDE_PRIV_CHECK_BEGUN_IN(F, bide_place, BIDE_ENOMEM);                           \
        }                                                                                          \
        BIDE_PRIV_CHECK_INIT(F, bide_f)                                                            \
        BIDE_PRIV_COPY(bide_f, &bide_tmp, sizeof(struct F));                                       \
        return BIDE_PRIV_CHECK_BEGUN_IN(F, bide_place,                                             \
            (int)F##_flags & (int)BIDE_UNPIN ? BIDE_PENDING : F##_poll(bide_f, bide_cx, bide_out));\
    }                                                                                              \
    BIDE_PRIV_FUTURE_BEGIN(F, BIDE_PRIV_OF(LIST, PARAMS), BIDE_PRIV_OF(LIST, PASS))

/* ---- boxing and sizes --------------------------------------------------------------------- */

/* BIDE_BOX(F, box, allocator, (args)): boxes an unstarted future: *box holds F, to be polled with
 * bide_box_poll. An expression of type bide_poll: BIDE_READY, or BIDE_ENOMEM (BIDE_EBUSY from a
 * fixed pool) with the box empty and the owned arguments released. */
#define BIDE_BOX(F, box, allocator, args)                                                          \
    (bide_box_reserve((box), &F##_type, (allocator)) == BIDE_READY                                 \
         ? (F##_init((struct F *)(box)->frame BIDE_PRIV_MORE args), BIDE_READY)                    \
         : (F##_discard args, bide_priv_box_refused(allocator)))

BIDE_INLINE bide_poll bide_priv_box_refused(const bide_allocator *a)
{
    return a && (a->flags & BIDE_ALLOC_FIXED) ? BIDE_EBUSY : BIDE_ENOMEM;
}

/* BIDE_FRAME_BYTES(F): what a boxed F asks its allocator for, as a constant; _ALIGN its alignment.
 * BIDE_LARGEST_FRAME(F, G, ...): the same for the largest of 1 to 16 future types, to size a slot
 * or a pool that any of them must fit. */
#define BIDE_FRAME_BYTES(F) (sizeof(struct F) + BIDE_PRIV_BOX_OFFSET(F))
#define BIDE_FRAME_ALIGN(F) BIDE_PRIV_BOX_OFFSET(F)
/* BIDE_FRAME_BUDGET(F, bytes); behind F: refuses to compile if the frame of F is larger.
 * Shape: a static assertion. */
#define BIDE_FRAME_BUDGET(F, bytes)                                                                \
    BIDE_PRIV_ASSERT(sizeof(struct F) <= (bytes),                                                  \
                     "bide: the frame of " #F " is over its budget of " #bytes " bytes")
#ifndef __cplusplus
#define BIDE_LARGEST_FRAME(...)                                                                    \
    (sizeof(BIDE_PRIV_FRAMES(__VA_ARGS__)) + BIDE_LARGEST_ALIGN(__VA_ARGS__))
#define BIDE_LARGEST_ALIGN(...) _Alignof(BIDE_PRIV_FRAMES(__VA_ARGS__))
#define BIDE_PRIV_FRAMES(...)                                                                      \
    union {                                                                                        \
        void *pointer;                                                                             \
        BIDE_PRIV_CAT(BIDE_PRIV_FRAMES_, BIDE_PRIV_COUNT(__VA_ARGS__))(__VA_ARGS__)                \
    }
#define BIDE_PRIV_FRAMES_1(F) struct F f1;
#define BIDE_PRIV_FRAMES_2(F, ...) struct F f2; BIDE_PRIV_FRAMES_1(__VA_ARGS__)
#define BIDE_PRIV_FRAMES_3(F, ...) struct F f3; BIDE_PRIV_FRAMES_2(__VA_ARGS__)
#define BIDE_PRIV_FRAMES_4(F, ...) struct F f4; BIDE_PRIV_FRAMES_3(__VA_ARGS__)
#define BIDE_PRIV_FRAMES_5(F, ...) struct F f5; BIDE_PRIV_FRAMES_4(__VA_ARGS__)
#define BIDE_PRIV_FRAMES_6(F, ...) struct F f6; BIDE_PRIV_FRAMES_5(__VA_ARGS__)
#define BIDE_PRIV_FRAMES_7(F, ...) struct F f7; BIDE_PRIV_FRAMES_6(__VA_ARGS__)
#define BIDE_PRIV_FRAMES_8(F, ...) struct F f8; BIDE_PRIV_FRAMES_7(__VA_ARGS__)
#define BIDE_PRIV_FRAMES_9(F, ...) struct F f9; BIDE_PRIV_FRAMES_8(__VA_ARGS__)
#define BIDE_PRIV_FRAMES_10(F, ...) struct F f10; BIDE_PRIV_FRAMES_9(__VA_ARGS__)
#define BIDE_PRIV_FRAMES_11(F, ...) struct F f11; BIDE_PRIV_FRAMES_10(__VA_ARGS__)
#define BIDE_PRIV_FRAMES_12(F, ...) struct F f12; BIDE_PRIV_FRAMES_11(__VA_ARGS__)
#define BIDE_PRIV_FRAMES_13(F, ...) struct F f13; BIDE_PRIV_FRAMES_12(__VA_ARGS__)
#define BIDE_PRIV_FRAMES_14(F, ...) struct F f14; BIDE_PRIV_FRAMES_13(__VA_ARGS__)
#define BIDE_PRIV_FRAMES_15(F, ...) struct F f15; BIDE_PRIV_FRAMES_14(__VA_ARGS__)
#define BIDE_PRIV_FRAMES_16(F, ...) struct F f16; BIDE_PRIV_FRAMES_15(__VA_ARGS__)
#endif

#endif
