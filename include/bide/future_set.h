/*
 * bide/future_set.h: any number of futures of one type, polled only when woken.
 *
 *     BIDE_FUTURE_SET(fetches, fetch);            // a stream type of the Outputs of fetch
 *
 *     fetches set;  struct fetch one;  fetches_item got;
 *     fetches_init(&set, bide_default_allocator());
 *     for (...)
 *         if (fetches_insert(&set, BIDE_MADE(fetch, one, (urls[i]))) != BIDE_READY) ...
 *     while (await(fetches_next(&set, &got)))     // in async C
 *         use(got.value);
 *     fetches_drop(&set);
 *
 * Each member has a waker of its own: a poll of the set polls those that were woken since, in the
 * order of their wakes, each at most once, and at most 32 without a result before others get their
 * turn. What a wake costs does not depend on how many members there are.
 *
 * Memory: one block for the set, got at the first insertion, and one a member, from the set's
 * allocator. A member's block goes back when it has ended and no clone of its waker is left, on
 * whichever thread that is: if its waker may be woken or dropped by others, the allocator must be
 * one that may be freed to from any (BIDE_FREE_ANY_THREAD). Wakes may come from any thread at any
 * time, also when the set is gone. The set itself belongs to one task at a time; it may be moved.
 *
 * BIDE_LOCAL_FUTURE_SET and BIDE_LOCAL_ORDERED_SET make cheaper ones for one thread, without atomic
 * operations: there the wakers of the members must stay on that thread, too.
 *
 * As FuturesUnordered and FuturesOrdered of Rust's futures.
 */
#ifndef BIDE_FUTURE_SET_H
#define BIDE_FUTURE_SET_H

#include <bide/made.h>
#include <bide/stream.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

BIDE_PRIV_C_BEGIN

/* Private: what a set of any type is. */
typedef struct bide_priv_set_node bide_priv_set_node;
typedef struct bide_priv_set_hub bide_priv_set_hub;
typedef struct bide_priv_set {
    const bide_type *type;
    bide_allocator *allocator;
    void (*output_drop)(void *output);
    bide_priv_set_hub *hub;           /* NULL: nothing was inserted yet */
    bide_priv_set_node *first, *last; /* members, in the order of insertion */
    bide_priv_set_node *batch;        /* those that were woken, on their way to be polled */
    size_t count;
    uint32_t kind; /* BIDE_PRIV_SET_... */
} bide_priv_set;

/* Members: futures whose results come as they are ready, or in order; streams (stream_set.h). */
enum { BIDE_PRIV_SET_AS_READY = 0, BIDE_PRIV_SET_IN_ORDER = 1, BIDE_PRIV_SET_STREAMS = 2 };

/* Private, in two forms: place gives the memory of a member's frame, or NULL; commit, with the
 * frame in it, makes it a member. */
#define BIDE_PRIV_SET_FORM(form)                                                                   \
    BIDE_API void *form##_place(bide_priv_set *set);                                               \
    BIDE_API void form##_commit(bide_priv_set *set, void *place, bool in_front);                   \
    BIDE_API bide_poll form##_poll_next(bide_priv_set *set, bide_context *cx, void *item);         \
    BIDE_API void form##_clear(bide_priv_set *set);                                                \
    BIDE_API void form##_drop(bide_priv_set *set);
BIDE_PRIV_SET_FORM(bide_priv_set)
BIDE_PRIV_SET_FORM(bide_priv_local_set)
BIDE_API void bide_priv_set_trace(const bide_priv_set *set, bide_tracer *tracer);

BIDE_PRIV_C_END

/* BIDE_FUTURE_SET(Name, F); BIDE_LOCAL_FUTURE_SET(Name, F); the results come in the order in which
 *     the futures become ready.
 * BIDE_ORDERED_SET(Name, F); BIDE_LOCAL_ORDERED_SET(Name, F); in the order of insertion; what is
 *     ready too soon is kept.
 *
 * A stream type whose item holds F's Output: its end means that there is no member just now, and
 * more may be inserted. A member that fails gives its code instead of an item; the others are
 * members still, and poll_next may be called again. (F_HAS_output_drop: bide/made.h.)
 *
 * Shape: typedef union F_result Name_item; typedef struct Name { ... } Name; and, beside the
 *        functions of a stream type (bide/stream.h),
 *     void Name_init(Name *s, bide_allocator *allocator);
 *     Name Name_of(bide_allocator *allocator);     the same as a value, for `scoped` of bidec
 *     bide_poll Name_insert(Name *s, struct F future);
 *         takes a made future (bide/made.h) and wakes who waits for the set. BIDE_ENOMEM, or
 *         BIDE_EBUSY from a fixed pool: the future was dropped
 *     bide_poll Name_insert_front(Name *s, struct F future);
 *         the same, before all others: ordered sets only
 *     size_t Name_len(const Name *s);              members whose result was not given yet
 *     void Name_clear(Name *s);                    drops all members; more may be inserted
 *     void Name_drop(Name *s);                     drops all members; nothing may be inserted
 * No member may insert into its own set while it is polled or dropped. */
#define BIDE_FUTURE_SET(Name, F)                                                                   \
    BIDE_PRIV_FUTURE_SET(Name, F, bide_priv_set, BIDE_SEND) struct bide_priv_made
#define BIDE_LOCAL_FUTURE_SET(Name, F)                                                             \
    BIDE_PRIV_FUTURE_SET(Name, F, bide_priv_local_set, 0) struct bide_priv_made
