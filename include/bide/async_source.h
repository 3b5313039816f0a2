/*
 * bide/async_source.h: the words of async C, for files that bidec compiles.
 *
 * Include it last in X.async.c. Such a file is valid C: in an editor, and for bidec, an async
 * function is an ordinary function of its Output, and `await(f(x))` an expression of that type.
 * Compiled with BIDE_BLOCKING defined, by a compiler that knows GNU C, it *is* a program that
 * blocks: await calls, and the callees are whatever functions of the same names are linked
 * (bide/blocking.h makes them).
 * bidec leaves this header out of what it writes.
 *
 *     async T f(args) { ... }     an async function; T is void or any complete type. It makes the
 *                                 future type f. A prototype in a header says bide_async
 *     async_send T f(args)        the same, and its future must be BIDE_SEND
 *     await(f(x))                 waits for a future of any making; an expression of its Output.
 *                                 A failure of the child ends the function with the same code,
 *                                 behind its cleanups
 *     await_try(f(x))             the same, and a negative result is returned at once;
 *     await_try(f(x), is_error)   the same, where is_error(result) decides
 *     await_catch(f(x))           waits, and gives the poll result (bide_poll): BIDE_READY or a
 *     await_catch(f(x), lvalue)   failure code. The result goes to the lvalue
 *     fail(code);                 ends the function with a failure code (negative), behind its
 *                                 cleanups: BIDE_ENOMEM of an own allocation
 *     await(boxed(f(x)))          the child's frame comes from the context's allocator: recursion
 *     async T x = f(args);        a child that runs beside this function from the first await,
 *                                 join, select or race that names it; x is only named in these and
 *                                 in drop. Dropped at the end of its scope if it did not finish;
 *                                 cancelled, if f is of this file and its cleanup waits.
 *                                 T is not void: a variable must have a value
 *     await(x)                    waits for it; its value, as often as you like
 *     join(x, y, ...)             waits for all; then await(x) gives each value at once
 *     select(x, y, ...)           waits for the first that is ready, and gives its number from 0;
 *                                 the others go on. With five arguments it is POSIX select
 *     race(x, y, ...)             the same, and the others are dropped
 *     drop(x)                     drops it now
 *     scoped(fn) T x = ...;       fn(&x) runs at every way out of the scope, cancellation included.
 *                                 If fn is async, it is awaited, and the future has `cancel`:
 *                                 see bide/cancel.h
 *     owned(fn, p);               first in a body: parameter p is released with fn(&p) exactly once
 *                                 when the future ends, polled or not; p is not assigned. What was
 *                                 moved out of it through its address must have left p empty (a
 *                                 blocking build releases a copy of what p was at first)
 *     spawn(where, f(x))          a task of its own; bide_poll: BIDE_READY, or why there is none
 *     spawn(where, f(x), &join)   the same with a join handle
 *     async_gen T f(args)         makes a stream of T: each yield(item) gives one to f_poll_next
 *     yield(item);
 *     await_next(lvalue, x)       x is `async T x = gen(args)`: the next item, or false at the end
 *     impl(I)                     in parameters: any type that implements interface I;
 *     instantiate(f, T);          a copy of f named f_T that works on the type T
 */
#ifndef BIDE_ASYNC_SOURCE_H
#define BIDE_ASYNC_SOURCE_H

#include <bide/generated.h>
#ifdef BIDE_BLOCKING
#include <bide/blocking.h>
#endif

#define async BIDE_PRIV_ANNOTATE("bide.async")
#define async_send BIDE_PRIV_ANNOTATE("bide.async_send")
#ifdef __clang__ /* its body falls off its end: that is the end of the stream */
#define async_gen                                                                                  \
    _Pragma("clang diagnostic ignored \"-Wreturn-type\"") BIDE_PRIV_ANNOTATE("bide.async_gen")
#else
#define async_gen
#endif
#define impl(I) I

#ifndef BIDE_BLOCKING

/* Never defined: their names mark the words in the syntax tree. */
extern const char bide_word_await, bide_word_try, bide_word_catch, bide_word_next, bide_word_boxed,
    bide_word_join, bide_word_select, bide_word_race, bide_word_drop, bide_word_spawn,
    bide_word_yield, bide_word_owned, bide_word_fail;

