/*
 * bide/select.h: several futures at once, until one is ready: race and select.
 *
 *     BIDE_RACE(either, (fetch, near), (fetch, far));
 *                                         // either(struct fetch near, struct fetch far)
 *     either_output first = await(either(near, far));
 *     if (first.winner == either_is_near) use(first.near.value);
 *
 * Both poll their children in order. They differ in what becomes of the losers: a race owns its
 * children, which lie in its frame, and drops them before it tells the result; a select borrows
 * futures that live elsewhere and leaves the losers alone, to be selected again or awaited. Nothing
 * is allocated. As race and select of Rust's futures; bidec has words `race` and `select`.
 */
#ifndef BIDE_SELECT_H
#define BIDE_SELECT_H

#include <bide/made.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

/* ---- race --------------------------------------------------------------------------------- */

/* BIDE_RACE(Name, (F, a), (G, b), ...); 2 to 8 made futures (bide/made.h). The first that is ready,
 * in the order of the list if there are several, ends it; so does a failure.
 * Shape: enum { Name_is_a, Name_is_b };
 *        typedef struct Name_first { int32_t winner; union { union F_result a; ... }; } Name_first;
 *        a future type Name_first Name(struct F a, struct G b) */
#define BIDE_RACE(Name, ...)                                                                       \
    BIDE_PRIV_RACE(Name, BIDE_PRIV_RACE_FAILS, BIDE_PRIV_RACE_ANY, ~, __VA_ARGS__)

/* BIDE_RACE_OK(Name, is_error, (F, a), (G, b), ...); the first without an error: neither a failure
 * nor a value for which is_error(value) is true (BIDE_IS_NEGATIVE for values below 0), which is
 * released. If all have errors, the last of them is the result. No child is void. */
#define BIDE_RACE_OK(Name, is_error, ...)                                                          \
    BIDE_PRIV_RACE(Name, BIDE_PRIV_RACE_GOES_ON, BIDE_PRIV_RACE_GOOD, is_error, __VA_ARGS__)

/* What a failure and a value mean: that it is over, or that the others go on if there are any. */
#define BIDE_PRIV_RACE_FAILS(Name) true
#define BIDE_PRIV_RACE_GOES_ON(Name) (bide_f->bide_ended == Name##_bide_all)
#define BIDE_PRIV_RACE_ANY(Name, is_error, F, a)
#define BIDE_PRIV_RACE_GOOD(Name, is_error, F, a)                                                  \
    if (bide_r > 0 && is_error(bide_v.a.value) && bide_f->bide_ended != Name##_bide_all) {         \
        BIDE_PRIV_OUTPUT_DROP(F, bide_v.a)                                                         \
        bide_r = BIDE_PENDING;                                                                     \
    }

