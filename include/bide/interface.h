/*
 * bide/interface.h: async interfaces: declare, implement, bind.
 *
 * An interface is one list macro; each row says kind, result, name, parameters:
 *
 *     #define Calculator_METHODS(METHOD, I, Self)                                                 \
 *         METHOD(I, Self, ASYNC, int32_t, add,  (int32_t, a), (int32_t, b))                       \
 *         METHOD(I, Self, ASYNC, void,    reset)                                                  \
 *         METHOD(I, Self, SYNC,  int32_t, last)
 *     BIDE_INTERFACE(Calculator);
 *
 * Kinds of rows, and what a type T writes for them:
 *
 *     ASYNC, ASYNC_MUT   a future type T_m with `T *self` as its first parameter (shared or
 *                        exclusive borrow of the object)
 *     SYNC, SYNC_MUT     R T_m(T *self, P...)
 *     POLL               bide_poll T_m(T *self, P..., bide_context *cx, R *out)
 *     FN                 R T_m(T *self, P...), self to be ignored: it may be NULL
 *     X_DEFAULT          the same, but the interface has an implementation, I_m_default, that
 *                        takes the handle by value in place of `T *self`. A type that writes its
 *                        own says so: #define T_I_HAS_m 1. The others: BIDE_DEFAULTS(I, T);
 *     SUPER              METHOD(I, Self, SUPER, Base, name): T implements Base, too
 *
 * Up to 12 parameters a row, each a pair (type, name); arrays and function pointers need a
 * typedef. The names of parameters are no part of the contract. A method cannot be named bind,
 * query, destroy, interface, vtable or header: the interface gives these itself; nor can two
 * methods be named m and m_poll (or m_init, m_drop, m_start, m_type, ...). Self cannot be used in
 * a row: through a handle the type of another object is not known.
 *
 * What the interface I gives its users. The handle `I` is {self, vtable, allocator}: it does not
 * own, and may be copied freely. A call I_m(&handle, args...) of an ASYNC row is a future type
 * I_m like any other (bide/future.h): code written for futures T_m of a type T runs on I as well.
 * The handle is copied into the call; what it points to must live as long as the call, unless the
 * object is counted (T_HAS_counting in bide/implement.h): then each call keeps it alive. The
 * allocator is where the callee's frame comes from when the call must wait; NULL: the context's.
 *
 * Rows may be added at the end of an interface after a release if they are X_DEFAULT: a call on an
 * implementation that was built before that runs the default.
 *
 * Threads. The futures of an interface are bound to the thread that made them, unless it is
 * declared Send (#define I_IS_SEND 1 beside the list): then every implementation promises BIDE_SEND
 * for each future, and a call's future is BIDE_SEND as well. One list may serve both:
 *
 *     BIDE_INTERFACE(Store);                       implementations may be bound to a thread
 *     #define SendStore_METHODS Store_METHODS
 *     #define SendStore_IS_SEND 1
 *     BIDE_INTERFACE_SEND(SendStore, Store);       these must not; each is a Store as well
 */
#ifndef BIDE_INTERFACE_H
#define BIDE_INTERFACE_H

#include <bide/future.h>
#include <bide/method_list.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

BIDE_PRIV_C_BEGIN

/* ---- binding ------------------------------------------------------------------------------ */

/* Why a vtable could not be bound. All pointers are NULL or live as long as both modules. */
typedef struct bide_mismatch {
    const char *interface_name; /* as the caller knows it */
    const char *implementation; /* as the vtable says */
    const char *method;         /* the first one that differs, or NULL */
    const char *reason;         /* one sentence */
    const char *expected;       /* the row's text here, or NULL */
    const char *found;          /* the row's text there, or NULL */
} bide_mismatch;

/* Checks that a vtable from elsewhere (a plugin, another language) fits an interface as this side
 * knows it: revision, name, for each row text, sizes and alignments, and that no required slot is
 * empty. Rows that the vtable lacks must be defaults. BIDE_READY, or BIDE_EMISMATCH with *why (may
 * be NULL) filled. Any thread; costs a string comparison a row, so do it once. */
BIDE_API bide_poll bide_bind(const bide_interface *expected, const bide_vtable *vtable,
                             bide_mismatch *why);

/* Writes a mismatch as one line of text, cut to `bytes` with its terminator. Returns the length of
 * the whole text, like snprintf. */
BIDE_API size_t bide_mismatch_text(const bide_mismatch *why, char *text, size_t bytes);

/* Private: the same for an interface that is declared Send: the vtable must say so, too. */
BIDE_API bide_poll bide_priv_bind_send(const bide_interface *expected, const bide_vtable *vtable,
                                       bide_mismatch *why);

/* Private: whether two names are equal; the core uses no <string.h>. */
BIDE_API bool bide_priv_same_name(const char *a, const char *b);

BIDE_PRIV_C_END

/* ---- BIDE_INTERFACE ----------------------------------------------------------------------- */

/* BIDE_INTERFACE(I); in a header, from I_METHODS.
 *
 * Shape: struct I_vtable { bide_vtable header; record m; ... };
 *        typedef struct I { void *self; const struct I_vtable *vtable; bide_allocator *allocator; }
 *            I;
 *        static const bide_interface I_interface;
 *        for ASYNC rows   the future type I_m; `const bide_type *I_m_type_of(const I *)`: size,
 *                         alignment and flags of the implementation's frame, before the call
 *        for other rows   a function R I_m(I *self, P...)
 *        for SUPER rows   Base I_as_Base(const I *)
 *        void I_destroy(I *)     asks the vtable to destroy the object; empties the handle
 *        bide_poll I_bind(I *out, void *self, const bide_vtable *, bide_allocator *,
 *                         bide_mismatch *why)      bide_bind; an I that is declared Send asks in
 *                         addition that the vtable's flags say BIDE_SEND
 *        bide_poll I_query(I *out, void *self, const bide_vtable *of_another_interface,
 *                          bide_allocator *)   BIDE_ENOSYS if the object does not implement I */
