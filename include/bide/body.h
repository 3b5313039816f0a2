/*
 * bide/body.h: what the words of bide/async.h are made of: the operations of a body, its frame, and
 * the functions of a future type around it.
 *
 * bide/async.h is the manual. Nothing in this file is for users.
 */
#ifndef BIDE_BODY_H
#define BIDE_BODY_H

#include <bide/future.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

enum {
    BIDE_PRIV_OP_POLL = 0,
    BIDE_PRIV_OP_DROP = 1,
    BIDE_PRIV_OP_CANCEL = 2,
    BIDE_PRIV_OP_TRACE = 3,
    BIDE_PRIV_OP_START = 4,    /* on the C stack; the frame's place is known */
    BIDE_PRIV_OP_START_BOX = 5 /* on the C stack; the frame's place is still to be got */
};
#define BIDE_PRIV_GO_CLEANUP BIDE_STATE_MASK

/* Passes over the rows for children. */
#define BIDE_PRIV_ROW_KIDS(KIND, ...) BIDE_PRIV_KIDS_##KIND(__VA_ARGS__)
#define BIDE_PRIV_KIDS_PARAM(T, n)
#define BIDE_PRIV_KIDS_OWNED(T, n, release)
#define BIDE_PRIV_KIDS_COUNTED(T, n, retain, release)
#define BIDE_PRIV_KIDS_LOCAL(T, n)
#define BIDE_PRIV_KIDS_BUFFER(T, n)
#define BIDE_PRIV_KIDS_TRAITS(flags)
#define BIDE_PRIV_KIDS_CHILD(F, slot) struct F slot;
#define BIDE_PRIV_KIDS_BOXED(F, slot) bide_box slot;
#define BIDE_PRIV_KIDS_JOIN(slot, ...)                                                             \
    struct {                                                                                       \
        BIDE_PRIV_MAP(BIDE_PRIV_KIDS_CHILD, ~, __VA_ARGS__) uint8_t bide_left;                     \
    } slot;

/* Whether there is a row with a child, of any number of rows.  Shape: , 1 for each of these */
#define BIDE_PRIV_ROW_HAS_KIDS(KIND, ...) BIDE_PRIV_HAS_KIDS_##KIND
#define BIDE_PRIV_HAS_KIDS_PARAM
#define BIDE_PRIV_HAS_KIDS_OWNED
#define BIDE_PRIV_HAS_KIDS_COUNTED
#define BIDE_PRIV_HAS_KIDS_LOCAL
#define BIDE_PRIV_HAS_KIDS_BUFFER
#define BIDE_PRIV_HAS_KIDS_TRAITS
#define BIDE_PRIV_HAS_KIDS_CHILD , 1
#define BIDE_PRIV_HAS_KIDS_BOXED , 1
#define BIDE_PRIV_HAS_KIDS_JOIN , 1

/* A buffer may well be moved before anything was written to it. That is no mistake of the user's:
 * the compiler must not see where the bytes come from, or it warns. */
BIDE_PRIV_ALWAYS void bide_priv_move_buffer(void *to, const void *from, size_t bytes)
{
#if defined(__GNUC__)
    __asm__("" : "+r"(from));
#endif
    BIDE_PRIV_COPY(to, from, bytes);
}

/* The move from the C stack into the frame, field by field: copying a just-written struct as one
 * block defeats store forwarding.  Shape: to->name = from->name; */
#define BIDE_PRIV_ROW_MOVE(KIND, ...) BIDE_PRIV_MOVE_##KIND(__VA_ARGS__)
#define BIDE_PRIV_MOVE_PARAM(T, n) bide_to->n = bide_f->n;
#define BIDE_PRIV_MOVE_OWNED(T, n, release) bide_to->n = bide_f->n;
#define BIDE_PRIV_MOVE_COUNTED(T, n, retain, release) bide_to->n = bide_f->n;
#define BIDE_PRIV_MOVE_LOCAL(T, n) BIDE_PRIV_COPY(&bide_to->n, &bide_f->n, sizeof bide_to->n);
#define BIDE_PRIV_MOVE_BUFFER(T, n)                                                                \
    bide_priv_move_buffer(&bide_to->n, &bide_f->n, sizeof bide_to->n);