#if defined(__clang__) && !defined(BIDE_VIEW) /* an editor: fn is used, and of the right type */
#define scoped(fn) __attribute__((annotate("bide.scoped=" #fn), cleanup(fn)))
#else
#define scoped(fn) BIDE_PRIV_ANNOTATE("bide.scoped=" #fn)
#endif
#define owned(fn, p) ((void)bide_word_owned, (void)sizeof((fn)(&(p)), 0), (void)(p))
#define await(call) ((void)bide_word_await, (call))
#define await_try(...)                                                                             \
    BIDE_PRIV_CAT(BIDE_PRIV_VIEW_TRY_, BIDE_PRIV_COUNT(__VA_ARGS__))(__VA_ARGS__)
#define BIDE_PRIV_VIEW_TRY_1(call) ((void)bide_word_try, (call))
#define BIDE_PRIV_VIEW_TRY_2(call, is_error)                                                       \
    ((void)bide_word_try, (void)sizeof((is_error)(call)), (void)(is_error), (call))
#define await_catch(...)                                                                           \
    BIDE_PRIV_CAT(BIDE_PRIV_VIEW_CATCH_, BIDE_PRIV_COUNT(__VA_ARGS__))(__VA_ARGS__)
#define BIDE_PRIV_VIEW_CATCH_1(call) ((void)bide_word_catch, (void)(call), (bide_poll)BIDE_READY)
#define BIDE_PRIV_VIEW_CATCH_2(call, lvalue)                                                       \
    ((void)bide_word_catch, (void)((lvalue) = (call)), (bide_poll)BIDE_READY)
#define await_next(lvalue, x) ((void)bide_word_next, (void)((lvalue) = (x)), (bool)1)
#define boxed(call) ((void)bide_word_boxed, (call))
#define join(...) ((void)bide_word_join, BIDE_PRIV_VIEW_EACH(__VA_ARGS__)(void)0)
#define race(...) ((void)bide_word_race, BIDE_PRIV_VIEW_EACH(__VA_ARGS__)0)
#define drop(x) ((void)bide_word_drop, (void)(x))
#define spawn(...)                                                                                 \
    BIDE_PRIV_CAT(BIDE_PRIV_VIEW_SPAWN_, BIDE_PRIV_COUNT(__VA_ARGS__))(__VA_ARGS__)
#define BIDE_PRIV_VIEW_SPAWN_2(where, call)                                                        \
    ((void)bide_word_spawn, (void)(where), (void)(call), (bide_poll)BIDE_READY)
#define BIDE_PRIV_VIEW_SPAWN_3(where, call, join)                                                  \
    ((void)bide_word_spawn, (void)(where), (void)(call), (void)(join), (bide_poll)BIDE_READY)
#define yield(item) ((void)bide_word_yield, (void)(item))
#ifdef __clang__
#define fail(code) ((void)bide_word_fail, (void)(code), __builtin_trap())
#else
#define fail(code) ((void)bide_word_fail, (void)(code))
#endif
#define BIDE_PRIV_VIEW_SELECT(...) ((void)bide_word_select, BIDE_PRIV_VIEW_EACH(__VA_ARGS__)0)

#else /* a program that blocks */

#define scoped(fn) __attribute__((cleanup(fn)))
#define owned(fn, p)                                                                               \
    __attribute__((cleanup(fn), unused)) __typeof__(p) BIDE_PRIV_CAT(bide_own_, __LINE__) = (p);   \
    (void)0
#define await(call) ((void)0, (call))
#define await_try(...)                                                                             \
    BIDE_PRIV_CAT(BIDE_PRIV_VIEW_TRY_, BIDE_PRIV_COUNT(__VA_ARGS__))(__VA_ARGS__)
#define BIDE_PRIV_VIEW_TRY_1(call)                                                                 \
    __extension__({                                                                                \
        __typeof__(call) bide_tried = (call);                                                      \
        if (bide_tried < 0)                                                                        \
            return bide_tried;                                                                     \
        bide_tried;                                                                                \
    })
