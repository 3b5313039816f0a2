/*
 * bide/join.h: several futures at once, until all are ready.
 *
 *     BIDE_JOIN_OF(both, (fetch, page), (count, users));
 *                                         // both(struct fetch page, struct count users)
 *     both_output got = await(both(page, users));
 *     got.page.value, got.users.value     // by name, whoever was first
 *
 * The children are made futures (bide/made.h), lie in the frame, and are polled in order, each
 * until it is ready. The Outputs are kept in the frame until all are there. A child that ends with
 * a failure ends the join with it: the other children are dropped, their Outputs released (a
 * F_output_drop, where there is one). Nothing is allocated. As join! and try_join! of Rust's
 * futures.
 *
 * A body of bide/async.h can also say ROW(JOIN, ...) and BIDE_AWAIT_JOIN, with the results where it
 * wants them, and bidec has a word `join`.
 */
#ifndef BIDE_JOIN_H
#define BIDE_JOIN_H

#include <bide/made.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

/* BIDE_JOIN_OF(Name, (F, a), (G, b), ...); 2 to 8 children.
 * Shape: typedef struct Name_values { union F_result a; union G_result b; } Name_values;
 *        a future type Name_values Name(struct F a, struct G b) */
#define BIDE_JOIN_OF(Name, ...)                                                                    \
    BIDE_PRIV_ALL(Name, , BIDE_PRIV_ALL_ANY, ~, __VA_ARGS__)

/* BIDE_TRY_JOIN_OF(Name, is_error, (F, a), (G, b), ...); the same, but the first value for which
 * is_error(value), a function or macro, is true ends it: `failed` is Name_is_a or ..., that member
 * holds the error, the others nothing, and the other children have been dropped. Without an error
 * `failed` is Name_is_none. For values below 0: BIDE_IS_NEGATIVE. No child is void.
 * Shape: enum { Name_is_none = -1, Name_is_a, Name_is_b };
 *        typedef struct Name_values { int32_t failed; union F_result a; ... } Name_values;
 *        a future type Name_values Name(struct F a, struct G b) */