#define BIDE_PRIV_MOVE_TRAITS(flags)
#define BIDE_PRIV_MOVE_CHILD(F, slot)
#define BIDE_PRIV_MOVE_BOXED(F, slot)
#define BIDE_PRIV_MOVE_JOIN(...)

/* States.  Shape: bide_n_slot, */
#define BIDE_PRIV_ROW_STATES(KIND, ...) BIDE_PRIV_STATES_##KIND(__VA_ARGS__)
#define BIDE_PRIV_STATES_PARAM(T, n)
#define BIDE_PRIV_STATES_OWNED(T, n, release)
#define BIDE_PRIV_STATES_COUNTED(T, n, retain, release)
#define BIDE_PRIV_STATES_LOCAL(T, n)
#define BIDE_PRIV_STATES_BUFFER(T, n)
#define BIDE_PRIV_STATES_TRAITS(flags)
#define BIDE_PRIV_STATES_CHILD(F, slot) bide_n_##slot,
#define BIDE_PRIV_STATES_BOXED(F, slot) bide_n_##slot,
#define BIDE_PRIV_STATES_JOIN(slot, ...) bide_n_##slot,

/* Where each child lives.  Shape: bide_kind_slot = 0 or 1, */
#define BIDE_PRIV_ROW_KINDS(KIND, ...) BIDE_PRIV_KINDS_##KIND(__VA_ARGS__)
#define BIDE_PRIV_KINDS_PARAM(T, n)
#define BIDE_PRIV_KINDS_OWNED(T, n, release)
#define BIDE_PRIV_KINDS_COUNTED(T, n, retain, release)
#define BIDE_PRIV_KINDS_LOCAL(T, n)
#define BIDE_PRIV_KINDS_BUFFER(T, n)
#define BIDE_PRIV_KINDS_TRAITS(flags)
#define BIDE_PRIV_KINDS_CHILD(F, slot) bide_kind_##slot = BIDE_PRIV_KID_EMBEDDED,
#define BIDE_PRIV_KINDS_BOXED(F, slot) bide_kind_##slot = BIDE_PRIV_KID_BOXED,
#define BIDE_PRIV_KINDS_JOIN(slot, ...)

/* The future type of each slot, for the check in the await.  Shape: typedef struct F name; */
#define BIDE_PRIV_ROW_SLOTS(KIND, ...) BIDE_PRIV_SLOTS_##KIND(__VA_ARGS__)
#define BIDE_PRIV_SLOTS_PARAM(T, n)
#define BIDE_PRIV_SLOTS_OWNED(T, n, release)
#define BIDE_PRIV_SLOTS_COUNTED(T, n, retain, release)
#define BIDE_PRIV_SLOTS_LOCAL(T, n)
#define BIDE_PRIV_SLOTS_BUFFER(T, n)
#define BIDE_PRIV_SLOTS_TRAITS(flags)
#define BIDE_PRIV_SLOTS_CHILD(F, slot)                                                             \
    typedef struct F bide_type_##slot;                                                             \
    void *bide_slot_##slot(void);
#define BIDE_PRIV_SLOTS_BOXED(F, slot) BIDE_PRIV_SLOTS_CHILD(F, slot)
#define BIDE_PRIV_SLOTS_JOIN(slot, ...) void *bide_slot_##slot(void);

/* Dispatch.  Shape: case bide_n_slot: goto bide_at_slot; */
#define BIDE_PRIV_ROW_RESUME(KIND, ...) BIDE_PRIV_RESUME_##KIND(__VA_ARGS__)
#define BIDE_PRIV_RESUME_PARAM(T, n)
#define BIDE_PRIV_RESUME_OWNED(T, n, release)
#define BIDE_PRIV_RESUME_COUNTED(T, n, retain, release)
#define BIDE_PRIV_RESUME_LOCAL(T, n)
#define BIDE_PRIV_RESUME_BUFFER(T, n)
#define BIDE_PRIV_RESUME_TRAITS(flags)
#define BIDE_PRIV_RESUME_CHILD(F, slot) case bide_n_##slot: goto bide_at_##slot;
#define BIDE_PRIV_RESUME_BOXED(F, slot) case bide_n_##slot: goto bide_at_##slot;
#define BIDE_PRIV_RESUME_JOIN(slot, ...) case bide_n_##slot: goto bide_at_##slot;