#define BIDE_PRIV_VIEW_TRY_2(call, is_error)                                                       \
    __extension__({                                                                                \
        __typeof__(call) bide_tried = (call);                                                      \
        if ((is_error)(bide_tried))                                                                \
            return bide_tried;                                                                     \
        bide_tried;                                                                                \
    })
#define await_catch(...)                                                                           \
    BIDE_PRIV_CAT(BIDE_PRIV_VIEW_CATCH_, BIDE_PRIV_COUNT(__VA_ARGS__))(__VA_ARGS__)
#define BIDE_PRIV_VIEW_CATCH_1(call) ((void)(call), (bide_poll)BIDE_READY)
#define BIDE_PRIV_VIEW_CATCH_2(call, lvalue) ((void)((lvalue) = (call)), (bide_poll)BIDE_READY)
#define boxed(call) (call)
#define join(...) (BIDE_PRIV_VIEW_EACH(__VA_ARGS__)(void)0)
#define race(...) (BIDE_PRIV_VIEW_EACH(__VA_ARGS__) 0)
#define drop(x) ((void)(x))
#define fail(code) ((void)(code), __builtin_trap()) /* a program that blocks has no codes */
#define spawn(...)                                                                                 \
    BIDE_PRIV_CAT(BIDE_PRIV_VIEW_SPAWN_, BIDE_PRIV_COUNT(__VA_ARGS__))(__VA_ARGS__)
#define BIDE_PRIV_VIEW_SPAWN_2(where, call) ((void)(where), (void)(call), (bide_poll)BIDE_READY)
#define BIDE_PRIV_VIEW_SPAWN_3(where, call, join)                                                  \
    ((void)(where), (void)(call), (join)->task = NULL, (bide_poll)BIDE_READY)
#define BIDE_PRIV_VIEW_SELECT(...) (BIDE_PRIV_VIEW_EACH(__VA_ARGS__) 0)

/* What a macro of this file makes of others is a future type here, too; its call runs it to its
 * end (bide/blocking.h).  Shape: as BIDE_FUTURE_OF, and static R F(args...) { ... } */
#undef BIDE_FUTURE_OF
#define BIDE_FUTURE_OF(R, F, LIST)                                                                 \
    BIDE_INLINE R F BIDE_PRIV_PARENS(~BIDE_PRIV_OF(LIST, PARAMS));                                 \
    BIDE_PRIV_FUTURE_OF(R, F, LIST)                                                                \
    BIDE_INLINE R F BIDE_PRIV_PARENS(~BIDE_PRIV_OF(LIST, PARAMS))                                  \
    {                                                                                              \
        BIDE_PRIV_BLOCKING_BODY(R, F, BIDE_PRIV_CALL(~BIDE_PRIV_OF(LIST, PASS)))                   \
    }

#endif

/* select of five is POSIX select: all its arguments but the first are pointers. */
#undef select
#define select(...)                                                                                \
    BIDE_PRIV_CAT(BIDE_PRIV_VIEW_SELECT_, BIDE_PRIV_COUNT(__VA_ARGS__))(__VA_ARGS__)
#define BIDE_PRIV_VIEW_SELECT_1(...) BIDE_PRIV_VIEW_SELECT(__VA_ARGS__)
#define BIDE_PRIV_VIEW_SELECT_2(...) BIDE_PRIV_VIEW_SELECT(__VA_ARGS__)
#define BIDE_PRIV_VIEW_SELECT_3(...) BIDE_PRIV_VIEW_SELECT(__VA_ARGS__)
#define BIDE_PRIV_VIEW_SELECT_4(...) BIDE_PRIV_VIEW_SELECT(__VA_ARGS__)
#define BIDE_PRIV_VIEW_SELECT_5(n, r, w, e, t) (select)(n, r, w, e, t)
#define BIDE_PRIV_VIEW_SELECT_6(...) BIDE_PRIV_VIEW_SELECT(__VA_ARGS__)
#define BIDE_PRIV_VIEW_SELECT_7(...) BIDE_PRIV_VIEW_SELECT(__VA_ARGS__)
#define BIDE_PRIV_VIEW_SELECT_8(...) BIDE_PRIV_VIEW_SELECT(__VA_ARGS__)

