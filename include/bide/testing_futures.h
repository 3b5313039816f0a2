/*
 * bide/testing_futures.h: futures for tests of async code; part of bide::testing.
 *
 * Leaves that wait as the test says, an event that the test sets, and three wrappers that turn a
 * future type into another one with the same arguments and Output: it waits more often, or looks
 * whether its frame is moved, or counts how it is called. A wrapper can stand wherever the wrapped
 * type does: as a CHILD, in an implementation (name the real body SlowCalculator_plain_add and the
 * wrapper SlowCalculator_add), as a task.
 */
#ifndef BIDE_TESTING_FUTURES_H
#define BIDE_TESTING_FUTURES_H

#include <bide/future.h>

BIDE_PRIV_C_BEGIN

/* ---- leaves ------------------------------------------------------------------------------- */

/* All of them are movable and may change threads; those that pend a number of times wake
 * themselves each time. Polled after the end they give BIDE_EMISUSE. */

/* bide_ready_int(value) -> int32_t: ready at once. */
#define bide_ready_int_FRAME(ROW)                                                                  \
    ROW(TRAITS, BIDE_SEND | BIDE_UNPIN) ROW(PARAM, int32_t, value) ROW(LOCAL, bool, over)
BIDE_FUTURE_DECLARE_AS(BIDE_API, int32_t, bide_ready_int)

/* bide_pending_once() -> void: pends in the first poll, is ready in the second. */
#define bide_pending_once_FRAME(ROW)                                                               \
    ROW(TRAITS, BIDE_SEND | BIDE_UNPIN) ROW(LOCAL, uint32_t, polls)
BIDE_FUTURE_DECLARE_AS(BIDE_API, void, bide_pending_once)

/* bide_pending_times(n) -> void: pends in n polls, then is ready. */
#define bide_pending_times_FRAME(ROW)                                                              \
    ROW(TRAITS, BIDE_SEND | BIDE_UNPIN) ROW(PARAM, uint32_t, left) ROW(LOCAL, bool, over)
BIDE_FUTURE_DECLARE_AS(BIDE_API, void, bide_pending_times)

/* bide_fails_after(n, code) -> int32_t: pends in n polls, then fails with a negative code. */
#define bide_fails_after_FRAME(ROW)                                                                \
    ROW(TRAITS, BIDE_SEND | BIDE_UNPIN)                                                            \
    ROW(PARAM, uint32_t, left) ROW(PARAM, bide_poll, code) ROW(LOCAL, bool, over)
BIDE_FUTURE_DECLARE_AS(BIDE_API, int32_t, bide_fails_after)

/* bide_never() -> void: never ready. Keeps a clone of the waker, as a leaf does that waits for
 * something, and never wakes it. */
#define bide_never_FRAME(ROW)                                                                      \
    ROW(TRAITS, BIDE_SEND | BIDE_UNPIN) ROW(LOCAL, bide_waker *, waker)
BIDE_FUTURE_DECLARE_AS(BIDE_API, void, bide_never)

/* ---- an event that the test sets ---------------------------------------------------------- */

/* Private: a waiting frame's place in its event. */
struct bide_priv_event_node {
    struct bide_priv_event_node *prev;
    struct bide_priv_event_node *next;
    bide_waker *waker;
    uint32_t state; /* not waiting, waiting, or woken: guarded by the event's lock */
};

/* Members are the event's own. All functions may be called by any thread. */
typedef struct bide_manual_event {
    struct bide_priv_event_node *first;
    struct bide_priv_event_node *last;
    uint32_t lock;
    uint32_t waiters;
    bool is_set;
} bide_manual_event;

/* Makes an event that is not set. It must outlive the futures that wait for it, and the calls of
 * the functions below. */
BIDE_API void bide_manual_event_init(bide_manual_event *event);

/* Sets it and wakes who waits, first come first. It stays set until it is reset. */
BIDE_API void bide_manual_event_set(bide_manual_event *event);

/* Who waits from now on waits for the next set; who was woken is ready all the same. */
BIDE_API void bide_manual_event_reset(bide_manual_event *event);

/* How many futures wait: polled, not woken, not dropped. */
BIDE_API uint32_t bide_manual_event_waiters(bide_manual_event *event);

/* Private: whether the event is set. */
BIDE_API bide_poll bide_priv_event_look(bide_manual_event *event);

/* bide_event_wait(event) -> void: ready when the event is set. Not movable while it waits; a call
 * through an interface takes memory only if the event is not set. */
