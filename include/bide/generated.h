/*
 * bide/generated.h: how headers declare generated async functions, and what generated code stands
 * on.
 *
 * A header that declares functions of X.async.c:
 *
 *     #include <bide/bide.h>
 *     bide_async int32_t add(int32_t a, int32_t b);
 *     #include BIDE_GENERATED("X.gen.h")
 *
 * The last line comes behind the types that the functions use. The prototype says what the call
 * gives; X.gen.h, which bidec writes, adds the future type `add` with everything that
 * bide/future.h promises. bide/async_source.h has the words of X.async.c itself.
 */
#ifndef BIDE_GENERATED_H
#define BIDE_GENERATED_H

#include <bide/future.h>

/* ---- for headers -------------------------------------------------------------------------- */

/* bide_async R f(args); declares an async function of an X.async.c; bide_async_gen one that yields
 * items, bide_async_send one whose future must be BIDE_SEND.  Shape: a plain prototype. */
#define bide_async BIDE_PRIV_ANNOTATE("bide.async")
#define bide_async_send BIDE_PRIV_ANNOTATE("bide.async_send")
#define bide_async_gen BIDE_PRIV_ANNOTATE("bide.async_gen")

/* BIDE_THREAD_BOUND, in bide/config.h, marks a type whose objects must stay on their thread. */

/* #include BIDE_GENERATED("X.gen.h"): the generated header; nothing while bidec reads (it never
 * needs the output of another run) and in a blocking build. */
#if defined(BIDE_VIEW) || defined(BIDE_BLOCKING)
#define BIDE_GENERATED(header) <bide/config.h>
#else
#define BIDE_GENERATED(header) header
#endif

/* ---- what is made of async functions ------------------------------------------------------ */

/* BIDE_FUTURE_BY_ASYNC(R, F, (T, a), ...); the future type F of an async function with these
 * parameters, at most eight, for macros that make something of it (bide/made.h, bide/closure.h):
 *
 *     BIDE_FUTURE_BY_ASYNC(Reply, fetch, (const char *, url));
 *     BIDE_TIMEOUT(fetch_timed, fetch);
 *     ... await(fetch_timed(500, fetch_made(url)))
 *
 * It stands behind the async function in its X.async.c, or in a header behind the #include of the
 * generated header. (Where no generated header is read, in a blocking build and by bidec, there is
 * no future type else.) In X.async.c bidec adds the line where a BIDE_ macro needs it; a blocking
 * build and an editor want it written.
 * What another function's frame holds is made in the X.async.c of that function, not in its header,
 * which stands behind all frames of the file. If that function is exported, what is made is in the
 * generated header as well, and so all that it names must be known there.
 * In a blocking build F is called at the first poll, which is ready; what X.async.c makes are
 * functions there that run it to its end.
 * Shape: struct F F_made(T a, ...), a made future by value */
#define BIDE_FUTURE_BY_ASYNC(R, ...)                                                               \
    BIDE_PRIV_APPLY(BIDE_PRIV_BY_ASYNC, R, BIDE_PRIV_FIRST(__VA_ARGS__),                           \
                    BIDE_PRIV_PARENS(~BIDE_PRIV_MAP(BIDE_PRIV_BY_ASYNC_DECL, __VA_ARGS__)),        \
                    BIDE_PRIV_BY_ASYNC_INIT(~BIDE_PRIV_MAP(BIDE_PRIV_BY_ASYNC_NAME, __VA_ARGS__)), \
                    BIDE_PRIV_CALL(~BIDE_PRIV_MAP(BIDE_PRIV_BY_ASYNC_KEPT, __VA_ARGS__)),          \
                    __VA_ARGS__)
