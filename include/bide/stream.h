/*
 * bide/stream.h: streams: what gives items one by one, and may have to wait for each.
 *
 * A stream type S is a complete type, known by its name; static types and handles alike:
 *
 *     S_item                                  what it yields, as a typedef
 *     bide_poll S_poll_next(S *s, bide_context *cx, S_item *item)
 *                                             BIDE_READY with *item written, BIDE_DONE when there
 *                                             is no more, BIDE_PENDING, or a failure code, which
 *                                             ends the stream, too
 *     bide_size_hint S_size_hint(S *s)        how many items are still to come
 *     void S_trace(S *s, bide_tracer *t)      tells what it waits for
 *     void S_drop(S *s)                       drops what it holds, the future in flight included
 *     void S_item_drop(S_item *item)          releases an item that nobody will see
 *     bool S_next(S *stream, S_item *item)    a future type: true with the next item, false at the
 *                                             end. Dropping it loses no item
 *
 * A stream may be moved (copied, and the original forgotten) until it was polled first; behind that
 * it stays where it is. It is polled by one task at a time, and S_poll_next must not be called
 * again after the end, unless the type says otherwise (every type that this library makes answers
 * BIDE_DONE again).
 *
 *     Numbers n = Counter_as_Numbers(&counter, NULL);     // a dyn one
 *     int32_t i;
 *     while (await(Numbers_next(&n, &i)))                 // in async C
 *         sum += i;
 *
 * This follows Rust's futures::Stream, with the item in memory of the caller.
 */
#ifndef BIDE_STREAM_H
#define BIDE_STREAM_H

#include <bide/future.h>
#include <bide/implement.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

/* How many items are still to come: at least, and at most (SIZE_MAX: not known, or no bound). */
typedef struct bide_size_hint {
    size_t least, most;
} bide_size_hint;

/* Nothing is known. */
BIDE_INLINE bide_size_hint bide_size_hint_unknown(void)
{
    bide_size_hint h;
    h.least = 0;
    h.most = SIZE_MAX;
    return h;
}

/* Exactly, or between. */
BIDE_INLINE bide_size_hint bide_size_hint_of(size_t least, size_t most)
{
    bide_size_hint h;
    h.least = least;
    h.most = most;
    return h;
}

/* ---- a stream type by hand ---------------------------------------------------------------- */

/* BIDE_STREAM_TYPE(S, Item); makes a stream type of a complete type S, behind its two functions
 *
 *     bide_poll S_poll_next(S *s, bide_context *cx, Item *item);
 *     void S_drop(S *s);
 *
 * What else it writes itself it says before, and declares as above:
 *
 *     #define S_HAS_size_hint 1       bide_size_hint S_size_hint(S *s)
 *     #define S_HAS_trace 1           void S_trace(S *s, bide_tracer *t)
 *     #define S_HAS_item_drop 1       void S_item_drop(Item *item)
 *     #define S_IS_SEND 1             its object may change threads between polls
 *
 * Shape: typedef Item S_item; the three functions that it does not write; the future type S_next */
#define BIDE_STREAM_TYPE(S, Item)                                                                  \
    typedef Item S##_item;                                                                         \
    BIDE_PRIV_STREAM_REST(S)                                                                       \
    struct bide_priv_stream