#define BIDE_PRIV_BODY_STRUCT(F)                                                                   \
    struct F {                                                                                     \
        uint32_t bide_state;                                                                       \
        F##_FRAME(BIDE_PRIV_ROW_FIELD)                                                             \
        BIDE_PRIV_IF(BIDE_PRIV_BODY_HAS_KIDS(F))                                                   \
        (union { F##_FRAME(BIDE_PRIV_ROW_KIDS) } bide_kid;)()                                      \
    };

#define BIDE_PRIV_BODY_HAS_KIDS(F) BIDE_PRIV_SECOND(~F##_FRAME(BIDE_PRIV_ROW_HAS_KIDS), 0)

/* Only where there are children; the record names it only if one of them may have to be cancelled.
 */
#define BIDE_PRIV_BODY_CANCEL(F)                                                                   \
    BIDE_INLINE bide_poll F##_bide_cancel(void *bide_f, bide_context *bide_cx)                     \
    {                                                                                              \
        return BIDE_PRIV_CHECK_CANCEL(F, bide_f, bide_cx,                                          \
            F##_bide_body(BIDE_PRIV_OP_CANCEL, (struct F *)bide_f, (struct F *)bide_f, NULL, NULL, \
                          bide_cx, NULL, NULL));                                                   \
    }

#define BIDE_PRIV_BODY_INIT(F)                                                                     \
    BIDE_PRIV_ALWAYS void F##_init(struct F *bide_f F##_FRAME(BIDE_PRIV_ROW_PARAMS))               \
    {                                                                                              \
        BIDE_PRIV_CHECK_INIT(F, bide_f)                                                            \
        bide_f->bide_state = 0;                                                                    \
        F##_FRAME(BIDE_PRIV_ROW_SET)                                                               \
    }

#define BIDE_PRIV_BODY_PROTOTYPES(F, LINKAGE, START)                                               \
    LINKAGE BIDE_PRIV_MUST_USE bide_poll F##_poll(struct F *bide_f, bide_context *bide_cx,         \
                                                  F##_output *bide_out);                           \
    BIDE_PRIV_DROPPED(F)                                                                           \
    LINKAGE void F##_drop(F##_bide_dropped F);                                                     \
    START bide_poll F##_start(struct F *bide_f F##_FRAME(BIDE_PRIV_ROW_PARAMS),                    \
                                bide_context *bide_cx, F##_output *bide_out);                      \
    LINKAGE bide_poll F##_start_box(bide_box *bide_b F##_FRAME(BIDE_PRIV_ROW_PARAMS),              \
                                    bide_allocator *bide_a, bide_context *bide_cx,                 \
                                    F##_output *bide_out);                                         \
    BIDE_PRIV_FUTURE_START_IN(F, F##_FRAME(BIDE_PRIV_ROW_PARAMS), F##_FRAME(BIDE_PRIV_ROW_PASS))   \
    BIDE_PRIV_FUTURE_BEGIN(F, F##_FRAME(BIDE_PRIV_ROW_PARAMS), F##_FRAME(BIDE_PRIV_ROW_PASS))

/* The functions around a body, ending with the body's own head. */
#define BIDE_PRIV_BODY_FUNCTIONS(R, F, LINKAGE, START, STORAGE)                                    \
    BIDE_PRIV_FUTURE_ERASED(F)                                                                     \
    BIDE_INLINE void F##_bide_trace(const void *bide_f, bide_tracer *bide_tr);                     \
    BIDE_PRIV_IF(BIDE_PRIV_BODY_HAS_KIDS(F))                                                       \
    (BIDE_INLINE bide_poll F##_bide_cancel(void *bide_f, bide_context *bide_cx);)()                \
    STORAGE const bide_type F##_type BIDE_PRIV_UNUSED =                                            \
        BIDE_PRIV_RECORD(R, F, BIDE_PRIV_IF(BIDE_PRIV_BODY_HAS_KIDS(F))                            \
                         ((int)F##_bide_cancels ? F##_bide_cancel : NULL)(NULL), F##_bide_trace);  \
    enum { F##_bide_is_void = BIDE_PRIV_IS_VOID(R) };                                              \
    BIDE_PRIV_ALWAYS struct F *F##_bide_take(const int bide_op, struct F *bide_f,                  \
                                             struct F *bide_to, bide_allocator *bide_a,            \
                                             bide_context *bide_cx)                                \
    {                                                                                              \
        if (bide_op == BIDE_PRIV_OP_START_BOX)                                                     \
            bide_to = (struct F *)bide_frame_alloc(bide_allocator_for(bide_a, bide_cx),            \
                                                   sizeof(struct F), BIDE_PRIV_BOX_OFFSET(F));     \
        if (bide_op == BIDE_PRIV_OP_START_BOX && BIDE_PRIV_UNLIKELY(!bide_to))                     \
            return NULL;                                                                           \
        (void)bide_f;                                                                              \
        F##_FRAME(BIDE_PRIV_ROW_MOVE)                                                              \
        BIDE_PRIV_CHECK_TAKEN(F, bide_f, bide_to)                                                  \
        return bide_to;                                                                            \
    }                                                                                              \
    BIDE_PRIV_ALWAYS bide_poll F##_bide_body(const int bide_op, struct F *f, struct F *bide_place, \
                                             bide_box *bide_b, bide_allocator *bide_a,             \
                                             bide_context *bide_cx, F##_output *bide_out,          \
                                             bide_tracer *bide_tr);                                \
    BIDE_PRIV_CHECK_BODY(F)                                                                        \
    LINKAGE bide_poll F##_poll(struct F *bide_f, bide_context *bide_cx, F##_output *bide_out)      \
    {                                                                                              \
        return BIDE_PRIV_CHECK_POLL(F, bide_f, bide_cx, BIDE_PRIV_IS_EMPTY(STORAGE),               \
            BIDE_PRIV_CHECK_RESUME(F, bide_f, bide_cx, bide_out,                                   \
                F##_bide_body(BIDE_PRIV_OP_POLL, bide_f, bide_f, NULL, NULL, bide_cx, bide_out,    \
                              NULL)));                                                             \
    }                                                                                              \
    LINKAGE void F##_drop(F##_bide_dropped F)                                                      \
    {                                                                                              \
        struct F *const bide_f = BIDE_PRIV_DROPPED_FRAME(F, F);                                    \
        BIDE_PRIV_CHECK_DROP(F, bide_f)                                                            \
        (void)F##_bide_body(BIDE_PRIV_OP_DROP, bide_f, bide_f, NULL, NULL, NULL, NULL, NULL);      \
    }                                                                                              \
    START bide_poll F##_start(struct F *bide_f F##_FRAME(BIDE_PRIV_ROW_PARAMS),                    \
                                bide_context *bide_cx, F##_output *bide_out)                       \
    {                                                                                              \
        struct F bide_tmp;                                                                         \
        BIDE_PRIV_CHECK_ARGUMENTS(F)                                                               \
        F##_init(&bide_tmp F##_FRAME(BIDE_PRIV_ROW_PASS));                                         \
        return BIDE_PRIV_CHECK_START(F, bide_f, bide_cx,                                           \
            F##_bide_body(BIDE_PRIV_OP_START, &bide_tmp, bide_f, NULL, NULL, bide_cx, bide_out,    \
                          NULL));                                                                  \
    }                                                                                              \
    LINKAGE bide_poll F##_start_box(bide_box *bide_b F##_FRAME(BIDE_PRIV_ROW_PARAMS),              \
                                    bide_allocator *bide_a, bide_context *bide_cx,                 \
                                    F##_output *bide_out)                                          \
    {                                                                                              \
        struct F bide_tmp;                                                                         \
        BIDE_PRIV_CHECK_ARGUMENTS(F)                                                               \
        F##_init(&bide_tmp F##_FRAME(BIDE_PRIV_ROW_PASS));                                         \
        return BIDE_PRIV_CHECK_START_BOX(F, bide_b, bide_cx,                                       \
            F##_bide_body(BIDE_PRIV_OP_START_BOX, &bide_tmp, NULL, bide_b, bide_a, bide_cx,        \
                          bide_out, NULL));                                                        \
    }                                                                                              \
    BIDE_PRIV_IF(BIDE_PRIV_BODY_HAS_KIDS(F))(BIDE_PRIV_BODY_CANCEL(F))()                           \
    BIDE_INLINE void F##_bide_trace(const void *bide_f, bide_tracer *bide_tr)                      \
    {                                                                                              \
        union {                                                                                    \
            const void *from;                                                                      \
            struct F *to;                                                                          \
        } bide_u; /* the body is compiled for a writable frame; tracing writes nothing */          \
        bide_u.from = bide_f;                                                                      \
        (void)F##_bide_body(BIDE_PRIV_OP_TRACE, bide_u.to, bide_u.to, NULL, NULL, NULL, NULL,      \
                            bide_tr);                                                              \
    }                                                                                              \
    BIDE_PRIV_ALWAYS bide_poll F##_bide_body(const int bide_op, struct F *f, struct F *bide_place, \
                                             bide_box *bide_b, bide_allocator *bide_a,             \
                                             bide_context *bide_cx, F##_output *bide_out,          \
                                             bide_tracer *bide_tr)

