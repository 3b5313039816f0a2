/*
 * bide/bounds.h: asking for BIDE_SEND, BIDE_SYNC and BIDE_UNPIN.
 *
 * What a future type promises is a fact about it: BIDE_SEND, it may be polled and dropped on
 * another thread than it was made on; BIDE_SYNC, several threads may look at it at once;
 * BIDE_UNPIN, it may be moved after it was polled. A list says so by ROW(TRAITS, flags), bidec
 * infers it, an interface declared Send promises it for all of its futures. Code that depends on
 * such a fact asks for it with what is here, as Rust does with bounds on the types that methods
 * return (`T::get(..): Send`, RFC 3654):
 *
 *                               known when compiling              known through a handle
 *     one future                BIDE_REQUIRE_SEND(T_get);         BIDE_DYN_REQUIRE_SEND(I, get, &h)
 *     all of an interface       BIDE_REQUIRE_SEND_ALL(I, T);      BIDE_DYN_REQUIRE_SEND_ALL(I, &h)
 *     as a condition            BIDE_HAS(T_get, flags)            BIDE_DYN_HAS(I, get, &h, flags)
 *                               BIDE_ALL_HAVE(I, T, flags)        BIDE_DYN_ALL_HAVE(I, &h, flags)
 *     any record, any box                                         bide_type_require_send(type)
 *                                                                 bide_box_require_send(&box)
 *
 * T is a type that implements I, or the handle of an interface: generic code (macros over T, or
 * functions that bidec copies) asks the same of both. What asks at run time is for what a program
 * cannot know when it is compiled: objects of plugins, boxes from elsewhere. An executor that moves
 * futures to other threads calls bide_type_require_send before it takes one.
 *
 * The promise of a boxed future holds with its memory: an allocator that is not
 * BIDE_FREE_ANY_THREAD (bide_pool, bide_arena) ties its boxes to its thread, and the calls of a
 * handle that names it. What is said here of a handle takes that into account.
 */
#ifndef BIDE_BOUNDS_H
#define BIDE_BOUNDS_H

#include <bide/implement.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

/* ---- when compiling ----------------------------------------------------------------------- */

/* BIDE_HAS(F, flags): whether the future type F promises all of these flags.
 * BIDE_ALL_HAVE(I, T, flags): whether T_m does for each async row m of the interface I.
 * Shape: integer constant expressions. */
#define BIDE_HAS(F, flags) (((int)F##_flags & (int)(flags)) == (int)(flags))
#define BIDE_ALL_HAVE(I, T, flags) (1 I##_METHODS(BIDE_PRIV_HAVE, I, (T, flags)))

/* BIDE_REQUIRE(F, flags); BIDE_REQUIRE_ALL(I, T, flags); refuse to compile where that is not so. At
 * file scope or in a function. `flags` is written out: it becomes part of the message.
 * Shape: static assertions. */
