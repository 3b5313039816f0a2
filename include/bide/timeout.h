/*
 * bide/timeout.h: a future that is given so much time, or until then.
 *
 *     BIDE_TIMEOUT(fetch_timed, fetch);        // fetch_timed(uint64_t ms, struct fetch inner)
 *
 *     struct fetch one;
 *     fetch_init(&one, url);
 *     fetch_timed_output got = await(fetch_timed(500, one));
 *     if (got.late) ...                        // it was dropped
 *     else use(got.of.value);
 *
 * The future in it lies in the frame and is polled before the clock is looked at: it wins if both
 * are due, and where it is ready at once no timer is started. The loser is dropped before the
 * result is told. Nothing is allocated. If it has to wait, the runtime must have a clock and
 * timers: a failure BIDE_ENOSYS else. As tokio's timeout and timeout_at.
 */
#ifndef BIDE_TIMEOUT_H
#define BIDE_TIMEOUT_H

#include <bide/made.h>
#include <bide/time.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

/* BIDE_TIMEOUT(Name, F); F with a limit of `ms` milliseconds from the first poll on.
 * BIDE_DEADLINE(Name, F); F until the runtime's clock (bide_now) shows `ns` nanoseconds.
 * A failure of F passes through.
 * Shape: typedef struct Name_timed { bool late; union F_result of; } Name_timed;
 *        a future type Name_timed Name(uint64_t ms, struct F inner)
 *        a future type Name_timed Name(uint64_t ns, struct F inner) */
#define BIDE_TIMEOUT(Name, F) BIDE_PRIV_TIMEOUT(Name, F, bide_sleep, ms)
#define BIDE_DEADLINE(Name, F) BIDE_PRIV_TIMEOUT(Name, F, bide_sleep_until, ns)

#define BIDE_PRIV_TIMEOUT_ROWS(ROW, Name, F, Timer, limit)                                         \
    ROW(TRAITS, BIDE_PRIV_MADE_FLAGS(F) & (int)BIDE_SEND) ROW(TRACE, Name##_bide_tell)             \
    ROW(PARAM, uint64_t, limit) ROW(OWNED, struct F, inner, Name##_bide_let_inner)                 \
    ROW(LOCAL, uint32_t, bide_is) ROW(BUFFER, struct Timer, bide_timer)
enum { BIDE_PRIV_TIMEOUT_NEW, BIDE_PRIV_TIMEOUT_TIMED, BIDE_PRIV_TIMEOUT_OVER };

#define BIDE_PRIV_TIMEOUT(Name, F, Timer, limit)                                                   \
    typedef struct Name##_timed {                                                                  \
        bool late;                                                                                 \
        union F##_result of;                                                                       \
    } Name##_timed;                                                                                \
    BIDE_PRIV_APPLY(BIDE_PRIV_MADE_LET_OF, Name, F, inner)                                         \
    BIDE_INLINE void Name##_bide_tell(const void *bide_f, bide_tracer *bide_tr);                   \
    BIDE_FUTURE_OF(Name##_timed, Name, (BIDE_PRIV_TIMEOUT_ROWS, Name, F, Timer, limit))            \
    BIDE_INLINE void Name##_bide_tell(const void *bide_frame, bide_tracer *bide_tr)                \
    {                                                                                              \
        const struct Name *bide_f = (const struct Name *)bide_frame;                               \
        if (bide_f->bide_is == BIDE_PRIV_TIMEOUT_OVER)                                             \
            return;                                                                                \
        BIDE_PRIV_MADE_TELL(F, &bide_f->inner)                                                     \
        if (bide_f->bide_is == BIDE_PRIV_TIMEOUT_TIMED)                                            \
            BIDE_PRIV_MADE_TELL(Timer, &bide_f->bide_timer)                                        \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll(struct Name *bide_f, bide_context *bide_cx,                  \
                                      Name##_output *bide_out)                                     \
    {                                                                                              \
        bide_poll bide_r, bide_due = BIDE_PENDING;                                                 \
        if (bide_f->bide_is == BIDE_PRIV_TIMEOUT_OVER)                                             \
            return BIDE_EMISUSE;                                                                   \
        bide_r = BIDE_PRIV_MADE_POLL(F, &bide_f->inner, bide_out->of);                             \
        if (bide_r == BIDE_PENDING) {                                                              \
            if (bide_f->bide_is == BIDE_PRIV_TIMEOUT_NEW)                                          \
                Timer##_init(&bide_f->bide_timer, bide_f->limit);                                  \
            bide_f->bide_is = BIDE_PRIV_TIMEOUT_TIMED;                                             \
            bide_due = Timer##_poll(&bide_f->bide_timer, bide_cx, NULL);                           \
            if (bide_due == BIDE_PENDING)                                                          \
                return BIDE_PENDING;                                                               \
            F##_drop(&bide_f->inner);                                                              \
        } else if (bide_f->bide_is == BIDE_PRIV_TIMEOUT_TIMED) {                                   \
            Timer##_drop(&bide_f->bide_timer);                                                     \
        }                                                                                          \
        bide_f->bide_is = BIDE_PRIV_TIMEOUT_OVER;                                                  \
        if (bide_r < 0 || bide_due < 0)                                                            \
            return bide_r < 0 ? bide_r : bide_due;                                                 \
        bide_out->late = bide_due != BIDE_PENDING;                                                 \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(struct Name *bide_f)                                              \
    {                                                                                              \
        if (bide_f->bide_is == BIDE_PRIV_TIMEOUT_OVER)                                             \
            return;                                                                                \
        if (bide_f->bide_is == BIDE_PRIV_TIMEOUT_TIMED)                                            \
            Timer##_drop(&bide_f->bide_timer);                                                     \
        F##_drop(&bide_f->inner);                                                                  \
        bide_f->bide_is = BIDE_PRIV_TIMEOUT_OVER;                                                  \
    }                                                                                              \
    struct bide_priv_made

#endif