/* What is said of a bad list is written here, so that few macros are told, as is what looks for two
 * rows of one name; of a good list, which is the costly one, only the latter is expanded. */
#ifdef __cplusplus
#define BIDE_INTERFACE(I)                                                                          \
    BIDE_PRIV_CAT(BIDE_PRIV_INTERFACE_,                                                            \
                  BIDE_PRIV_IS_OK(I##_METHODS(BIDE_PRIV_METHOD_FAULT, I, ~)))                      \
    (I, #I, struct I##_bide_methods { I##_METHODS(BIDE_PRIV_ONCE, I, ~) };,                        \
     static_assert(0, BIDE_PRIV_INTERFACE_REASON(I, I##_METHODS(BIDE_PRIV_METHOD_FAULT, I, ~)));)
#else
#define BIDE_INTERFACE(I)                                                                          \
    BIDE_PRIV_CAT(BIDE_PRIV_INTERFACE_,                                                            \
                  BIDE_PRIV_IS_OK(I##_METHODS(BIDE_PRIV_METHOD_FAULT, I, ~)))                      \
    (I, #I, struct I##_bide_methods { I##_METHODS(BIDE_PRIV_ONCE, I, ~) };,                        \
     _Static_assert(0, BIDE_PRIV_INTERFACE_REASON(I, I##_METHODS(BIDE_PRIV_METHOD_FAULT, I, ~)));)
#endif
#define BIDE_PRIV_INTERFACE_REASON(I, ...)                                                         \
    "bide: interface " #I ": " BIDE_PRIV_REASON(                                                   \
        ("there is no list: #define " #I "_METHODS(METHOD, I, Self) "                              \
         "METHOD(I, Self, KIND, R, name, (T, a), ...) ..."),                                       \
        __VA_ARGS__)
#define BIDE_PRIV_INTERFACE_0(I, name, once, refusal)                                              \
    refusal typedef struct I I;                                                                    \
    struct I
#define BIDE_PRIV_INTERFACE_1(I, name, once, refusal) once BIDE_PRIV_INTERFACE_NAMED(I, name)
#define BIDE_PRIV_INTERFACE_NAMED(I, name)                                                         \
    typedef struct I I;                                                                            \
    struct I##_vtable {                                                                            \
        bide_vtable header;                                                                        \
        I##_METHODS(BIDE_PRIV_VT, I, ~)                                                            \
    };                                                                                             \
    struct BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(I##_IS_SEND))()(BIDE_THREAD_BOUND) I {                    \
        void *self;                                                                                \
        const struct I##_vtable *vtable;                                                           \
        bide_allocator *allocator;                                                                 \
    };                                                                                             \
    static const bide_signature I##_bide_rows[] BIDE_PRIV_UNUSED = {                               \
        I##_METHODS(BIDE_PRIV_SIG, I, ~)};                                                         \
    BIDE_PRIV_INTERFACE_BASE(I, name)                                                              \
    I##_METHODS(BIDE_PRIV_SHIM, I, ~)                                                              \
    BIDE_PRIV_MAY_OMIT                                                                             \
    I##_METHODS(BIDE_PRIV_DYN_TYPE, I, ~)                                                          \
    BIDE_PRIV_MAY_OMIT_END                                                                         \
    struct I

/* What does not depend on the rows; `name` is that of the contract.
 * Shape: I_interface; I_destroy, I_bind, I_query */
#define BIDE_PRIV_INTERFACE_COMMON(I) BIDE_PRIV_INTERFACE_BASE(I, #I)
#define BIDE_PRIV_INTERFACE_BASE(I, name)                                                          \
    static const bide_interface I##_interface BIDE_PRIV_UNUSED = {                                 \
        (uint32_t)sizeof(bide_interface),                                                          \
        (uint32_t)sizeof(bide_signature),                                                          \
        name,                                                                                      \
        (uint32_t)sizeof(struct I##_vtable),                                                       \
        (uint32_t)(sizeof I##_bide_rows / sizeof I##_bide_rows[0]),                                \
        I##_bide_rows};                                                                            \
    enum {                                                                                         \
        I##_bide_flags = (int)BIDE_UNPIN |                                                         \
                         BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(I##_IS_SEND))((int)BIDE_SEND)(0)            \
    };                                                                                             \
    BIDE_INLINE void I##_bide_retain(const I *bide_self)                                           \
    {                                                                                              \
        if (bide_self->vtable->header.retain)                                                      \
            bide_self->vtable->header.retain(bide_self->self);                                     \
    }                                                                                              \
    BIDE_INLINE bide_poll I##_bide_release(const I *bide_self, void *bide_f, bide_poll bide_r)     \
    {                                                                                              \
        if (bide_r != BIDE_PENDING)                                                                \
            ((bide_box *)bide_f)->type = NULL;                                                     \
        if (bide_self->vtable->header.release)                                                     \
            bide_self->vtable->header.release(bide_self->self);                                    \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_INLINE void I##_destroy(I *bide_self)                                                     \
    {                                                                                              \
        BIDE_PRIV_CHECK_DESTROY(I, bide_self)                                                      \
        if (bide_self->vtable && bide_self->vtable->header.destroy)                                \
            bide_self->vtable->header.destroy(bide_self->self);                                    \
        bide_self->self = NULL;                                                                    \
        bide_self->vtable = NULL;                                                                  \
    }                                                                                              \
    BIDE_INLINE bide_poll I##_bind(I *bide_h, void *bide_self, const bide_vtable *bide_vt,         \
                                   bide_allocator *bide_a, bide_mismatch *bide_why)                \
    {                                                                                              \
        bide_poll bide_r = BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(I##_IS_SEND))                             \
            (bide_priv_bind_send)(bide_bind)(&I##_interface, bide_vt, bide_why);                   \
        bide_h->self = bide_self;                                                                  \
        bide_h->vtable = bide_r == BIDE_READY                                                      \
                             ? (const struct I##_vtable *)(const void *)bide_vt                    \
                             : NULL;                                                               \
        bide_h->allocator = bide_a;                                                                \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_INLINE bide_poll I##_query(I *bide_h, void *bide_self, const bide_vtable *bide_vt,        \
                                    bide_allocator *bide_a)                                        \
    {                                                                                              \
        bide_vt = bide_priv_query(bide_vt, name);                                                  \
        if (!bide_vt)                                                                              \
            return BIDE_ENOSYS;                                                                    \
        return I##_bind(bide_h, bide_self, bide_vt, bide_a, NULL);                                 \
    }

/* BIDE_INTERFACE_SEND(S, L); behind BIDE_INTERFACE(L): S is the interface L, of the same list, with
 * futures that are BIDE_SEND: BIDE_IMPL(S, T) refuses a T that has others. To the outside both are
 * one interface, L, and a vtable says by its flags whether it is an S. So what implements S in one
 * library binds as L in another, and a handle converts without a call and keeps its identity.
 * A default of the list is written for each of them: L_m_default, S_m_default. Follows Rust's
 * trait_variant: a local trait, its Send variant, and each implementation of that one is of both.
 *
 * Shape: what BIDE_INTERFACE(S) gives, and
 *        L S_as_L(const S *)                      the same object as a local handle
 *        bool L_try_as_S(const L *, S *out)       whether the object's implementation is an S;
 *                                                 *out is that handle, or empty
 *        S L_as_S(const L *)                      is refused by the compiler, with a word why */
#define BIDE_INTERFACE_SEND(S, L)                                                                  \
    BIDE_PRIV_ASSERT(BIDE_PRIV_SENDS(S, L),                                                        \
                     "bide: BIDE_INTERFACE_SEND(" #S ", " #L ") wants three lines before it: "     \
                     "BIDE_INTERFACE(" #L "); #define " #S "_METHODS " #L "_METHODS; "             \
                     "#define " #S "_IS_SEND 1");                                                  \
    BIDE_PRIV_CAT(BIDE_PRIV_INTERFACE_SEND_, BIDE_PRIV_SENDS(S, L))(S, L)
#define BIDE_PRIV_SENDS(S, L)                                                                      \
    BIDE_PRIV_IF(BIDE_PRIV_IS_OK(S##_METHODS(BIDE_PRIV_METHOD_FAULT, S, ~)))                       \
    (BIDE_PRIV_IS_ONE(S##_IS_SEND))(0)
#define BIDE_PRIV_INTERFACE_SEND_0(S, L)                                                           \
    typedef struct S S;                                                                            \
    struct S
#define BIDE_PRIV_INTERFACE_SEND_1(S, L)                                                           \
    BIDE_PRIV_INTERFACE_NAMED(S, #L);                                                              \
    BIDE_PRIV_ASSERT(sizeof(struct S##_vtable) == sizeof(struct L##_vtable)                        \
                         S##_METHODS(BIDE_PRIV_SAME_SLOT, S, (L)),                                 \
                     "bide: " #S "_METHODS is not " #L "_METHODS");                                \
    BIDE_INLINE L S##_as_##L(const S *bide_self)                                                   \
    {                                                                                              \
        L bide_h;                                                                                  \
        bide_h.self = bide_self->self;                                                             \
        bide_h.vtable = (const struct L##_vtable *)(const void *)bide_self->vtable;                \
        bide_h.allocator = bide_self->allocator;                                                   \
        return bide_h;                                                                             \
    }                                                                                              \
    BIDE_INLINE bool L##_try_as_##S(const L *bide_self, S *bide_h)                                 \
    {                                                                                              \
        const bool bide_is =                                                                       \
            bide_self->vtable && (bide_self->vtable->header.flags & (uint32_t)BIDE_SEND);          \
        bide_h->self = bide_is ? bide_self->self : NULL;                                           \
        bide_h->vtable =                                                                           \
            bide_is ? (const struct S##_vtable *)(const void *)bide_self->vtable : NULL;           \
        bide_h->allocator = bide_is ? bide_self->allocator : NULL;                                 \
        return bide_is;                                                                            \
    }                                                                                              \
    BIDE_PRIV_UNAVAILABLE("bide: a " #L " may be bound to its thread, and a " #S " may not: "      \
                          #L "_try_as_" #S "(&from, &to) asks the object")                         \
    S L##_as_##S(const L *bide_self)
#define BIDE_PRIV_SAME_SLOT(I, Self, KIND, R, ...)                                                 \
    BIDE_PRIV_APPLY(BIDE_PRIV_SAME_SLOT_, I, BIDE_PRIV_EVAL Self, BIDE_PRIV_FIRST(__VA_ARGS__))
#define BIDE_PRIV_SAME_SLOT_(S, L, m)                                                              \
    && offsetof(struct S##_vtable, m) == offsetof(struct L##_vtable, m)

/* A function that is declared so that its use can be refused with a sentence. Clang adds to the
 * second attribute a note for each macro around the declaration. */
#if defined(__has_attribute)
#if __has_attribute(error) && (defined(__clang__) || !__has_attribute(unavailable))
#define BIDE_PRIV_UNAVAILABLE(text) __attribute__((error(text)))
#elif __has_attribute(unavailable)
#define BIDE_PRIV_UNAVAILABLE(text) __attribute__((unavailable(text)))
#endif
#endif
#ifndef BIDE_PRIV_UNAVAILABLE
#define BIDE_PRIV_UNAVAILABLE(text)
#endif

/* The vtable of the interface of that name on the object behind another vtable, or NULL. */
BIDE_INLINE const bide_vtable *bide_priv_query(const bide_vtable *vt, const char *name)
{
    return vt->query ? vt->query(name) : NULL;
}

/* BIDE_QUERY(I2, &out, &handle): whether the object behind a handle of any interface implements
 * I2 as well: BIDE_READY with *out a handle of I2, BIDE_ENOSYS if not, BIDE_EMISMATCH if another
 * revision of it. */
#define BIDE_QUERY(I2, out, handle)                                                                \
    I2##_query((out), (handle)->self, &(handle)->vtable->header, (handle)->allocator)

/* ---- dyn calls ---------------------------------------------------------------------------- */

#define BIDE_PRIV_SHIM(I, Self, KIND, R, ...)                                                      \
    BIDE_PRIV_SHIM_##KIND(I, R, BIDE_PRIV_MAPPER(__VA_ARGS__), __VA_ARGS__, ~)

/* A handle's function.  Shape: R I_m(I *self, P...) { return self->vtable->m(self->self, ...); } */
#define BIDE_PRIV_SHIM_SYNC(I, R, MAP, m, ...)                                                     \
    BIDE_INLINE R I##_##m(I *bide_self MAP(BIDE_PRIV_P_DECL, m, __VA_ARGS__))                      \
    {                                                                                              \
        BIDE_PRIV_CHECK_SYNC(I, m, bide_self, bide_self->vtable->m != NULL)                        \
        BIDE_PRIV_CHECK_SYNC_RESULT(R,                                                             \
            bide_self->vtable->m(bide_self->self MAP(BIDE_PRIV_P_NAME, m, __VA_ARGS__)));          \
    }
#define BIDE_PRIV_SHIM_SYNC_MUT(I, R, MAP, m, ...) BIDE_PRIV_SHIM_SYNC(I, R, MAP, m, __VA_ARGS__)
#define BIDE_PRIV_SHIM_FN(I, R, MAP, m, ...) BIDE_PRIV_SHIM_SYNC(I, R, MAP, m, __VA_ARGS__)
#define BIDE_PRIV_SHIM_POLL(I, R, MAP, m, ...)                                                     \
    BIDE_INLINE bide_poll I##_##m(I *bide_self MAP(BIDE_PRIV_P_DECL, m, __VA_ARGS__),              \
                                  bide_context *bide_cx, R *bide_out)                              \
    {                                                                                              \
        BIDE_PRIV_CHECK_SLOT(I, m, bide_self, bide_self->vtable->m != NULL)                        \
        return bide_self->vtable->m(                                                               \
            bide_self->self MAP(BIDE_PRIV_P_NAME, m, __VA_ARGS__), bide_cx, bide_out);             \
    }
#define BIDE_PRIV_SHIM_SUPER(I, R, MAP, m, ...)                                                    \
    BIDE_INLINE R I##_as_##R(const I *bide_self)                                                   \
    {                                                                                              \
        R bide_h;                                                                                  \
        bide_h.self = bide_self->self;                                                             \
        bide_h.vtable = bide_self->vtable->m;                                                      \
        bide_h.allocator = bide_self->allocator;                                                   \
        return bide_h;                                                                             \
    }

/* Rows with a default: an implementation that was built before the row existed has a shorter
 * vtable. I_m_bide_fallback is defined by BIDE_INTERFACE_DEFAULTS. */
#define BIDE_PRIV_HAS_SLOT(I, vt, m)                                                               \
    BIDE_PRIV_LIKELY((vt)->header.size >=                                                          \
                     offsetof(struct I##_vtable, m) + sizeof(((struct I##_vtable *)0)->m))
#define BIDE_PRIV_SLOT_FILLED(I, vt, m) (!BIDE_PRIV_HAS_SLOT(I, vt, m) || (vt)->m != NULL)
#define BIDE_PRIV_SHIM_SYNC_DEFAULT(I, R, MAP, m, ...)                                             \
    BIDE_INLINE R I##_##m##_bide_fallback(                                                         \
        I bide_self MAP(BIDE_PRIV_P_DECL, m, __VA_ARGS__));                                        \
    BIDE_INLINE R I##_##m(I *bide_self MAP(BIDE_PRIV_P_DECL, m, __VA_ARGS__))                      \
    {                                                                                              \
        BIDE_PRIV_CHECK_SYNC(I, m, bide_self, BIDE_PRIV_SLOT_FILLED(I, bide_self->vtable, m))      \
        BIDE_PRIV_CHECK_SYNC_RESULT(R, (                                                           \
            BIDE_PRIV_HAS_SLOT(I, bide_self->vtable, m)                                            \
                ? bide_self->vtable->m(                                                            \
                      bide_self->self MAP(BIDE_PRIV_P_NAME, m, __VA_ARGS__))                       \
                : I##_##m##_bide_fallback(                                                         \
                      *bide_self MAP(BIDE_PRIV_P_NAME, m, __VA_ARGS__))));                         \
    }
#define BIDE_PRIV_SHIM_SYNC_MUT_DEFAULT(I, R, MAP, m, ...)                                         \
    BIDE_PRIV_SHIM_SYNC_DEFAULT(I, R, MAP, m, __VA_ARGS__)
#define BIDE_PRIV_SHIM_FN_DEFAULT(I, R, MAP, m, ...)                                               \
    BIDE_PRIV_SHIM_SYNC_DEFAULT(I, R, MAP, m, __VA_ARGS__)
#define BIDE_PRIV_SHIM_POLL_DEFAULT(I, R, MAP, m, ...)                                             \
    BIDE_INLINE bide_poll I##_##m##_bide_fallback(                                                 \
        I bide_self MAP(BIDE_PRIV_P_DECL, m, __VA_ARGS__), bide_context *bide_cx,                  \
        R *bide_out);                                                                              \
    BIDE_INLINE bide_poll I##_##m(I *bide_self MAP(BIDE_PRIV_P_DECL, m, __VA_ARGS__),              \
                                  bide_context *bide_cx, R *bide_out)                              \
    {                                                                                              \
        BIDE_PRIV_CHECK_SLOT(I, m, bide_self, BIDE_PRIV_SLOT_FILLED(I, bide_self->vtable, m))      \
        if (BIDE_PRIV_HAS_SLOT(I, bide_self->vtable, m))                                           \
            return bide_self->vtable->m(                                                           \
                bide_self->self MAP(BIDE_PRIV_P_NAME, m, __VA_ARGS__), bide_cx, bide_out);         \
        return I##_##m##_bide_fallback(*bide_self MAP(BIDE_PRIV_P_NAME, m, __VA_ARGS__),           \
                                       bide_cx, bide_out);                                         \
    }

/* A dyn call. The frame holds the call until it is started, then the box; both begin with two
 * pointers of which the second tells them apart by the word that it points to: a vtable begins
 * with BIDE_VTABLE_ABI, a type record with its size. NULL there: finished.
 *
 * A large interface has hundreds of these, and compilers read them all, used or not. So what does
 * not depend on the method's types is in functions below, bide_priv_dyn_*; and what each method has
 * is short.
 *
 * Shape: R I_m(I *, P...); struct I_m { call or box }; and the functions of a future type. */
#define BIDE_PRIV_SHIM_ASYNC(I, R, MAP, m, ...)                                                    \
    BIDE_PRIV_DYN_FRAME(I, R, I##_##m, MAP(BIDE_PRIV_P_FIELD, m, __VA_ARGS__),                     \
                        MAP(BIDE_PRIV_P_DECL, m, __VA_ARGS__))                                     \
    BIDE_PRIV_DYN_SLOT(I, m, I##_##m, MAP(BIDE_PRIV_P_DECL, m, __VA_ARGS__),                       \
                       MAP(BIDE_PRIV_P_NAME, m, __VA_ARGS__))                                      \
    BIDE_PRIV_DYN_FUTURE(I, I##_##m, MAP(BIDE_PRIV_P_DECL, m, __VA_ARGS__),                        \
                         MAP(BIDE_PRIV_P_NAME, m, __VA_ARGS__),                                    \
                         MAP(BIDE_PRIV_P_CALL, m, __VA_ARGS__),                                    \
                         MAP(BIDE_PRIV_P_SET, m, __VA_ARGS__))
#define BIDE_PRIV_SHIM_ASYNC_MUT(I, R, MAP, m, ...)                                                \
    BIDE_PRIV_SHIM_ASYNC(I, R, MAP, m, __VA_ARGS__)
#define BIDE_PRIV_SHIM_ASYNC_DEFAULT(I, R, MAP, m, ...)                                            \
    BIDE_PRIV_DYN_FRAME(I, R, I##_##m, MAP(BIDE_PRIV_P_FIELD, m, __VA_ARGS__),                     \
                        MAP(BIDE_PRIV_P_DECL, m, __VA_ARGS__))                                     \
    BIDE_PRIV_DYN_SLOT_DEFAULT(I, R, m, I##_##m, MAP(BIDE_PRIV_P_DECL, m, __VA_ARGS__),            \
                               MAP(BIDE_PRIV_P_NAME, m, __VA_ARGS__))                              \
    BIDE_PRIV_DYN_FUTURE(I, I##_##m, MAP(BIDE_PRIV_P_DECL, m, __VA_ARGS__),                        \
                         MAP(BIDE_PRIV_P_NAME, m, __VA_ARGS__),                                    \
                         MAP(BIDE_PRIV_P_CALL, m, __VA_ARGS__),                                    \
                         MAP(BIDE_PRIV_P_SET, m, __VA_ARGS__))
#define BIDE_PRIV_SHIM_ASYNC_MUT_DEFAULT(I, R, MAP, m, ...)                                        \
    BIDE_PRIV_SHIM_ASYNC_DEFAULT(I, R, MAP, m, __VA_ARGS__)

#define BIDE_PRIV_DYN_FRAME(I, R, F, FIELDS, DECL)                                                 \
    R F(I *bide_self DECL);                                                                        \
    typedef R F##_output;                                                                          \
    union F##_result {                                                                             \
        char bide_none;                                                                            \
        BIDE_PRIV_IF_VOID(R, , R value;)                                                           \
    };                                                                                             \
    struct F {                                                                                     \
        union {                                                                                    \
            bide_box box;                                                                          \
            struct {                                                                               \
                I bide_h;                                                                          \
                FIELDS                                                                             \
            } call;                                                                                \
        } bide_u;                                                                                  \
    };                                                                                             \
    enum {                                                                                         \
        F##_flags = I##_bide_flags,                                                                \
        F##_bide_owns = 1,                                                                         \
        F##_bide_cancels = 1,                                                                      \
        F##_bide_moved = sizeof(bide_box)                                                          \
    };

/* What looks into the vtable. A row with a default looks first whether its slot is there. */
#define BIDE_PRIV_DYN_SLOT(I, m, F, DECL, NAME)                                                    \
    BIDE_INLINE const bide_type *F##_type_of(const I *bide_self)                                   \
    {                                                                                              \
        return bide_self->vtable->m.type;                                                          \
    }                                                                                              \
    BIDE_INLINE void F##_discard(I *bide_self DECL)                                                \
    {                                                                                              \
        if (bide_self->vtable->m.discard)                                                          \
            bide_self->vtable->m.discard(bide_self->self NAME);                                    \
    }                                                                                              \
    BIDE_PRIV_ALWAYS bide_poll F##_start_box(bide_box *bide_b, I *bide_self DECL,                  \
                                             bide_allocator *bide_a, bide_context *bide_cx,        \
                                             F##_output *bide_out)                                 \
    {                                                                                              \
        BIDE_PRIV_CHECK_CALL(I, m, bide_self, bide_self->vtable->m.start != NULL)                  \
        return BIDE_PRIV_CHECK_CALLED(bide_b, bide_self->vtable->m.start(                          \
            bide_self->self NAME, bide_a ? bide_a : bide_self->allocator, bide_cx, bide_out,       \
            bide_b));                                                                              \
    }
#define BIDE_PRIV_DYN_SLOT_DEFAULT(I, R, m, F, DECL, NAME)                                         \
    BIDE_INLINE bide_poll F##_bide_fallback(bide_box *bide_b, I bide_self DECL,                    \
                                            bide_allocator *bide_a, bide_context *bide_cx,         \
                                            R *bide_out);                                          \
    BIDE_INLINE void F##_bide_fallback_discard(I bide_self DECL);                                  \
    BIDE_INLINE const bide_type *F##_bide_fallback_type(void);                                     \
    BIDE_INLINE const bide_type *F##_type_of(const I *bide_self)                                   \
    {                                                                                              \
        return BIDE_PRIV_HAS_SLOT(I, bide_self->vtable, m) ? bide_self->vtable->m.type             \
                                                           : F##_bide_fallback_type();             \
    }                                                                                              \
    BIDE_INLINE void F##_discard(I *bide_self DECL)                                                \
    {                                                                                              \
        if (!BIDE_PRIV_HAS_SLOT(I, bide_self->vtable, m))                                          \
            F##_bide_fallback_discard(*bide_self NAME);                                            \
        else if (bide_self->vtable->m.discard)                                                     \
            bide_self->vtable->m.discard(bide_self->self NAME);                                    \
    }                                                                                              \
    BIDE_PRIV_ALWAYS bide_poll F##_start_box(bide_box *bide_b, I *bide_self DECL,                  \
                                             bide_allocator *bide_a, bide_context *bide_cx,        \
                                             F##_output *bide_out)                                 \
    {                                                                                              \
        if (!bide_a)                                                                               \
            bide_a = bide_self->allocator;                                                         \
        BIDE_PRIV_CHECK_CALL(I, m, bide_self,                                                      \
            !BIDE_PRIV_HAS_SLOT(I, bide_self->vtable, m) || bide_self->vtable->m.start != NULL)    \
        return BIDE_PRIV_CHECK_CALLED(bide_b,                                                      \
            BIDE_PRIV_HAS_SLOT(I, bide_self->vtable, m)                                            \
                ? bide_self->vtable->m.start(bide_self->self NAME, bide_a, bide_cx, bide_out,      \
                                             bide_b)                                               \
                : F##_bide_fallback(bide_b, *bide_self NAME, bide_a, bide_cx, bide_out));          \
    }

#define BIDE_PRIV_DYN_FUTURE(I, F, DECL, NAME, CALL, SET)                                          \
    BIDE_INLINE void F##_init(struct F *bide_f, I *bide_self DECL)                                 \
    {                                                                                              \
        BIDE_PRIV_CHECK_INIT(F, bide_f)                                                            \
        bide_f->bide_u.call.bide_h = *bide_self;                                                   \
        SET                                                                                        \
        I##_bide_retain(bide_self);                                                                \
    }                                                                                              \
    BIDE_PRIV_ALWAYS bide_poll F##_bide_begin(const int bide_kind, void *bide_at,                  \
                                              I *bide_self DECL, bide_context *bide_cx,            \
                                              F##_output *bide_out)                                \
    {                                                                                              \
        bide_box bide_b;                                                                           \
        return bide_priv_dyn_begun(bide_kind, bide_at, &bide_b, F##_start_box(                     \
            bide_priv_dyn_place(bide_kind, bide_at, &bide_b), bide_self NAME, NULL, bide_cx,       \
            bide_out));                                                                            \
    }                                                                                              \
    BIDE_PRIV_ALWAYS bide_poll F##_start(struct F *bide_f, I *bide_self DECL,                      \
                                         bide_context *bide_cx, F##_output *bide_out)              \
    {                                                                                              \
        return F##_bide_begin(BIDE_PRIV_KID_EMBEDDED, bide_f, bide_self NAME, bide_cx, bide_out);  \
    }                                                                                              \
    BIDE_INLINE bide_poll F##_poll(struct F *bide_f, bide_context *bide_cx, F##_output *bide_out)  \
    {                                                                                              \
        BIDE_PRIV_CHECK_DYN_ENTER(F, bide_f, bide_cx)                                              \
        if (bide_priv_dyn_is_call(bide_f)) {                                                       \
            I bide_h = bide_f->bide_u.call.bide_h;                                                 \
            return BIDE_PRIV_CHECK_DYN_LEAVE(F, bide_f, I##_bide_release(&bide_h, bide_f,          \
                F##_start(bide_f, &bide_h CALL, bide_cx, bide_out)));                              \
        }                                                                                          \
        return BIDE_PRIV_CHECK_DYN_LEAVE(F, bide_f, bide_priv_dyn_poll(bide_f, bide_cx, bide_out));\
    }                                                                                              \
    BIDE_INLINE void F##_drop(struct F *bide_f)                                                    \
    {                                                                                              \
        BIDE_PRIV_CHECK_DYN_DROP(F, bide_f)                                                        \
        if (bide_priv_dyn_is_call(bide_f)) {                                                       \
            I bide_h = bide_f->bide_u.call.bide_h;                                                 \
            F##_discard(&bide_h CALL);                                                             \
            I##_bide_release(&bide_h, bide_f, BIDE_READY);                                         \
            return;                                                                                \
        }                                                                                          \
        bide_priv_dyn_drop(bide_f);                                                                \
    }                                                                                              \
    BIDE_INLINE bide_poll F##_bide_poll(void *bide_f, bide_context *bide_cx, void *bide_out)       \
    {                                                                                              \
        return F##_poll((struct F *)bide_f, bide_cx, (F##_output *)bide_out);                      \
    }                                                                                              \
    BIDE_INLINE void F##_bide_drop(void *bide_f)                                                   \
    {                                                                                              \
        F##_drop((struct F *)bide_f);                                                              \
    }                                                                                              \
    BIDE_INLINE bide_poll F##_bide_cancel(void *bide_f, bide_context *bide_cx)                     \
    {                                                                                              \
        if (bide_priv_dyn_is_box((const bide_box *)bide_f))                                        \
            return BIDE_PRIV_CHECK_CANCEL(F, bide_f, bide_cx,                                      \
                                          bide_priv_dyn_cancel(bide_f, bide_cx));                  \
        F##_bide_drop(bide_f);                                                                     \
        return BIDE_READY;                                                                         \
    }

/* The records, behind all else.  Shape: static const bide_type I_m_type */
#define BIDE_PRIV_DYN_TYPE(I, Self, KIND, R, ...) BIDE_PRIV_DYN_TYPE_##KIND(I, R, __VA_ARGS__, ~)
#define BIDE_PRIV_DYN_TYPE_ASYNC(I, R, m, ...)                                                     \
    static const bide_type I##_##m##_type BIDE_PRIV_UNUSED =                                       \
        BIDE_PRIV_RECORD(R, I##_##m, I##_##m##_bide_cancel, bide_priv_dyn_trace);
#define BIDE_PRIV_DYN_TYPE_ASYNC_MUT(I, R, m, ...) BIDE_PRIV_DYN_TYPE_ASYNC(I, R, m, ~)
#define BIDE_PRIV_DYN_TYPE_ASYNC_DEFAULT(I, R, m, ...) BIDE_PRIV_DYN_TYPE_ASYNC(I, R, m, ~)
#define BIDE_PRIV_DYN_TYPE_ASYNC_MUT_DEFAULT(I, R, m, ...) BIDE_PRIV_DYN_TYPE_ASYNC(I, R, m, ~)
#define BIDE_PRIV_DYN_TYPE_SYNC(I, R, m, ...)
#define BIDE_PRIV_DYN_TYPE_SYNC_MUT(I, R, m, ...)
#define BIDE_PRIV_DYN_TYPE_POLL(I, R, m, ...)
#define BIDE_PRIV_DYN_TYPE_FN(I, R, m, ...)
#define BIDE_PRIV_DYN_TYPE_SUPER(I, R, m, ...)
#define BIDE_PRIV_DYN_TYPE_SYNC_DEFAULT(I, R, m, ...)
#define BIDE_PRIV_DYN_TYPE_SYNC_MUT_DEFAULT(I, R, m, ...)
#define BIDE_PRIV_DYN_TYPE_POLL_DEFAULT(I, R, m, ...)
#define BIDE_PRIV_DYN_TYPE_FN_DEFAULT(I, R, m, ...)

/* Without optimisation, gcc writes out every static object, used or not, with all that it names. An
 * interface has one for each method. Between these two it may leave them out. */
#if defined(__GNUC__) && !defined(__clang__) && !defined(__OPTIMIZE__) && !defined(__cplusplus)
#define BIDE_PRIV_MAY_OMIT                                                                         \
    _Pragma("GCC push_options") _Pragma("GCC optimize(\"toplevel-reorder\")")
#define BIDE_PRIV_MAY_OMIT_END _Pragma("GCC pop_options")
#else
#define BIDE_PRIV_MAY_OMIT
#define BIDE_PRIV_MAY_OMIT_END
#endif

/* Whether a frame holds a box; whether it holds a call that was not started. */
BIDE_INLINE bool bide_priv_dyn_is_box(const bide_box *box)
{
    return box->type && box->type->size != BIDE_VTABLE_ABI;
}

BIDE_INLINE bool bide_priv_dyn_is_call(const void *frame)
{
    const bide_box *box = (const bide_box *)frame;
    return BIDE_PRIV_UNLIKELY(box->type && box->type->size == BIDE_VTABLE_ABI);
}

/* What is pending in a frame without a call, if anything, is polled, cancelled, dropped. */
BIDE_INLINE bide_poll bide_priv_dyn_poll(void *frame, bide_context *cx, void *out)
{
    bide_box *box = (bide_box *)frame;
    bide_poll r;
    if (BIDE_PRIV_UNLIKELY(!box->type))
        return BIDE_EMISUSE;
    r = BIDE_PRIV_CHECK_CALL_POLL(box, box->type->poll(box->frame, cx, out));
    if (r != BIDE_PENDING) {
        bide_box_release(box);
        box->type = NULL;
    }
    return r;
}

BIDE_INLINE bide_poll bide_priv_dyn_cancel(void *frame, bide_context *cx)
{
    bide_box *box = (bide_box *)frame;
    bide_poll r = BIDE_PRIV_CHECK_CALL_POLL(box, bide_cancel(box->type, box->frame, cx));
    if (r != BIDE_PENDING) {
        bide_box_release(box);
        box->type = NULL;
    }
    return r;
}

BIDE_INLINE void bide_priv_dyn_drop(void *frame)
{
    bide_box *box = (bide_box *)frame;
    if (!box->type)
        return;
    BIDE_PRIV_CHECK_CALL_DROP(box)
    bide_box_drop(box);
    box->type = NULL;
}

/* Moves a pending box into a place, word by word; BIDE_ENOMEM: there is none, and it is dropped. */
BIDE_INLINE bide_poll bide_priv_place_box(const bide_priv_place *place, bide_box *box)
{
    bide_box *to = (bide_box *)bide_priv_place_take(place);
    const bide_type *type = box->type;
    if (BIDE_PRIV_UNLIKELY(!to)) {
        BIDE_PRIV_CHECK_NO_MEMORY
        bide_box_drop(box);
        return BIDE_ENOMEM;
    }
#if defined(__GNUC__)
    __asm__("" : "+r"(type)); /* one wide load of two words just stored would wait for them */
#endif
    to->frame = box->frame;
    to->type = type;
    return BIDE_PENDING;
}

/* Where the box of a child goes that is begun: into its slot; if that is a place whose memory is
 * not taken yet, to the caller first, and on from there if it is pending. */
BIDE_PRIV_ALWAYS bide_box *bide_priv_dyn_place(const int kind, void *at, bide_box *box)
{
    return kind == BIDE_PRIV_KID_LAZY ? box : (bide_box *)at;
}

BIDE_PRIV_ALWAYS bide_poll bide_priv_dyn_begun(const int kind, void *at, bide_box *box, bide_poll r)
{
    if (kind != BIDE_PRIV_KID_LAZY)
        return BIDE_PRIV_CHECK_HELD((bide_box *)at, r);
    r = BIDE_PRIV_CHECK_HELD(box, r);
    return r == BIDE_PENDING ? bide_priv_place_box((const bide_priv_place *)at, box) : r;
}

/* A pending dyn call adds nothing to the tree but what is behind it. */
BIDE_INLINE void bide_priv_dyn_trace(const void *frame, bide_tracer *tracer)
{
    const bide_box *box = (const bide_box *)frame;
    if (bide_priv_dyn_is_box(box))
        bide_box_trace(box, tracer);
}

/* ---- defaults ----------------------------------------------------------------------------- */

/* BIDE_INTERFACE_DEFAULTS(I); once, in the header of an interface that has X_DEFAULT rows, behind
 * the declarations of I_m_default: future types (BIDE_ASYNC, BIDE_ASYNC_DECLARE or by hand) whose
 * first parameter is the handle by value, or functions.
 * Shape: the calls that run when an implementation is older than the row. */
#define BIDE_INTERFACE_DEFAULTS(I) I##_METHODS(BIDE_PRIV_FALLBACK, I, ~) struct I
#define BIDE_PRIV_FALLBACK(I, Self, KIND, R, ...)                                                  \
    BIDE_PRIV_APPLY(BIDE_PRIV_FALLBACK_##KIND, I, R, BIDE_PRIV_FIRST(__VA_ARGS__),                 \
                    (BIDE_PRIV_MAP(BIDE_PRIV_P_DECL, __VA_ARGS__)),                                \
                    (BIDE_PRIV_MAP(BIDE_PRIV_P_NAME, __VA_ARGS__)))
#define BIDE_PRIV_FALLBACK_ASYNC(I, R, m, DECL, NAME)
#define BIDE_PRIV_FALLBACK_ASYNC_MUT(I, R, m, DECL, NAME)
#define BIDE_PRIV_FALLBACK_SYNC(I, R, m, DECL, NAME)
#define BIDE_PRIV_FALLBACK_SYNC_MUT(I, R, m, DECL, NAME)
#define BIDE_PRIV_FALLBACK_POLL(I, R, m, DECL, NAME)
#define BIDE_PRIV_FALLBACK_FN(I, R, m, DECL, NAME)
#define BIDE_PRIV_FALLBACK_SUPER(I, R, m, DECL, NAME)
#define BIDE_PRIV_FALLBACK_ASYNC_DEFAULT(I, R, m, DECL, NAME)                                      \
    BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(I##_IS_SEND))                                                    \
    (BIDE_PRIV_DEMAND((int)I##_##m##_default_flags & (int)BIDE_SEND,                               \
                      I##_##m##_default_must_be_BIDE_SEND_for_##I,                                 \
                      "bide: " #I "_" #m "_default is not BIDE_SEND, and interface " #I            \
                      " asks for it"))()                                                           \
    BIDE_INLINE bide_poll I##_##m##_bide_fallback(bide_box *bide_b,                                \
                                                  I bide_self BIDE_PRIV_EVAL DECL,                 \
                                                  bide_allocator *bide_a, bide_context *bide_cx,   \
                                                  R *bide_out)                                     \
    {                                                                                              \
        return I##_##m##_default_start_box(bide_b, bide_self BIDE_PRIV_EVAL NAME, bide_a, bide_cx, \
                                           bide_out);                                              \
    }                                                                                              \
    BIDE_INLINE void I##_##m##_bide_fallback_discard(I bide_self BIDE_PRIV_EVAL DECL)              \
    {                                                                                              \
        I##_##m##_default_discard(bide_self BIDE_PRIV_EVAL NAME);                                  \
    }                                                                                              \
    BIDE_INLINE const bide_type *I##_##m##_bide_fallback_type(void)                                \
    {                                                                                              \
        return &I##_##m##_default_type;                                                            \
    }
#define BIDE_PRIV_FALLBACK_ASYNC_MUT_DEFAULT(I, R, m, DECL, NAME)                                  \
    BIDE_PRIV_FALLBACK_ASYNC_DEFAULT(I, R, m, DECL, NAME)
#define BIDE_PRIV_FALLBACK_SYNC_DEFAULT(I, R, m, DECL, NAME)                                       \
    BIDE_INLINE R I##_##m##_bide_fallback(I bide_self BIDE_PRIV_EVAL DECL)                         \
    {                                                                                              \
        BIDE_PRIV_IF(BIDE_PRIV_IS_VOID(R))()(return)                                               \
            I##_##m##_default(bide_self BIDE_PRIV_EVAL NAME);                                      \
    }
#define BIDE_PRIV_FALLBACK_SYNC_MUT_DEFAULT(I, R, m, DECL, NAME)                                   \
    BIDE_PRIV_FALLBACK_SYNC_DEFAULT(I, R, m, DECL, NAME)
#define BIDE_PRIV_FALLBACK_FN_DEFAULT(I, R, m, DECL, NAME)                                         \
    BIDE_PRIV_FALLBACK_SYNC_DEFAULT(I, R, m, DECL, NAME)
#define BIDE_PRIV_FALLBACK_POLL_DEFAULT(I, R, m, DECL, NAME)                                       \
    BIDE_INLINE bide_poll I##_##m##_bide_fallback(I bide_self BIDE_PRIV_EVAL DECL,                 \
                                                  bide_context *bide_cx, R *bide_out)              \
    {                                                                                              \
        return I##_##m##_default(bide_self BIDE_PRIV_EVAL NAME, bide_cx, bide_out);                \
    }

#endif