#define BIDE_PRIV_BY_ASYNC_DECL(T, a) , T a
#define BIDE_PRIV_BY_ASYNC_NAME(T, a) , a
#define BIDE_PRIV_BY_ASYNC_KEPT(T, a) , bide_f->a
/* Shape: (&bide_made, a, b) */
#define BIDE_PRIV_BY_ASYNC_INIT(...)                                                               \
    BIDE_PRIV_CAT(BIDE_PRIV_BY_ASYNC_INIT_, BIDE_PRIV_HAS_COMMA(__VA_ARGS__))(__VA_ARGS__)
#define BIDE_PRIV_BY_ASYNC_INIT_0(...) (&bide_made)
#define BIDE_PRIV_BY_ASYNC_INIT_1(...) (&bide_made, BIDE_PRIV_TAIL(__VA_ARGS__))
#define BIDE_PRIV_BY_ASYNC(R, F, DECL, INIT, KEPT, ...)                                            \
    BIDE_PRIV_BY_ASYNC_TYPE(R, F, KEPT, (BIDE_PRIV_BY_ASYNC_ROWS, __VA_ARGS__))                    \
    BIDE_INLINE struct F F##_made DECL                                                             \
    {                                                                                              \
        struct F bide_made;                                                                        \
        F##_init INIT;                                                                             \
        return bide_made;                                                                          \
    }                                                                                              \
    struct bide_priv_site

#if defined(BIDE_VIEW) || defined(BIDE_BLOCKING)
/* bidec knows by the last field that this is not the frame. */
#define BIDE_PRIV_BY_ASYNC_ROWS(ROW, ...)                                                          \
    BIDE_PRIV_CAT(BIDE_PRIV_BY_ASYNC_ROWS_, BIDE_PRIV_COUNT(__VA_ARGS__))(ROW, __VA_ARGS__)        \
    ROW(TRAITS, BIDE_SEND) ROW(LOCAL, bool, bide_stand_in)
#define BIDE_PRIV_BY_ASYNC_ROW(...) BIDE_PRIV_BY_ASYNC_ROW_(__VA_ARGS__)
#define BIDE_PRIV_BY_ASYNC_ROW_(ROW, T, a) ROW(PARAM, T, a)
#define BIDE_PRIV_BY_ASYNC_ROWS_1(ROW, F)
#define BIDE_PRIV_BY_ASYNC_ROWS_2(ROW, F, p1)                                                      \
    BIDE_PRIV_BY_ASYNC_ROWS_1(ROW, F)                                                              \
    BIDE_PRIV_BY_ASYNC_ROW(ROW, BIDE_PRIV_EVAL p1)
#define BIDE_PRIV_BY_ASYNC_ROWS_3(ROW, F, p1, p2)                                                  \
    BIDE_PRIV_BY_ASYNC_ROWS_2(ROW, F, p1)                                                          \
    BIDE_PRIV_BY_ASYNC_ROW(ROW, BIDE_PRIV_EVAL p2)
#define BIDE_PRIV_BY_ASYNC_ROWS_4(ROW, F, p1, p2, p3)                                              \
    BIDE_PRIV_BY_ASYNC_ROWS_3(ROW, F, p1, p2)                                                      \
    BIDE_PRIV_BY_ASYNC_ROW(ROW, BIDE_PRIV_EVAL p3)
#define BIDE_PRIV_BY_ASYNC_ROWS_5(ROW, F, p1, p2, p3, p4)                                          \
    BIDE_PRIV_BY_ASYNC_ROWS_4(ROW, F, p1, p2, p3)                                                  \
    BIDE_PRIV_BY_ASYNC_ROW(ROW, BIDE_PRIV_EVAL p4)
#define BIDE_PRIV_BY_ASYNC_ROWS_6(ROW, F, p1, p2, p3, p4, p5)                                      \
    BIDE_PRIV_BY_ASYNC_ROWS_5(ROW, F, p1, p2, p3, p4)                                              \
    BIDE_PRIV_BY_ASYNC_ROW(ROW, BIDE_PRIV_EVAL p5)
