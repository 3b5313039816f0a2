/*
 * bide/implement.h: a type implements an interface.
 *
 *     BIDE_IMPL_DECLARE(Calculator, SlowCalculator);      in a header
 *     BIDE_IMPL(Calculator, SlowCalculator);              in one source
 *
 * For each row m of the interface the type writes what bide/interface.h says: a future type
 * SlowCalculator_m, or a function of that name. BIDE_IMPL checks at compile time that all of them
 * exist and have the right types, and defines the constant vtable.
 *
 * What a type may say about itself, as macros before BIDE_IMPL:
 *
 *     #define T_HAS_destroy 1        void T_destroy(T *self) ends the object: I_destroy(&h)
 *     #define T_HAS_counting 1       void T_retain(T *self) and void T_release(T *self) count the
 *                                    object; a dyn call holds a reference from the moment it is
 *                                    made. With ROW(COUNTED, T *, self, ...) in T's futures, which
 *                                    retain when they start, calls keep the object alive
 *     #define T_I_HAS_m 1            T writes its own m, though the row has a default
 *     #define I_IS_SEND 1            beside I_METHODS, about the interface: every future of an
 *                                    implementation must be BIDE_SEND. BIDE_IMPL checks it, the
 *                                    vtable's flags say so, and a dyn call's future is Send, too
 *     #define T_INTERFACES(ROW, T) ROW(T, I) ROW(T, J)
 *                                    what T implements, for BIDE_QUERY; of an interface and its
 *                                    Send variant only the latter
 *     #define BIDE_THREAD_BOUND_T 1  objects of T stay on their thread (bide/future.h): it cannot
 *                                    implement an interface that is declared Send
 */
#ifndef BIDE_IMPLEMENT_H
#define BIDE_IMPLEMENT_H

#include <bide/interface.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

/* BIDE_IMPL_DECLARE(I, T); or BIDE_IMPL_DECLARE_AS(API, I, T); with the word by which a shared
 * library exports.
 * Shape: extern const struct I_vtable T_I_vtable;
 *        I T_as_I(T *self, bide_allocator *allocator)   a handle; allocator NULL: the context's */
#define BIDE_IMPL_DECLARE(I, T) BIDE_IMPL_DECLARE_AS(, I, T)
#define BIDE_IMPL_DECLARE_AS(API, I, T)                                                            \
    BIDE_PRIV_EXTERN_C API const struct I##_vtable T##_##I##_vtable;                               \
    BIDE_INLINE I T##_as_##I(T *bide_self, bide_allocator *bide_a)                                 \
    {                                                                                              \
        I bide_h;                                                                                  \
        bide_h.self = bide_self;                                                                   \
        bide_h.vtable = &T##_##I##_vtable;                                                         \
        bide_h.allocator = bide_a;                                                                 \
        return bide_h;                                                                             \
    }                                                                                              \
    struct I

/* BIDE_IMPL_DECLARE_LOCAL(S, L, T); behind BIDE_IMPL_DECLARE(S, T), where S is the Send variant of
 * L (BIDE_INTERFACE_SEND): T is an L, too, by the same vtable.
 * Shape: L T_as_L(T *self, bide_allocator *allocator) */
#define BIDE_IMPL_DECLARE_LOCAL(S, L, T)                                                           \
    BIDE_INLINE L T##_as_##L(T *bide_self, bide_allocator *bide_a)                                 \
    {                                                                                              \
        const S bide_h = T##_as_##S(bide_self, bide_a);                                            \
        return S##_as_##L(&bide_h);                                                                \
    }                                                                                              \
    struct L

/* BIDE_IMPL(I, T); BIDE_IMPL_AS(I, T, prefix); the second takes prefix_m for each row in place of
 * T_m: for two interfaces that want the same name with different signatures.
 * Shape: for each row a redeclaration as the check, and typed thunks; const struct I_vtable
 *        T_I_vtable = { header, records }; */