/* Shape: (void)(x), for each */
#define BIDE_PRIV_VIEW_VOID(x) (void)(x),
#define BIDE_PRIV_VIEW_EACH(...)                                                                   \
    BIDE_PRIV_CAT(BIDE_PRIV_VIEW_EACH_, BIDE_PRIV_COUNT(__VA_ARGS__))(__VA_ARGS__)
#define BIDE_PRIV_VIEW_EACH_1(a) (void)(a),
#define BIDE_PRIV_VIEW_EACH_2(a, ...) (void)(a), BIDE_PRIV_VIEW_EACH_1(__VA_ARGS__)
#define BIDE_PRIV_VIEW_EACH_3(a, ...) (void)(a), BIDE_PRIV_VIEW_EACH_2(__VA_ARGS__)
#define BIDE_PRIV_VIEW_EACH_4(a, ...) (void)(a), BIDE_PRIV_VIEW_EACH_3(__VA_ARGS__)
#define BIDE_PRIV_VIEW_EACH_5(a, ...) (void)(a), BIDE_PRIV_VIEW_EACH_4(__VA_ARGS__)
#define BIDE_PRIV_VIEW_EACH_6(a, ...) (void)(a), BIDE_PRIV_VIEW_EACH_5(__VA_ARGS__)
#define BIDE_PRIV_VIEW_EACH_7(a, ...) (void)(a), BIDE_PRIV_VIEW_EACH_6(__VA_ARGS__)
#define BIDE_PRIV_VIEW_EACH_8(a, ...) (void)(a), BIDE_PRIV_VIEW_EACH_7(__VA_ARGS__)

#define instantiate(f, T) struct bide_instantiate_##f##_##T

/* Running and spawning by macro need the frame, which is not there yet: here the call is only
 * checked. */
#ifndef BIDE_BLOCKING
#undef BIDE_BLOCK_ON
#undef BIDE_BLOCK_ON_TO
#undef BIDE_BLOCK_ON_WITH
#undef BIDE_BLOCK_ON_WITH_TO
#undef BIDE_RUN_UNTIL
#undef BIDE_RUN_UNTIL_TO
#undef BIDE_SPAWN
#undef BIDE_SPAWN_TO
#undef BIDE_SPAWN_WITH
#undef BIDE_SPAWN_THEN
#undef BIDE_SPAWN_THEN_TO
#define BIDE_PRIV_VIEW_RUN(F, args, ...)                                                           \
    (BIDE_PRIV_VIEW_EACH(__VA_ARGS__)(void) sizeof(((void)(F args)), 0), (bide_poll)BIDE_READY)
#define BIDE_BLOCK_ON(F, out, args) BIDE_PRIV_VIEW_RUN(F, args, out)
#define BIDE_BLOCK_ON_TO(code, F, out, args) ((void)((code) = BIDE_PRIV_VIEW_RUN(F, args, out)))
#define BIDE_BLOCK_ON_WITH(F, out, options, args) BIDE_PRIV_VIEW_RUN(F, args, out, options)
#define BIDE_BLOCK_ON_WITH_TO(code, F, out, options, args)                                         \
    ((void)((code) = BIDE_PRIV_VIEW_RUN(F, args, out, options)))
#define BIDE_RUN_UNTIL(ex, F, out, args) BIDE_PRIV_VIEW_RUN(F, args, ex, out)
#define BIDE_RUN_UNTIL_TO(code, ex, F, out, args)                                                  \
    ((void)((code) = BIDE_PRIV_VIEW_RUN(F, args, ex, out)))
#define BIDE_SPAWN(where, F, join, args) BIDE_PRIV_VIEW_RUN(F, args, where, join)
#define BIDE_SPAWN_TO(to, where, F, options, join, args)                                           \
    ((void)((to) = BIDE_PRIV_VIEW_RUN(F, args, where, options, join)))
#define BIDE_SPAWN_WITH(where, F, options, join, args)                                             \
    BIDE_PRIV_VIEW_RUN(F, args, where, options, join)
#define BIDE_SPAWN_THEN(where, F, callback, callback_arg, args)                                    \
    BIDE_PRIV_VIEW_RUN(F, args, where, callback, callback_arg)