#define BIDE_TRY_JOIN_OF(Name, is_error, ...)                                                      \
    enum { Name##_is_none = -1, BIDE_PRIV_EACH(BIDE_PRIV_EACH_IS, Name, __VA_ARGS__) };            \
    BIDE_PRIV_ALL(Name, int32_t failed;, BIDE_PRIV_ALL_GOOD, is_error, __VA_ARGS__)

/* What a value means: nothing, or perhaps the end. */
#define BIDE_PRIV_ALL_ANY(Name, is_error, i, a)
#define BIDE_PRIV_ALL_GOOD(Name, is_error, i, a)                                                   \
    if (bide_r > 0 && is_error(bide_f->bide_values.a.value)) {                                     \
        bide_f->bide_ended &= ~(256u << i);                                                        \
        bide_f->bide_values.failed = i;                                                            \
        *bide_out = bide_f->bide_values;                                                           \
        Name##_drop(bide_f);                                                                       \
        return BIDE_READY;                                                                         \
    }

/* Bit i of bide_ended: child i has ended; bit 8 + i: its value is there; bit 16: all is over. */
#define BIDE_PRIV_ALL_ROWS(ROW, Name, ...)                                                         \
    ROW(TRAITS, (~0 BIDE_PRIV_EACH(BIDE_PRIV_EACH_FLAGS, ~, __VA_ARGS__)))                         \
    ROW(TRACE, Name##_bide_tell)                                                                   \
    BIDE_PRIV_EACH(BIDE_PRIV_EACH_ROW, (ROW, Name), __VA_ARGS__)                                   \
    ROW(LOCAL, uint32_t, bide_ended) ROW(BUFFER, Name##_values, bide_values)

#define BIDE_PRIV_ALL_POLL(X, i, F, a) BIDE_PRIV_ALL_POLL_ONE(BIDE_PRIV_EVAL X, i, F, a)
#define BIDE_PRIV_ALL_POLL_ONE(...) BIDE_PRIV_ALL_POLL_CALL(__VA_ARGS__)
#define BIDE_PRIV_ALL_POLL_CALL(Name, GOOD, is_error, i, F, a)                                     \
    if (!(bide_f->bide_ended & 1u << i)) {                                                         \
        bide_poll bide_r = BIDE_PRIV_MADE_POLL(F, &bide_f->a, bide_f->bide_values.a);              \
        if (bide_r != BIDE_PENDING)                                                                \
            bide_f->bide_ended |= (bide_r > 0 ? 257u : 1u) << i;                                   \
        if (bide_r < 0) {                                                                          \
            Name##_drop(bide_f);                                                                   \
            return bide_r;                                                                         \
        }                                                                                          \
        GOOD(Name, is_error, i, a)                                                                 \
    }
#define BIDE_PRIV_ALL_DROP(X, i, F, a)                                                             \
    if (!(bide_ended & 1u << i)) {                                                                 \
        F##_drop(&bide_f->a);                                                                      \
    } else if (bide_ended & 256u << i) {                                                           \
        BIDE_PRIV_OUTPUT_DROP(F, bide_f->bide_values.a)                                            \
    }
#define BIDE_PRIV_ALL_TELL(X, i, F, a)                                                             \
    if (!(bide_f->bide_ended & 1u << i))                                                           \
        BIDE_PRIV_MADE_TELL(F, &bide_f->a)

#define BIDE_PRIV_ALL(Name, failed, GOOD, is_error, ...)                                           \
    typedef struct Name##_values {                                                                 \
        failed BIDE_PRIV_EACH(BIDE_PRIV_EACH_RESULT, ~, __VA_ARGS__)                               \
    } Name##_values;                                                                               \
    BIDE_PRIV_EACH(BIDE_PRIV_EACH_LET, Name, __VA_ARGS__)                                          \
    BIDE_INLINE void Name##_bide_tell(const void *bide_f, bide_tracer *bide_tr);                   \
    BIDE_FUTURE_OF(Name##_values, Name, (BIDE_PRIV_ALL_ROWS, Name, __VA_ARGS__))                   \
    BIDE_INLINE void Name##_bide_tell(const void *bide_frame, bide_tracer *bide_tr)                \
    {                                                                                              \
        const struct Name *bide_f = (const struct Name *)bide_frame;                               \
        if (bide_f->bide_ended >> 16)                                                              \
            return;                                                                                \
        BIDE_PRIV_EACH(BIDE_PRIV_ALL_TELL, ~, __VA_ARGS__)                                         \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll(struct Name *bide_f, bide_context *bide_cx,                  \
                                      Name##_output *bide_out)                                     \
    {                                                                                              \
        if (bide_f->bide_ended >> 16)                                                              \
            return BIDE_EMISUSE;                                                                   \
        if (!bide_f->bide_ended) {                                                                 \
            BIDE_PRIV_FILLED(bide_f->bide_values)                                                  \
        }                                                                                          \
        BIDE_PRIV_EACH(BIDE_PRIV_ALL_POLL, (Name, GOOD, is_error), __VA_ARGS__)                    \
        if ((bide_f->bide_ended & 255u) !=                                                         \
            (0u BIDE_PRIV_EACH(BIDE_PRIV_EACH_BIT, ~, __VA_ARGS__)))                               \
            return BIDE_PENDING;                                                                   \
        bide_f->bide_ended |= 0x10000u;                                                            \
        BIDE_PRIV_ALL_NONE_##GOOD                                                                  \
        *bide_out = bide_f->bide_values;                                                           \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(struct Name *bide_f)                                              \
    {                                                                                              \
        const uint32_t bide_ended = bide_f->bide_ended;                                            \
        if (bide_ended >> 16)                                                                      \
            return;                                                                                \
        bide_f->bide_ended |= 0x10000u;                                                            \
        BIDE_PRIV_EACH(BIDE_PRIV_ALL_DROP, ~, __VA_ARGS__)                                         \
    }                                                                                              \
    struct bide_priv_made
#define BIDE_PRIV_ALL_NONE_BIDE_PRIV_ALL_ANY
#define BIDE_PRIV_ALL_NONE_BIDE_PRIV_ALL_GOOD bide_f->bide_values.failed = -1;

/* ---- arrays ------------------------------------------------------------------------------- */

/* BIDE_JOIN_ARRAY(Name, F); any number of F, in memory of the caller, who reads the values there
 * when the join is ready: items[i].out.value. The futures belong to the join from its making on,
 * and it ends each of them. Its Output is their number.
 * BIDE_TRY_JOIN_ARRAY(Name, F, is_error); the first value that is_error ends it, and the rest are
 * dropped: the Output is the error's index, or the number of items if there is none. What ended
 * before has its value, and `is` BIDE_ITEM_READY; the values are the caller's to release, also when
 * the join ended early.
 *
 *     fetch_all_item items[3];
 *     for (size_t i = 0; i < 3; i++)
 *         fetch_all_item_init(&items[i], BIDE_MADE(fetch, one, (urls[i])));
 *     await(fetch_all(fetch_all_items_of(items, 3)));
 *
 * Shape: typedef struct Name_item { struct F future; union F_result out; uint32_t is; } Name_item;
 *        typedef struct Name_items { Name_item *at; size_t count; } Name_items;
 *        void Name_item_init(Name_item *item, struct F future);
 *        Name_items Name_items_of(Name_item *at, size_t count);
 *        a future type size_t Name(Name_items items) */
#define BIDE_JOIN_ARRAY(Name, F) BIDE_PRIV_ALL_ARRAY(Name, F, BIDE_PRIV_ITEM_ANY, ~)
#define BIDE_TRY_JOIN_ARRAY(Name, F, is_error)                                                     \
    BIDE_PRIV_ALL_ARRAY(Name, F, BIDE_PRIV_ITEM_GOOD, is_error)

/* How an item stands: it waits; its value is there; it failed, or was dropped. */
enum { BIDE_ITEM_WAITS, BIDE_ITEM_READY, BIDE_ITEM_GONE };

#define BIDE_PRIV_ITEM_ANY(Name, is_error, item, i)
#define BIDE_PRIV_ITEM_GOOD(Name, is_error, item, i)                                               \
    if (is_error((item)->out.value)) {                                                             \
        Name##_drop(bide_f);                                                                       \
        *bide_out = (i);                                                                           \
        return BIDE_READY;                                                                         \
    }
#define BIDE_PRIV_ALL_ARRAY_ROWS(ROW, Name, F)                                                     \
    ROW(TRAITS, BIDE_PRIV_MADE_FLAGS(F) & (int)BIDE_SEND) ROW(TRACE, Name##_bide_tell)             \
    ROW(OWNED, Name##_items, items, Name##_bide_let) ROW(LOCAL, bool, bide_over)
#define BIDE_PRIV_ALL_ARRAY(Name, F, GOOD, is_error)                                               \
    BIDE_PRIV_ASSERT(BIDE_PRIV_MAY_DROP(F),                                                        \
                     "bide: " #Name ": the items may have to be dropped, and the cleanup of " #F   \
                     " waits: spawn them");                                                        \
    typedef struct Name##_item {                                                                   \
        struct F future;                                                                           \
        union F##_result out;                                                                      \
        uint32_t is;                                                                               \
    } Name##_item;                                                                                 \
    typedef struct Name##_items {                                                                  \
        Name##_item *at;                                                                           \
        size_t count;                                                                              \
    } Name##_items;                                                                                \
    BIDE_INLINE void Name##_item_init(Name##_item *item, struct F future)                          \
    {                                                                                              \
        item->future = future;                                                                     \
        item->is = BIDE_ITEM_WAITS;                                                                \
    }                                                                                              \
    BIDE_INLINE Name##_items Name##_items_of(Name##_item *at, size_t count)                        \
    {                                                                                              \
        Name##_items bide_all;                                                                     \
        bide_all.at = at;                                                                          \
        bide_all.count = count;                                                                    \
        return bide_all;                                                                           \
    }                                                                                              \
    BIDE_INLINE void Name##_bide_let(Name##_items bide_all)                                        \
    {                                                                                              \
        for (size_t bide_i = 0; bide_i < bide_all.count; bide_i++)                                 \
            if (bide_all.at[bide_i].is == BIDE_ITEM_WAITS) {                                       \
                F##_drop(&bide_all.at[bide_i].future);                                             \
                bide_all.at[bide_i].is = BIDE_ITEM_GONE;                                           \
            }                                                                                      \
    }                                                                                              \
    BIDE_INLINE void Name##_bide_tell(const void *bide_f, bide_tracer *bide_tr);                   \
    BIDE_FUTURE_OF(size_t, Name, (BIDE_PRIV_ALL_ARRAY_ROWS, Name, F))                              \
    BIDE_INLINE void Name##_bide_tell(const void *bide_frame, bide_tracer *bide_tr)                \
    {                                                                                              \
        const struct Name *bide_f = (const struct Name *)bide_frame;                               \
        for (size_t bide_i = 0; !bide_f->bide_over && bide_i < bide_f->items.count; bide_i++)      \
            if (bide_f->items.at[bide_i].is == BIDE_ITEM_WAITS)                                    \
                BIDE_PRIV_MADE_TELL(F, &bide_f->items.at[bide_i].future)                           \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(struct Name *bide_f)                                              \
    {                                                                                              \
        if (!bide_f->bide_over)                                                                    \
            Name##_bide_let(bide_f->items);                                                        \
        bide_f->bide_over = true;                                                                  \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll(struct Name *bide_f, bide_context *bide_cx,                  \
                                      Name##_output *bide_out)                                     \
    {                                                                                              \
        bool bide_waits = false;                                                                   \
        if (bide_f->bide_over)                                                                     \
            return BIDE_EMISUSE;                                                                   \
        for (size_t bide_i = 0; bide_i < bide_f->items.count; bide_i++) {                          \
            Name##_item *bide_at = &bide_f->items.at[bide_i];                                      \
            bide_poll bide_r;                                                                      \
            if (bide_at->is != BIDE_ITEM_WAITS)                                                    \
                continue;                                                                          \
            bide_r = BIDE_PRIV_MADE_POLL(F, &bide_at->future, bide_at->out);                       \
            if (bide_r == BIDE_PENDING) {                                                          \
                bide_waits = true;                                                                 \
                continue;                                                                          \
            }                                                                                      \
            bide_at->is = bide_r < 0 ? BIDE_ITEM_GONE : BIDE_ITEM_READY;                           \
            if (bide_r < 0) {                                                                      \
                Name##_drop(bide_f);                                                               \
                return bide_r;                                                                     \
            }                                                                                      \
            GOOD(Name, is_error, bide_at, bide_i)                                                  \
        }                                                                                          \
        if (bide_waits)                                                                            \
            return BIDE_PENDING;                                                                   \
        bide_f->bide_over = true;                                                                  \
        *bide_out = bide_f->items.count;                                                           \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    struct bide_priv_made

#endif