#define BIDE_PRIV_BY_ASYNC_ROWS_7(ROW, F, p1, p2, p3, p4, p5, p6)                                  \
    BIDE_PRIV_BY_ASYNC_ROWS_6(ROW, F, p1, p2, p3, p4, p5)                                          \
    BIDE_PRIV_BY_ASYNC_ROW(ROW, BIDE_PRIV_EVAL p6)
#define BIDE_PRIV_BY_ASYNC_ROWS_8(ROW, F, p1, p2, p3, p4, p5, p6, p7)                              \
    BIDE_PRIV_BY_ASYNC_ROWS_7(ROW, F, p1, p2, p3, p4, p5, p6)                                      \
    BIDE_PRIV_BY_ASYNC_ROW(ROW, BIDE_PRIV_EVAL p7)
#define BIDE_PRIV_BY_ASYNC_ROWS_9(ROW, F, p1, p2, p3, p4, p5, p6, p7, p8)                          \
    BIDE_PRIV_BY_ASYNC_ROWS_8(ROW, F, p1, p2, p3, p4, p5, p6, p7)                                  \
    BIDE_PRIV_BY_ASYNC_ROW(ROW, BIDE_PRIV_EVAL p8)
#define BIDE_PRIV_BY_ASYNC_SHAPE(R, F, LIST)                                                       \
    BIDE_PRIV_FUTURE_NAME(R, F, ~BIDE_PRIV_OF(LIST, PARAMS))                                       \
    BIDE_PRIV_HAND_SHAPE(R, F, BIDE_INLINE, LIST)                                                  \
    BIDE_PRIV_FUTURE_ERASED(F)                                                                     \
    static const bide_type F##_type BIDE_PRIV_UNUSED = BIDE_PRIV_HAND_RECORD(R, F, LIST);          \
    BIDE_PRIV_HAND_START(F, 1, LIST)
#endif