/* Bit i of bide_ended: child i has ended, or been dropped. */
#define BIDE_PRIV_RACE_ROWS(ROW, Name, ...)                                                        \
    ROW(TRAITS, (~0 BIDE_PRIV_EACH(BIDE_PRIV_EACH_FLAGS, ~, __VA_ARGS__)))                         \
    ROW(TRACE, Name##_bide_tell)                                                                   \
    BIDE_PRIV_EACH(BIDE_PRIV_EACH_ROW, (ROW, Name), __VA_ARGS__)                                   \
    ROW(LOCAL, uint32_t, bide_ended)

#define BIDE_PRIV_RACE_POLL(X, i, F, a) BIDE_PRIV_RACE_POLL_ONE(BIDE_PRIV_EVAL X, i, F, a)
#define BIDE_PRIV_RACE_POLL_ONE(...) BIDE_PRIV_RACE_POLL_CALL(__VA_ARGS__)
#define BIDE_PRIV_RACE_POLL_CALL(Name, FAILS, GOOD, is_error, i, F, a)                             \
    if (!(bide_f->bide_ended & 1u << i)) {                                                         \
        bide_poll bide_r = BIDE_PRIV_MADE_POLL(F, &bide_f->a, bide_v.a);                           \
        if (bide_r != BIDE_PENDING)                                                                \
            bide_f->bide_ended |= 1u << i;                                                         \
        GOOD(Name, is_error, F, a)                                                                 \
        if (bide_r > 0 || (bide_r < 0 && FAILS(Name))) {                                           \
            Name##_drop(bide_f);                                                                   \
            if (bide_r < 0)                                                                        \
                return bide_r;                                                                     \
            bide_v.winner = i;                                                                     \
            *bide_out = bide_v;                                                                    \
            return BIDE_READY;                                                                     \
        }                                                                                          \
    }
#define BIDE_PRIV_RACE_DROP(X, i, F, a)                                                            \
    if (!(bide_f->bide_ended & 1u << i))                                                           \
        F##_drop(&bide_f->a);
#define BIDE_PRIV_RACE_TELL(X, i, F, a)                                                            \
    if (!(bide_f->bide_ended & 1u << i))                                                           \
        BIDE_PRIV_MADE_TELL(F, &bide_f->a)

#define BIDE_PRIV_RACE(Name, FAILS, GOOD, is_error, ...)                                           \
    enum {                                                                                         \
        BIDE_PRIV_EACH(BIDE_PRIV_EACH_IS, Name, __VA_ARGS__) Name##_bide_all =                     \
            0u BIDE_PRIV_EACH(BIDE_PRIV_EACH_BIT, ~, __VA_ARGS__)                                  \
    };                                                                                             \
    typedef struct Name##_first {                                                                  \
        int32_t winner;                                                                            \
        union {                                                                                    \
            BIDE_PRIV_EACH(BIDE_PRIV_EACH_RESULT, ~, __VA_ARGS__)                                  \
        };                                                                                         \
    } Name##_first;                                                                                \
    BIDE_PRIV_EACH(BIDE_PRIV_EACH_LET, Name, __VA_ARGS__)                                          \
    BIDE_INLINE void Name##_bide_tell(const void *bide_f, bide_tracer *bide_tr);                   \
    BIDE_FUTURE_OF(Name##_first, Name, (BIDE_PRIV_RACE_ROWS, Name, __VA_ARGS__))                   \
    BIDE_INLINE void Name##_bide_tell(const void *bide_frame, bide_tracer *bide_tr)                \
    {                                                                                              \
        const struct Name *bide_f = (const struct Name *)bide_frame;                               \
        BIDE_PRIV_EACH(BIDE_PRIV_RACE_TELL, ~, __VA_ARGS__)                                        \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll(struct Name *bide_f, bide_context *bide_cx,                  \
                                      Name##_output *bide_out)                                     \
    {                                                                                              \
        Name##_first bide_v;                                                                       \
        if (bide_f->bide_ended == (uint32_t)Name##_bide_all)                                       \
            return BIDE_EMISUSE;                                                                   \
        BIDE_PRIV_FILLED(bide_v)                                                                   \
        BIDE_PRIV_EACH(BIDE_PRIV_RACE_POLL, (Name, FAILS, GOOD, is_error), __VA_ARGS__)            \
        return BIDE_PENDING;                                                                       \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(struct Name *bide_f)                                              \
    {                                                                                              \
        BIDE_PRIV_EACH(BIDE_PRIV_RACE_DROP, ~, __VA_ARGS__)                                        \
        bide_f->bide_ended = (uint32_t)Name##_bide_all;                                            \
    }                                                                                              \
    struct bide_priv_made

/* ---- select ------------------------------------------------------------------------------- */

/* BIDE_SELECT(Name, (F, a), (G, b), ...); 2 to 8 futures that live elsewhere, stay there, and are
 * not dropped by it, whatever becomes of the select. NULL: there is none, or it has ended: it is
 * passed over; with all of them NULL the winner is Name_is_none. The winner has ended, by a value
 * (`code` is BIDE_READY) or by a failure, the code of which is then in `code`: do not give it to a
 * select again, nor drop it.
 *
 * `turn` says who is looked at first: NULL: always the first of the list. Else a counter of the
 * caller's, 0 in the beginning: the one behind the last winner, so that of several that are always
 * ready each wins as often as the others.
 *
 *     struct tick t; struct line l;  ...
 *     for (;;) {
 *         next_output got = await(next(&turn, &t, &l));
 *         if (got.winner == next_is_l) { use(got.l.value); line_init(&l, in); }
 *         ...
 *
 * Shape: enum { Name_is_none = -1, Name_is_a, Name_is_b };
 *        typedef struct Name_selected {
 *            int32_t winner; bide_poll code; union { union F_result a; ... };
 *        } Name_selected;
 *        a future type Name_selected Name(uint32_t *turn, struct F *a, struct G *b) */
#define BIDE_SELECT(Name, ...)                                                                     \
    enum {                                                                                         \
        Name##_is_none = -1,                                                                       \
        BIDE_PRIV_EACH(BIDE_PRIV_EACH_IS, Name, __VA_ARGS__) Name##_bide_count                     \
    };                                                                                             \
    typedef struct Name##_selected {                                                               \
        int32_t winner;                                                                            \
        bide_poll code;                                                                            \
        union {                                                                                    \
            BIDE_PRIV_EACH(BIDE_PRIV_EACH_RESULT, ~, __VA_ARGS__)                                  \
        };                                                                                         \
    } Name##_selected;                                                                             \
    BIDE_INLINE void Name##_bide_tell(const void *bide_f, bide_tracer *bide_tr);                   \
    BIDE_FUTURE_OF(Name##_selected, Name, (BIDE_PRIV_SELECT_ROWS, Name, __VA_ARGS__))              \
    BIDE_INLINE void Name##_bide_tell(const void *bide_frame, bide_tracer *bide_tr)                \
    {                                                                                              \
        const struct Name *bide_f = (const struct Name *)bide_frame;                               \
        BIDE_PRIV_EACH(BIDE_PRIV_SELECT_TELL, ~, __VA_ARGS__)                                      \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(struct Name *bide_f)                                              \
    {                                                                                              \
        BIDE_PRIV_EACH(BIDE_PRIV_SELECT_FORGET, ~, __VA_ARGS__)                                    \
        bide_f->bide_over = true;                                                                  \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll(struct Name *bide_f, bide_context *bide_cx,                  \
                                      Name##_output *bide_out)                                     \
    {                                                                                              \
        const uint32_t bide_count = (uint32_t)Name##_bide_count;                                   \
        const uint32_t bide_from = bide_f->turn ? *bide_f->turn % bide_count : 0;                  \
        Name##_selected bide_v;                                                                    \
        bool bide_waits = false;                                                                   \
        if (bide_f->bide_over)                                                                     \
            return BIDE_EMISUSE;                                                                   \
        BIDE_PRIV_FILLED(bide_v)                                                                   \
        bide_v.winner = -1;                                                                        \
        bide_v.code = BIDE_READY;                                                                  \
        for (uint32_t bide_n = 0; bide_n < bide_count && bide_v.winner < 0; bide_n++) {            \
            bide_poll bide_r = BIDE_PENDING;                                                       \
            const uint32_t bide_i = (bide_from + bide_n) % bide_count;                             \
            switch (bide_i) {                                                                      \
                BIDE_PRIV_EACH(BIDE_PRIV_SELECT_POLL, ~, __VA_ARGS__)                              \
            }                                                                                      \
            if (bide_r != BIDE_PENDING) {                                                          \
                bide_v.winner = (int32_t)bide_i;                                                   \
                bide_v.code = bide_r;                                                              \
            }                                                                                      \
        }                                                                                          \
        if (bide_v.winner < 0 && bide_waits)                                                       \
            return BIDE_PENDING;                                                                   \
        if (bide_v.winner >= 0 && bide_f->turn)                                                    \
            *bide_f->turn = (uint32_t)bide_v.winner + 1;                                           \
        Name##_drop(bide_f);                                                                       \
        *bide_out = bide_v;                                                                        \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    struct bide_priv_made

#define BIDE_PRIV_SELECT_ROWS(ROW, Name, ...)                                                      \
    ROW(TRAITS, ((int)BIDE_UNPIN | ((int)BIDE_SEND                                                 \
                                    BIDE_PRIV_EACH(BIDE_PRIV_EACH_FLAGS, ~, __VA_ARGS__))))        \
    ROW(TRACE, Name##_bide_tell) ROW(PARAM, uint32_t *, turn)                                      \
    BIDE_PRIV_EACH(BIDE_PRIV_SELECT_ROW, (ROW), __VA_ARGS__) ROW(LOCAL, bool, bide_over)
#define BIDE_PRIV_SELECT_ROW(X, i, F, a) BIDE_PRIV_SELECT_ROW_ONE(BIDE_PRIV_EVAL X, F, a)
#define BIDE_PRIV_SELECT_ROW_ONE(...) BIDE_PRIV_SELECT_ROW_CALL(__VA_ARGS__)
#define BIDE_PRIV_SELECT_ROW_CALL(ROW, F, a) ROW(PARAM, struct F *, a)
#define BIDE_PRIV_SELECT_POLL(X, i, F, a)                                                          \
    case i:                                                                                        \
        if (bide_f->a) {                                                                           \
            bide_r = BIDE_PRIV_MADE_POLL(F, bide_f->a, bide_v.a);                                  \
            bide_waits = true;                                                                     \
        }                                                                                          \
        break;
#define BIDE_PRIV_SELECT_FORGET(X, i, F, a) bide_f->a = NULL;
#define BIDE_PRIV_SELECT_TELL(X, i, F, a)                                                          \
    if (bide_f->a)                                                                                 \
        BIDE_PRIV_MADE_TELL(F, bide_f->a)

#endif