#define BIDE_ORDERED_SET(Name, F)                                                                  \
    BIDE_PRIV_ORDERED_SET(Name, F, bide_priv_set, BIDE_SEND) struct bide_priv_made
#define BIDE_LOCAL_ORDERED_SET(Name, F)                                                            \
    BIDE_PRIV_ORDERED_SET(Name, F, bide_priv_local_set, 0) struct bide_priv_made

/* form: the functions; flags: those of F that its futures may have, too. */
#define BIDE_PRIV_FUTURE_SET(Name, F, form, flags)                                                 \
    BIDE_PRIV_APPLY(BIDE_PRIV_SET, Name, F, BIDE_PRIV_SET_AS_READY, form)                          \
    BIDE_PRIV_SET_STREAM(Name, F, form, flags)
#define BIDE_PRIV_ORDERED_SET(Name, F, form, flags)                                                \
    BIDE_PRIV_APPLY(BIDE_PRIV_SET, Name, F, BIDE_PRIV_SET_IN_ORDER, form)                          \
    BIDE_INLINE bide_poll Name##_insert_front(Name *bide_s, struct F bide_future)                  \
    {                                                                                              \
        return Name##_bide_insert(bide_s, &bide_future, true);                                     \
    }                                                                                              \
    BIDE_PRIV_SET_STREAM(Name, F, form, flags)

#define BIDE_PRIV_SET(Name, F, of_kind, form)                                                      \
    BIDE_PRIV_DEMAND(BIDE_PRIV_MAY_DROP(F), Name##_members_##F##_may_have_to_be_dropped,           \
                     "bide: " #Name ": members may have to be dropped, and the cleanup of " #F     \
                     " waits: spawn them")                                                         \
    typedef union F##_result Name##_item;                                                          \
    typedef struct Name {                                                                          \
        bide_priv_set set;                                                                         \
    } Name;                                                                                        \
    BIDE_INLINE void Name##_item_drop(Name##_item *bide_item)                                      \
    {                                                                                              \
        (void)bide_item;                                                                           \
        BIDE_PRIV_OUTPUT_DROP(F, *bide_item)                                                       \
    }                                                                                              \
    BIDE_INLINE void Name##_bide_output_drop(void *bide_output)                                    \
    {                                                                                              \
        Name##_item_drop((Name##_item *)bide_output);                                              \
    }                                                                                              \
    BIDE_INLINE void Name##_init(Name *bide_s, bide_allocator *bide_a)                             \
    {                                                                                              \
        BIDE_PRIV_ZERO(&bide_s->set, sizeof bide_s->set);                                          \
        bide_s->set.type = &F##_type;                                                              \
        bide_s->set.allocator = bide_a;                                                            \
        bide_s->set.output_drop = Name##_bide_output_drop;                                         \
        bide_s->set.kind = of_kind;                                                                \
    }                                                                                              \
    BIDE_INLINE Name Name##_of(bide_allocator *bide_a)                                             \
    {                                                                                              \
        Name bide_s;                                                                               \
        Name##_init(&bide_s, bide_a);                                                              \
        return bide_s;                                                                             \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_bide_insert(Name *bide_s, struct F *bide_future, bool bide_front) \
    {                                                                                              \
        struct F *bide_at = (struct F *)form##_place(&bide_s->set);                                \
        if (!bide_at) {                                                                            \
            F##_drop(bide_future);                                                                 \
            return bide_priv_box_refused(bide_s->set.allocator);                                   \
        }                                                                                          \
        BIDE_PRIV_CHECK_INIT(F, bide_at)                                                           \
        BIDE_PRIV_COPY(bide_at, bide_future, sizeof(struct F));                                    \
        form##_commit(&bide_s->set, bide_at, bide_front);                                          \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_insert(Name *bide_s, struct F bide_future)                        \
    {                                                                                              \
        return Name##_bide_insert(bide_s, &bide_future, false);                                    \
    }

#define BIDE_PRIV_SET_STREAM(Name, F, form, flags)                                                 \
    BIDE_PRIV_SET_REST(Name, form)                                                                 \
    BIDE_INLINE bide_size_hint Name##_size_hint(Name *bide_s)                                      \
    {                                                                                              \
        return bide_size_hint_of(bide_s->set.count, bide_s->set.count);                            \
    }                                                                                              \
    BIDE_PRIV_STREAM_NEXT(Name, ((int)F##_flags & (int)(flags)) | (int)BIDE_UNPIN)

/* What sets of futures and of streams have in common. */
#define BIDE_PRIV_SET_REST(Name, form)                                                             \
    BIDE_INLINE size_t Name##_len(const Name *bide_s) { return bide_s->set.count; }                \
    BIDE_INLINE void Name##_clear(Name *bide_s) { form##_clear(&bide_s->set); }                    \
    BIDE_INLINE bide_poll Name##_poll_next(Name *bide_s, bide_context *bide_cx,                    \
                                           Name##_item *bide_item)                                 \
    {                                                                                              \
        return form##_poll_next(&bide_s->set, bide_cx, bide_item);                                 \
    }                                                                                              \
    BIDE_INLINE void Name##_trace(Name *bide_s, bide_tracer *bide_tr)                              \
    {                                                                                              \
        bide_priv_set_trace(&bide_s->set, bide_tr);                                                \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(Name *bide_s) { form##_drop(&bide_s->set); }

#endif