#define BIDE_PRIV_STREAM_REST(S)                                                                   \
    BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(S##_HAS_size_hint))                                              \
    ()(BIDE_INLINE bide_size_hint S##_size_hint(S *bide_s) {                                       \
        (void)bide_s;                                                                              \
        return bide_size_hint_unknown();                                                           \
    })                                                                                             \
    BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(S##_HAS_trace))                                                  \
    ()(BIDE_INLINE void S##_trace(S *bide_s, bide_tracer *bide_tr) {                               \
        (void)bide_s;                                                                              \
        bide_tracer_note(bide_tr, "an item of " #S);                                               \
    })                                                                                             \
    BIDE_PRIV_ITEM_REST(S)                                                                         \
    BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(S##_IS_SEND))                                                    \
    (BIDE_PRIV_STREAM_NEXT(S, (BIDE_SEND | BIDE_UNPIN)))(BIDE_PRIV_STREAM_NEXT(S, BIDE_UNPIN))
#define BIDE_PRIV_ITEM_REST(S)                                                                     \
    BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(S##_HAS_item_drop))                                              \
    ()(BIDE_INLINE void S##_item_drop(S##_item *bide_item) { (void)bide_item; })

/* The future of one item. It holds nothing between polls, so it may be dropped and made anew. */
#define BIDE_PRIV_NEXT_ROWS(ROW, S, flags)                                                         \
    ROW(TRAITS, flags) ROW(TRACE, S##_bide_next_trace)                                             \
    ROW(PARAM, S *, stream) ROW(PARAM, S##_item *, item)
#define BIDE_PRIV_STREAM_NEXT(S, flags)                                                            \
    BIDE_INLINE void S##_bide_next_trace(const void *frame, bide_tracer *tracer);                  \
    BIDE_FUTURE_OF(bool, S##_next, (BIDE_PRIV_NEXT_ROWS, S, flags))                                \
    BIDE_INLINE void S##_bide_next_trace(const void *bide_f, bide_tracer *bide_tr)                 \
    {                                                                                              \
        const struct S##_next *bide_next = (const struct S##_next *)bide_f;                        \
        if (bide_next->stream)                                                                     \
            S##_trace(bide_next->stream, bide_tr);                                                 \
    }                                                                                              \
    BIDE_INLINE bide_poll S##_next_poll(struct S##_next *bide_f, bide_context *bide_cx,            \
                                        bool *bide_out)                                            \
    {                                                                                              \
        bide_poll bide_r;                                                                          \
        if (!bide_f->stream)                                                                       \
            return BIDE_EMISUSE;                                                                   \
        bide_r = S##_poll_next(bide_f->stream, bide_cx, bide_f->item);                             \
        if (bide_r == BIDE_PENDING)                                                                \
            return BIDE_PENDING;                                                                   \
        bide_f->stream = NULL;                                                                     \
        if (bide_r < 0)                                                                            \
            return bide_r;                                                                         \
        *bide_out = bide_r == BIDE_READY;                                                          \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    BIDE_INLINE void S##_next_drop(struct S##_next *bide_f) { bide_f->stream = NULL; }

/* ---- the interface ------------------------------------------------------------------------ */

/* BIDE_STREAM(I, Item); declares an interface of streams of Item. Its handle I = {self, vtable,
 * allocator} is a stream type: an item costs one indirect call and no allocation. Like any handle
 * it does not own; but I_drop is I_destroy, so that what takes a stream over, such as an adapter,
 * ends the object if its vtable says how. To lend one, see BIDE_STREAM_REF.
 *
 *     #define I_HAS_item_drop 1, I_IS_SEND 1     as for BIDE_STREAM_TYPE
 *
 * Shape: as BIDE_INTERFACE (bide/interface.h) with the rows
 *     METHOD(I, Self, POLL, Item, poll_next)
 *     METHOD(I, Self, SYNC, bide_size_hint, size_hint)
 *     METHOD(I, Self, SYNC, void, trace, (bide_tracer *, tracer))
 * and I_item, I_item_drop, I_drop, I_next */
#define BIDE_STREAM(I, Item)                                                                       \
    typedef Item I##_item;                                                                         \
    typedef struct I I;                                                                            \
    struct I##_vtable {                                                                            \
        bide_vtable header;                                                                        \
        BIDE_PRIV_STREAM_ROWS(BIDE_PRIV_VT, I, ~, I##_item)                                        \
    };                                                                                             \
    struct BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(I##_IS_SEND))()(BIDE_THREAD_BOUND) I {                    \
        void *self;                                                                                \
        const struct I##_vtable *vtable;                                                           \
        bide_allocator *allocator;                                                                 \
    };                                                                                             \
    static const bide_signature I##_bide_rows[] BIDE_PRIV_UNUSED = {                               \
        BIDE_PRIV_STREAM_ROWS(BIDE_PRIV_SIG, I, ~, Item)};                                         \
    BIDE_PRIV_INTERFACE_COMMON(I)                                                                  \
    BIDE_PRIV_STREAM_ROWS(BIDE_PRIV_SHIM, I, ~, I##_item)                                          \
    BIDE_INLINE void I##_drop(I *bide_s) { I##_destroy(bide_s); }                                  \
    BIDE_PRIV_ITEM_REST(I)                                                                         \
    BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(I##_IS_SEND))                                                    \
    (BIDE_PRIV_STREAM_NEXT(I, (BIDE_SEND | BIDE_UNPIN)))(BIDE_PRIV_STREAM_NEXT(I, BIDE_UNPIN))     \
    struct I
#define BIDE_PRIV_STREAM_ROWS(METHOD, I, Self, Item)                                               \
    METHOD(I, Self, POLL, Item, poll_next)                                                         \
    METHOD(I, Self, SYNC, bide_size_hint, size_hint)                                               \
    METHOD(I, Self, SYNC, void, trace, (bide_tracer *, tracer))

/* BIDE_STREAM_IMPL_DECLARE(I, T); in a header and BIDE_STREAM_IMPL(I, T); in one source: the stream
 * type T implements the stream interface I. What T may say about itself is in bide/implement.h:
 * T_HAS_destroy above all.
 * Shape: as BIDE_IMPL: struct I_vtable T_I_vtable; I T_as_I(T *self, bide_allocator *allocator) */
#define BIDE_STREAM_IMPL_DECLARE(I, T) BIDE_IMPL_DECLARE_AS(, I, T)
#define BIDE_STREAM_IMPL(I, T)                                                                     \
    BIDE_PRIV_STREAM_ROWS(BIDE_PRIV_THUNK, I, (T, T), I##_item)                                    \
    BIDE_PRIV_IMPL_OBJECT(I, T)                                                                    \
    BIDE_PRIV_EXTERN_C const struct I##_vtable T##_##I##_vtable;                                   \
    const struct I##_vtable T##_##I##_vtable = {                                                   \
        BIDE_PRIV_IMPL_HEADER(I, T),                                                               \
        BIDE_PRIV_STREAM_ROWS(BIDE_PRIV_ENTRY, I, (T, T), I##_item)}

/* BIDE_STREAM_BOX(I, T); gives a stream type T a heap form with the interface I, so that a stream
 * can be returned by who made it.
 * Shape: bide_poll T_box_as_I(T *from, bide_allocator *allocator, I *out);
 *        moves *from, which was not polled yet, into memory of the allocator; *out owns it: I_drop
 *        drops the stream and gives the memory back. BIDE_READY, or BIDE_ENOMEM with *from dropped
 *        and *out empty. */
#define BIDE_STREAM_BOX(I, T)                                                                      \
    BIDE_PRIV_STREAM_ROWS(BIDE_PRIV_BOXED_THUNK, I, T, I##_item)                                   \
    BIDE_PRIV_BOX_AS(I, T, BIDE_PRIV_STREAM_ROWS(BIDE_PRIV_BOXED_ENTRY, I, T, I##_item))           \
    struct I
/* Shape: static R T_I_bide_box_m(void *self, P...) { return T_m((T *)self, ...); } */
#define BIDE_PRIV_BOXED_THUNK(I, T, KIND, R, ...)                                                  \
    BIDE_PRIV_APPLY(BIDE_PRIV_BOXED_THUNK_##KIND, I, T, R, BIDE_PRIV_FIRST(__VA_ARGS__),           \
                    (BIDE_PRIV_MAP(BIDE_PRIV_P_DECL, __VA_ARGS__)),                                \
                    (BIDE_PRIV_MAP(BIDE_PRIV_P_NAME, __VA_ARGS__)))
#define BIDE_PRIV_BOXED_THUNK_POLL(I, T, R, m, DECL, NAME)                                         \
    BIDE_INLINE bide_poll T##_##I##_bide_box_##m(void *bide_self BIDE_PRIV_EVAL DECL,              \
                                                 bide_context *bide_cx, R *bide_out)               \
    {                                                                                              \
        return T##_##m((T *)bide_self BIDE_PRIV_EVAL NAME, bide_cx, bide_out);                     \
    }
#define BIDE_PRIV_BOXED_THUNK_SYNC(I, T, R, m, DECL, NAME)                                         \
    BIDE_INLINE R T##_##I##_bide_box_##m(void *bide_self BIDE_PRIV_EVAL DECL)                      \
    {                                                                                              \
        BIDE_PRIV_IF(BIDE_PRIV_IS_VOID(R))()(return)                                               \
            T##_##m((T *)bide_self BIDE_PRIV_EVAL NAME);                                           \
    }
#define BIDE_PRIV_BOXED_THUNK_SYNC_MUT(I, T, R, m, DECL, NAME)                                     \
    BIDE_PRIV_BOXED_THUNK_SYNC(I, T, R, m, DECL, NAME)
#define BIDE_PRIV_BOXED_ENTRY(I, T, KIND, R, ...)                                                  \
    BIDE_PRIV_CAT(T##_##I##_bide_box_, BIDE_PRIV_FIRST(__VA_ARGS__)),
#define BIDE_PRIV_BOX_AS(I, T, ...)                                                                \
    BIDE_INLINE void T##_##I##_bide_box_destroy(void *bide_self)                                   \
    {                                                                                              \
        T##_drop((T *)bide_self);                                                                  \
        bide_frame_free(bide_self, sizeof(T), BIDE_PRIV_OBJECT_OFFSET(T));                         \
    }                                                                                              \
    static const struct I##_vtable T##_##I##_bide_box_vtable BIDE_PRIV_UNUSED = {                  \
        {BIDE_VTABLE_ABI, (uint32_t)sizeof(struct I##_vtable), &I##_interface, #T,                 \
         BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(I##_IS_SEND))((uint32_t)BIDE_SEND)(0),                      \
         (uint32_t)sizeof(bide_vtable), (uint32_t)sizeof(T), (uint32_t)BIDE_PRIV_ALIGNOF(T),       \
         T##_##I##_bide_box_destroy, NULL, BIDE_MODULE, NULL, NULL},                               \
        __VA_ARGS__};                                                                              \
    BIDE_INLINE bide_poll T##_box_as_##I(T *bide_from, bide_allocator *bide_a, I *bide_h)          \
    {                                                                                              \
        void *bide_at = bide_frame_alloc(bide_a, sizeof(T), BIDE_PRIV_OBJECT_OFFSET(T));           \
        bide_h->self = bide_at;                                                                    \
        bide_h->vtable = bide_at ? &T##_##I##_bide_box_vtable : NULL;                              \
        bide_h->allocator = bide_a;                                                                \
        if (!bide_at) {                                                                            \
            T##_drop(bide_from);                                                                   \
            return BIDE_ENOMEM;                                                                    \
        }                                                                                          \
        BIDE_PRIV_COPY(bide_at, bide_from, sizeof(T));                                             \
        return BIDE_READY;                                                                         \
    }
#define BIDE_PRIV_OBJECT_OFFSET(T)                                                                 \
    (BIDE_PRIV_ALIGNOF(T) > sizeof(void *) ? BIDE_PRIV_ALIGNOF(T) : sizeof(void *))

/* ---- streams made of other things --------------------------------------------------------- */

/* BIDE_STREAM_REF(Name, S); a stream type over an S that it does not own: what lends a stream to an
 * adapter, and leaves the rest of it.
 * Shape: typedef struct Name { S *of; } Name; void Name_init(Name *s, S *of); a stream type */
#define BIDE_STREAM_REF(Name, S)                                                                   \
    typedef struct Name {                                                                          \
        S *of;                                                                                     \
    } Name;                                                                                        \
    typedef S##_item Name##_item;                                                                  \
    BIDE_INLINE void Name##_init(Name *bide_s, S *bide_of) { bide_s->of = bide_of; }               \
    BIDE_INLINE bide_poll Name##_poll_next(Name *bide_s, bide_context *bide_cx,                    \
                                           Name##_item *bide_item)                                 \
    {                                                                                              \
        return S##_poll_next(bide_s->of, bide_cx, bide_item);                                      \
    }                                                                                              \
    BIDE_INLINE bide_size_hint Name##_size_hint(Name *bide_s)                                      \
    {                                                                                              \
        return S##_size_hint(bide_s->of);                                                          \
    }                                                                                              \
    BIDE_INLINE void Name##_trace(Name *bide_s, bide_tracer *bide_tr)                              \
    {                                                                                              \
        S##_trace(bide_s->of, bide_tr);                                                            \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(Name *bide_s) { bide_s->of = NULL; }                              \
    BIDE_INLINE void Name##_item_drop(Name##_item *bide_item) { S##_item_drop(bide_item); }        \
    BIDE_PRIV_STREAM_NEXT(Name, ((int)S##_next_flags & (int)BIDE_SEND) | BIDE_UNPIN)               \
    struct bide_priv_stream

/* BIDE_STREAM_BY_NEXT(Name, T, Item); a stream type from a type T with an async function
 *
 *     bool T_next(T *self, Item *item)        true with an item, false at the end
 *
 * of any making: T may be a handle whose interface has the row
 * METHOD(I, Self, ASYNC_MUT, bool, next, (Item *, item)). The future in flight is kept in the
 * stream, and goes on where it was when a poll, or the future Name_next, was given up: no item is
 * lost. Nothing is allocated for a static T. The object of T is borrowed.
 * Shape: typedef struct Name { T *of; ...; Item item; struct T_next next; } Name;
 *        void Name_init(Name *s, T *of); a stream type */
#define BIDE_STREAM_BY_NEXT(Name, T, Item)                                                         \
    BIDE_PRIV_ASSERT(BIDE_PRIV_MAY_DROP(T##_next),                                                 \
                     "bide: " #Name " may have to drop " #T "_next, and its cleanup waits");       \
    typedef Item Name##_item;                                                                      \
    typedef struct Name {                                                                          \
        T *of;                                                                                     \
        bool busy, ended;                                                                          \
        Name##_item item;                                                                          \
        struct T##_next next;                                                                      \
    } Name;                                                                                        \
    BIDE_INLINE void Name##_init(Name *bide_s, T *bide_of)                                         \
    {                                                                                              \
        bide_s->of = bide_of;                                                                      \
        bide_s->busy = false;                                                                      \
        bide_s->ended = false;                                                                     \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll_next(Name *bide_s, bide_context *bide_cx,                    \
                                           Name##_item *bide_item)                                 \
    {                                                                                              \
        bool bide_more = false;                                                                    \
        bide_poll bide_r;                                                                          \
        if (bide_s->ended)                                                                         \
            return BIDE_DONE;                                                                      \
        if (bide_s->busy)                                                                          \
            bide_r = T##_next_poll(&bide_s->next, bide_cx, &bide_more);                            \
        else                                                                                       \
            bide_r = T##_next_start(&bide_s->next, bide_s->of, &bide_s->item, bide_cx,             \
                                    &bide_more);                                                   \
        bide_s->busy = bide_r == BIDE_PENDING;                                                     \
        if (bide_r == BIDE_PENDING)                                                                \
            return BIDE_PENDING;                                                                   \
        bide_s->ended = bide_r < 0 || !bide_more;                                                  \
        if (bide_r < 0)                                                                            \
            return bide_r;                                                                         \
        if (!bide_more)                                                                            \
            return BIDE_DONE;                                                                      \
        *bide_item = bide_s->item;                                                                 \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    BIDE_INLINE bide_size_hint Name##_size_hint(Name *bide_s)                                      \
    {                                                                                              \
        return bide_size_hint_of(0, bide_s->ended ? 0 : SIZE_MAX);                                 \
    }                                                                                              \
    BIDE_INLINE void Name##_trace(Name *bide_s, bide_tracer *bide_tr)                              \
    {                                                                                              \
        if (bide_s->busy)                                                                          \
            bide_priv_trace_kid(BIDE_PRIV_KID_EMBEDDED, &T##_next_type, &bide_s->next, bide_tr);   \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(Name *bide_s)                                                     \
    {                                                                                              \
        if (bide_s->busy)                                                                          \
            T##_next_drop(&bide_s->next);                                                          \
        bide_s->busy = false;                                                                      \
        bide_s->ended = true;                                                                      \
    }                                                                                              \
    BIDE_PRIV_ITEM_REST(Name)                                                                      \
    BIDE_PRIV_STREAM_NEXT(Name, ((int)T##_next_flags & (int)BIDE_SEND) | BIDE_UNPIN)               \
    struct bide_priv_stream

/* BIDE_STREAM_BY_GENERATOR(Name, F, Item, (T, a), ...); a stream type from an async generator F
 * (`async_gen Item F(T a, ...)`, bide/async_source.h), which is its frame: F_init(&s, args) makes
 * one, and F_made(args) gives one by value. It stands where BIDE_FUTURE_BY_ASYNC does, behind the
 * generator or in a header behind the #include of the generated one. Without the parameters there
 * is no F_made, and bidec does not check the arguments of F_init; in X.async.c it adds them.
 * Shape: typedef struct F Name; a stream type; struct F F_made(T a, ...) */
#define BIDE_STREAM_BY_GENERATOR(Name, F, ...)                                                     \
    BIDE_PRIV_APPLY(BIDE_PRIV_BY_GENERATOR, Name, F, BIDE_PRIV_FIRST(__VA_ARGS__),                 \
                    BIDE_PRIV_HAS_COMMA(__VA_ARGS__),                                              \
                    (BIDE_PRIV_MAP(BIDE_PRIV_BY_GENERATOR_DECL, __VA_ARGS__)),                     \
                    (BIDE_PRIV_MAP(BIDE_PRIV_BY_GENERATOR_NAME, __VA_ARGS__)),                     \
                    (BIDE_PRIV_MAP(BIDE_PRIV_BY_GENERATOR_FIELD, __VA_ARGS__)))
#define BIDE_PRIV_BY_GENERATOR_DECL(T, a) , T a
#define BIDE_PRIV_BY_GENERATOR_NAME(T, a) , a
#define BIDE_PRIV_BY_GENERATOR_FIELD(T, a) T a;
#define BIDE_PRIV_BY_GENERATOR_TAIL(...) BIDE_PRIV_TAIL(__VA_ARGS__)
#define BIDE_PRIV_BY_GENERATOR(Name, F, Item, knows, DECL, NAMES, FIELDS)                          \
    BIDE_PRIV_IF(knows)(BIDE_INLINE struct F F##_made(                                             \
        BIDE_PRIV_BY_GENERATOR_TAIL(~BIDE_PRIV_EVAL DECL)) {                                       \
        struct F bide_made;                                                                        \
        F##_init(&bide_made BIDE_PRIV_EVAL NAMES);                                                 \
        return bide_made;                                                                          \
    })()                                                                                           \
    typedef Item Name##_item;                                                                      \
    typedef struct F Name;                                                                         \
    BIDE_INLINE bide_poll Name##_poll_next(Name *bide_s, bide_context *bide_cx,                    \
                                           Name##_item *bide_item)                                 \
    {                                                                                              \
        return F##_poll_next(bide_s, bide_cx, bide_item);                                          \
    }                                                                                              \
    BIDE_INLINE bide_size_hint Name##_size_hint(Name *bide_s)                                      \
    {                                                                                              \
        (void)bide_s;                                                                              \
        return bide_size_hint_unknown();                                                           \
    }                                                                                              \
    BIDE_INLINE void Name##_trace(Name *bide_s, bide_tracer *bide_tr)                              \
    {                                                                                              \
        bide_priv_trace_kid(BIDE_PRIV_KID_EMBEDDED, &F##_type, bide_s, bide_tr);                   \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(Name *bide_s) { F##_drop(bide_s); }                               \
    BIDE_PRIV_ITEM_REST(Name)                                                                      \
    BIDE_PRIV_STREAM_NEXT(Name, ((int)F##_flags & (int)BIDE_SEND) | BIDE_UNPIN)                    \
    struct bide_priv_stream

/* In the eyes of bidec an async function is a function: a stream of it has no frame there. */
#if defined(BIDE_VIEW) || defined(BIDE_BLOCKING)
#undef BIDE_STREAM_BY_NEXT
#undef BIDE_PRIV_BY_GENERATOR
#define BIDE_STREAM_BY_NEXT(Name, T, Item)                                                         \
    typedef struct Name {                                                                          \
        T *of;                                                                                     \
    } Name;                                                                                        \
    void Name##_init(Name *bide_s, T *bide_of);                                                    \
    BIDE_PRIV_STREAM_VIEW(Name, Item)
/* bidec knows by the last field that this is not the frame. */
#define BIDE_PRIV_BY_GENERATOR(Name, F, Item, knows, DECL, NAMES, FIELDS)                          \
    struct F {                                                                                     \
        BIDE_PRIV_EVAL FIELDS bool bide_stand_in;                                                  \
    };                                                                                             \
    typedef struct F Name;                                                                         \
    BIDE_PRIV_IF(knows)                                                                            \
    (void F##_init(struct F *bide_f BIDE_PRIV_EVAL DECL);                                          \
     struct F F##_made(BIDE_PRIV_BY_GENERATOR_TAIL(~BIDE_PRIV_EVAL DECL));)                        \
    (void F##_init(struct F *bide_f, ...);)                                                        \
    BIDE_PRIV_STREAM_VIEW(Name, Item)
#define BIDE_PRIV_STREAM_VIEW(Name, Item)                                                          \
    typedef Item Name##_item;                                                                      \
    bide_poll Name##_poll_next(Name *bide_s, bide_context *bide_cx, Name##_item *bide_item);       \
    bide_size_hint Name##_size_hint(Name *bide_s);                                                 \
    void Name##_trace(Name *bide_s, bide_tracer *bide_tr);                                         \
    void Name##_drop(Name *bide_s);                                                                \
    BIDE_PRIV_ITEM_REST(Name)                                                                      \
    BIDE_PRIV_STREAM_NEXT(Name, (BIDE_SEND | BIDE_UNPIN))                                          \
    struct bide_priv_stream
#endif

#endif
