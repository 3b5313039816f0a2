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
 *                             first poll it only releases owned arguments; after the end, nothing
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
 *     ROW(TRAITS, flags)                      BIDE_SEND, BIDE_SYNC, BIDE_UNPIN: what you promise.
 *                                             Without it, a future promises nothing
 *     ROW(TRY, function)                      by hand only; see BIDE_FUTURE
 *     ROW(TRACE, function)                    by hand only; see BIDE_FUTURE
 *     ROW(CHILD, F, name), ROW(BOXED, F, name), ROW(JOIN, name, (F, a), (F, b), ...)
 *                                             bodies only; see bide/async.h
 *
 * T and name must make a declaration when written side by side: arrays and function pointers need
 * a typedef. Up to 39 parameters.
 */
#ifndef BIDE_FUTURE_H
#define BIDE_FUTURE_H

#include <bide/box.h>
#include <bide/pp.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

/* The module record that types and vtables of this translation unit name: define it before the
 * first bide header in the sources of a plugin that may be unloaded. */
#ifndef BIDE_MODULE
#define BIDE_MODULE NULL
#endif

/* ---- frame list, pass by pass ------------------------------------------------------------- */
/* Each pass P over a list is F_FRAME(BIDE_PRIV_ROW_P); BIDE_PRIV_P_KIND says what a row of a kind
 * makes in it. A new kind adds a line to each pass, and changes no list of a user. */

/* What is wrong with a list, if anything: the shapes of the rows, and names that are taken. A list
 * is tried with FRAME_OK before anything is made of it.  Shape: (BAD, text) for a bad row */