#define BIDE_SPAWN_THEN_TO(to, where, F, callback, callback_arg, args)                             \
    ((void)((to) = BIDE_PRIV_VIEW_RUN(F, args, where, callback, callback_arg)))
#endif

/* The vtable is a matter of the async build: here an implementation is only looked at. */
#undef BIDE_IMPL
#undef BIDE_IMPL_AS
#define BIDE_IMPL(I, T) BIDE_IMPL_AS(I, T, T)
#ifndef BIDE_BLOCKING
#define BIDE_IMPL_AS(I, T, prefix) I##_METHODS(BIDE_PRIV_VIEW_METHOD, I, (T, prefix)) struct I
#else
#define BIDE_IMPL_AS(I, T, prefix) struct I
#endif

/* Shape: R prefix_m(T *self, P...); which must agree with the definition; of an interface declared
 * Send it asks for that. */
#define BIDE_PRIV_VIEW_METHOD(I, Self, KIND, R, ...)                                               \
    BIDE_PRIV_APPLY(BIDE_PRIV_VIEW_METHOD_##KIND, I, BIDE_PRIV_EVAL Self, R,                       \
                    BIDE_PRIV_FIRST(__VA_ARGS__),                                                  \
                    (BIDE_PRIV_MAP(BIDE_PRIV_P_DECL, __VA_ARGS__)))
#define BIDE_PRIV_VIEW_METHOD_SYNC(I, T, P, R, m, DECL)                                            \
    R P##_##m(T *bide_self BIDE_PRIV_EVAL DECL);
#define BIDE_PRIV_VIEW_METHOD_ASYNC(I, T, P, R, m, DECL)                                           \
    BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(I##_IS_SEND))(bide_async_send)()                                 \
        R P##_##m(T *bide_self BIDE_PRIV_EVAL DECL);
#define BIDE_PRIV_VIEW_METHOD_POLL(I, T, P, R, m, DECL)                                            \
    bide_poll P##_##m(T *bide_self BIDE_PRIV_EVAL DECL, bide_context *bide_cx, R *bide_out);
#define BIDE_PRIV_VIEW_METHOD_SUPER(I, T, P, R, m, DECL)
#define BIDE_PRIV_VIEW_METHOD_ASYNC_MUT(I, T, P, R, m, DECL)                                       \
    BIDE_PRIV_VIEW_METHOD_ASYNC(I, T, P, R, m, DECL)
#define BIDE_PRIV_VIEW_METHOD_SYNC_MUT(I, T, P, R, m, DECL)                                        \
    BIDE_PRIV_VIEW_METHOD_SYNC(I, T, P, R, m, DECL)
#define BIDE_PRIV_VIEW_METHOD_FN(I, T, P, R, m, DECL)                                              \
    BIDE_PRIV_VIEW_METHOD_SYNC(I, T, P, R, m, DECL)
#define BIDE_PRIV_VIEW_METHOD_ASYNC_DEFAULT(I, T, P, R, m, DECL)                                   \
    BIDE_PRIV_VIEW_METHOD_ASYNC(I, T, P, R, m, DECL)
#define BIDE_PRIV_VIEW_METHOD_ASYNC_MUT_DEFAULT(I, T, P, R, m, DECL)                               \
    BIDE_PRIV_VIEW_METHOD_ASYNC(I, T, P, R, m, DECL)
#define BIDE_PRIV_VIEW_METHOD_SYNC_DEFAULT(I, T, P, R, m, DECL)                                    \
    BIDE_PRIV_VIEW_METHOD_SYNC(I, T, P, R, m, DECL)
#define BIDE_PRIV_VIEW_METHOD_SYNC_MUT_DEFAULT(I, T, P, R, m, DECL)                                \
    BIDE_PRIV_VIEW_METHOD_SYNC(I, T, P, R, m, DECL)
#define BIDE_PRIV_VIEW_METHOD_FN_DEFAULT(I, T, P, R, m, DECL)                                      \
    BIDE_PRIV_VIEW_METHOD_SYNC(I, T, P, R, m, DECL)
#define BIDE_PRIV_VIEW_METHOD_POLL_DEFAULT(I, T, P, R, m, DECL)                                    \
    BIDE_PRIV_VIEW_METHOD_POLL(I, T, P, R, m, DECL)

#endif
