/*
 * bide/blocking.h: plain functions that run a future and wait for its end.
 *
 * A future type's plain prototype `R F(args)` is declared everywhere and defined nowhere. A program
 * that is built from X.async.c with BIDE_BLOCKING (bide/async_source.h) calls it, and so may any
 * program that has no use for async: one source of it says
 *
 *     #include <bide/blocking.h>
 *     BIDE_BLOCKING_CALL(void, bide_sleep);
 *     BIDE_BLOCKING_CALL_OF(fetch_timed_timed, fetch_timed, (uint64_t, ms), (struct fetch, inner));
 *     BIDE_INTERFACE_BLOCKING(Calculator);
 *
 * and these calls exist, each by bide_block_on. A call that fails (BIDE_ENOMEM, a failure of the
 * future) returns zeroes, after BIDE_BLOCKING_FAILED(name, code) was told: a macro that you may
 * define before this header, to print or to end the program. Inside a running executor such a call
 * fails with BIDE_EMISUSE.
 */
#ifndef BIDE_BLOCKING_H
#define BIDE_BLOCKING_H

#include <bide/executor.h>
#include <bide/interface.h>

#ifndef BIDE_BLOCKING_FAILED
#define BIDE_BLOCKING_FAILED(name, code) ((void)(code))
#endif

/* BIDE_BLOCKING_CALL(R, F); for a future type with a frame list F_FRAME.
 * Shape: R F(T a, T b) { run F to its end; return its Output; } */
#define BIDE_BLOCKING_CALL(R, F) BIDE_PRIV_BLOCKING_CALL(R, F)
#define BIDE_PRIV_BLOCKING_CALL(R, F)                                                              \
    R F BIDE_PRIV_PARENS(~F##_FRAME(BIDE_PRIV_ROW_PARAMS))                                         \
    {                                                                                              \
        BIDE_PRIV_BLOCKING_BODY(R, F, BIDE_PRIV_CALL(~F##_FRAME(BIDE_PRIV_ROW_PASS)))              \
    }                                                                                              \
    struct F

/* BIDE_BLOCKING_CALL_OF(R, F, (T, a), ...); the same for one without F_FRAME, which a macro made
 * (BIDE_TIMEOUT and its like, in a header): R and the parameters as that macro tells.
 * Shape: as above */
#define BIDE_BLOCKING_CALL_OF(R, ...)                                                              \
    BIDE_PRIV_APPLY(BIDE_PRIV_BLOCKING_OF, R, BIDE_PRIV_FIRST(__VA_ARGS__),                        \
                    BIDE_PRIV_PARENS(~BIDE_PRIV_MAP(BIDE_PRIV_P_DECL, __VA_ARGS__)),               \
                    BIDE_PRIV_CALL(~BIDE_PRIV_MAP(BIDE_PRIV_P_NAME, __VA_ARGS__)))
#define BIDE_PRIV_BLOCKING_OF(R, F, DECL, CALL)                                                    \
    R F DECL { BIDE_PRIV_BLOCKING_BODY(R, F, CALL) }                                               \
    struct F

/* BIDE_INTERFACE_BLOCKING(I); the same for each async row of an interface, on its handle.
 * Shape: R I_m(I *self, P...) { ... } */
#define BIDE_INTERFACE_BLOCKING(I) I##_METHODS(BIDE_PRIV_BLOCKING, I, ~) struct I
#define BIDE_PRIV_BLOCKING(I, Self, KIND, R, ...)                                                  \
    BIDE_PRIV_APPLY(BIDE_PRIV_BLOCKING_##KIND, I, R, BIDE_PRIV_FIRST(__VA_ARGS__),                 \
                    (BIDE_PRIV_MAP(BIDE_PRIV_P_DECL, __VA_ARGS__)),                                \
                    (BIDE_PRIV_MAP(BIDE_PRIV_P_NAME, __VA_ARGS__)))
#define BIDE_PRIV_BLOCKING_ASYNC(I, R, m, DECL, NAME)                                              \
    R I##_##m(I *bide_self BIDE_PRIV_EVAL DECL)                                                    \
    {                                                                                              \
        BIDE_PRIV_BLOCKING_BODY(R, I##_##m, (bide_self BIDE_PRIV_EVAL NAME))                       \
    }
#define BIDE_PRIV_BLOCKING_ASYNC_MUT(I, R, m, DECL, NAME)                                          \
    BIDE_PRIV_BLOCKING_ASYNC(I, R, m, DECL, NAME)
#define BIDE_PRIV_BLOCKING_ASYNC_DEFAULT(I, R, m, DECL, NAME)                                      \
    BIDE_PRIV_BLOCKING_ASYNC(I, R, m, DECL, NAME)
#define BIDE_PRIV_BLOCKING_ASYNC_MUT_DEFAULT(I, R, m, DECL, NAME)                                  \
    BIDE_PRIV_BLOCKING_ASYNC(I, R, m, DECL, NAME)
#define BIDE_PRIV_BLOCKING_SYNC(I, R, m, DECL, NAME)
#define BIDE_PRIV_BLOCKING_SYNC_MUT(I, R, m, DECL, NAME)
#define BIDE_PRIV_BLOCKING_SYNC_DEFAULT(I, R, m, DECL, NAME)
#define BIDE_PRIV_BLOCKING_SYNC_MUT_DEFAULT(I, R, m, DECL, NAME)
#define BIDE_PRIV_BLOCKING_POLL(I, R, m, DECL, NAME)
#define BIDE_PRIV_BLOCKING_POLL_DEFAULT(I, R, m, DECL, NAME)
#define BIDE_PRIV_BLOCKING_FN(I, R, m, DECL, NAME)
#define BIDE_PRIV_BLOCKING_FN_DEFAULT(I, R, m, DECL, NAME)
#define BIDE_PRIV_BLOCKING_SUPER(I, R, m, DECL, NAME)

/* Shape: a union for the Output, zeroed; block_on; return. */
#define BIDE_PRIV_BLOCKING_BODY(R, F, args)                                                        \
    union F##_result bide_got;                                                                     \
    bide_poll bide_code;                                                                           \
    BIDE_PRIV_ZERO(&bide_got, sizeof bide_got);                                                    \
    BIDE_BLOCK_ON_TO(bide_code, F, (F##_output *)(void *)&bide_got, args);                         \
    if (bide_code < 0)                                                                             \
        BIDE_BLOCKING_FAILED(#F, bide_code);                                                       \
    BIDE_PRIV_IF(BIDE_PRIV_IS_VOID(R))()(return bide_got.value;)

#endif