#define BIDE_REQUIRE(F, flags)                                                                     \
    BIDE_PRIV_ASSERT(BIDE_HAS(F, flags),                                                           \
                     "bide: the future " #F " is not " #flags ", which is asked for here")
#define BIDE_REQUIRE_SEND(F)                                                                       \
    BIDE_PRIV_ASSERT(BIDE_HAS(F, BIDE_SEND),                                                       \
                     "bide: the future " #F " is not BIDE_SEND, which is asked for here")
#define BIDE_REQUIRE_SYNC(F)                                                                       \
    BIDE_PRIV_ASSERT(BIDE_HAS(F, BIDE_SYNC),                                                       \
                     "bide: the future " #F " is not BIDE_SYNC, which is asked for here")
#define BIDE_REQUIRE_UNPIN(F)                                                                      \
    BIDE_PRIV_ASSERT(BIDE_HAS(F, BIDE_UNPIN),                                                      \
                     "bide: the future " #F " is not BIDE_UNPIN, which is asked for here")
#define BIDE_REQUIRE_ALL(I, T, flags)                                                              \
    BIDE_PRIV_IF(BIDE_PRIV_METHODS_OK(I))(I##_METHODS(BIDE_PRIV_REQUIRE, I, (T, flags)))()         \
    BIDE_PRIV_ASSERT(BIDE_PRIV_METHODS_OK(I), "bide: there is no interface " #I ": include the "   \
                     "header of BIDE_INTERFACE(" #I ")")
#define BIDE_REQUIRE_SEND_ALL(I, T) BIDE_REQUIRE_ALL(I, T, BIDE_SEND)

/* Shape: && condition, or an assertion, for each async row. */
#define BIDE_PRIV_HAVE(I, Self, KIND, R, ...)                                                      \
    BIDE_PRIV_IF(BIDE_PRIV_IS_ASYNC(KIND))                                                         \
    (BIDE_PRIV_APPLY(BIDE_PRIV_HAVE_ONE, BIDE_PRIV_EVAL Self, BIDE_PRIV_FIRST(__VA_ARGS__)))()
#define BIDE_PRIV_HAVE_ONE(T, flags, m) && BIDE_HAS(T##_##m, flags)
#define BIDE_PRIV_REQUIRE(I, Self, KIND, R, ...)                                                   \
    BIDE_PRIV_IF(BIDE_PRIV_IS_ASYNC(KIND))                                                         \
    (BIDE_PRIV_APPLY(BIDE_PRIV_REQUIRE_ONE, I, BIDE_PRIV_EVAL Self, BIDE_PRIV_FIRST(__VA_ARGS__)))()
#define BIDE_PRIV_REQUIRE_ONE(I, T, flags, m)                                                      \
    BIDE_PRIV_DEMAND_ALL(BIDE_HAS(T##_##m, flags), T##_##m##_lacks_a_flag_asked_of_all_of_##I,     \
                         "bide: the future " #T "_" #m " is not " #flags ", which is asked of all "\
                         "futures of interface " #I)
/* The same may be asked in many places: the line is a part of the name of what Clang is shown. */
#if defined(__clang__) && !defined(__cplusplus)
#define BIDE_PRIV_DEMAND_ALL(condition, name, text)                                                \
    struct BIDE_PRIV_CAT(bide_asked_##name##_at_, __LINE__) {                                      \
        BIDE_PRIV_DEMAND_MEMBER(condition, name, text)                                             \
    };
#else
#define BIDE_PRIV_DEMAND_ALL(condition, name, text) BIDE_PRIV_DEMAND(condition, name, text)
#endif
#define BIDE_PRIV_IS_ASYNC(KIND) BIDE_PRIV_IS_ONE(BIDE_PRIV_ASYNC_##KIND)
#define BIDE_PRIV_ASYNC_ASYNC 1
#define BIDE_PRIV_ASYNC_ASYNC_MUT 1
#define BIDE_PRIV_ASYNC_ASYNC_DEFAULT 1
#define BIDE_PRIV_ASYNC_ASYNC_MUT_DEFAULT 1

/* ---- through a handle --------------------------------------------------------------------- */

BIDE_PRIV_C_BEGIN

/* Whether a future of this type may be polled and dropped on another thread. Any thread. */
BIDE_INLINE bool bide_type_is_send(const bide_type *type)
{
    return (type->flags & BIDE_SEND) != 0;
}

/* For executors, before they take a future to another thread (in spawn_begin, say): BIDE_READY, or
 * BIDE_EMISUSE if its type is not BIDE_SEND; checked builds stop and name it. Any thread. */
BIDE_INLINE bide_poll bide_type_require_send(const bide_type *type)
{
    if (BIDE_PRIV_LIKELY(bide_type_is_send(type)))
        return BIDE_READY;
    BIDE_PRIV_CHECK_NOT_SEND(type->name, NULL, NULL, "it is not BIDE_SEND")
    return BIDE_EMISUSE;
}

/* The same for a boxed future, which may change threads if its type is BIDE_SEND and its memory may
 * be freed by any thread (bide_box_is_send). The thread that has the box. */
BIDE_INLINE bide_poll bide_box_require_send(const bide_box *box)
{
    if (BIDE_PRIV_LIKELY(bide_box_is_send(box)))
        return BIDE_READY;
    BIDE_PRIV_CHECK_NOT_SEND(box->type->name, NULL, NULL,
                             bide_type_is_send(box->type)
                                 ? "its box is from an allocator that is not BIDE_FREE_ANY_THREAD"
                                 : "it is not BIDE_SEND")
    return BIDE_EMISUSE;
}

/* Whether boxes from this allocator may be freed by any thread. NULL, in a handle, stands for the
 * context's: whoever polls there answers for it. */
BIDE_INLINE bool bide_allocator_is_send(const bide_allocator *a)
{
    return !a || (a->flags & BIDE_FREE_ANY_THREAD);
}

/* Private: what the macros below ask of one method, and what they do with the answer. */
BIDE_INLINE bool bide_priv_dyn_has(const bide_type *type, const bide_allocator *a, uint32_t flags)
{
    return (type->flags & flags) == flags && (!(flags & BIDE_SEND) || bide_allocator_is_send(a));
}

BIDE_INLINE bide_poll bide_priv_dyn_require_send(const bide_interface *i, const bide_vtable *vt,
                                                 const bide_allocator *a, const char *lacking)
{
    if (BIDE_PRIV_LIKELY(!lacking))
        return BIDE_READY;
    (void)i, (void)vt, (void)a;
    BIDE_PRIV_CHECK_NOT_SEND(i->name, lacking, vt->implementation,
                             bide_allocator_is_send(a)
                                 ? "its future is not BIDE_SEND"
                                 : "the handle's allocator is not BIDE_FREE_ANY_THREAD")
    return BIDE_EMISUSE;
}

BIDE_PRIV_C_END

/* BIDE_DYN_HAS(I, m, handle, flags): whether a call of I_m through this handle makes a future with
 * these flags. BIDE_DYN_LACKS(I, handle, flags): the name of the first async method of which that
 * is not so; NULL: there is none. BIDE_DYN_ALL_HAVE(I, handle, flags): whether there is none.
 * `handle` points to an I that is not empty, and is evaluated for each row that is looked at.
 * Shape: expressions of type bool, const char *, bool. */
#define BIDE_DYN_HAS(I, m, handle, flags)                                                          \
    bide_priv_dyn_has(I##_##m##_type_of(handle), (handle)->allocator, (uint32_t)(flags))
#define BIDE_DYN_LACKS(I, handle, flags)                                                           \
    (I##_METHODS(BIDE_PRIV_LACKS, I, (handle, flags))(const char *) NULL)
#define BIDE_DYN_ALL_HAVE(I, handle, flags) (!BIDE_DYN_LACKS(I, handle, flags))

/* BIDE_DYN_REQUIRE_SEND(I, m, handle), BIDE_DYN_REQUIRE_SEND_ALL(I, handle): BIDE_READY, or
 * BIDE_EMISUSE where that is not so for BIDE_SEND; checked builds stop and name interface, method
 * and implementation.  Shape: expressions of type bide_poll. */
#define BIDE_DYN_REQUIRE_SEND(I, m, handle)                                                        \
    bide_priv_dyn_require_send(&I##_interface, &(handle)->vtable->header, (handle)->allocator,     \
                               BIDE_DYN_HAS(I, m, handle, BIDE_SEND) ? NULL : #m)
#define BIDE_DYN_REQUIRE_SEND_ALL(I, handle)                                                       \
    bide_priv_dyn_require_send(&I##_interface, &(handle)->vtable->header, (handle)->allocator,     \
                               BIDE_DYN_LACKS(I, handle, BIDE_SEND))

/* Shape: m lacks it ? "m" : */
#define BIDE_PRIV_LACKS(I, Self, KIND, R, ...)                                                     \
    BIDE_PRIV_IF(BIDE_PRIV_IS_ASYNC(KIND))                                                         \
    (BIDE_PRIV_APPLY(BIDE_PRIV_LACKS_ONE, I, BIDE_PRIV_EVAL Self, BIDE_PRIV_FIRST(__VA_ARGS__)))()
#define BIDE_PRIV_LACKS_ONE(I, handle, flags, m)                                                   \
    !BIDE_DYN_HAS(I, m, handle, flags) ? BIDE_PRIV_STR(m) :

#endif