#define bide_priv_event_try(f, cx, out) bide_priv_event_look((f)->event)
#define bide_event_wait_FRAME(ROW)                                                                 \
    ROW(TRAITS, BIDE_SEND) ROW(TRY, bide_priv_event_try)                                           \
    ROW(PARAM, bide_manual_event *, event) ROW(LOCAL, struct bide_priv_event_node, node)
BIDE_FUTURE_DECLARE_AS(BIDE_API, void, bide_event_wait)

/* ---- wrappers ----------------------------------------------------------------------------- */

/* How a wrapped type was called. */
typedef struct bide_call_counts {
    size_t inits;
    size_t starts;         /* F_start: embedded, by its name */
    size_t boxed_starts;   /* F_start_box: through an interface, or by a BOXED row */
    size_t polls;          /* in all */
    size_t indirect_polls; /* those through the type record: of boxes, tasks, interfaces */
    size_t drops;
    size_t indirect_drops;
    size_t ends; /* starts and polls that told anything but BIDE_PENDING */
} bide_call_counts;

/* Calls that went through a pointer, or began a box. 0 on the static path. */
BIDE_INLINE size_t bide_call_counts_indirect(const bide_call_counts *counts)
{
    return counts->boxed_starts + counts->indirect_polls + counts->indirect_drops;
}

/* Begins anew. Not while other threads use the type. */
BIDE_API void bide_call_counts_reset(bide_call_counts *counts);

/* Private: one more, on any thread. */
BIDE_API void bide_priv_call(size_t *counter);

/* What was seen of the frames of a type. */
typedef struct bide_unmoved {
    size_t polls;      /* polls and pending starts */
    size_t violations; /* polls and drops of a frame that had been polled at another address */
} bide_unmoved;

/* Begins anew. Not while other threads use the type. */
BIDE_API void bide_unmoved_reset(bide_unmoved *books);

/* Private: a poll or drop of `frame`, which was first polled at *at. */
BIDE_API void bide_priv_unmoved_poll(bide_unmoved *books, const void **at, const void *frame);
BIDE_API void bide_priv_unmoved_drop(bide_unmoved *books, const void **at, const void *frame);

BIDE_PRIV_C_END

/* BIDE_COUNT_CALLS(R, Name, Inner, (T, a), ...): Name is Inner, and counts its calls in
 * `static bide_call_counts Name_calls`. The parameters of Inner follow as pairs. Frame, flags and
 * who allocates are exactly Inner's. One source file per test program may use it for a Name.
 * Shape: a future type, and the counts. */
#define BIDE_COUNT_CALLS(R, Name, ...)                                                             \
    BIDE_PRIV_APPLY(BIDE_PRIV_COUNT_CALLS, R, Name, BIDE_PRIV_FIRST(__VA_ARGS__), __VA_ARGS__)

/* BIDE_ASSERT_UNMOVED(R, Name, Inner, (T, a), ...): Name is Inner, and looks in each poll and drop
 * whether its frame is where it was first polled. The books are `static bide_unmoved Name_moves`;
 * assert that Name_moves.violations is 0. Embed it in the bodies that are to be looked at. The type
 * is not movable, and takes its memory first when it is boxed.
 * Shape: a future type with one more pointer in its frame, and the books. */
#define BIDE_ASSERT_UNMOVED(R, Name, ...)                                                          \
    BIDE_PRIV_APPLY(BIDE_PRIV_UNMOVED, R, Name, BIDE_PRIV_FIRST(__VA_ARGS__), __VA_ARGS__)

/* BIDE_INTERLEAVE_PENDING(R, Name, Inner, (T, a), ...): Name is Inner with one more BIDE_PENDING,
 * and a wake, before each of its polls. Takes its memory first when it is boxed.
 * Shape: a future type with a flag more in its frame. */
#define BIDE_INTERLEAVE_PENDING(R, Name, ...)                                                      \
    BIDE_PRIV_APPLY(BIDE_PRIV_INTERLEAVE, R, Name, BIDE_PRIV_FIRST(__VA_ARGS__), __VA_ARGS__)

/* The pairs as parameters and as arguments; Inner itself is the dummy before them. */
#define BIDE_PRIV_WRAP_PARAMS(...) BIDE_PRIV_MAP(BIDE_PRIV_PARAMS_PARAM, __VA_ARGS__)
#define BIDE_PRIV_WRAP_PASS(...) BIDE_PRIV_MAP(BIDE_PRIV_PASS_PARAM, __VA_ARGS__)