/* Ends the body with a code: on to the cleanup, if there is one. */
#define BIDE_PRIV_LEAVE(code)                                                                      \
    do {                                                                                           \
        bide_r = (code);                                                                           \
        bide_go = BIDE_PRIV_GO_CLEANUP;                                                            \
        goto bide_again;                                                                           \
    } while (0)
#define BIDE_PRIV_PASS_FAILURE                                                                     \
    if (BIDE_PRIV_UNLIKELY(bide_r < 0))                                                            \
    BIDE_PRIV_LEAVE(bide_r)

/* Moves from the C stack into the frame, once. */
#define BIDE_PRIV_TAKE                                                                             \
    if (!bide_taken) {                                                                             \
        bide_place = bide_take(bide_op, f, bide_place, bide_a, bide_cx);                           \
        if (bide_op == BIDE_PRIV_OP_START_BOX && BIDE_PRIV_UNLIKELY(!bide_place))                  \
            BIDE_PRIV_LEAVE(BIDE_ENOMEM);                                                          \
        f = bide_place;                                                                            \
        bide_taken = true;                                                                         \
    }

/* Ends this poll; the next one resumes at the slot. */
#define BIDE_PRIV_SUSPEND(slot)                                                                    \
    if (bide_op == BIDE_PRIV_OP_START_BOX) {                                                       \
        bide_b->frame = f;                                                                         \
        bide_b->type = bide_record;                                                                \
    }                                                                                              \
    f->bide_state = bide_n_##slot;                                                                 \
    return BIDE_PENDING;