#define BIDE_IMPL(I, T)                                                                            \
    BIDE_PRIV_SINGLE(T##_##I##_bide_single,                                                        \
                     bide_priv_implemented_twice(BIDE_PRIV_IS_SECOND(T##_##I##_bide_single)),      \
                     "bide: BIDE_IMPL(" #I ", " #T ") stands above, too: keep one of them")        \
    BIDE_PRIV_ASSERT(BIDE_PRIV_LISTED(I), "bide: " #T " cannot implement interface " #I ", as "    \
                     "there is no " #I "_METHODS: include the header of BIDE_INTERFACE(" #I ")");  \
    BIDE_PRIV_ASSERT(BIDE_PRIV_OBJECT_FITS(I, T),                                                  \
                     "bide: " #T " is bound to its thread (BIDE_THREAD_BOUND_" #T "), and "        \
                     "interface " #I " is declared Send (" #I "_IS_SEND)");                        \
    BIDE_PRIV_ASKING BIDE_PRIV_ASSERT(BIDE_PRIV_DESTROYS(T), "bide: " #T "_HAS_destroy is 1, and " \
                     "there is no void " #T "_destroy(" #T " *)");                                 \
    BIDE_PRIV_IF(BIDE_PRIV_METHODS_OK(I))(                                                         \
        I##_METHODS(BIDE_PRIV_THUNK, I, (T, T)))() /* bide: first T_m, or BIDE_DEFAULTS(I, T) */   \
    BIDE_PRIV_IMPL(I, T, T)
#define BIDE_IMPL_AS(I, T, prefix)                                                                 \
    BIDE_PRIV_SINGLE(T##_##I##_bide_single,                                                        \
                     bide_priv_implemented_twice(BIDE_PRIV_IS_SECOND(T##_##I##_bide_single)),      \
                     "bide: BIDE_IMPL(" #I ", " #T ") stands above, too: keep one of them")        \
    BIDE_PRIV_ASSERT(BIDE_PRIV_LISTED(I), "bide: " #T " cannot implement interface " #I ", as "    \
                     "there is no " #I "_METHODS: include the header of BIDE_INTERFACE(" #I ")");  \
    BIDE_PRIV_ASSERT(BIDE_PRIV_OBJECT_FITS(I, T),                                                  \
                     "bide: " #T " is bound to its thread (BIDE_THREAD_BOUND_" #T "), and "        \
                     "interface " #I " is declared Send (" #I "_IS_SEND)");                        \
    BIDE_PRIV_ASKING BIDE_PRIV_ASSERT(BIDE_PRIV_DESTROYS(T), "bide: " #T "_HAS_destroy is 1, and " \
                     "there is no void " #T "_destroy(" #T " *)");                                 \
    BIDE_PRIV_IF(BIDE_PRIV_METHODS_OK(I))(                                                         \
        I##_METHODS(BIDE_PRIV_THUNK, I, (T, prefix)))() /* bide: first prefix_m of each row */     \
    BIDE_PRIV_IMPL(I, T, prefix)

/* BIDE_IMPL for a pair that has one: the array is incomplete until the end of the first. gcc goes
 * on behind its message, so names of thunks bear the line; Clang stops, as it would tell all the
 * macros of each redefinition. */
#define BIDE_PRIV_IS_SECOND(single) _Generic(&single, char(*)[1]: 0, default: 1)
#ifdef __cplusplus
#define BIDE_PRIV_SINGLE(single, call, text)
#elif defined(__clang__)
/* From the first such pragma on, Clang looks up the place of whatever it might warn of, which costs
 * users a tenth of the time that their interfaces take. */
#ifdef BIDE_OWN_WARNINGS
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wgcc-compat"
#endif
int bide_priv_implemented_twice(int is_second) __attribute__((diagnose_if(
    is_second, "bide: this BIDE_IMPL stands above, too: keep one of them", "warning")));
#ifdef BIDE_OWN_WARNINGS
#pragma clang diagnostic pop
#endif
#define BIDE_PRIV_SINGLE(single, call, text)                                                       \
    extern char single[];                                                                          \
    _Pragma("clang diagnostic push")                                                               \
    _Pragma("clang diagnostic fatal \"-Wuser-defined-warnings\"")                                  \
    BIDE_PRIV_ASSERT(sizeof(call), text);                                                          \
    _Pragma("clang diagnostic pop") extern char single[2];
#else
#ifdef __GNUC__
#define BIDE_PRIV_AGAIN                                                                            \
    _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wredundant-decls\"")
#define BIDE_PRIV_AGAIN_END _Pragma("GCC diagnostic pop")
#else
#define BIDE_PRIV_AGAIN
#define BIDE_PRIV_AGAIN_END
#endif
#define BIDE_PRIV_SINGLE(single, call, text)                                                       \
    extern char single[];                                                                          \
    BIDE_PRIV_ASSERT(!BIDE_PRIV_IS_SECOND(single), text);                                          \
    BIDE_PRIV_AGAIN extern char single[2]; BIDE_PRIV_AGAIN_END
#endif
#define BIDE_PRIV_HERE(name) BIDE_PRIV_HERE_(name, __LINE__)
#define BIDE_PRIV_HERE_(name, line) BIDE_PRIV_CAT_(name##_, line)

/* Whether a type that says T_HAS_destroy has one. */
#ifdef __cplusplus
#define BIDE_PRIV_DESTROYS(T) true
#else
#define BIDE_PRIV_DESTROYS(T)                                                                      \
    BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(T##_HAS_destroy))                                                \
    (_Generic(T##_destroy((T *)0), int: 0, default: 1))(1)
#endif

#define BIDE_PRIV_IMPL(I, T, prefix)                                                               \
    BIDE_PRIV_IF(BIDE_PRIV_METHODS_OK(I))(                                                         \
        BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(I##_IS_SEND))                                                \
            (I##_METHODS(BIDE_PRIV_SEND_ROW, I, (T, prefix)))())()                                 \
    BIDE_PRIV_ASKED                                                                                \
    BIDE_PRIV_CAT(BIDE_PRIV_IMPL_, BIDE_PRIV_METHODS_OK(I))(I, T, prefix)
#define BIDE_PRIV_OBJECT_FITS(I, T)                                                                \
    BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(I##_IS_SEND))                                                    \
    (BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(BIDE_THREAD_BOUND_##T))(0)(1))(1)
#define BIDE_PRIV_METHODS_OK(I) BIDE_PRIV_IS_OK(I##_METHODS(BIDE_PRIV_METHOD_FAULT, I, ~))
#define BIDE_PRIV_LISTED(I)                                                                        \
    BIDE_PRIV_CAT(BIDE_PRIV_LISTED_, BIDE_PRIV_STATUS(I##_METHODS(BIDE_PRIV_METHOD_FAULT, I, ~)))
#define BIDE_PRIV_LISTED_OK 1
#define BIDE_PRIV_LISTED_BAD 1 /* which BIDE_INTERFACE told */
#define BIDE_PRIV_LISTED_NONE 0
#define BIDE_PRIV_IMPL_0(I, T, prefix) struct I
#define BIDE_PRIV_IMPL_1(I, T, prefix)                                                             \
    BIDE_PRIV_IMPL_OBJECT(I, T)                                                                    \
    BIDE_PRIV_EXTERN_C const struct I##_vtable T##_##I##_vtable;                                   \
    const struct I##_vtable T##_##I##_vtable = {                                                   \
        BIDE_PRIV_IMPL_HEADER(I, T),                                                               \
        I##_METHODS(BIDE_PRIV_ENTRY, I, (T, prefix))}

/* What does not depend on the rows.  Shape: the functions about the object; a bide_vtable */
#define BIDE_PRIV_IMPL_OBJECT(I, T)                                                                \
    BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(T##_HAS_destroy))                                                \
    (static void BIDE_PRIV_HERE(T##_##I##_bide_destroy)(void *bide_self)                           \
     { T##_destroy((T *)bide_self); })()                                                           \
    BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(T##_HAS_counting))                                               \
    (static void BIDE_PRIV_HERE(T##_##I##_bide_retain)(void *bide_self)                            \
     { (void)T##_retain((T *)bide_self); }                                                         \
     static void BIDE_PRIV_HERE(T##_##I##_bide_release)(void *bide_self)                           \
     { T##_release((T *)bide_self); })()                                                           \
    BIDE_PRIV_IF(BIDE_PRIV_HAS_COMMA(T##_INTERFACES(BIDE_PRIV_TICK, T)))                           \
    (BIDE_PRIV_IMPL_QUERY(I, T))()
#define BIDE_PRIV_IMPL_HEADER(I, T)                                                                \
    {BIDE_VTABLE_ABI, (uint32_t)sizeof(struct I##_vtable), &I##_interface, #T,                     \
     BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(I##_IS_SEND))((uint32_t)BIDE_SEND)(0),                          \
     (uint32_t)sizeof(bide_vtable), (uint32_t)sizeof(T), (uint32_t)BIDE_PRIV_ALIGNOF(T),           \
     BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(T##_HAS_destroy))                                               \
     (BIDE_PRIV_HERE(T##_##I##_bide_destroy))(NULL),                                               \
     BIDE_PRIV_IF(BIDE_PRIV_HAS_COMMA(T##_INTERFACES(BIDE_PRIV_TICK, T)))                          \
     (BIDE_PRIV_HERE(T##_##I##_bide_query))(NULL), BIDE_MODULE,                                    \
     BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(T##_HAS_counting))                                              \
     (BIDE_PRIV_HERE(T##_##I##_bide_retain))(NULL),                                                \
     BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(T##_HAS_counting))                                              \
     (BIDE_PRIV_HERE(T##_##I##_bide_release))(NULL)}

/* Thunks, and the checks before them. A type's function or future is compared with the row by its
 * plain prototype; what does not fit is not called, so that one mistake is told once. A future type
 * without a frame list (a generated one) is redeclared instead: "conflicting types" if it differs;
 * and one that is not there at all then makes nothing but implicit declarations. */
#ifdef __cplusplus
#define BIDE_PRIV_CHECK_ROW(I, T, P, R, m, TYPES, TEXT) R P##_##m TYPES;
#define BIDE_PRIV_CHECK_FUTURE(listed, I, T, P, R, m, DECL)                                        \
    enum { BIDE_PRIV_HERE(T##_##I##_##m##_bide_owns) = P##_##m##_bide_owns };                      \
    R P##_##m(T *bide_self BIDE_PRIV_EVAL DECL);
#define BIDE_PRIV_FITTING_1(I, T, m, function, Type) function
#else
#define BIDE_PRIV_CHECK_ROW(I, T, P, R, m, TYPES, TEXT)                                            \
    enum {                                                                                         \
        BIDE_PRIV_HERE(T##_##I##_##m##_bide_unfit) = _Generic(&P##_##m, R(*) TYPES: 0, default: 1) \
    };                                                                                             \
    BIDE_PRIV_DEMAND(!BIDE_PRIV_HERE(T##_##I##_##m##_bide_unfit),                                  \
                     P##_##m##_does_not_fit_interface_##I,                                         \
                     "bide: " #P "_" #m " does not fit interface " #I ", which asks for " TEXT)
#define BIDE_PRIV_CHECK_FUTURE(listed, I, T, P, R, m, DECL)                                        \
    BIDE_PRIV_DEMAND(BIDE_PRIV_IS_FUTURE(P##_##m), P##_##m##_is_missing_for_interface_##I,         \
                     "bide: " #T " has no method " #m " of interface " #I ": declare the future "  \
                     "type " #P "_" #m " before this, as by BIDE_ASYNC(" #R ", " #P "_" #m "), or "\
                     "by BIDE_DEFAULTS if the row has a default")                                  \
    BIDE_PRIV_CHECK_FUTURE_##listed(I, T, P, R, m, DECL)
#define BIDE_PRIV_CHECK_FUTURE_1(I, T, P, R, m, DECL)                                              \
    BIDE_PRIV_CHECK_ROW(I, T, P, R, m, (T * BIDE_PRIV_EVAL DECL),                                  \
                    #R " " #P "_" #m "(" #T " *" BIDE_PRIV_STR(BIDE_PRIV_EVAL DECL) ")")           \
    enum { BIDE_PRIV_HERE(T##_##I##_##m##_bide_owns) = P##_##m##_bide_owns };
#define BIDE_PRIV_CHECK_FUTURE_0(I, T, P, R, m, DECL)                                              \
    enum { BIDE_PRIV_HERE(T##_##I##_##m##_bide_owns) = 1 };                                        \
    R P##_##m(T *bide_self BIDE_PRIV_EVAL DECL);                                                   \
    extern const bide_type P##_##m##_type;
#define BIDE_PRIV_FITTING_1(I, T, m, function, Type)                                               \
    _Generic((char(*)[1 + BIDE_PRIV_HERE(T##_##I##_##m##_bide_unfit)])0,                           \
             char(*)[2]: (Type)0, default: function)
#endif
#define BIDE_PRIV_FITTING_0(I, T, m, function, Type) function
#if defined(__clang__) && !defined(__cplusplus)
/* Clang tells each use of an undeclared name; and, if it guesses what was meant, where that was
 * declared, with all of its macros. So there is one use, beside two names that are equally near, of
 * which it guesses neither. */
#define BIDE_PRIV_CHECK_PLAIN(I, T, P, R, m, TYPES, TEXT)
#define BIDE_PRIV_PLAIN(I, T, P, R, m, TYPES, TEXT)                                                \
    enum { P##_##m##0, P##_##m##1 };                                                               \
    __extension__ const __auto_type bide_plain = P##_##m;                                          \
    BIDE_PRIV_DEMAND(_Generic(bide_plain, R(*) TYPES: 1, default: 0),                              \
                     P##_##m##_does_not_fit_interface_##I, TEXT)
#define BIDE_PRIV_CALL_PLAIN(I, T, m, function, Type)                                              \
    _Generic(bide_plain, Type: bide_plain, default: (Type)0)
#else
#define BIDE_PRIV_CHECK_PLAIN(I, T, P, R, m, TYPES, TEXT)                                          \
    BIDE_PRIV_CHECK_ROW(I, T, P, R, m, TYPES, TEXT)
#define BIDE_PRIV_PLAIN(I, T, P, R, m, TYPES, TEXT)
#define BIDE_PRIV_CALL_PLAIN(I, T, m, function, Type)                                              \
    BIDE_PRIV_FITTING_1(I, T, m, function, Type)
#endif
#define BIDE_PRIV_THUNK(I, Self, KIND, R, ...)                                                     \
    BIDE_PRIV_APPLY(BIDE_PRIV_THUNK_##KIND, I, BIDE_PRIV_EVAL Self, R,                             \
                    BIDE_PRIV_FIRST(__VA_ARGS__),                                                  \
                    (BIDE_PRIV_MAP(BIDE_PRIV_P_DECL, __VA_ARGS__)),                                \
                    (BIDE_PRIV_MAP(BIDE_PRIV_P_NAME, __VA_ARGS__)))
#define BIDE_PRIV_THUNK_ASYNC(I, T, P, R, m, DECL, NAME)                                           \
    BIDE_PRIV_THUNK_LISTED(BIDE_PRIV_IS_EMPTY(P##_##m##_FRAME(BIDE_PRIV_NOTHING)), I, T, P, R, m,  \
                           DECL, NAME)
#define BIDE_PRIV_THUNK_LISTED(...) BIDE_PRIV_THUNK_FUTURE(__VA_ARGS__)
#define BIDE_PRIV_THUNK_FUTURE(listed, I, T, P, R, m, DECL, NAME)                                  \
    BIDE_PRIV_CHECK_FUTURE(listed, I, T, P, R, m, DECL)                                            \
    static void BIDE_PRIV_HERE(T##_##I##_##m##_bide_init)(void *bide_f,                            \
            void *bide_self BIDE_PRIV_EVAL DECL)                                                   \
    {                                                                                              \
        BIDE_PRIV_FITTING_##listed(I, T, m, P##_##m##_init,                                        \
                                   void (*)(struct P##_##m *, T * BIDE_PRIV_EVAL DECL))            \
        ((struct P##_##m *)bide_f, (T *)bide_self BIDE_PRIV_EVAL NAME);                            \
    }                                                                                              \
    static bide_poll BIDE_PRIV_HERE(T##_##I##_##m##_bide_start)(void *bide_self                    \
                                                BIDE_PRIV_EVAL DECL,                               \
                                                bide_allocator *bide_a, bide_context *bide_cx,     \
                                                R *bide_out, bide_box *bide_b)                     \
    {                                                                                              \
        return BIDE_PRIV_CHECK_IMPL(I, T, m, bide_self, bide_b,                                    \
            BIDE_PRIV_FITTING_##listed(                                                            \
                I, T, m, P##_##m##_start_box,                                                      \
                bide_poll (*)(bide_box *, T * BIDE_PRIV_EVAL DECL, bide_allocator *,               \
                              bide_context *, R *))(bide_b, (T *)bide_self BIDE_PRIV_EVAL NAME,    \
                                                    bide_a, bide_cx, bide_out));                   \
    }                                                                                              \
    static void BIDE_PRIV_HERE(T##_##I##_##m##_bide_discard)(void *bide_self BIDE_PRIV_EVAL DECL)  \
    {                                                                                              \
        BIDE_PRIV_FITTING_##listed(I, T, m, P##_##m##_discard, void (*)(T * BIDE_PRIV_EVAL DECL))  \
        ((T *)bide_self BIDE_PRIV_EVAL NAME);                                                      \
    }
#define BIDE_PRIV_THUNK_SYNC(I, T, P, R, m, DECL, NAME)                                            \
    BIDE_PRIV_THUNK_PLAIN(I, T, P, R, m, (T * BIDE_PRIV_EVAL DECL),                                \
                          #R " " #P "_" #m "(" #T " *" BIDE_PRIV_STR(BIDE_PRIV_EVAL DECL) ")",     \
                          (void *bide_self BIDE_PRIV_EVAL DECL),                                   \
                          ((T *)bide_self BIDE_PRIV_EVAL NAME))
#define BIDE_PRIV_THUNK_POLL(I, T, P, R, m, DECL, NAME)                                            \
    BIDE_PRIV_THUNK_PLAIN(I, T, P, bide_poll, m,                                                   \
                          (T * BIDE_PRIV_EVAL DECL, bide_context *, R *),                          \
                          "bide_poll " #P "_" #m "(" #T " *" BIDE_PRIV_STR(BIDE_PRIV_EVAL DECL)    \
                          ", bide_context *, " #R " *)",                                           \
                          (void *bide_self BIDE_PRIV_EVAL DECL, bide_context *bide_cx,             \
                           R *bide_out),                                                           \
                          ((T *)bide_self BIDE_PRIV_EVAL NAME, bide_cx, bide_out))
#define BIDE_PRIV_THUNK_PLAIN(I, T, P, R, m, TYPES, TEXT, PARAMS, ARGS)                            \
    BIDE_PRIV_CHECK_PLAIN(I, T, P, R, m, TYPES, TEXT)                                              \
    static R BIDE_PRIV_HERE(T##_##I##_##m##_bide_call) PARAMS                                      \
    {                                                                                              \
        BIDE_PRIV_PLAIN(I, T, P, R, m, TYPES, TEXT)                                                \
        BIDE_PRIV_IF(BIDE_PRIV_IS_VOID(R))()(return)                                               \
            BIDE_PRIV_CALL_PLAIN(I, T, m, P##_##m, R(*) TYPES) ARGS;                               \
    }
#define BIDE_PRIV_THUNK_SUPER(I, T, P, R, m, DECL, NAME)
#define BIDE_PRIV_THUNK_ASYNC_MUT(I, T, P, R, m, DECL, NAME)                                       \
    BIDE_PRIV_THUNK_ASYNC(I, T, P, R, m, DECL, NAME)
#define BIDE_PRIV_THUNK_SYNC_MUT(I, T, P, R, m, DECL, NAME)                                        \
    BIDE_PRIV_THUNK_SYNC(I, T, P, R, m, DECL, NAME)
#define BIDE_PRIV_THUNK_FN(I, T, P, R, m, DECL, NAME)                                              \
    BIDE_PRIV_THUNK_SYNC(I, T, P, R, m, DECL, NAME)
#define BIDE_PRIV_THUNK_ASYNC_DEFAULT(I, T, P, R, m, DECL, NAME)                                   \
    BIDE_PRIV_THUNK_ASYNC(I, T, P, R, m, DECL, NAME)
#define BIDE_PRIV_THUNK_ASYNC_MUT_DEFAULT(I, T, P, R, m, DECL, NAME)                               \
    BIDE_PRIV_THUNK_ASYNC(I, T, P, R, m, DECL, NAME)
#define BIDE_PRIV_THUNK_SYNC_DEFAULT(I, T, P, R, m, DECL, NAME)                                    \
    BIDE_PRIV_THUNK_SYNC(I, T, P, R, m, DECL, NAME)
#define BIDE_PRIV_THUNK_SYNC_MUT_DEFAULT(I, T, P, R, m, DECL, NAME)                                \
    BIDE_PRIV_THUNK_SYNC(I, T, P, R, m, DECL, NAME)
#define BIDE_PRIV_THUNK_FN_DEFAULT(I, T, P, R, m, DECL, NAME)                                      \
    BIDE_PRIV_THUNK_SYNC(I, T, P, R, m, DECL, NAME)
#define BIDE_PRIV_THUNK_POLL_DEFAULT(I, T, P, R, m, DECL, NAME)                                    \
    BIDE_PRIV_THUNK_POLL(I, T, P, R, m, DECL, NAME)

/* The bound of an interface declared Send.  Shape: a static assertion for each async row. */
#define BIDE_PRIV_SEND_ROW(I, Self, KIND, R, ...)                                                  \
    BIDE_PRIV_APPLY(BIDE_PRIV_SEND_##KIND, I, BIDE_PRIV_EVAL Self, BIDE_PRIV_FIRST(__VA_ARGS__))
#define BIDE_PRIV_SEND_ASYNC(I, T, P, m)                                                           \
    BIDE_PRIV_DEMAND((int)P##_##m##_flags & (int)BIDE_SEND, P##_##m##_must_be_BIDE_SEND_for_##I,   \
                     "bide: " #P "_" #m " is not BIDE_SEND, and interface " #I " asks for it")
#define BIDE_PRIV_SEND_SYNC(I, T, P, m)
#define BIDE_PRIV_SEND_POLL(I, T, P, m)
#define BIDE_PRIV_SEND_FN(I, T, P, m)
#define BIDE_PRIV_SEND_SUPER(I, T, P, m)
#define BIDE_PRIV_SEND_ASYNC_MUT(I, T, P, m) BIDE_PRIV_SEND_ASYNC(I, T, P, m)
#define BIDE_PRIV_SEND_SYNC_MUT(I, T, P, m)
#define BIDE_PRIV_SEND_ASYNC_DEFAULT(I, T, P, m) BIDE_PRIV_SEND_ASYNC(I, T, P, m)
#define BIDE_PRIV_SEND_ASYNC_MUT_DEFAULT(I, T, P, m) BIDE_PRIV_SEND_ASYNC(I, T, P, m)
#define BIDE_PRIV_SEND_SYNC_DEFAULT(I, T, P, m)
#define BIDE_PRIV_SEND_SYNC_MUT_DEFAULT(I, T, P, m)
#define BIDE_PRIV_SEND_FN_DEFAULT(I, T, P, m)
#define BIDE_PRIV_SEND_POLL_DEFAULT(I, T, P, m)

/* Entries of the vtable. */
#define BIDE_PRIV_ENTRY(I, Self, KIND, R, ...)                                                     \
    BIDE_PRIV_APPLY(BIDE_PRIV_ENTRY_##KIND, I, BIDE_PRIV_EVAL Self, R, BIDE_PRIV_FIRST(__VA_ARGS__))
#define BIDE_PRIV_ENTRY_ASYNC(I, T, P, R, m)                                                       \
    {&P##_##m##_type, BIDE_PRIV_HERE(T##_##I##_##m##_bide_init),                                   \
     BIDE_PRIV_HERE(T##_##I##_##m##_bide_start),                                                   \
     BIDE_PRIV_HERE(T##_##I##_##m##_bide_owns)                                                     \
         ? BIDE_PRIV_HERE(T##_##I##_##m##_bide_discard) : NULL},
#define BIDE_PRIV_ENTRY_SYNC(I, T, P, R, m) BIDE_PRIV_HERE(T##_##I##_##m##_bide_call),
#define BIDE_PRIV_ENTRY_SUPER(I, T, P, R, m) &T##_##R##_vtable,
#define BIDE_PRIV_ENTRY_ASYNC_MUT(I, T, P, R, m) BIDE_PRIV_ENTRY_ASYNC(I, T, P, R, m)
#define BIDE_PRIV_ENTRY_SYNC_MUT(I, T, P, R, m) BIDE_PRIV_ENTRY_SYNC(I, T, P, R, m)
#define BIDE_PRIV_ENTRY_POLL(I, T, P, R, m) BIDE_PRIV_ENTRY_SYNC(I, T, P, R, m)
#define BIDE_PRIV_ENTRY_FN(I, T, P, R, m) BIDE_PRIV_ENTRY_SYNC(I, T, P, R, m)
#define BIDE_PRIV_ENTRY_ASYNC_DEFAULT(I, T, P, R, m) BIDE_PRIV_ENTRY_ASYNC(I, T, P, R, m)
#define BIDE_PRIV_ENTRY_ASYNC_MUT_DEFAULT(I, T, P, R, m) BIDE_PRIV_ENTRY_ASYNC(I, T, P, R, m)
#define BIDE_PRIV_ENTRY_SYNC_DEFAULT(I, T, P, R, m) BIDE_PRIV_ENTRY_SYNC(I, T, P, R, m)
#define BIDE_PRIV_ENTRY_SYNC_MUT_DEFAULT(I, T, P, R, m) BIDE_PRIV_ENTRY_SYNC(I, T, P, R, m)
#define BIDE_PRIV_ENTRY_POLL_DEFAULT(I, T, P, R, m) BIDE_PRIV_ENTRY_SYNC(I, T, P, R, m)
#define BIDE_PRIV_ENTRY_FN_DEFAULT(I, T, P, R, m) BIDE_PRIV_ENTRY_SYNC(I, T, P, R, m)

/* What else the object implements, by name. */
#define BIDE_PRIV_IMPL_QUERY(I, T)                                                                 \
    static const bide_vtable *BIDE_PRIV_HERE(T##_##I##_bide_query)(const char *bide_name)          \
    {                                                                                              \
        T##_INTERFACES(BIDE_PRIV_QUERY_ROW, T)                                                     \
        return NULL;                                                                               \
    }
#define BIDE_PRIV_QUERY_ROW(T, J)                                                                  \
    if (bide_priv_same_name(bide_name, J##_interface.name))                                        \
        return &T##_##J##_vtable.header;

/* ---- default methods ---------------------------------------------------------------------- */

/* BIDE_DEFAULTS(I, T); behind BIDE_IMPL_DECLARE(I, T) and before the bodies that use them: gives T
 * each X_DEFAULT row that it does not write itself, as a future type or function T_m like any
 * other. A default is dyn inside, also on the static path: it works on a handle.
 * BIDE_DEFAULTS_AS(I, T, prefix); the same as prefix_m, beside BIDE_IMPL_AS.
 * Shape: struct T_m { struct I_m_default inner; }; and the functions of a future type, or
 *        static inline R T_m(T *self, P...) { return I_m_default(T_as_I(self, NULL), ...); } */
#define BIDE_DEFAULTS(I, T)                                                                        \
    BIDE_PRIV_DEFAULTING                                                                           \
    I##_METHODS(BIDE_PRIV_DEFAULT, I, (T, T)) /* bide: of its own: #define T_I_HAS_m 1 */          \
    BIDE_PRIV_ASKED struct I
#define BIDE_DEFAULTS_AS(I, T, prefix)                                                             \
    BIDE_PRIV_DEFAULTING                                                                           \
    I##_METHODS(BIDE_PRIV_DEFAULT, I, (T, prefix)) /* bide: of its own: #define T_I_HAS_m 1 */     \
    BIDE_PRIV_ASKED struct I
/* Clang would tell of a function that is there already that it has other attributes, too. */
#if defined(__clang__) && !defined(__cplusplus)
#define BIDE_PRIV_DEFAULTING                                                                       \
    _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wignored-attributes\"")
#else
#define BIDE_PRIV_DEFAULTING BIDE_PRIV_ASKING
#endif
#define BIDE_PRIV_DEFAULT(I, Self, KIND, R, ...)                                                   \
    BIDE_PRIV_APPLY(BIDE_PRIV_DEFAULT_##KIND, I, BIDE_PRIV_EVAL Self, R,                           \
                    BIDE_PRIV_FIRST(__VA_ARGS__),                                                  \
                    (BIDE_PRIV_MAP(BIDE_PRIV_P_DECL, __VA_ARGS__)),                                \
                    (BIDE_PRIV_MAP(BIDE_PRIV_P_NAME, __VA_ARGS__)))
#define BIDE_PRIV_DEFAULT_ASYNC(I, T, P, R, m, DECL, NAME)
#define BIDE_PRIV_DEFAULT_ASYNC_MUT(I, T, P, R, m, DECL, NAME)
#define BIDE_PRIV_DEFAULT_SYNC(I, T, P, R, m, DECL, NAME)
#define BIDE_PRIV_DEFAULT_SYNC_MUT(I, T, P, R, m, DECL, NAME)
#define BIDE_PRIV_DEFAULT_POLL(I, T, P, R, m, DECL, NAME)
#define BIDE_PRIV_DEFAULT_FN(I, T, P, R, m, DECL, NAME)
#define BIDE_PRIV_DEFAULT_SUPER(I, T, P, R, m, DECL, NAME)
#define BIDE_PRIV_DEFAULT_ASYNC_DEFAULT(I, T, P, R, m, DECL, NAME)                                 \
    BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(T##_##I##_HAS_##m))                                              \
    ()(BIDE_PRIV_IF(BIDE_PRIV_IS_EMPTY(P##_##m##_FRAME(BIDE_PRIV_NOTHING)))                        \
       (BIDE_PRIV_DEMAND(0, T##_##I##_HAS_##m##_is_not_defined_as_1,                               \
                         "bide: " #T " has its own " #P "_" #m ": #define " #T "_" #I "_HAS_" #m   \
                         " 1 before BIDE_DEFAULTS(" #I ", " #T ")"))                               \
       (BIDE_PRIV_DELEGATE(T, R, P##_##m, I##_##m##_default, T##_as_##I, DECL, NAME)))
#define BIDE_PRIV_DEFAULT_ASYNC_MUT_DEFAULT(I, T, P, R, m, DECL, NAME)                             \
    BIDE_PRIV_DEFAULT_ASYNC_DEFAULT(I, T, P, R, m, DECL, NAME)
#define BIDE_PRIV_DEFAULT_SYNC_DEFAULT(I, T, P, R, m, DECL, NAME)                                  \
    BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(T##_##I##_HAS_##m))                                              \
    ()(BIDE_INLINE R P##_##m(T *bide_self BIDE_PRIV_EVAL DECL) {                                   \
        BIDE_PRIV_IF(BIDE_PRIV_IS_VOID(R))()(return)                                               \
            I##_##m##_default(T##_as_##I(bide_self, NULL) BIDE_PRIV_EVAL NAME);                    \
    })
#define BIDE_PRIV_DEFAULT_SYNC_MUT_DEFAULT(I, T, P, R, m, DECL, NAME)                              \
    BIDE_PRIV_DEFAULT_SYNC_DEFAULT(I, T, P, R, m, DECL, NAME)
#define BIDE_PRIV_DEFAULT_FN_DEFAULT(I, T, P, R, m, DECL, NAME)                                    \
    BIDE_PRIV_DEFAULT_SYNC_DEFAULT(I, T, P, R, m, DECL, NAME)
#define BIDE_PRIV_DEFAULT_POLL_DEFAULT(I, T, P, R, m, DECL, NAME)                                  \
    BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(T##_##I##_HAS_##m))                                              \
    ()(BIDE_INLINE bide_poll P##_##m(T *bide_self BIDE_PRIV_EVAL DECL, bide_context *bide_cx,      \
                                     R *bide_out) {                                                \
        return I##_##m##_default(T##_as_##I(bide_self, NULL) BIDE_PRIV_EVAL NAME, bide_cx,         \
                                 bide_out);                                                        \
    })

/* A future type F on T that is the default D on a handle of the object. */
#define BIDE_PRIV_DELEGATE(T, R, F, D, AS, DECL, NAME)                                             \
    R F(T *bide_self BIDE_PRIV_EVAL DECL);                                                         \
    typedef R F##_output;                                                                          \
    union F##_result {                                                                             \
        union D##_result inner;                                                                    \
    };                                                                                             \
    struct F {                                                                                     \
        struct D inner;                                                                            \
    };                                                                                             \
    enum {                                                                                         \
        F##_flags = D##_flags,                                                                     \
        F##_bide_owns = D##_bide_owns,                                                             \
        F##_bide_cancels = D##_bide_cancels,                                                       \
        F##_bide_moved = D##_bide_moved                                                            \
    };                                                                                             \
    BIDE_INLINE void F##_init(struct F *bide_f, T *bide_self BIDE_PRIV_EVAL DECL)                  \
    {                                                                                              \
        D##_init(&bide_f->inner, AS(bide_self, NULL) BIDE_PRIV_EVAL NAME);                         \
    }                                                                                              \
    BIDE_INLINE bide_poll F##_poll(struct F *bide_f, bide_context *bide_cx, F##_output *bide_out)  \
    {                                                                                              \
        return D##_poll(&bide_f->inner, bide_cx, bide_out);                                        \
    }                                                                                              \
    BIDE_PRIV_DROPPED(F)                                                                           \
    BIDE_INLINE void F##_drop(F##_bide_dropped F)                                                  \
    {                                                                                              \
        BIDE_PRIV_LET_GO(D, &BIDE_PRIV_DROPPED_FRAME(F, F)->inner);                                \
    }                                                                                              \
    BIDE_INLINE bide_poll F##_start(struct F *bide_f, T *bide_self BIDE_PRIV_EVAL DECL,            \
                                    bide_context *bide_cx, F##_output *bide_out)                   \
    {                                                                                              \
        return D##_start(&bide_f->inner, AS(bide_self, NULL) BIDE_PRIV_EVAL NAME, bide_cx,         \
                         bide_out);                                                                \
    }                                                                                              \
    BIDE_INLINE bide_poll F##_start_box(bide_box *bide_b, T *bide_self BIDE_PRIV_EVAL DECL,        \
                                        bide_allocator *bide_a, bide_context *bide_cx,             \
                                        F##_output *bide_out)                                      \
    {                                                                                              \
        return D##_start_box(bide_b, AS(bide_self, NULL) BIDE_PRIV_EVAL NAME, bide_a, bide_cx,     \
                             bide_out);                                                            \
    }                                                                                              \
    BIDE_INLINE void F##_discard(T *bide_self BIDE_PRIV_EVAL DECL)                                 \
    {                                                                                              \
        D##_discard(AS(bide_self, NULL) BIDE_PRIV_EVAL NAME);                                      \
    }                                                                                              \
    BIDE_PRIV_ALWAYS bide_poll F##_bide_begin(const int bide_kind, void *bide_at,                  \
                                              T *bide_self BIDE_PRIV_EVAL DECL,                    \
                                              bide_context *bide_cx, F##_output *bide_out)         \
    {                                                                                              \
        if (bide_kind == BIDE_PRIV_KID_BOXED)                                                      \
            return F##_start_box((bide_box *)bide_at, bide_self BIDE_PRIV_EVAL NAME, NULL,         \
                                 bide_cx, bide_out);                                               \
        return D##_bide_begin(bide_kind, bide_at, AS(bide_self, NULL) BIDE_PRIV_EVAL NAME,         \
                              bide_cx, bide_out);                                                  \
    }                                                                                              \
    BIDE_PRIV_FUTURE_ERASED(F)                                                                     \
    BIDE_INLINE void F##_bide_trace(const void *bide_f, bide_tracer *bide_tr)                      \
    {                                                                                              \
        bide_priv_trace_kid(BIDE_PRIV_KID_EMBEDDED, &D##_type, bide_f, bide_tr);                   \
    }                                                                                              \
    BIDE_PRIV_FORWARD_CANCEL(F, D)                                                                 \
    static const bide_type F##_type BIDE_PRIV_UNUSED = BIDE_PRIV_RECORD(                           \
        R, F, (int)F##_bide_cancels ? F##_bide_cancel : NULL, F##_bide_trace);

#endif