#if defined(BIDE_VIEW)
#define BIDE_PRIV_BY_ASYNC_TYPE(R, F, KEPT, LIST) BIDE_PRIV_BY_ASYNC_SHAPE(R, F, LIST)
#elif defined(BIDE_BLOCKING)
#define BIDE_PRIV_BY_ASYNC_TYPE(R, F, KEPT, LIST)                                                  \
    BIDE_PRIV_BY_ASYNC_SHAPE(R, F, LIST)                                                           \
    BIDE_INLINE bide_poll F##_poll(struct F *bide_f, bide_context *bide_cx, F##_output *bide_out)  \
    {                                                                                              \
        void *bide_outer;                                                                          \
        (void)bide_cx, (void)bide_out;                                                             \
        if (bide_f->bide_stand_in)                                                                 \
            return BIDE_EMISUSE;                                                                   \
        bide_f->bide_stand_in = true;                                                              \
        bide_outer = bide_priv_swap_current(NULL);                                                 \
        BIDE_PRIV_IF(BIDE_PRIV_IS_VOID(R))()(*bide_out =) F KEPT;                                  \
        (void)bide_priv_swap_current(bide_outer);                                                  \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    BIDE_INLINE void F##_drop(struct F *bide_f) { (void)bide_f; }
#else
#define BIDE_PRIV_BY_ASYNC_TYPE(R, F, KEPT, LIST)
#endif

/* Private: the executor that runs on this thread, as it will tell from now on; gives what it was.
 * What a blocking build calls in a poll may run an executor of its own. */
BIDE_PRIV_EXTERN_C BIDE_API void *bide_priv_swap_current(void *current);

/* ---- the handshake ------------------------------------------------------------------------ */

/* The revision of what is below. Generated files say which they were made for, and do not compile
 * with another. */
#define BIDE_GENERATED_REVISION 2

/* ---- what generated code is made of ------------------------------------------------------- */

/* What the body of a generated function is compiled for; each is one constant. */
enum {
    BIDE_PRIV_RUN_POLL = 0,
    BIDE_PRIV_RUN_DROP = 1,
    BIDE_PRIV_RUN_CANCEL = 2,
    BIDE_PRIV_RUN_START = 3, /* the frame's place is known; it is written at the first suspension */
    BIDE_PRIV_RUN_LAZY = 4   /* the place is still to be got, by whoever must wait first */
};

/* Whether the frame is there from the beginning. */
#define BIDE_PRIV_RUN_HAS_FRAME (bide_op <= BIDE_PRIV_RUN_CANCEL)

/* The state to resume from; a poll does not mistake a body that is being cancelled. */
#define BIDE_PRIV_RUN_STATE(state)                                                                 \
    (bide_op == BIDE_PRIV_RUN_POLL                                                                 \
         ? BIDE_PRIV_CHECK_WORD(state)                                                             \
         : BIDE_PRIV_CHECK_WORD(state) & ~(uint32_t)BIDE_STATE_CANCELING)

/* Where the body is in its source, for the messages of checked builds: before a child is started,
 * and behind each resumption. */
#define BIDE_PRIV_AT(file, line) BIDE_PRIV_CHECK_AT(bide_op, file, line)

/* An argument of a start: on the C stack until the frame is there. */
#define BIDE_PRIV_ARG(F, name)                                                                     \
    (bide_args.name = name, BIDE_PRIV_CHECK_ARGUMENT(F, #name, bide_args.name))

/* An atomic local in a frame. C++ only needs its size. */
#ifdef __cplusplus
#define BIDE_PRIV_ATOMIC(T) T
#else
#define BIDE_PRIV_ATOMIC(T) _Atomic(T)
#endif

/* Where and how a child at `path` in this frame is started. */
#define BIDE_PRIV_KID                                                                              \
    (bide_op == BIDE_PRIV_RUN_LAZY ? BIDE_PRIV_KID_LAZY : BIDE_PRIV_KID_EMBEDDED)
#define BIDE_PRIV_KID_AT(F, path)                                                                  \
    (bide_op == BIDE_PRIV_RUN_LAZY                                                                 \
         ? (bide_sub = bide_priv_place_in(bide_place, offsetof(struct F, path)),                   \
            (void *)&bide_sub)                                                                     \
         : (void *)&bide_f->path)

/* Whether a child that was started must wait. What is ready needs one comparison, for this and for
 * the check of its failure. */
#define BIDE_PRIV_WAITS(r) (BIDE_PRIV_UNLIKELY((r) <= BIDE_PENDING) && (r) == BIDE_PENDING)

/* Behind a child that must wait the frame is there: the child has taken it. */
#define BIDE_PRIV_FIND_FRAME(F)                                                                    \
    do {                                                                                           \
        if (bide_op == BIDE_PRIV_RUN_LAZY)                                                         \
            bide_f = (struct F *)(void *)((char *)bide_place->root->frame + bide_place->offset);   \
    } while (0)

/* Makes sure that the frame is there: false, when there is no memory for it. */
#define BIDE_PRIV_TAKE_FRAME(F)                                                                    \
    (bide_op != BIDE_PRIV_RUN_LAZY ||                                                              \
     (bide_f = (struct F *)bide_priv_place_take(bide_place)) != NULL)

/* The functions of a child by where it is: in this file, in another one, in a box. */
#define BIDE_PRIV_POLL_NEAR(F, at, cx, out) F##_bide_near_poll(at, cx, out)
#define BIDE_PRIV_POLL_FAR(F, at, cx, out) BIDE_CHECK_POLL(F, at, cx, out)
#define BIDE_PRIV_POLL_BOX(F, at, cx, out) bide_box_poll(at, cx, out)
#define BIDE_PRIV_DROP_NEAR(F, at) F##_bide_near_drop(at)
#define BIDE_PRIV_DROP_FAR(F, at) BIDE_CHECK_DROP(F, at)
#define BIDE_PRIV_DROP_BOX(F, at) bide_box_drop(at)

/* A dyn call that a body began and waits for is a box by then: it was started, and has not ended.
 * Its poll need not look, nor mark what nobody reads again: the state says where the body is. */
#ifdef BIDE_CHECKED
#define BIDE_PRIV_POLL_DYN(F, at, cx, out) BIDE_PRIV_POLL_FAR(F, at, cx, out)
#else
#define BIDE_PRIV_POLL_DYN(F, at, cx, out) bide_priv_box_resume((at), cx, out)
BIDE_INLINE bide_poll bide_priv_box_resume(const void *at, bide_context *cx, void *out)
{
    const bide_box *box = (const bide_box *)at;
    bide_poll r = box->type->poll(box->frame, cx, out);
    if (r != BIDE_PENDING)
        bide_frame_free(box->frame, box->type->frame_size, box->type->box_offset);
    return r;
}
#endif
#define BIDE_PRIV_DROP_DYN(F, at) BIDE_PRIV_DROP_FAR(F, at)

/* Leaves again; a body that is being cancelled must not be polled from now on. The state is the
 * first word of its frame, wherever in a union that is. */
#define BIDE_PRIV_RUN_STAY                                                                         \
    {                                                                                              \
        if (bide_op == BIDE_PRIV_RUN_CANCEL)                                                       \
            *(uint32_t *)(void *)bide_f |= BIDE_STATE_CANCELING;                                   \
        return BIDE_PENDING;                                                                       \
    }

/* What a resumed body does with the child that it waited for: WHERE is NEAR, FAR, DYN or BOX, F its
 * type; RESUME is for bodies that are never cancelled.
 * Shape: r = poll or drop of the child; returns while it is pending. */
#define BIDE_PRIV_RESUME(WHERE, F, path, out)                                                      \
    if (bide_op == BIDE_PRIV_RUN_DROP) {                                                           \
        BIDE_PRIV_DROP_##WHERE(F, &bide_f->path);                                                  \
        bide_r = BIDE_ECANCELED;                                                                   \
    } else {                                                                                       \
        bide_r = BIDE_PRIV_POLL_##WHERE(F, &bide_f->path, bide_cx, out);                           \
        if (bide_r == BIDE_PENDING)                                                                \
            BIDE_PRIV_RUN_STAY                                                                     \
    }
/* The same in a body that can be cancelled, for a child that cannot. */
#define BIDE_PRIV_RESUME_DROP(WHERE, F, path, out)                                                 \
    if (bide_op == BIDE_PRIV_RUN_CANCEL) {                                                         \
        BIDE_PRIV_DROP_##WHERE(F, &bide_f->path);                                                  \
        bide_r = BIDE_ECANCELED;                                                                   \
    } else {                                                                                       \
        BIDE_PRIV_RESUME(WHERE, F, path, out)                                                      \
    }
/* The same for a child that may have to be cancelled, too: by its record, until it is done. */
#define BIDE_PRIV_RESUME_CANCEL(WHERE, F, path, out)                                               \
    if (bide_op == BIDE_PRIV_RUN_CANCEL) {                                                         \
        bide_r = bide_cancel(&F##_type, &bide_f->path, bide_cx);                                   \
        if (bide_r == BIDE_PENDING)                                                                \
            BIDE_PRIV_RUN_STAY                                                                     \
        bide_r = BIDE_ECANCELED;                                                                   \
    } else {                                                                                       \
        BIDE_PRIV_RESUME(WHERE, F, path, out)                                                      \
    }
/* The same for one in a box. */
#define BIDE_PRIV_RESUME_CANCEL_BOX(path, out)                                                     \
    if (bide_op == BIDE_PRIV_RUN_CANCEL) {                                                         \
        if (bide_box_cancel(&bide_f->path, bide_cx) == BIDE_PENDING)                               \
            BIDE_PRIV_RUN_STAY                                                                     \
        bide_r = BIDE_ECANCELED;                                                                   \
    } else {                                                                                       \
        BIDE_PRIV_RESUME(BOX, , path, out)                                                         \
    }
/* The state to wait in: a body that is being cancelled says so. */
#define BIDE_PRIV_STATE(n)                                                                         \
    (bide_op == BIDE_PRIV_RUN_CANCEL ? (uint32_t)(n) | BIDE_STATE_CANCELING : (uint32_t)(n))
/* A parameter that is never assigned stays where it is: only a start has to put it there. */
#define BIDE_PRIV_KEEP(field, value)                                                               \
    do {                                                                                           \
        if (!BIDE_PRIV_RUN_HAS_FRAME)                                                              \
            field = (value);                                                                       \
    } while (0)
/* What a suspension kept is dead once it is restored. Nothing, but in test builds
 * (BIDE_POISON_FRAMES): there it is overwritten, so that a restore that is missing is noticed. */
#ifdef BIDE_POISON_FRAMES
#include <string.h>
#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
#include <sanitizer/msan_interface.h>
#define BIDE_PRIV_POISON(at, bytes) __msan_poison((at), (bytes))
#endif
#endif
#ifndef BIDE_PRIV_POISON
#define BIDE_PRIV_POISON(at, bytes) ((void)memset((at), 0xa5, (bytes)))
#endif
#define BIDE_PRIV_RESTORED(group, state, number)                                                   \
    do {                                                                                           \
        BIDE_PRIV_POISON(&bide_f->group, sizeof bide_f->group);                                    \
        bide_f->state = (number);                                                                  \
    } while (0)
#else
#define BIDE_PRIV_RESTORED(group, state, number) ((void)0)
#endif
/* Ends the body if the child failed. */
#define BIDE_PRIV_CHECK(label)                                                                     \
    if (BIDE_PRIV_UNLIKELY(bide_r < 0))                                                            \
    goto label

/* The initialiser of the record of a generated future type. */
#define BIDE_PRIV_GENERATED_RECORD(F, out_size, out_align, cancel_or_null)                         \
    {                                                                                              \
        (uint32_t)sizeof(bide_type), (uint32_t)F##_flags, (uint32_t)sizeof(struct F),              \
            (uint32_t)BIDE_PRIV_ALIGNOF(struct F), (uint32_t)BIDE_PRIV_BOX_OFFSET(F),              \
            (uint32_t)(out_size), (uint32_t)(out_align), 0, F##_bide_poll, F##_bide_drop,          \
            cancel_or_null, F##_bide_trace, #F, BIDE_MODULE                                        \
    }

/* Where a generated body can be suspended, as its trace operation and debuggers read it: a row for
 * each child of each await, in the order of the states, ended by state 0. */
typedef struct bide_priv_site {
    uint32_t state;
    uint32_t line;
    uint32_t offset;       /* of the child in the frame */
    uint32_t flag;         /* of the byte that says whether it is there; 0: it is */
    uint32_t kind;         /* BIDE_PRIV_KID_EMBEDDED, BIDE_PRIV_KID_BOXED */
    const bide_type *type; /* of the child; NULL: there is none */
} bide_priv_site;

typedef struct bide_priv_sites {
    const char *file;
    const bide_priv_site *rows;
} bide_priv_sites;

BIDE_INLINE void bide_priv_trace_sites(const void *frame, const bide_type *type,
                                       const bide_priv_sites *sites, bide_tracer *tracer)
{
    const uint32_t state = *(const uint32_t *)frame & BIDE_STATE_MASK;
    const bide_priv_site *s;
#if defined(__GNUC__)
    __asm__("" : "+r"(sites)); /* debuggers want to find the table: it is not to be folded away */
#endif
    s = sites->rows;
    while (s->state && s->state != state)
        s++;
    tracer->enter(tracer, type, frame, sites->file, s->line);
    for (; s->state && s->state == state; s++)
        if (s->type && (!s->flag || ((const char *)frame)[s->flag]))
            bide_priv_trace_kid((int)s->kind, s->type, (const char *)frame + s->offset, tracer);
    tracer->leave(tracer);
}

#endif