/* Ends this turn of a cancel. */
#define BIDE_PRIV_STAY(slot)                                                                       \
    {                                                                                              \
        f->bide_state = (uint32_t)bide_n_##slot | BIDE_STATE_CANCELING;                            \
        return BIDE_PENDING;                                                                       \
    }

/* One await. `by_value` is 0 or 1; `after` is what follows when the child has finished. A child
 * that is movable (a box, or UNPIN) may start on the C stack, in bide_m, and be moved when it must
 * wait; any other starts in its final place, which needs the frame. */
#define BIDE_PRIV_AWAIT(F, slot, args, out, by_value, after)                                       \
    do {                                                                                           \
        BIDE_PRIV_HOLD_##by_value(F) bide_m;                                                       \
        void *bide_at;                                                                             \
        if (!(by_value) ||                                                                         \
            (bide_op == BIDE_PRIV_OP_START_BOX && !BIDE_PRIV_MOVABLE(F, slot))) {                  \
            BIDE_PRIV_TAKE                                                                         \
        }                                                                                          \
        bide_at = bide_taken                         ? (void *)&f->bide_kid.slot                   \
                  : bide_op == BIDE_PRIV_OP_START    ? (void *)&bide_place->bide_kid.slot          \
                                                     : (void *)&bide_m;                            \
        BIDE_PRIV_CHECK_SITE                                                                       \
        BIDE_PRIV_CHECK_BY_VALUE((by_value) && !bide_taken, f)                                     \
        bide_r = F##_bide_begin(bide_kind_##slot, bide_at, BIDE_PRIV_ARGS args bide_cx, out);      \
        if (0) {                                                                                   \
            bide_at_##slot:                                                                        \
            if (bide_op == BIDE_PRIV_OP_TRACE) {                                                   \
                bide_priv_trace_line(bide_tr, bide_record, f, __FILE__, __LINE__);                 \
                bide_priv_trace_kid(bide_kind_##slot, &F##_type, &f->bide_kid.slot, bide_tr);      \
                bide_tr->leave(bide_tr);                                                           \
                return BIDE_READY;                                                                 \
            }                                                                                      \
            BIDE_PRIV_CHECK_SITE                                                                   \
            if (bide_op == BIDE_PRIV_OP_DROP) {                                                    \
                BIDE_PRIV_DROP_KID(F, slot, &f->bide_kid.slot);                                    \
                BIDE_PRIV_LEAVE(BIDE_ECANCELED);                                                   \
            }                                                                                      \
            if (bide_op == BIDE_PRIV_OP_CANCEL) {                                                  \
                if (BIDE_PENDING ==                                                                \
                    (bide_kind_##slot == BIDE_PRIV_KID_BOXED                                       \
                         ? bide_box_cancel((bide_box *)(void *)&f->bide_kid.slot, bide_cx)         \
                         : bide_cancel(&F##_type, &f->bide_kid.slot, bide_cx)))                    \
                    BIDE_PRIV_STAY(slot)                                                           \
                BIDE_PRIV_LEAVE(BIDE_ECANCELED);                                                   \
            }                                                                                      \
            bide_at = (void *)&f->bide_kid.slot;                                                   \
            bide_r = bide_kind_##slot == BIDE_PRIV_KID_BOXED                                       \
                         ? bide_box_poll((bide_box *)(void *)&f->bide_kid.slot, bide_cx, out)      \
                         : BIDE_PRIV_CHECK_HAND_POLL(F, (struct F *)(void *)&f->bide_kid.slot,     \
                               bide_cx,                                                            \
                               F##_poll((struct F *)(void *)&f->bide_kid.slot, bide_cx, out));     \
        }                                                                                          \
        if (bide_r == BIDE_PENDING) {                                                              \
            if ((by_value) && !bide_taken &&                                                       \
                (bide_op != BIDE_PRIV_OP_START_BOX || BIDE_PRIV_MOVABLE(F, slot))) {               \
                bide_place = bide_take(bide_op, f, bide_place, bide_a, bide_cx);                   \
                if (bide_op == BIDE_PRIV_OP_START_BOX) {                                           \
                    if (BIDE_PRIV_UNLIKELY(!bide_place)) {                                         \
                        BIDE_PRIV_CHECK_NO_MEMORY                                                  \
                        BIDE_PRIV_DROP_KID(F, slot, bide_at);                                      \
                        BIDE_PRIV_LEAVE(BIDE_ENOMEM);                                              \
                    }                                                                              \
                    bide_priv_move(&bide_place->bide_kid.slot, bide_at,                            \
                                   bide_kind_##slot == BIDE_PRIV_KID_BOXED ||                      \
                                       (size_t)F##_bide_moved != sizeof(struct F),                 \
                                   sizeof(struct F));                                              \
                }                                                                                  \
                f = bide_place;                                                                    \
                bide_taken = true;                                                                 \
            }                                                                                      \
            BIDE_PRIV_SUSPEND(slot)                                                                \
        }                                                                                          \
        after;                                                                                     \
    } while (0)

#define BIDE_PRIV_AWAIT_IGNORE(F, slot, args, by_value)                                            \
    do {                                                                                           \
        union F##_result bide_ignored;                                                             \
        BIDE_PRIV_AWAIT(F, slot, args, (F##_output *)(void *)&bide_ignored, by_value,              \
                        BIDE_PRIV_PASS_FAILURE);                                                   \
    } while (0)

/* The child on the C stack: only by-value awaits have one. */
#define BIDE_PRIV_HOLD_0(F) bide_box
#define BIDE_PRIV_HOLD_1(F)                                                                        \
    union {                                                                                        \
        struct F kid;                                                                              \
        bide_box box;                                                                              \
    }
#define BIDE_PRIV_MOVABLE(F, slot)                                                                 \
    (bide_kind_##slot == BIDE_PRIV_KID_BOXED || ((int)F##_flags & (int)BIDE_UNPIN))
#define BIDE_PRIV_DROP_KID(F, slot, at)                                                            \
    do {                                                                                           \
        if (bide_kind_##slot == BIDE_PRIV_KID_BOXED)                                               \
            bide_box_drop((bide_box *)(void *)(at));                                               \
        else                                                                                       \
            BIDE_PRIV_CHECK_HAND_DROP(F, at)                                                       \
            BIDE_PRIV_LET_GO(F, at);                                                               \
    } while (0)

/* Moves a future that is movable. A box, or a frame of which only a box is left (that is what a
 * type with another F_bide_moved than its size says), goes a word at a time: the two words were
 * just stored one by one, and a wider load of them would wait for the store buffer. */
BIDE_INLINE void bide_priv_move(void *to, const void *from, bool box, size_t bytes)
{
    if (box) {
        const bide_type *type = ((const bide_box *)from)->type;
#if defined(__GNUC__)
        __asm__("" : "+r"(type)); /* keeps the compiler from pairing the words again */
#endif
        ((bide_box *)to)->frame = ((const bide_box *)from)->frame;
        ((bide_box *)to)->type = type;
    } else {
        BIDE_PRIV_COPY(to, from, bytes);
    }
}

BIDE_INLINE void bide_priv_trace_line(bide_tracer *tracer, const bide_type *type, const void *frame,
                                      const char *file, int line)
{
    tracer->enter(tracer, type, frame, file, (uint32_t)line);
}

/* Joins: OP(slot, bit, F, member, lvalue, (args)) for each child. */
#define BIDE_PRIV_JOIN(OP, slot, ...)                                                              \
    BIDE_PRIV_CAT(BIDE_PRIV_JOIN_, BIDE_PRIV_COUNT(__VA_ARGS__))(OP, slot, __VA_ARGS__)
#define BIDE_PRIV_JOIN_X(OP, ...) OP(__VA_ARGS__)
#define BIDE_PRIV_JOIN_2(OP, slot, a, b)                                                           \
    BIDE_PRIV_JOIN_X(OP, slot, 1, BIDE_PRIV_EVAL a) BIDE_PRIV_JOIN_X(OP, slot, 2, BIDE_PRIV_EVAL b)
#define BIDE_PRIV_JOIN_3(OP, slot, a, b, c)                                                        \
    BIDE_PRIV_JOIN_2(OP, slot, a, b) BIDE_PRIV_JOIN_X(OP, slot, 4, BIDE_PRIV_EVAL c)
#define BIDE_PRIV_JOIN_4(OP, slot, a, b, c, d)                                                     \
    BIDE_PRIV_JOIN_3(OP, slot, a, b, c) BIDE_PRIV_JOIN_X(OP, slot, 8, BIDE_PRIV_EVAL d)
#define BIDE_PRIV_JOIN_5(OP, slot, a, b, c, d, e)                                                  \
    BIDE_PRIV_JOIN_4(OP, slot, a, b, c, d) BIDE_PRIV_JOIN_X(OP, slot, 16, BIDE_PRIV_EVAL e)
#define BIDE_PRIV_JOIN_6(OP, slot, a, b, c, d, e, f)                                               \
    BIDE_PRIV_JOIN_5(OP, slot, a, b, c, d, e) BIDE_PRIV_JOIN_X(OP, slot, 32, BIDE_PRIV_EVAL f)
#define BIDE_PRIV_JOIN_7(OP, slot, a, b, c, d, e, f, g)                                            \
    BIDE_PRIV_JOIN_6(OP, slot, a, b, c, d, e, f) BIDE_PRIV_JOIN_X(OP, slot, 64, BIDE_PRIV_EVAL g)
#define BIDE_PRIV_JOIN_8(OP, slot, a, b, c, d, e, f, g, h)                                         \
    BIDE_PRIV_JOIN_7(OP, slot, a, b, c, d, e, f, g)                                                \
    BIDE_PRIV_JOIN_X(OP, slot, 128, BIDE_PRIV_EVAL h)
#define BIDE_PRIV_JOIN_START(slot, bit, F, member, lvalue, args)                                   \
    if (bide_r >= 0) {                                                                             \
        BIDE_PRIV_ASSERT(BIDE_PRIV_KEEPS_SEND(F),                                                  \
                         BIDE_PRIV_KEEPS_REASON(BIDE_AWAIT_JOIN, F, BIDE_SEND));                   \
        BIDE_PRIV_ASSERT(BIDE_PRIV_KEEPS_UNPIN(F, BIDE_PRIV_KID_EMBEDDED),                         \
                         BIDE_PRIV_KEEPS_REASON(BIDE_AWAIT_JOIN, F, BIDE_UNPIN));                  \
        bide_r = F##_bide_begin(BIDE_PRIV_KID_EMBEDDED, &f->bide_kid.slot.member,                  \
                                BIDE_PRIV_ARGS args bide_cx, &(lvalue));                           \
        if (bide_r == BIDE_PENDING)                                                                \
            f->bide_kid.slot.bide_left = (uint8_t)(f->bide_kid.slot.bide_left | (bit));            \
    }
#define BIDE_PRIV_JOIN_POLL(slot, bit, F, member, lvalue, args)                                    \
    if (bide_r >= 0 && (f->bide_kid.slot.bide_left & (bit))) {                                     \
        bide_r = BIDE_PRIV_CHECK_HAND_POLL(F, &f->bide_kid.slot.member, bide_cx,                   \
            F##_poll(&f->bide_kid.slot.member, bide_cx, &(lvalue)));                               \
        if (bide_r != BIDE_PENDING)                                                                \
            f->bide_kid.slot.bide_left = (uint8_t)(f->bide_kid.slot.bide_left & ~(bit));           \
    }
#define BIDE_PRIV_JOIN_DROP(slot, bit, F, member, lvalue, args)                                    \
    if (f->bide_kid.slot.bide_left & (bit))                                                        \
        BIDE_PRIV_CHECK_HAND_DROP(F, &f->bide_kid.slot.member)                                     \
        BIDE_PRIV_LET_GO(F, &f->bide_kid.slot.member);
#define BIDE_PRIV_JOIN_CANCEL(slot, bit, F, member, lvalue, args)                                  \
    if ((f->bide_kid.slot.bide_left & (bit)) &&                                                    \
        bide_cancel(&F##_type, &f->bide_kid.slot.member, bide_cx) != BIDE_PENDING)                 \
        f->bide_kid.slot.bide_left = (uint8_t)(f->bide_kid.slot.bide_left & ~(bit));
#define BIDE_PRIV_JOIN_TRACE(slot, bit, F, member, lvalue, args)                                   \
    if (f->bide_kid.slot.bide_left & (bit))                                                        \
        bide_priv_trace_kid(BIDE_PRIV_KID_EMBEDDED, &F##_type, &f->bide_kid.slot.member, bide_tr);

#endif