#define BIDE_PRIV_FRAME_OK(F) BIDE_PRIV_IS_OK(F##_FRAME(BIDE_PRIV_ROW_FAULT))
#define BIDE_PRIV_FRAME_REASON(F)                                                                  \
    "bide: frame of " #F ": " BIDE_PRIV_REASON(                                                    \
        ("there is no list " #F "_FRAME: #define " #F "_FRAME(ROW) ROW(PARAM, T, name) ..."),      \
        F##_FRAME(BIDE_PRIV_ROW_FAULT))
#define BIDE_PRIV_ROW_FAULT(KIND, ...)                                                             \
    BIDE_PRIV_CAT(BIDE_PRIV_ROW_FAULT_,                                                            \
                  BIDE_PRIV_SECOND(BIDE_PRIV_CAT(BIDE_PRIV_ARITY_,                                 \
                      BIDE_PRIV_CAT(BIDE_PRIV_SECOND(BIDE_PRIV_SHAPE_##KIND, NO),                  \
                                    BIDE_PRIV_COUNT(__VA_ARGS__))), SHAPE))                        \
    (KIND, BIDE_PRIV_NAMED_##KIND(__VA_ARGS__), __VA_ARGS__)
#define BIDE_PRIV_ROW_FAULT_FINE(KIND, name, ...)                                                  \
    BIDE_PRIV_CAT(BIDE_PRIV_ROW_FAULT_NAME_,                                                       \
                  BIDE_PRIV_SECOND(BIDE_PRIV_CAT(BIDE_PRIV_MINE_, name), OK))(name)
#define BIDE_PRIV_ROW_FAULT_NAME_OK(name)
#define BIDE_PRIV_ROW_FAULT_NAME_BAD(name)                                                         \
    (BAD, "no row can be named " #name ": names that begin with bide_ are taken")
#define BIDE_PRIV_ROW_FAULT_SHAPE(KIND, name, ...)                                                 \
    (BAD, "ROW(" #KIND ", " #__VA_ARGS__ ") is no row; " BIDE_PRIV_THIRD(BIDE_PRIV_SHAPE_##KIND,   \
          ~, "the kinds are PARAM, OWNED, COUNTED, LOCAL, BUFFER, TRAITS, CHILD, BOXED, JOIN"))
#define BIDE_PRIV_SHAPE_PARAM ~, A2_, "write ROW(PARAM, T, name)"
#define BIDE_PRIV_SHAPE_OWNED ~, A3_, "write ROW(OWNED, T, name, release)"
#define BIDE_PRIV_SHAPE_COUNTED ~, A4_, "write ROW(COUNTED, T, name, retain, release)"
#define BIDE_PRIV_SHAPE_LOCAL ~, A2_, "write ROW(LOCAL, T, name)"
#define BIDE_PRIV_SHAPE_BUFFER ~, A2_, "write ROW(BUFFER, T, name)"
#define BIDE_PRIV_SHAPE_TRAITS ~, A1_, "write ROW(TRAITS, flags)"
#define BIDE_PRIV_SHAPE_TRY ~, A1_, "write ROW(TRY, function)"
#define BIDE_PRIV_SHAPE_TRACE ~, A1_, "write ROW(TRACE, function)"
#define BIDE_PRIV_SHAPE_CHILD ~, A2_, "write ROW(CHILD, F, slot)"
#define BIDE_PRIV_SHAPE_BOXED ~, A2_, "write ROW(BOXED, F, slot)"
#define BIDE_PRIV_SHAPE_JOIN ~, AJ_, "write ROW(JOIN, slot, (F, a), (G, b), ...), 2 to 8 children"
#define BIDE_PRIV_ARITY_A1_1 ~, FINE
#define BIDE_PRIV_ARITY_A2_2 ~, FINE
#define BIDE_PRIV_ARITY_A3_3 ~, FINE
#define BIDE_PRIV_ARITY_A4_4 ~, FINE
#define BIDE_PRIV_ARITY_AJ_3 ~, FINE
#define BIDE_PRIV_ARITY_AJ_4 ~, FINE
#define BIDE_PRIV_ARITY_AJ_5 ~, FINE
#define BIDE_PRIV_ARITY_AJ_6 ~, FINE
#define BIDE_PRIV_ARITY_AJ_7 ~, FINE
#define BIDE_PRIV_ARITY_AJ_8 ~, FINE
#define BIDE_PRIV_ARITY_AJ_9 ~, FINE
#define BIDE_PRIV_NAMED_PARAM(...) BIDE_PRIV_SECOND(__VA_ARGS__)
#define BIDE_PRIV_NAMED_OWNED(...) BIDE_PRIV_SECOND(__VA_ARGS__)
#define BIDE_PRIV_NAMED_COUNTED(...) BIDE_PRIV_SECOND(__VA_ARGS__)
#define BIDE_PRIV_NAMED_LOCAL(...) BIDE_PRIV_SECOND(__VA_ARGS__)
#define BIDE_PRIV_NAMED_BUFFER(...) BIDE_PRIV_SECOND(__VA_ARGS__)
#define BIDE_PRIV_NAMED_TRAITS(flags) nameless
#define BIDE_PRIV_NAMED_TRY(function) nameless
#define BIDE_PRIV_NAMED_TRACE(function) nameless
#define BIDE_PRIV_NAMED_CHILD(...) BIDE_PRIV_SECOND(__VA_ARGS__)
#define BIDE_PRIV_NAMED_BOXED(...) BIDE_PRIV_SECOND(__VA_ARGS__)
#define BIDE_PRIV_NAMED_JOIN(...) BIDE_PRIV_FIRST(__VA_ARGS__)

/* Whether the children are future types; boxed ones may be declared later.  Shape: an assertion */
#ifdef __cplusplus
#define BIDE_PRIV_ROW_ASK(KIND, ...)
#else
#define BIDE_PRIV_ROW_ASK(KIND, ...) BIDE_PRIV_ASK_##KIND(__VA_ARGS__)
#endif
#define BIDE_PRIV_ASK_PARAM(T, n)
#define BIDE_PRIV_ASK_OWNED(T, n, release)
#define BIDE_PRIV_ASK_COUNTED(T, n, retain, release)
#define BIDE_PRIV_ASK_LOCAL(T, n)
#define BIDE_PRIV_ASK_BUFFER(T, n)
#define BIDE_PRIV_ASK_TRAITS(flags)
#define BIDE_PRIV_ASK_TRY(function)
#define BIDE_PRIV_ASK_TRACE(function)
#define BIDE_PRIV_ASK_CHILD(F, slot)                                                               \
    BIDE_PRIV_DEMAND_MEMBER(                                                                       \
        BIDE_PRIV_IS_FUTURE(F), row_CHILD_##slot##_of_##F##_is_not_of_a_future_type,               \
        "bide: row CHILD " #slot ": " #F " is not a future type that is declared here")
#define BIDE_PRIV_ASK_BOXED(F, slot)
#define BIDE_PRIV_ASK_JOIN(slot, ...) BIDE_PRIV_MAP(BIDE_PRIV_ASK_CHILD, ~, __VA_ARGS__)

/* Fields.  Shape: T name; */
#define BIDE_PRIV_ROW_FIELD(KIND, ...) BIDE_PRIV_FIELD_##KIND(__VA_ARGS__)
#define BIDE_PRIV_FIELD_PARAM(T, n) T n;
#define BIDE_PRIV_FIELD_OWNED(T, n, release) T n;
#define BIDE_PRIV_FIELD_COUNTED(T, n, retain, release) T n;
#define BIDE_PRIV_FIELD_LOCAL(T, n) T n;
#define BIDE_PRIV_FIELD_BUFFER(T, n) T n;
#define BIDE_PRIV_FIELD_TRAITS(flags)
#define BIDE_PRIV_FIELD_TRY(function)
#define BIDE_PRIV_FIELD_TRACE(function)
#define BIDE_PRIV_FIELD_CHILD(F, slot)
#define BIDE_PRIV_FIELD_BOXED(F, slot)
#define BIDE_PRIV_FIELD_JOIN(...)

/* Parameters.  Shape: , T name */
#define BIDE_PRIV_ROW_PARAMS(KIND, ...) BIDE_PRIV_PARAMS_##KIND(__VA_ARGS__)
#define BIDE_PRIV_PARAMS_PARAM(T, n) , T n
#define BIDE_PRIV_PARAMS_OWNED(T, n, release) , T n
#define BIDE_PRIV_PARAMS_COUNTED(T, n, retain, release) , T n
#define BIDE_PRIV_PARAMS_LOCAL(T, n)
#define BIDE_PRIV_PARAMS_BUFFER(T, n)
#define BIDE_PRIV_PARAMS_TRAITS(flags)
#define BIDE_PRIV_PARAMS_TRY(function)
#define BIDE_PRIV_PARAMS_TRACE(function)
#define BIDE_PRIV_PARAMS_CHILD(F, slot)
#define BIDE_PRIV_PARAMS_BOXED(F, slot)
#define BIDE_PRIV_PARAMS_JOIN(...)

/* Parameters passed on.  Shape: , name */
#define BIDE_PRIV_ROW_PASS(KIND, ...) BIDE_PRIV_PASS_##KIND(__VA_ARGS__)
#define BIDE_PRIV_PASS_PARAM(T, n) , n
#define BIDE_PRIV_PASS_OWNED(T, n, release) , n
#define BIDE_PRIV_PASS_COUNTED(T, n, retain, release) , n
#define BIDE_PRIV_PASS_LOCAL(T, n)
#define BIDE_PRIV_PASS_BUFFER(T, n)
#define BIDE_PRIV_PASS_TRAITS(flags)
#define BIDE_PRIV_PASS_TRY(function)
#define BIDE_PRIV_PASS_TRACE(function)
#define BIDE_PRIV_PASS_CHILD(F, slot)
#define BIDE_PRIV_PASS_BOXED(F, slot)
#define BIDE_PRIV_PASS_JOIN(...)

/* Capture.  Shape: frame->name = name; */
#define BIDE_PRIV_ROW_SET(KIND, ...) BIDE_PRIV_SET_##KIND(__VA_ARGS__)
#define BIDE_PRIV_SET_PARAM(T, n) bide_f->n = n;
#define BIDE_PRIV_SET_OWNED(T, n, release) bide_f->n = n;
#define BIDE_PRIV_SET_COUNTED(T, n, retain, release) bide_f->n = retain(n);
#define BIDE_PRIV_SET_LOCAL(T, n) BIDE_PRIV_ZERO(&bide_f->n, sizeof bide_f->n);
#define BIDE_PRIV_SET_BUFFER(T, n)
#define BIDE_PRIV_SET_TRAITS(flags)
#define BIDE_PRIV_SET_TRY(function)
#define BIDE_PRIV_SET_TRACE(function)
#define BIDE_PRIV_SET_CHILD(F, slot)
#define BIDE_PRIV_SET_BOXED(F, slot)
#define BIDE_PRIV_SET_JOIN(...)

/* Release of what is owned, last row first: each row wraps a loop of one round around the rows
 * behind it, and releases on the way out.
 * Shape: for (int once = 1; once; once = 0, release(frame->name)) */
#define BIDE_PRIV_ROW_FREE(KIND, ...) BIDE_PRIV_FREE_##KIND(__VA_ARGS__)
#define BIDE_PRIV_FREE_PARAM(T, n)
#define BIDE_PRIV_FREE_OWNED(T, n, release)                                                        \
    for (int bide_once_##n = 1; bide_once_##n; bide_once_##n = 0, (void)release(bide_f->n))
#define BIDE_PRIV_FREE_COUNTED(T, n, retain, release) BIDE_PRIV_FREE_OWNED(T, n, release)
#define BIDE_PRIV_FREE_LOCAL(T, n)
#define BIDE_PRIV_FREE_BUFFER(T, n)
#define BIDE_PRIV_FREE_TRAITS(flags)
#define BIDE_PRIV_FREE_TRY(function)
#define BIDE_PRIV_FREE_TRACE(function)
#define BIDE_PRIV_FREE_CHILD(F, slot)
#define BIDE_PRIV_FREE_BOXED(F, slot)
#define BIDE_PRIV_FREE_JOIN(...)

/* Release of the arguments of a call that will never run; nothing was retained for it. Other rows
 * must not end the statement, or they would break the nest of loops.  Shape: as above */
#define BIDE_PRIV_ROW_DISCARD(KIND, ...) BIDE_PRIV_DISCARD_##KIND(__VA_ARGS__)
#define BIDE_PRIV_DISCARD_PARAM(T, n) if (((void)n, 1))
#define BIDE_PRIV_DISCARD_OWNED(T, n, release)                                                     \
    for (int bide_once_##n = 1; bide_once_##n; bide_once_##n = 0, (void)release(n))
#define BIDE_PRIV_DISCARD_COUNTED(T, n, retain, release) if (((void)n, 1))
#define BIDE_PRIV_DISCARD_LOCAL(T, n)
#define BIDE_PRIV_DISCARD_BUFFER(T, n)
#define BIDE_PRIV_DISCARD_TRAITS(flags)
#define BIDE_PRIV_DISCARD_TRY(function)
#define BIDE_PRIV_DISCARD_TRACE(function)
#define BIDE_PRIV_DISCARD_CHILD(F, slot)
#define BIDE_PRIV_DISCARD_BOXED(F, slot)
#define BIDE_PRIV_DISCARD_JOIN(...)

/* Whether anything is owned by the call.  Shape: | 1 */
#define BIDE_PRIV_ROW_OWNS(KIND, ...) BIDE_PRIV_OWNS_##KIND
#define BIDE_PRIV_OWNS_PARAM
#define BIDE_PRIV_OWNS_OWNED | 1
#define BIDE_PRIV_OWNS_COUNTED
#define BIDE_PRIV_OWNS_LOCAL
#define BIDE_PRIV_OWNS_BUFFER
#define BIDE_PRIV_OWNS_TRAITS
#define BIDE_PRIV_OWNS_TRY
#define BIDE_PRIV_OWNS_TRACE
#define BIDE_PRIV_OWNS_CHILD
#define BIDE_PRIV_OWNS_BOXED
#define BIDE_PRIV_OWNS_JOIN

/* Declared facts.  Shape: | (flags) */
#define BIDE_PRIV_ROW_TRAITS(KIND, ...) BIDE_PRIV_TRAITS_##KIND(__VA_ARGS__)
#define BIDE_PRIV_TRAITS_PARAM(T, n)
#define BIDE_PRIV_TRAITS_OWNED(T, n, release)
#define BIDE_PRIV_TRAITS_COUNTED(T, n, retain, release)
#define BIDE_PRIV_TRAITS_LOCAL(T, n)
#define BIDE_PRIV_TRAITS_BUFFER(T, n)
#define BIDE_PRIV_TRAITS_TRAITS(flags) | (flags)
#define BIDE_PRIV_TRAITS_TRY(function)
#define BIDE_PRIV_TRAITS_TRACE(function)
#define BIDE_PRIV_TRAITS_CHILD(F, slot)
#define BIDE_PRIV_TRAITS_BOXED(F, slot)
#define BIDE_PRIV_TRAITS_JOIN(...)

/* The look before parking.  Shape: r = function(&frame, cx, out); */
#define BIDE_PRIV_ROW_TRY(KIND, ...) BIDE_PRIV_TRY_##KIND(__VA_ARGS__)
#define BIDE_PRIV_TRY_PARAM(T, n)
#define BIDE_PRIV_TRY_OWNED(T, n, release)
#define BIDE_PRIV_TRY_COUNTED(T, n, retain, release)
#define BIDE_PRIV_TRY_LOCAL(T, n)
#define BIDE_PRIV_TRY_BUFFER(T, n)
#define BIDE_PRIV_TRY_TRAITS(flags)
#define BIDE_PRIV_TRY_TRY(function) bide_r = function(&bide_tmp, bide_cx, bide_out);
#define BIDE_PRIV_TRY_TRACE(function)
#define BIDE_PRIV_TRY_CHILD(F, slot)
#define BIDE_PRIV_TRY_BOXED(F, slot)
#define BIDE_PRIV_TRY_JOIN(...)

/* What a leaf tells of its waiting.  Shape: function(frame, tracer); */
#define BIDE_PRIV_ROW_TELL(KIND, ...) BIDE_PRIV_TELL_##KIND(__VA_ARGS__)
#define BIDE_PRIV_TELL_PARAM(T, n)
#define BIDE_PRIV_TELL_OWNED(T, n, release)
#define BIDE_PRIV_TELL_COUNTED(T, n, retain, release)
#define BIDE_PRIV_TELL_LOCAL(T, n)
#define BIDE_PRIV_TELL_BUFFER(T, n)
#define BIDE_PRIV_TELL_TRAITS(flags)
#define BIDE_PRIV_TELL_TRY(function)
#define BIDE_PRIV_TELL_TRACE(function) function(bide_f, bide_tr);
#define BIDE_PRIV_TELL_CHILD(F, slot)
#define BIDE_PRIV_TELL_BOXED(F, slot)
#define BIDE_PRIV_TELL_JOIN(...)

/* Whether there is such a row, of any number of rows.  Shape: , 1 */
#define BIDE_PRIV_ROW_TELLS(KIND, ...) BIDE_PRIV_TELLS_##KIND
#define BIDE_PRIV_TELLS_PARAM
#define BIDE_PRIV_TELLS_OWNED
#define BIDE_PRIV_TELLS_COUNTED
#define BIDE_PRIV_TELLS_LOCAL
#define BIDE_PRIV_TELLS_BUFFER
#define BIDE_PRIV_TELLS_TRAITS
#define BIDE_PRIV_TELLS_TRY
#define BIDE_PRIV_TELLS_TRACE , 1
#define BIDE_PRIV_TELLS_CHILD
#define BIDE_PRIV_TELLS_BOXED
#define BIDE_PRIV_TELLS_JOIN

/* A tag that bodies declare anew, with another size: whether this is the inside of one. */
struct bide_priv_body {
    char bide_outside;
};
#define BIDE_PRIV_OUTSIDE (sizeof(struct bide_priv_body) == 1)

/* ---- parts of a future type --------------------------------------------------------------- */

/* Shape: R F(T a, T b); typedef R F_output; union F_result { R value; };
 * The prototype comes before any mention of struct F: C++ compilers warn about the reverse. */
#define BIDE_PRIV_FUTURE_NAME(R, F, ...)                                                           \
    R F BIDE_PRIV_PARENS(__VA_ARGS__);                                                             \
    typedef R F##_output;                                                                          \
    union F##_result {                                                                             \
        char bide_none;                                                                            \
        BIDE_PRIV_IF(BIDE_PRIV_IS_VOID(R))()(R value;)                                             \
    };

/* Size and alignment of an Output: 0 and 1 for void. */
#define BIDE_PRIV_OUT_SIZE(R) BIDE_PRIV_IF(BIDE_PRIV_IS_VOID(R))(0)(sizeof(R))
#define BIDE_PRIV_OUT_ALIGN(R) BIDE_PRIV_IF(BIDE_PRIV_IS_VOID(R))(1)(BIDE_PRIV_ALIGNOF(R))

#define BIDE_PRIV_BOX_OFFSET(F)                                                                    \
    (BIDE_PRIV_ALIGNOF(struct F) > sizeof(void *) ? BIDE_PRIV_ALIGNOF(struct F) : sizeof(void *))

/* Shape: an enum F_flags, and the functions that capture and release. */
#define BIDE_PRIV_FUTURE_ENDS(R, F, flags)                                                         \
    enum {                                                                                         \
        F##_flags = (flags)F##_FRAME(BIDE_PRIV_ROW_TRAITS),                                        \
        F##_bide_owns = 0 F##_FRAME(BIDE_PRIV_ROW_OWNS),                                           \
        F##_bide_moved = sizeof(struct F)                                                          \
    };                                                                                             \
    BIDE_PRIV_ALWAYS void F##_bide_release(struct F *bide_f)                                       \
    {                                                                                              \
        (void)bide_f;                                                                              \
        F##_FRAME(BIDE_PRIV_ROW_FREE){}                                                            \
    }                                                                                              \
    BIDE_INLINE void F##_discard BIDE_PRIV_PARENS(~F##_FRAME(BIDE_PRIV_ROW_PARAMS))                \
    {                                                                                              \
        F##_FRAME(BIDE_PRIV_ROW_DISCARD){}                                                         \
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
        F##_drop((struct F *)bide_f);                                                              \
    }

/* Shape: the initialiser of a bide_type. */
#define BIDE_PRIV_RECORD(R, F, trace_or_null)                                                      \
    {                                                                                              \
        (uint32_t)sizeof(bide_type), (uint32_t)F##_flags, (uint32_t)sizeof(struct F),              \
            (uint32_t)BIDE_PRIV_ALIGNOF(struct F), (uint32_t)BIDE_PRIV_BOX_OFFSET(F),              \
            (uint32_t)BIDE_PRIV_OUT_SIZE(R), (uint32_t)BIDE_PRIV_OUT_ALIGN(R), 0, F##_bide_poll,   \
            F##_bide_drop, NULL, trace_or_null, BIDE_PRIV_STR(F), BIDE_MODULE                      \
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
 * Shape: the prototype R F(args...), struct F, and each function named at the head of this file. */
#define BIDE_FUTURE(R, F)                                                                          \
    BIDE_PRIV_ASSERT(BIDE_PRIV_OUTSIDE, "bide: the body above has no BIDE_END");                   \
    BIDE_PRIV_ASSERT(BIDE_PRIV_FRAME_OK(F), BIDE_PRIV_FRAME_REASON(F));                            \
    BIDE_PRIV_CAT(BIDE_PRIV_FUTURE_, BIDE_PRIV_FRAME_OK(F))(R, F)
#define BIDE_PRIV_FUTURE_1(R, F) BIDE_PRIV_FUTURE(R, F)
#define BIDE_PRIV_FUTURE_0(R, F)
#define BIDE_PRIV_FUTURE(R, F)                                                                     \
    BIDE_PRIV_FUTURE_NAME(R, F, ~F##_FRAME(BIDE_PRIV_ROW_PARAMS))                                  \
    BIDE_PRIV_HAND_SHAPE(R, F, BIDE_INLINE)                                                        \
    BIDE_PRIV_FUTURE_ERASED(F)                                                                     \
    BIDE_PRIV_IF(BIDE_PRIV_HAND_TELLS(F))                                                          \
    (BIDE_INLINE void F##_bide_trace(const void *bide_f, bide_tracer *bide_tr);)()                 \
    static const bide_type F##_type BIDE_PRIV_UNUSED = BIDE_PRIV_HAND_RECORD(R, F);                \
    BIDE_PRIV_IF(BIDE_PRIV_HAND_TELLS(F))(BIDE_PRIV_HAND_TRACE(F))()                               \
    BIDE_PRIV_HAND_START(F)

/* BIDE_FUTURE_DECLARE(R, F) in a header and BIDE_FUTURE_DEFINE(R, F); in a source: the same with
 * F_poll, F_drop and F_type external, defined in that source. BIDE_FUTURE_DECLARE_AS(API, R, F)
 * puts an attribute before them: the word by which a shared library exports. */
#define BIDE_FUTURE_DECLARE(R, F) BIDE_FUTURE_DECLARE_AS(, R, F)
#define BIDE_FUTURE_DECLARE_AS(API, R, F)                                                          \
    BIDE_PRIV_ASSERT(BIDE_PRIV_FRAME_OK(F), BIDE_PRIV_FRAME_REASON(F));                            \
    BIDE_PRIV_CAT(BIDE_PRIV_FUTURE_DECLARE_, BIDE_PRIV_FRAME_OK(F))(API, R, F)
#define BIDE_PRIV_FUTURE_DECLARE_1(API, R, F) BIDE_PRIV_FUTURE_DECLARE(API, R, F)
#define BIDE_PRIV_FUTURE_DECLARE_0(API, R, F)
#define BIDE_PRIV_FUTURE_DECLARE(API, R, F)                                                        \
    BIDE_PRIV_FUTURE_NAME(R, F, ~F##_FRAME(BIDE_PRIV_ROW_PARAMS))                                  \
    BIDE_PRIV_EXTERN_C API const bide_type F##_type;                                               \
    BIDE_PRIV_HAND_SHAPE(R, F, BIDE_PRIV_EXTERN_C API)                                             \
    BIDE_PRIV_HAND_START(F)
#define BIDE_FUTURE_DEFINE(R, F) BIDE_PRIV_FUTURE_DEFINE(R, F)
#define BIDE_PRIV_FUTURE_DEFINE(R, F)                                                              \
    BIDE_PRIV_FUTURE_ERASED(F)                                                                     \
    BIDE_PRIV_IF(BIDE_PRIV_HAND_TELLS(F))(BIDE_PRIV_HAND_TRACE(F))()                               \
    const bide_type F##_type = BIDE_PRIV_HAND_RECORD(R, F)

/* The trace operation exists only with a row TRACE.
 * Shape: void F_bide_trace(frame, tracer) { enter; function(frame, tracer); leave; } */
#define BIDE_PRIV_HAND_TELLS(F) BIDE_PRIV_SECOND(~F##_FRAME(BIDE_PRIV_ROW_TELLS), 0)
#define BIDE_PRIV_HAND_RECORD(R, F)                                                                \
    BIDE_PRIV_RECORD(R, F, BIDE_PRIV_IF(BIDE_PRIV_HAND_TELLS(F))(F##_bide_trace)(NULL))
#define BIDE_PRIV_HAND_TRACE(F)                                                                    \
    BIDE_INLINE void F##_bide_trace(const void *bide_f, bide_tracer *bide_tr)                      \
    {                                                                                              \
        bide_tr->enter(bide_tr, &F##_type, bide_f, NULL, 0);                                       \
        F##_FRAME(BIDE_PRIV_ROW_TELL)                                                              \
        bide_tr->leave(bide_tr);                                                                   \
    }

#define BIDE_PRIV_HAND_SHAPE(R, F, LINKAGE)                                                        \
    struct F {                                                                                     \
        F##_FRAME(BIDE_PRIV_ROW_FIELD)                                                             \
    };                                                                                             \
    LINKAGE BIDE_PRIV_MUST_USE bide_poll F##_poll(struct F *f, bide_context *cx, F##_output *out); \
    LINKAGE void F##_drop(struct F *f);                                                            \
    BIDE_PRIV_FUTURE_ENDS(R, F, 0)                                                                 \
    BIDE_INLINE void F##_init(struct F *bide_f F##_FRAME(BIDE_PRIV_ROW_PARAMS))                    \
    {                                                                                              \
        BIDE_PRIV_CHECK_INIT(F, bide_f)                                                            \
        F##_FRAME(BIDE_PRIV_ROW_SET)                                                               \
    }

/* start and start_box of a future by hand. An unpolled frame, and a polled one that is UNPIN, may
 * be moved: that is how the frame gets from the C stack into its block. */
#define BIDE_PRIV_HAND_START(F)                                                                    \
    BIDE_INLINE bide_poll F##_start(struct F *bide_f F##_FRAME(BIDE_PRIV_ROW_PARAMS),              \
                                    bide_context *bide_cx, F##_output *bide_out)                   \
    {                                                                                              \
        BIDE_PRIV_CHECK_ARGUMENTS(F)                                                               \
        F##_init(bide_f F##_FRAME(BIDE_PRIV_ROW_PASS));                                            \
        return BIDE_PRIV_CHECK_START(F, bide_f, bide_cx, F##_poll(bide_f, bide_cx, bide_out));     \
    }                                                                                              \
    BIDE_INLINE bide_poll F##_start_box(bide_box *bide_b F##_FRAME(BIDE_PRIV_ROW_PARAMS),          \
                                        bide_allocator *bide_a, bide_context *bide_cx,             \
                                        F##_output *bide_out)                                      \
    {                                                                                              \
        struct F bide_tmp;                                                                         \
        bide_poll bide_r = BIDE_PENDING;                                                           \
        BIDE_PRIV_CHECK_ARGUMENTS(F)                                                               \
        F##_init(&bide_tmp F##_FRAME(BIDE_PRIV_ROW_PASS));                                         \
        if ((int)F##_flags & (int)BIDE_UNPIN) {                                                    \
            bide_r = F##_poll(&bide_tmp, bide_cx, bide_out);                                       \
            if (bide_r != BIDE_PENDING)                                                            \
                return bide_r;                                                                     \
        } else {                                                                                   \
            F##_FRAME(BIDE_PRIV_ROW_TRY)                                                           \
            if (bide_r != BIDE_PENDING) {                                                          \
                F##_bide_release(&bide_tmp);                                                       \
                return bide_r;                                                                     \
            }                                                                                      \
        }                                                                                          \
        bide_b->type = &F##_type;                                                                  \
        bide_b->frame = bide_frame_alloc(bide_allocator_for(bide_a, bide_cx), sizeof(struct F),    \
                                         BIDE_PRIV_BOX_OFFSET(F));                                 \
        if (!bide_b->frame) {                                                                      \
            if ((int)F##_flags & (int)BIDE_UNPIN)                                                  \
                F##_drop(&bide_tmp);                                                               \
            else                                                                                   \
                F##_bide_release(&bide_tmp);                                                       \
            return BIDE_ENOMEM;                                                                    \
        }                                                                                          \
        BIDE_PRIV_COPY(bide_b->frame, &bide_tmp, sizeof(struct F));                                \
        if ((int)F##_flags & (int)BIDE_UNPIN)                                                      \
            return BIDE_PENDING;                                                                   \
        bide_r = F##_poll((struct F *)bide_b->frame, bide_cx, bide_out);                           \
        if (bide_r != BIDE_PENDING)                                                                \
            bide_box_release(bide_b);                                                              \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_INLINE bide_poll F##_bide_start_in(                                                       \
        const bide_priv_place *bide_place F##_FRAME(BIDE_PRIV_ROW_PARAMS), bide_context *bide_cx,  \
        F##_output *bide_out)                                                                      \
    {                                                                                              \
        struct F bide_tmp;                                                                         \
        struct F *bide_f;                                                                          \
        bide_poll bide_r = BIDE_PENDING;                                                           \
        BIDE_PRIV_CHECK_ARGUMENTS(F)                                                               \
        F##_init(&bide_tmp F##_FRAME(BIDE_PRIV_ROW_PASS));                                         \
        if ((int)F##_flags & (int)BIDE_UNPIN) {                                                    \
            bide_r = F##_poll(&bide_tmp, bide_cx, bide_out);                                       \
            if (bide_r != BIDE_PENDING)                                                            \
                return bide_r;                                                                     \
        } else {                                                                                   \
            F##_FRAME(BIDE_PRIV_ROW_TRY)                                                           \
            if (bide_r != BIDE_PENDING) {                                                          \
                F##_bide_release(&bide_tmp);                                                       \
                return bide_r;                                                                     \
            }                                                                                      \
        }                                                                                          \
        bide_f = (struct F *)bide_priv_place_take(bide_place);                                     \
        if (BIDE_PRIV_UNLIKELY(!bide_f)) {                                                         \
            if ((int)F##_flags & (int)BIDE_UNPIN)                                                  \
                F##_drop(&bide_tmp);                                                               \
            else                                                                                   \
                F##_bide_release(&bide_tmp);                                                       \
            return BIDE_ENOMEM;                                                                    \
        }                                                                                          \
        BIDE_PRIV_CHECK_INIT(F, bide_f)                                                            \
        BIDE_PRIV_COPY(bide_f, &bide_tmp, sizeof(struct F));                                       \
        return (int)F##_flags & (int)BIDE_UNPIN ? BIDE_PENDING                                     \
                                                : F##_poll(bide_f, bide_cx, bide_out);             \
    }                                                                                              \
    BIDE_PRIV_FUTURE_BEGIN(F, F##_FRAME(BIDE_PRIV_ROW_PARAMS), F##_FRAME(BIDE_PRIV_ROW_PASS))

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