/* What every wrapper has; the struct must be complete. */
#define BIDE_PRIV_WRAP_ENDS(Name, Inner, flags, moved, ...)                                        \
    enum {                                                                                         \
        Name##_flags = (flags),                                                                    \
        Name##_bide_owns = Inner##_bide_owns,                                                      \
        Name##_bide_cancels = Inner##_bide_cancels,                                                \
        Name##_bide_moved = moved                                                                  \
    };                                                                                             \
    BIDE_INLINE void Name##_discard BIDE_PRIV_PARENS(~BIDE_PRIV_WRAP_PARAMS(__VA_ARGS__))          \
    {                                                                                              \
        Inner##_discard BIDE_PRIV_CALL(~BIDE_PRIV_WRAP_PASS(__VA_ARGS__));                         \
    }                                                                                              \
    BIDE_INLINE void Name##_bide_trace(const void *bide_f, bide_tracer *bide_tr)                   \
    {                                                                                              \
        bide_priv_trace_kid(BIDE_PRIV_KID_EMBEDDED, &Inner##_type,                                 \
                            &((const struct Name *)bide_f)->inner, bide_tr);                       \
    }                                                                                              \
    BIDE_PRIV_FORWARD_CANCEL(Name, Inner)
#define BIDE_PRIV_WRAP_RECORD(R, Name)                                                             \
    static const bide_type Name##_type BIDE_PRIV_UNUSED =                                          \
        BIDE_PRIV_RECORD(R, Name, (int)Name##_bide_cancels ? Name##_bide_cancel : NULL,            \
                         Name##_bide_trace);

/* start_box of a wrapper that begins in its final place. */
#define BIDE_PRIV_WRAP_START_BOX(Name, ...)                                                        \
    BIDE_INLINE bide_poll Name##_start_box(                                                        \
        bide_box *bide_b BIDE_PRIV_WRAP_PARAMS(__VA_ARGS__), bide_allocator *bide_a,               \
        bide_context *bide_cx, Name##_output *bide_out)                                            \
    {                                                                                              \
        bide_poll bide_r;                                                                          \
        bide_b->type = &Name##_type;                                                               \
        bide_b->frame = bide_frame_alloc(bide_allocator_for(bide_a, bide_cx), sizeof(struct Name), \
                                         BIDE_PRIV_BOX_OFFSET(Name));                              \
        if (!bide_b->frame) {                                                                      \
            Name##_discard BIDE_PRIV_CALL(~BIDE_PRIV_WRAP_PASS(__VA_ARGS__));                      \
            return BIDE_ENOMEM;                                                                    \
        }                                                                                          \
        bide_r = Name##_start((struct Name *)bide_b->frame BIDE_PRIV_WRAP_PASS(__VA_ARGS__),       \
                              bide_cx, bide_out);                                                  \
        if (bide_r != BIDE_PENDING)                                                                \
            bide_box_release(bide_b);                                                              \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_PRIV_FUTURE_START_IN(Name, BIDE_PRIV_WRAP_PARAMS(__VA_ARGS__),                            \
                              BIDE_PRIV_WRAP_PASS(__VA_ARGS__))                                    \
    BIDE_PRIV_FUTURE_BEGIN(Name, BIDE_PRIV_WRAP_PARAMS(__VA_ARGS__),                               \
                           BIDE_PRIV_WRAP_PASS(__VA_ARGS__))                                       \
    BIDE_PRIV_ASSERT(sizeof(struct Name) > 0, "ends with a semicolon")

#define BIDE_PRIV_COUNT_CALLS(R, Name, Inner, ...)                                                 \
    BIDE_PRIV_FUTURE_NAME(R, Name, ~BIDE_PRIV_WRAP_PARAMS(__VA_ARGS__))                            \
    struct Name {                                                                                  \
        struct Inner inner;                                                                        \
    };                                                                                             \
    static bide_call_counts Name##_calls BIDE_PRIV_UNUSED;                                         \
    BIDE_PRIV_WRAP_ENDS(Name, Inner, (int)Inner##_flags, (int)Inner##_bide_moved, __VA_ARGS__)     \
    BIDE_INLINE void Name##_init(struct Name *bide_f BIDE_PRIV_WRAP_PARAMS(__VA_ARGS__))           \
    {                                                                                              \
        bide_priv_call(&Name##_calls.inits);                                                       \
        Inner##_init(&bide_f->inner BIDE_PRIV_WRAP_PASS(__VA_ARGS__));                             \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll(struct Name *bide_f, bide_context *bide_cx,                  \
                                      Name##_output *bide_out)                                     \
    {                                                                                              \
        bide_poll bide_r = Inner##_poll(&bide_f->inner, bide_cx, bide_out);                        \
        bide_priv_call(&Name##_calls.polls);                                                       \
        if (bide_r != BIDE_PENDING)                                                                \
            bide_priv_call(&Name##_calls.ends);                                                    \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_PRIV_DROPPED(Name)                                                                        \
    BIDE_INLINE void Name##_drop(Name##_bide_dropped Name)                                         \
    {                                                                                              \
        bide_priv_call(&Name##_calls.drops);                                                       \
        BIDE_PRIV_LET_GO(Inner, &BIDE_PRIV_DROPPED_FRAME(Name, Name)->inner);                      \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_bide_poll(void *bide_f, bide_context *bide_cx, void *bide_out)    \
    {                                                                                              \
        bide_priv_call(&Name##_calls.indirect_polls);                                              \
        return Name##_poll((struct Name *)bide_f, bide_cx, (Name##_output *)bide_out);             \
    }                                                                                              \
    BIDE_INLINE void Name##_bide_drop(void *bide_f)                                                \
    {                                                                                              \
        bide_priv_call(&Name##_calls.indirect_drops);                                              \
        BIDE_PRIV_LET_GO(Name, bide_f);                                                            \
    }                                                                                              \
    BIDE_PRIV_WRAP_RECORD(R, Name)                                                                 \
    BIDE_INLINE bide_poll Name##_start(struct Name *bide_f BIDE_PRIV_WRAP_PARAMS(__VA_ARGS__),     \
                                       bide_context *bide_cx, Name##_output *bide_out)             \
    {                                                                                              \
        bide_poll bide_r =                                                                         \
            Inner##_start(&bide_f->inner BIDE_PRIV_WRAP_PASS(__VA_ARGS__), bide_cx, bide_out);     \
        bide_priv_call(&Name##_calls.starts);                                                      \
        if (bide_r != BIDE_PENDING)                                                                \
            bide_priv_call(&Name##_calls.ends);                                                    \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_start_box(                                                        \
        bide_box *bide_b BIDE_PRIV_WRAP_PARAMS(__VA_ARGS__), bide_allocator *bide_a,               \
        bide_context *bide_cx, Name##_output *bide_out)                                            \
    {                                                                                              \
        bide_poll bide_r = Inner##_start_box(bide_b BIDE_PRIV_WRAP_PASS(__VA_ARGS__), bide_a,      \
                                             bide_cx, bide_out);                                   \
        bide_priv_call(&Name##_calls.boxed_starts);                                                \
        if (bide_r == BIDE_PENDING)                                                                \
            bide_b->type = &Name##_type; /* same size, same alignment: the same block */           \
        else                                                                                       \
            bide_priv_call(&Name##_calls.ends);                                                    \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_PRIV_FUTURE_START_IN(Name, BIDE_PRIV_WRAP_PARAMS(__VA_ARGS__),                            \
                              BIDE_PRIV_WRAP_PASS(__VA_ARGS__))                                    \
    BIDE_PRIV_FUTURE_BEGIN(Name, BIDE_PRIV_WRAP_PARAMS(__VA_ARGS__),                               \
                           BIDE_PRIV_WRAP_PASS(__VA_ARGS__))                                       \
    BIDE_PRIV_ASSERT(sizeof(struct Name) == sizeof(struct Inner), "a counted frame is the frame")

#define BIDE_PRIV_UNMOVED(R, Name, Inner, ...)                                                     \
    BIDE_PRIV_FUTURE_NAME(R, Name, ~BIDE_PRIV_WRAP_PARAMS(__VA_ARGS__))                            \
    struct Name {                                                                                  \
        const void *bide_at; /* where it was first polled; NULL: it was not, or has ended */       \
        struct Inner inner;                                                                        \
    };                                                                                             \
    static bide_unmoved Name##_moves BIDE_PRIV_UNUSED;                                             \
    BIDE_PRIV_WRAP_ENDS(Name, Inner,                                                               \
                        (int)Inner##_flags & ~((int)BIDE_UNPIN | (int)BIDE_STATE),                 \
                        sizeof(struct Name), __VA_ARGS__)                                          \
    BIDE_INLINE void Name##_init(struct Name *bide_f BIDE_PRIV_WRAP_PARAMS(__VA_ARGS__))           \
    {                                                                                              \
        bide_f->bide_at = NULL;                                                                    \
        Inner##_init(&bide_f->inner BIDE_PRIV_WRAP_PASS(__VA_ARGS__));                             \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll(struct Name *bide_f, bide_context *bide_cx,                  \
                                      Name##_output *bide_out)                                     \
    {                                                                                              \
        bide_poll bide_r;                                                                          \
        bide_priv_unmoved_poll(&Name##_moves, &bide_f->bide_at, bide_f);                           \
        bide_r = Inner##_poll(&bide_f->inner, bide_cx, bide_out);                                  \
        if (bide_r != BIDE_PENDING)                                                                \
            bide_f->bide_at = NULL;                                                                \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_PRIV_DROPPED(Name)                                                                        \
    BIDE_INLINE void Name##_drop(Name##_bide_dropped Name)                                         \
    {                                                                                              \
        struct Name *const bide_f = BIDE_PRIV_DROPPED_FRAME(Name, Name);                           \
        bide_priv_unmoved_drop(&Name##_moves, &bide_f->bide_at, bide_f);                           \
        BIDE_PRIV_LET_GO(Inner, &bide_f->inner);                                                   \
    }                                                                                              \
    BIDE_PRIV_FUTURE_ERASED(Name)                                                                  \
    BIDE_PRIV_WRAP_RECORD(R, Name)                                                                 \
    BIDE_INLINE bide_poll Name##_start(struct Name *bide_f BIDE_PRIV_WRAP_PARAMS(__VA_ARGS__),     \
                                       bide_context *bide_cx, Name##_output *bide_out)             \
    {                                                                                              \
        bide_poll bide_r =                                                                         \
            Inner##_start(&bide_f->inner BIDE_PRIV_WRAP_PASS(__VA_ARGS__), bide_cx, bide_out);     \
        if (bide_r == BIDE_PENDING) {                                                              \
            bide_f->bide_at = NULL;                                                                \
            bide_priv_unmoved_poll(&Name##_moves, &bide_f->bide_at, bide_f);                       \
        }                                                                                          \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_PRIV_WRAP_START_BOX(Name, __VA_ARGS__)

#define BIDE_PRIV_INTERLEAVE(R, Name, Inner, ...)                                                  \
    BIDE_PRIV_FUTURE_NAME(R, Name, ~BIDE_PRIV_WRAP_PARAMS(__VA_ARGS__))                            \
    struct Name {                                                                                  \
        struct Inner inner;                                                                        \
        bool bide_pended;                                                                          \
    };                                                                                             \
    BIDE_PRIV_WRAP_ENDS(Name, Inner, (int)Inner##_flags, sizeof(struct Name), __VA_ARGS__)         \
    BIDE_INLINE void Name##_init(struct Name *bide_f BIDE_PRIV_WRAP_PARAMS(__VA_ARGS__))           \
    {                                                                                              \
        bide_f->bide_pended = false;                                                               \
        Inner##_init(&bide_f->inner BIDE_PRIV_WRAP_PASS(__VA_ARGS__));                             \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll(struct Name *bide_f, bide_context *bide_cx,                  \
                                      Name##_output *bide_out)                                     \
    {                                                                                              \
        bide_f->bide_pended = !bide_f->bide_pended;                                                \
        if (bide_f->bide_pended) {                                                                 \
            bide_waker_wake_by_ref(bide_cx->waker);                                                \
            return BIDE_PENDING;                                                                   \
        }                                                                                          \
        return Inner##_poll(&bide_f->inner, bide_cx, bide_out);                                    \
    }                                                                                              \
    BIDE_PRIV_DROPPED(Name)                                                                        \
    BIDE_INLINE void Name##_drop(Name##_bide_dropped Name)                                         \
    {                                                                                              \
        BIDE_PRIV_LET_GO(Inner, &BIDE_PRIV_DROPPED_FRAME(Name, Name)->inner);                      \
    }                                                                                              \
    BIDE_PRIV_FUTURE_ERASED(Name)                                                                  \
    BIDE_PRIV_WRAP_RECORD(R, Name)                                                                 \
    BIDE_INLINE bide_poll Name##_start(struct Name *bide_f BIDE_PRIV_WRAP_PARAMS(__VA_ARGS__),     \
                                       bide_context *bide_cx, Name##_output *bide_out)             \
    {                                                                                              \
        Name##_init(bide_f BIDE_PRIV_WRAP_PASS(__VA_ARGS__));                                      \
        return Name##_poll(bide_f, bide_cx, bide_out);                                             \
    }                                                                                              \
    BIDE_PRIV_WRAP_START_BOX(Name, __VA_ARGS__)

#endif
